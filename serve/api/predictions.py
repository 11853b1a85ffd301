"""The latest predictions by key and id, so that a correction can name what it corrects without sending it again."""

from __future__ import annotations

from collections import OrderedDict

KEPT = 4096
"""About 10 MB of records."""


class Predictions:
    """The `kept` newest predictions. One client never sees those of another."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._records: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def add(self, key_id: str, article_id: str, record: bytes) -> None:
        """Remember the record that a key got for an article; the newest of an id counts."""
        self._records.pop((key_id, article_id), None)
        self._records[key_id, article_id] = record
        if len(self._records) > self._kept:
            self._records.popitem(last=False)

    def get(self, key_id: str, article_id: str) -> bytes | None:
        """The record, if it is still remembered."""
        return self._records.get((key_id, article_id))

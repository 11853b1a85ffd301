"""The latest predictions by key and id, so that a correction can name what it corrects without sending it again."""

from __future__ import annotations

from collections import OrderedDict
from sys import getsizeof
from typing import NamedTuple

from nlp.types import Article

KEPT = 4096
MAX_BYTES = 64 * 2**20
"""4,096 articles of 3,000 characters with their records take 28 MB; of very long ones fewer are kept."""


class Predicted(NamedTuple):
    """An article as it came, and the record that it got."""

    article: Article
    record: bytes


class Predictions:
    """The newest predictions, at most `kept` and at most `max_bytes` of text. One client never sees those of another.

    The articles are kept with them, in memory only, because a correction without its article can teach nothing.
    """

    def __init__(self, *, kept: int = KEPT, max_bytes: int = MAX_BYTES) -> None:
        self._kept, self._max_bytes, self._bytes = kept, max_bytes, 0
        self._found: OrderedDict[tuple[str, str], Predicted] = OrderedDict()

    def add(self, key_id: str, article: Article, record: bytes) -> None:
        """Remember the record that a key got for an article; the newest of an id counts."""
        key, predicted = (key_id, article.id), Predicted(article, record)
        if key in self._found:
            self._bytes -= _size(self._found.pop(key))
        self._found[key] = predicted
        self._bytes += _size(predicted)
        while self._found and (len(self._found) > self._kept or self._bytes > self._max_bytes):
            self._bytes -= _size(self._found.popitem(last=False)[1])

    def get(self, key_id: str, article_id: str) -> Predicted | None:
        """Article and record, if they are still remembered."""
        return self._found.get((key_id, article_id))


def _size(predicted: Predicted) -> int:
    """Bytes of memory, but for some hundred that every entry takes alike."""
    article, record = predicted
    return len(record) + getsizeof(article.title) + getsizeof(article.lead) + getsizeof(article.body)

"""Finished articles on their way to a file: lines of JSON, parsed only by those who need more than the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson


class Facts(NamedTuple):
    """What tables show of an article besides its record. `published_at` is in ISO 8601, empty where unknown."""

    title: str = ""
    source: str = ""
    url: str = ""
    published_at: str = ""


class Lines(NamedTuple):
    """The finished articles of a chunk, one line each: records (or holes, see `serve.journal`), and facts."""

    records: bytes
    facts: bytes = b""


@dataclass(slots=True)
class Row:
    """One finished article: its record as a line of JSON, and its facts as another (empty where none were kept)."""

    line: bytes
    facts_line: bytes = b""
    _record: dict[str, Any] | None = None

    def record(self) -> dict[str, Any]:
        """The record, parsed on the first call."""
        if self._record is None:
            self._record = orjson.loads(self.line)
        return self._record

    def facts(self) -> Facts:
        """The facts, parsed."""
        return Facts(*orjson.loads(self.facts_line)) if self.facts_line else Facts()

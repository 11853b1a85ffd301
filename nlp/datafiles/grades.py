"""How sure a fact is, and the list of those that nobody has verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nlp.datafiles.rows import Row

GRADES = ("A", "B", "C", "D")
"""A: the text itself was seen; B: the press or a secondary page; C: general knowledge that fits the rest; D: unsure."""
VERIFIED = ("A", "B")


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement of the data with its place, for lists of what is not verified."""

    file: str
    line: int
    what: str
    confidence: str
    source: str
    note: str


def unverified(rows: Iterable[Row], *, said: Mapping[str, Callable[[Row], str]]) -> Iterator[Fact]:
    """Facts of grades C and D, in the order of the files; `said` puts a row of each table into words."""
    for row in rows:
        grade = row.text_of("confidence")
        if grade and grade not in VERIFIED:
            yield Fact(
                row.file,
                row.line("confidence"),
                said[row.table](row),
                grade,
                row.text_of("source"),
                row.text_of("note"),
            )

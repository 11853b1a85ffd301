"""What can be wrong with deadlines: a file that an office edits, or a question without an answer."""

from __future__ import annotations

from datetime import date

from nlp.datafiles import DataFileError
from nlp.errors import DiembaoError


class DeadlineError(DataFileError):
    """A fault in one of the office's files: where it stands, and what to write instead."""


class NoRuleInForce(DiembaoError):
    """A rule was asked for by its id on a day on which no rule of that id is in force."""

    def __init__(self, *, rule: str, day: date, known: tuple[str, ...]) -> None:
        super().__init__(f"ngày {day:%d/%m/%Y} không có quy định {rule!r}; các quy định khi đó: {', '.join(known)}")
        self.rule = rule
        self.day = day
        self.known = known

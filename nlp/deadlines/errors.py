"""What can be wrong with deadlines: a file that an office edits, or a question without an answer."""

from __future__ import annotations

from datetime import date

from nlp.errors import DiembaoError


class DeadlineError(DiembaoError):
    """A fault in one of the office's files: where it stands, and what to write instead.

    `line` counts from 1 and is 0 where the whole file is at fault; `key` is empty where no single key is.
    """

    def __init__(self, *, file: str, line: int, key: str, advice: str) -> None:
        place = ", ".join([file, *([f"dòng {line}"] if line else []), *([f"khóa {key}"] if key else [])])
        super().__init__(f"{place}: {advice}")
        self.file = file
        self.line = line
        self.key = key
        self.advice = advice


class NoRuleInForce(DiembaoError):
    """A rule was asked for by its id on a day on which no rule of that id is in force."""

    def __init__(self, *, rule: str, day: date, known: tuple[str, ...]) -> None:
        super().__init__(f"ngày {day:%d/%m/%Y} không có quy định {rule!r}; các quy định khi đó: {', '.join(known)}")
        self.rule = rule
        self.day = day
        self.known = known

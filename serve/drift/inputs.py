"""What drift is judged on: the sums in the store, or records of `diembao score`; and what people checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

from models.drift import Cell, Checked, Traffic, of_record
from models.queue import RANDOM
from nlp.deadlines.calendar import public_holidays
from nlp.errors import DiembaoError
from nlp.heads import OUT_OF_SCOPE

AFTER = 14
"""Days that are looked ahead for holidays: newspapers slow down before Tết."""


class LineUnread(DiembaoError):
    """A line that is no record, or no label. Facts: `file`, `line` from 1."""

    def __init__(self, file: Path, line: int, what: str) -> None:
        self.file, self.line = file, line
        super().__init__(f"{file}:{line}: không phải {what}")


@dataclass(frozen=True, slots=True)
class Given:
    """What a record says of one article, to be held against a label."""

    day: date
    topic: str
    lead: str


@dataclass(slots=True)
class Records:
    """Records read: their sums, their last day, and what they said by id, the later of one id."""

    cells: list[Cell] = field(default_factory=list)
    last: date = date.min
    given: dict[str, Given] = field(default_factory=dict)


def read_records(paths: Sequence[Path]) -> Records:
    """Read JSONL records, line by line. Raises LineUnread, and OSError where a file cannot be read."""
    found, traffic = Records(), Traffic()
    for path in paths:
        for number, row in _lines(path):
            try:
                seen = of_record(row)
                lead = row["lead_unit"]
                said = Given(seen.day, seen.topic, lead["code"] if lead else "")
                found.given[row["id"]] = said
            except (KeyError, TypeError, ValueError) as error:
                raise LineUnread(path, number, "bản ghi của diembao score") from error
            traffic.add(seen)
            found.last = max(found.last, seen.day)
    found.cells = traffic.take()
    return found


def read_checked(paths: Sequence[Path], given: Mapping[str, Given]) -> tuple[list[Checked], int, int]:
    """Labels of articles drawn by chance that have a record; how many were not drawn so; how many have no record.

    Raises LineUnread, and OSError.
    """
    checked: list[Checked] = []
    chosen = lost = 0
    for path in paths:
        for number, row in _lines(path):
            try:
                if row.get("stratum") != RANDOM:
                    chosen += 1
                elif (said := given.get(row["id"])) is None:
                    lost += 1
                else:
                    checked.append(_checked(row, said))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise LineUnread(path, number, "nhãn") from error
    return checked, chosen, lost


def _checked(row: Mapping[str, Any], said: Given) -> Checked:
    chance = float(row.get("chance", 1.0))
    if not 0 < chance <= 1:
        raise ValueError(f"chance {chance}")
    topic = row["topic"]
    lead = "" if topic == OUT_OF_SCOPE else row["lead"]
    if not isinstance(topic, str) or not isinstance(lead, str):
        raise TypeError("topic, lead")
    return Checked(day=said.day, topic_right=topic == said.topic, lead_right=lead == said.lead, chance=chance)


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield number, orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise LineUnread(path, number, "JSON") from error


def days_off(first: date, last: date) -> set[date]:
    """Weekends and public holidays from two weeks before `first` to two weeks after `last`."""
    begin, end = first - timedelta(days=AFTER), last + timedelta(days=AFTER)
    holidays = {day for year in range(begin.year, end.year + 1) for day in public_holidays(year).off}
    every = (begin + timedelta(days=place) for place in range((end - begin).days + 1))
    return {day for day in every if day.weekday() >= 5 or day.toordinal() in holidays}

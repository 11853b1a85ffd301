"""Working hours, and who is on duty outside them: roles, never persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.datafiles import Form, Key, Row, rows_of
from nlp.deadlines.errors import DeadlineError

DAY = 24 * 60
"""Minutes of a day. All times of day here are minutes since midnight."""
KINDS_OF_DAY = ("working", "off")

FORM = Form(
    {
        "hours": {"from": Key(), "to": Key()},
        "shift": {"days": Key(among=KINDS_OF_DAY), "from": Key(), "to": Key(), "roles": Key("texts")},
    },
    error=DeadlineError,
)
_TIME = re.compile(r"(\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes of a day, `start` included, `end` not."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on duty over `span` of every day of a kind ("working" or "off")."""

    days: str
    span: Span
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """Working hours of a working day, in order, and the shifts that cover everything outside them."""

    hours: tuple[Span, ...]
    shifts: tuple[Shift, ...]

    @property
    def opens(self) -> int:
        """The minute at which the office opens."""
        return self.hours[0].start

    @property
    def closes(self) -> int:
        """The minute at which the office closes."""
        return self.hours[-1].end

    def is_staffed(self, minute: int, *, day_off: bool) -> bool:
        """Whether the office is there at `minute`. The lunch break counts as there."""
        return not day_off and self.opens <= minute < self.closes

    def on_call(self, minute: int, *, day_off: bool) -> tuple[str, ...]:
        """The roles on duty at `minute`; nobody in particular while the office is there."""
        kind = "off" if day_off else "working"
        found = (shift for shift in self.shifts if shift.days == kind and shift.span.start <= minute < shift.span.end)
        return next((shift.roles for shift in found), ())


def parse_roster(text: str, *, file: str = "duty.toml") -> Roster:
    """Read working hours and duty roster, all or nothing.

    Raises:
        DeadlineError: a key is unknown, missing or wrong, hours overlap, or the shifts leave a gap or overlap.
    """
    rows = rows_of(file, text, FORM)
    hours = _hours([row for row in rows if row.table == "hours"], file=file)
    shifts = [(Shift(row["days"], _span(row), row.texts("roles")), row) for row in rows if row.table == "shift"]
    opens, closes = hours[0].start, hours[-1].end
    _check_cover(shifts, days="working", needed=(Span(0, opens), Span(closes, DAY)), file=file)
    _check_cover(shifts, days="off", needed=(Span(0, DAY),), file=file)
    return Roster(hours=hours, shifts=tuple(shift for shift, _ in shifts))


def _hours(rows: Sequence[Row], *, file: str) -> tuple[Span, ...]:
    if not rows:
        raise DeadlineError("thiếu giờ làm việc; hãy thêm [[hours]] với from và to", file=file, key="hours")
    spans: list[Span] = []
    for row in rows:
        span = _span(row)
        if spans and span.start < spans[-1].end:
            raise row.wrong("from", "giờ làm việc phải xếp theo thứ tự và không chồng nhau")
        spans.append(span)
    return tuple(spans)


def _span(row: Row) -> Span:
    start, end = _minute(row, "from"), _minute(row, "to")
    if end <= start:
        raise row.wrong("to", 'giờ cuối phải sau giờ đầu; ca qua nửa đêm viết thành hai ca, đến "24:00" và từ "00:00"')
    return Span(start, end)


def _minute(row: Row, key: str) -> int:
    value = row.text_of(key)
    found = _TIME.fullmatch(value)
    minute = int(found[1]) * 60 + int(found[2]) if found else -1
    if found is None or int(found[2]) > 59 or minute > DAY:
        raise row.wrong(key, f'cần giờ dạng "08:00" từ "00:00" đến "24:00", không phải {value!r}')
    return minute


def _check_cover(shifts: Sequence[tuple[Shift, Row]], *, days: str, needed: Sequence[Span], file: str) -> None:
    """Each minute of `needed` has exactly one shift, and no shift lies outside."""
    todo = sorted((pair for pair in shifts if pair[0].days == days), key=lambda pair: pair[0].span.start)
    for span in needed:
        minute = span.start
        while minute < span.end:
            if not todo or todo[0][0].span.start > minute:
                raise DeadlineError(
                    f'không ai trực từ {_clock(minute)} ngày {days!r}; hãy thêm [[shift]] với days = "{days}"',
                    file=file,
                    key="shift",
                )
            shift, row = todo.pop(0)
            if shift.span.start < minute or shift.span.end > span.end:
                raise row.wrong("from", "ca trực chồng lên ca khác hoặc lên giờ làm việc")
            minute = shift.span.end
    if todo:
        raise todo[0][1].wrong("from", "ca trực chồng lên ca khác hoặc lên giờ làm việc")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"

"""When each duty falls due, counted as the law counts: pure functions of the moment that sets the clock going.

Civil Code 2015 (91/2015/QH13, from 2017-01-01) Art. 147-148; before it Civil Code 2005 Art. 152-153, of the same
content. Hours run from the moment. For days, weeks and months the first day is not counted, the last one ends at 24:00,
and where it is a weekend day or public holiday the period ends with the next working day; a month ends on the same day
number, or on its last day. Working hours and "the same working day" are the office's own units.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from nlp.deadlines.calendar import Calendar
from nlp.deadlines.rules import Rule
from nlp.deadlines.zone import local
from nlp.types import VIETNAM

END_OF_DAY = time(23, 59, 59, tzinfo=VIETNAM)
"""Stands for 24:00, which a datetime cannot say."""
OF_THE_MOMENT = ("hour", "working_hour", "same_working_day")
"""Units that depend on the time of day; the others depend on the day alone."""


@dataclass(frozen=True, slots=True)
class Due:
    """One due time of `rule`; `due` is in Vietnamese time.

    `on_duty` says that the office is not there at that time (a day off; for hours also the night), so that the duty
    roster must keep it.
    """

    rule: Rule
    due: datetime
    on_duty: bool


def due_time(rule: Rule, *, start: datetime, calendar: Calendar) -> Due:
    """When a rule's duty falls due; `start` is in Vietnamese time, to the second (`nlp.deadlines.local`)."""
    ends = _ends(rule, start, calendar)
    on_duty = not calendar.is_staffed(ends) if rule.unit == "hour" else calendar.off(ends.toordinal())
    return Due(rule, ends, on_duty)


def remaining(one: Due, *, at: datetime) -> timedelta:
    """The time left at `at`, to the second; negative once it is over."""
    return one.due - local(at)


def overdue(one: Due, *, at: datetime) -> bool:
    """Whether the due time is over at `at`. At the due time itself it is not."""
    return local(at) > one.due


def _ends(rule: Rule, start: datetime, calendar: Calendar) -> datetime:
    if rule.unit == "hour":
        return start + timedelta(seconds=3600 * rule.amount)
    if rule.unit == "working_hour":
        return _after_working_minutes(start, minutes=60 * rule.amount, calendar=calendar)
    if rule.unit == "same_working_day":
        return _closing_time(start, calendar)
    return datetime.combine(date.fromordinal(_last_day(rule, start.date(), calendar)), END_OF_DAY)


def _last_day(rule: Rule, day: date, calendar: Calendar) -> int:
    first = day.toordinal()
    if rule.unit == "same_day":  # the day itself, worked or not: the notice says "trong ngày"
        return first
    if rule.unit == "working_day":
        return calendar.working_after(first, count=rule.amount)
    if rule.unit == "month":
        return calendar.working_from(add_months(day, rule.amount).toordinal())
    return calendar.working_from(first + rule.amount * {"day": 1, "week": 7}[rule.unit])


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the last day of that month where it has none (Art. 148.3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _closing_time(start: datetime, calendar: Calendar) -> datetime:
    """When the office closes on the day of `start`, or on the next working day where it is closed by then."""
    day = start.toordinal()
    closes = calendar.roster.closes
    late = start.hour * 60 + start.minute >= closes
    return _at(calendar.working_from(day + 1 if late else day), closes * 60)


def _after_working_minutes(start: datetime, *, minutes: int, calendar: Calendar) -> datetime:
    """The moment at which the office will have been open for `minutes` since `start`."""
    left = minutes * 60
    day, second = start.toordinal(), start.hour * 3600 + start.minute * 60 + start.second
    if calendar.off(day):
        day, second = calendar.working_from(day), 0
    while True:
        for span in calendar.roster.hours:
            opens, closes = max(second, span.start * 60), span.end * 60
            if closes - opens >= left:
                return _at(day, opens + left)
            left -= max(closes - opens, 0)
        day, second = calendar.working_from(day + 1), 0


def _at(day: int, second: int) -> datetime:
    """The moment `second` seconds into the day with ordinal `day`; at 24:00, the second before."""
    if second >= 86_400:
        return datetime.combine(date.fromordinal(day), END_OF_DAY)
    return datetime.combine(date.fromordinal(day), time(0, 0, tzinfo=VIETNAM)) + timedelta(seconds=second)

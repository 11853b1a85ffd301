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

from nlp.deadlines.calendar import LAST_YEAR, Calendar
from nlp.deadlines.errors import NoRuleInForce
from nlp.deadlines.rules import NO_DUTIES, Duties, Rule, Rules
from nlp.deadlines.zone import ZONE, local

END_OF_DAY = time(23, 59, 59, tzinfo=ZONE)
"""Stands for 24:00, which a datetime cannot say."""
OF_THE_MOMENT = ("hour", "working_hour", "same_working_day")
"""Units that depend on the time of day; the others depend on the day alone."""


@dataclass(frozen=True, slots=True)
class Due:
    """One due time: `rule` is the rule's id, `due` is in Vietnamese time, `kind` is "law" or "office".

    `verified` says whether the rule's text, or a page that reports it, was seen. `on_duty` says that the office is not
    there at that time (a day off; for hours also the night), so that the duty roster must keep it.
    """

    rule: str
    name: str
    due: datetime
    basis: str
    verified: bool
    kind: str
    on_duty: bool


def due(
    rules: Rules,
    *,
    urgency: int,
    lead_is_enterprise: bool,
    start: datetime,
    calendar: Calendar,
    received: datetime | None = None,
) -> tuple[Due, ...]:
    """The due times of a press item, in the order of the rules' file.

    `start` is when the item was published, which stands for the event too: the event is earlier, nobody knows by how
    much. `received` is when the office got the item, for rules with that clock; without it they run from `start`.
    A moment without a zone is Vietnamese time. `lead_is_enterprise` is for enterprises of the ministry. There is
    nothing due before the first rule or after LAST_YEAR.

    Raises:
        ValueError: `urgency` is no level of the guideline.
    """
    duties = _duties(rules, urgency, lead_is_enterprise, start := local(start))
    if received is None:
        return tuple(_all(duties, start, calendar))
    received = local(received)
    later = _duties(rules, urgency, lead_is_enterprise, received)
    of_start = zip(duties.rules, _all(duties, start, calendar), strict=True)
    of_receipt = zip(later.rules, _all(later, received, calendar), strict=True)
    return (
        *(one for rule, one in of_start if not rule.on_receipt),
        *(one for rule, one in of_receipt if rule.on_receipt),
    )


def due_of(rules: Rules, rule: str, *, start: datetime, calendar: Calendar) -> Due:
    """The due time of one duty that no item sets going: a request received at `start`, or the next bulletin, summary
    or press conference where the last one was at `start`.

    Raises:
        NoRuleInForce: no rule for requests or periodic duties of this id is in force on that day.
    """
    start = local(start)
    known = [one for one in rules.on(start.date()) if one.applies != "item"]
    for one in known:
        if one.id == rule:
            return _due(one, start, calendar)
    raise NoRuleInForce(rule=rule, day=start.date(), known=tuple(one.id for one in known))


def remaining(one: Due, *, at: datetime) -> timedelta:
    """The time left at `at`, to the second; negative once it is over."""
    return one.due - local(at)


def overdue(one: Due, *, at: datetime) -> bool:
    """Whether the due time is over at `at`. At the due time itself it is not."""
    return local(at) > one.due


def _duties(rules: Rules, urgency: int, enterprise: bool, start: datetime) -> Duties:
    if start.year > LAST_YEAR:
        return NO_DUTIES
    return rules.for_item(start.toordinal(), urgency=urgency, lead_is_enterprise=enterprise)


def _all(duties: Duties, start: datetime, calendar: Calendar) -> list[Due]:
    """What depends on the day alone is kept from one item of a day to the next; the rest is worked out."""
    key = (duties, start.toordinal())
    kept = calendar.kept.get(key)
    if kept is None:
        kept = [None if rule.unit in OF_THE_MOMENT else _due(rule, start, calendar) for rule in duties.rules]
        calendar.kept[key] = kept
    return [one or _due(rule, start, calendar) for one, rule in zip(kept, duties.rules, strict=True)]


def _due(rule: Rule, start: datetime, calendar: Calendar) -> Due:
    ends = _ends(rule, start, calendar)
    on_duty = not calendar.is_staffed(ends) if rule.unit == "hour" else calendar.off(ends.toordinal())
    return Due(rule.id, rule.name, ends, rule.basis, rule.verified, rule.kind, on_duty)


def _ends(rule: Rule, start: datetime, calendar: Calendar) -> datetime:
    if rule.unit == "hour":
        return start + timedelta(hours=rule.amount)
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
    return datetime.combine(date.fromordinal(day), time(0, 0, tzinfo=ZONE)) + timedelta(seconds=second)

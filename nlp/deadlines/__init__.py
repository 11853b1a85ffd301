"""By when an item must be answered: dated rules, counted as the law counts over Vietnamese days off.

`parse` reads the office's three files into `Deadlines`, which is asked for the due times of an item or a duty;
`remaining` and `overdue` compare one with a moment. Nothing here reads a clock or opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from nlp.datafiles import Fact, unverified
from nlp.deadlines.calendar import Calendar, parse_calendar
from nlp.deadlines.due import OF_THE_MOMENT, Due, due_time, overdue, remaining
from nlp.deadlines.duty import parse_roster
from nlp.deadlines.errors import DeadlineError, NoRuleInForce
from nlp.deadlines.rules import Duties, Rule, Rules, parse_rules
from nlp.deadlines.zone import local

__all__ = [
    "FILES", "DeadlineError", "Deadlines", "Due", "NoRuleInForce", "local", "overdue", "parse", "remaining",
]  # fmt: skip

FILES = ("deadlines.toml", "holidays.toml", "duty.toml")
"""The files of datasets/organisation/ that `parse` wants."""
MOST_KEPT = 10_000
"""Kinds of item and day whose due times are kept: some megabytes."""

_SAID = {
    "rule": lambda row: f"{row['name']} ({row['id']}), từ {row['first_day'].isoformat()}: {row['basis']}",
    "day": lambda row: f"{row['date'].isoformat()} là ngày {'nghỉ' if row['off'] else 'làm việc'}: {row['reason']}",
}
"""Table -> the fact in words."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Everything that due times are worked out from. It reads as constant; what depends on the day alone is kept."""

    rules: Rules
    calendar: Calendar
    _kept: dict[tuple[Duties, int], tuple[Due | None, ...]] = field(default_factory=dict, repr=False, compare=False)

    def clock_start(self, published: datetime | None, *, received: datetime | None) -> datetime | None:
        """When the clock of an item starts, in Vietnamese time: when it was published, else when it was received.

        A bare day of publication, which is midnight without a zone, is taken for the opening of the office on it.
        None where neither is known.
        """
        if published is None:
            return local(received) if received else None
        if published.tzinfo is None and published.time() == time():
            return local(published) + timedelta(minutes=self.calendar.roster.opens)
        return local(published)

    def of_item(self, *, urgency: int, lead_is_enterprise: bool, start: datetime) -> tuple[Due, ...]:
        """The due times of a press item, in the order of the rules' file.

        `start` is when the item was published, which stands for the event too: the event is earlier, nobody knows by
        how much. Without a zone it is Vietnamese time. `lead_is_enterprise` is for enterprises of the ministry. There
        is nothing due before the first rule or after LAST_YEAR.

        Raises:
            ValueError: `urgency` is no level of the guideline.
        """
        start = local(start)
        day = start.toordinal()
        duties = self.rules.for_item(day, urgency=urgency, lead_is_enterprise=lead_is_enterprise)
        kept = self._kept.get((duties, day))
        if kept is None:
            kept = tuple(None if rule.unit in OF_THE_MOMENT else self._due(rule, start) for rule in duties.rules)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[duties, day] = kept
        return tuple([one or self._due(rule, start) for one, rule in zip(kept, duties.rules, strict=True)])

    def of_duty(self, rule: str, *, start: datetime) -> Due:
        """The due time of a duty that no item sets going: a request received at `start`, or the next bulletin, summary
        or press conference where the last one was at `start`. `rule` is the rule's id.

        Raises:
            NoRuleInForce: no rule for requests or periodic duties of this id is in force on that day.
        """
        start = local(start)
        known = {one.id: one for one in self.rules.on(start.date()) if one.applies != "item"}
        if rule not in known:
            raise NoRuleInForce(rule=rule, day=start.date(), known=tuple(known))
        return self._due(known[rule], start)

    def _due(self, rule: Rule, start: datetime) -> Due:
        return due_time(rule, start=start, calendar=self.calendar)

    def check(self) -> tuple[str, ...]:
        """What can be read and is wrong all the same, in Vietnamese: a law that ends before the next begins."""
        return tuple(self.rules.gaps())

    def unverified(self) -> tuple[Fact, ...]:
        """The rules and announced days of grades C and D, each with its place in the files."""
        return tuple(unverified((*self.rules.rows, *self.calendar.rows), said=_SAID))


def parse(files: Mapping[str, str]) -> Deadlines:
    """Read the texts of FILES, by name; all or nothing.

    Raises:
        DeadlineError: a file is missing, or something in it is wrong; says where and what to write.
    """
    for name in FILES:
        if name not in files:
            raise DeadlineError("thiếu tệp này trong datasets/organisation", file=name)
    roster = parse_roster(files["duty.toml"])
    return Deadlines(
        rules=parse_rules(files["deadlines.toml"]),
        calendar=parse_calendar(files["holidays.toml"], roster=roster),
    )

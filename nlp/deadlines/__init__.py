"""By when an item must be answered: dated rules, counted as the law counts over Vietnamese days off.

`parse` reads the office's three files, `due` gives the due times of an item, `due_of` those of a request or a periodic
duty; `remaining` and `overdue` compare one with a moment. Nothing here reads a clock or opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nlp.datafiles import Fact, unverified
from nlp.deadlines.calendar import Calendar, parse_calendar
from nlp.deadlines.due import Due, due, due_of, overdue, remaining
from nlp.deadlines.duty import Roster, parse_roster
from nlp.deadlines.errors import DeadlineError, NoRuleInForce
from nlp.deadlines.rules import Rule, Rules, parse_rules
from nlp.deadlines.zone import ZONE, local

__all__ = [
    "FILES", "ZONE", "Calendar", "DeadlineError", "Deadlines", "Due", "NoRuleInForce", "Roster", "Rule", "Rules",
    "due", "due_of", "local", "overdue", "parse", "remaining",
]  # fmt: skip

FILES = ("deadlines.toml", "holidays.toml", "duty.toml")
"""The files of datasets/organisation/ that `parse` wants."""

_SAID = {
    "rule": lambda row: f"{row['name']} ({row['id']}), từ {row['first_day'].isoformat()}: {row['basis']}",
    "day": lambda row: f"{row['date'].isoformat()} là ngày {'nghỉ' if row['off'] else 'làm việc'}: {row['reason']}",
}
"""Table -> the fact in words."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Everything that due times are worked out from."""

    rules: Rules
    calendar: Calendar

    @property
    def roster(self) -> Roster:
        """Working hours and duty roster."""
        return self.calendar.roster

    def clock_start(self, published: datetime | None, *, received: datetime | None) -> datetime | None:
        """When the clock of an item starts, in Vietnamese time: when it was published, else when it was received.

        A bare day of publication, which is midnight without a zone, is taken for the opening of the office on it.
        None where neither is known.
        """
        if published is None:
            return local(received) if received else None
        if published.tzinfo is None and published.time() == time():
            return local(published) + timedelta(minutes=self.roster.opens)
        return local(published)

    def of_item(self, *, urgency: int, lead_is_enterprise: bool, start: datetime) -> tuple[Due, ...]:
        """The due times of a press item whose clock starts at `start`; see `due`."""
        return due(
            self.rules,
            urgency=urgency,
            lead_is_enterprise=lead_is_enterprise,
            start=start,
            calendar=self.calendar,
        )

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

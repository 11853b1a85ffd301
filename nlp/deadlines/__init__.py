"""By when an item must be answered: dated rules, counted as the law counts over Vietnamese days off.

`parse` reads the office's three files, `due` gives the due times of an item, `due_of` those of a request or a periodic
duty; `remaining` and `overdue` compare one with a moment. Nothing here reads a clock or opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Everything that due times are worked out from."""

    rules: Rules
    calendar: Calendar

    @property
    def roster(self) -> Roster:
        """Working hours and duty roster."""
        return self.calendar.roster


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

"""Days off and working days in Vietnam: the `holidays` package, and the government's announcements over it.

Days are ordinals (`date.toordinal`): due times are counted a million times over, and integers are quick.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from nlp.datafiles import GRADES, Form, Key, Row, rows_of
from nlp.deadlines.duty import Roster
from nlp.deadlines.errors import DeadlineError

FORM = Form(
    {
        "day": {
            "date": Key("day"),
            "off": Key("flag"),
            "reason": Key(),
            "source": Key(),
            "confidence": Key(among=GRADES),
        }
    },
    error=DeadlineError,
)


@dataclass(frozen=True, slots=True)
class Year:
    """Ordinals of a year's public holidays, substitution days included, and of the weekend days that are worked."""

    off: frozenset[int]
    worked: frozenset[int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, and in which hours. It reads as constant; what was worked out once is kept.

    `rows` are the days that the government moved: days off that no rule makes one, weekend days that are worked.
    """

    roster: Roster
    rows: tuple[Row, ...] = field(default=(), repr=False)
    _moved: dict[int, bool] = field(default_factory=dict, repr=False, compare=False)
    _next: dict[int, int] = field(default_factory=dict, repr=False, compare=False)
    _years: dict[int, Year] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._moved.update({row["date"].toordinal(): row["off"] for row in self.rows})

    def off(self, day: int) -> bool:
        """Whether the day with ordinal `day` is a weekend day or public holiday on which the ministry does not work."""
        return self.working_from(day) != day

    def working_from(self, day: int) -> int:
        """`day` itself where it is worked, else the next working day; ordinals."""
        found = self._next.get(day)
        if found is None:
            found = self.working_from(day + 1) if self._look_up(day) else day
            self._next[day] = found
        return found

    def working_after(self, day: int, *, count: int) -> int:
        """The `count`th working day after `day`, which is not counted; ordinals, `count` at least 1."""
        for _ in range(count):
            day = self.working_from(day + 1)
        return day

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """The roles on duty at `at`, Vietnamese time; empty while the office is there."""
        return self.roster.on_call(at.hour * 60 + at.minute, day_off=self.off(at.toordinal()))

    def is_staffed(self, at: datetime) -> bool:
        """Whether the office is there at `at`, Vietnamese time."""
        return self.roster.is_staffed(at.hour * 60 + at.minute, day_off=self.off(at.toordinal()))

    def _look_up(self, day: int) -> bool:
        if day in self._moved:
            return self._moved[day]
        number = date.fromordinal(day).year
        if number not in self._years:
            self._years[number] = public_holidays(number)
        year = self._years[number]
        return day in year.off or (day % 7 in (6, 0) and day not in year.worked)  # ordinals: Saturday, Sunday


def public_holidays(number: int) -> Year:
    """The holidays of year `number` as the `holidays` package knows them: Labour Code 2012 Art. 115, 2019 Art. 112.

    The package ends with 2100, as do the dates that reading accepts; behind it only weekends are off.
    """
    # Imported here: the package brings every country of the world with it, about 80 ms.
    from holidays.countries.vietnam import Vietnam

    # A working day may make up for a holiday of the year before or after, and stands with that holiday's year.
    found = Vietnam(years=range(number - 1, number + 2))  # type: ignore[no-untyped-call]
    return Year(
        off=frozenset(day.toordinal() for day in found if day.year == number),
        worked=frozenset(day.toordinal() for day in found.weekend_workdays if day.year == number),
    )


def parse_calendar(text: str, *, roster: Roster, file: str = "holidays.toml") -> Calendar:
    """Read the government's announcements, all or none.

    Raises:
        DeadlineError: a key is unknown, missing or wrong, or a day stands twice.
    """
    rows = rows_of(file, text, FORM)
    seen: dict[date, Row] = {}
    for row in rows:
        if row["date"] in seen:
            raise row.wrong("date", f"ngày {row['date']} đã có ở dòng {seen[row['date']].line()}; hãy giữ một")
        seen[row["date"]] = row
    return Calendar(roster=roster, rows=tuple(rows))

"""Which deadline holds on which day: rules of law and of the office, each with its basis, as dated data.

datasets/organisation/deadlines.toml holds them, datasets/organisation/DEADLINES.md says how an office edits them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from nlp.datafiles import GRADES, VERIFIED, Form, Key, Row, rows_of
from nlp.deadlines.errors import DeadlineError
from nlp.heads import URGENCY

KINDS = ("law", "office")
APPLIES = ("item", "request", "periodic")
UNITS = ("hour", "working_hour", "same_day", "same_working_day", "day", "working_day", "week", "month")
WITHOUT_AMOUNT = ("same_day", "same_working_day")
CLOCKS = ("event", "publication", "receipt", "previous")
"""What sets the clock going by the rule's own words; `previous` is the last bulletin or conference of what is periodic.

An item's clock starts with its publication whatever they say: see docs/decisions/0005-deadlines.md.
"""
LEADS = ("enterprise",)
LEVELS = tuple(int(level) for level in URGENCY)
MAX_AMOUNT = 1000
LAST_YEAR = 2099
"""The last year of which rules are in force: due times reach into the year after, and there the known days off end."""

FORM = Form(
    {
        "rule": {
            "id": Key(),
            "name": Key(),
            "kind": Key(among=KINDS),
            "trigger": Key(),
            "applies": Key(among=APPLIES),
            "urgency": Key("numbers", needed=False, among=LEVELS),
            "lead": Key(needed=False, among=LEADS),
            "amount": Key("count", needed=False, most=MAX_AMOUNT),
            "unit": Key(among=UNITS),
            "clock": Key(among=CLOCKS),
            "first_day": Key("day"),
            "last_day": Key("day", needed=False),
            "basis": Key(),
            "source": Key(),
            "confidence": Key(among=GRADES),
            "note": Key(needed=False),
        }
    },
    error=DeadlineError,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline while it holds, from `first_day` to `last_day`, both included; None is "until further notice".

    `amount` counts `unit`s and is 0 for those that need none. `urgency` holds the levels of an item that it applies
    to, empty for requests and periodic duties; `lead` is "enterprise" where it binds enterprises only, else "".
    """

    id: str
    name: str
    kind: str
    trigger: str
    applies: str
    urgency: tuple[int, ...]
    lead: str
    amount: int
    unit: str
    clock: str
    first_day: date
    last_day: date | None
    basis: str
    source: str
    confidence: str
    note: str

    @property
    def verified(self) -> bool:
        """Whether the text of the rule, or a page that reports it, was seen."""
        return self.confidence in VERIFIED

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True, eq=False)
class Duties:
    """The rules for one kind of item over one period. Compared by identity: it is the key of tables of due times."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, the periods between their changes, and the tables that it was all read from.

    Period k begins on the day with ordinal `begins[k]` and has the rules `periods[k]`, by urgency and whether the lead
    is an enterprise those of `for_items[k]`; the first begins with the calendar and is empty.
    """

    rules: tuple[Rule, ...]
    begins: tuple[int, ...]
    periods: tuple[tuple[Rule, ...], ...]
    for_items: tuple[dict[tuple[int, bool], Duties], ...]
    rows: tuple[Row, ...] = field(default=(), repr=False)

    def on(self, day: date) -> tuple[Rule, ...]:
        """The rules in force on `day`, in the order of the file."""
        return self.periods[bisect_right(self.begins, day.toordinal()) - 1]

    def for_item(self, day: int, *, urgency: int, lead_is_enterprise: bool) -> Duties:
        """The rules for an item on the day with ordinal `day`. Raises ValueError for an urgency that does not exist."""
        try:
            return self.for_items[bisect_right(self.begins, day) - 1][urgency, lead_is_enterprise]
        except KeyError:
            levels = ", ".join(map(str, LEVELS))
            raise ValueError(f"không có mức khẩn {urgency!r}; các mức: {levels}") from None

    def gaps(self) -> Iterator[str]:
        """Days between two rules of one id and level on which none of them holds, in Vietnamese with the place."""
        lines: dict[tuple[str, int | None], list[tuple[Rule, Row]]] = {}
        for rule, row in zip(self.rules, self.rows, strict=True):
            for level in rule.urgency or (None,):
                lines.setdefault((rule.id, level), []).append((rule, row))
        for (name, level), found in lines.items():
            for (earlier, _), (later, row) in pairwise(sorted(found, key=lambda one: one[0].first_day)):
                first = (earlier.last_day or date.max - timedelta(days=1)) + timedelta(days=1)
                if first < later.first_day:
                    what = name if level is None else f"{name}, mức khẩn {level}"
                    last = later.first_day - timedelta(days=1)
                    place = f"{row.file}, dòng {row.line('first_day')}"
                    yield f"{place}: bỏ trống: {what} không có quy định từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"


def parse_rules(text: str, *, file: str = "deadlines.toml") -> Rules:
    """Read the rules, all or none.

    Raises:
        DeadlineError: a key is unknown, missing or wrong, or two rules of one id meet on a day and a level.
    """
    rows = tuple(rows_of(file, text, FORM))
    rules = tuple(_rule(row) for row in rows)
    _check_overlap(rules, rows)
    return _by_period(rules, rows)


def _rule(row: Row) -> Rule:
    first_day, last_day = row["first_day"], row.values.get("last_day")
    if last_day is not None and last_day < first_day:
        raise row.wrong("last_day", f"ngày cuối {last_day} đứng trước ngày đầu {first_day}; hãy sửa một trong hai")
    _check_item(row)
    _check_amount(row)
    if (row["clock"] == "previous") != (row["applies"] == "periodic"):
        raise row.wrong("clock", 'applies = "periodic" đi với clock = "previous", và chỉ với nó')
    return Rule(
        id=row.text_of("id"),
        name=row.text_of("name"),
        kind=row["kind"],
        trigger=row.text_of("trigger"),
        applies=row["applies"],
        urgency=tuple(sorted(row.values.get("urgency", ()))),
        lead=row.text_of("lead"),
        amount=row.values.get("amount", 0),
        unit=row["unit"],
        clock=row["clock"],
        first_day=first_day,
        last_day=last_day,
        basis=row.text_of("basis"),
        source=row.text_of("source"),
        confidence=row["confidence"],
        note=row.text_of("note"),
    )


def _check_item(row: Row) -> None:
    """What only items have, and what they must have."""
    if row["applies"] != "item":
        for key in ("urgency", "lead"):
            if key in row.values:
                raise row.wrong(key, 'chỉ dùng với applies = "item"; hãy bỏ dòng này')
        return
    levels = row.values.get("urgency")
    if levels is None:
        raise row.wrong("urgency", "[[rule]] thiếu khóa urgency; hãy thêm các mức khẩn, ví dụ urgency = [2, 3]")
    if len(set(levels)) < len(levels):
        raise row.wrong("urgency", f"cần các mức khẩn khác nhau, không phải {levels}")


def _check_amount(row: Row) -> None:
    unit = row["unit"]
    if unit in WITHOUT_AMOUNT and "amount" in row.values:
        raise row.wrong("amount", f'unit = "{unit}" không cần số lượng; hãy bỏ dòng này')
    if unit not in WITHOUT_AMOUNT and "amount" not in row.values:
        raise row.wrong("amount", f'unit = "{unit}" cần số lượng; hãy thêm một dòng như amount = 1')


def _check_overlap(rules: Sequence[Rule], rows: Sequence[Row]) -> None:
    for number, rule in enumerate(rules):
        for earlier in range(number):
            if _meet(rules[earlier], rule):
                raise rows[number].wrong(
                    "first_day",
                    f"quy định {rule.id!r} trùng thời gian và mức khẩn với quy định ở dòng {rows[earlier].line()}; "
                    f"hãy kết thúc cái trước (last_day) vào ngày trước {rule.first_day}",
                )


def _meet(one: Rule, other: Rule) -> bool:
    """Whether both could apply to one case; a rule for all leads meets one for enterprises."""
    if one.id != other.id:
        return False
    if one.applies == other.applies == "item" and not set(one.urgency) & set(other.urgency):
        return False
    last_days = (one.last_day or date.max, other.last_day or date.max)
    return max(one.first_day, other.first_day) <= min(last_days)


def _by_period(rules: tuple[Rule, ...], rows: tuple[Row, ...]) -> Rules:
    end = date(LAST_YEAR + 1, 1, 1)
    days = {date.min, end, *(rule.first_day for rule in rules)}
    # A last day of the year 9999 means "for ever", and has no day after it.
    days |= {rule.last_day + timedelta(days=1) for rule in rules if rule.last_day and rule.last_day < end}
    begins = sorted(day for day in days if day <= end)
    periods = tuple(tuple(rule for rule in rules if day < end and rule.holds_on(day)) for day in begins)
    return Rules(
        rules=rules,
        begins=tuple(day.toordinal() for day in begins),
        periods=periods,
        for_items=tuple(_for_items(period) for period in periods),
        rows=rows,
    )


def _for_items(period: tuple[Rule, ...]) -> dict[tuple[int, bool], Duties]:
    return {
        (urgency, enterprise): Duties(
            tuple(rule for rule in period if urgency in rule.urgency and (enterprise or not rule.lead))
        )
        for urgency in LEVELS
        for enterprise in (False, True)
    }

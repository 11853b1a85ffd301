"""Words of the organisation for people: days, periods, topics, grades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from rich.table import Table
from rich.text import Text

from nlp.datafiles import VERIFIED
from nlp.heads import TOPICS
from nlp.organisation import KINDS, Unit
from serve.words import UNVERIFIED, one_line

ALL_TOPICS, OTHER_TOPICS = "mọi chủ đề", "phần còn lại"
NOBODY = "–"
THERE_BEFORE = "đã có"
HOWS = {"new": "lập mới", "rename": "đổi tên", "merge": "gộp", "split": "tách", "upgrade": "nâng cấp"}


def day(one: date) -> str:
    """11/11/2018."""
    return f"{one:%d/%m/%Y}"


def period(first: date, last: date | None) -> str:
    """26/12/2012 – 17/08/2017, both included; "từ 18/08/2017" where it goes on."""
    return f"{day(first)} – {day(last)}" if last else f"từ {day(first)}"


def life(opened: date, closed: date | None) -> str:
    """The period of what was there from `opened` until the day before `closed`."""
    return period(opened, closed - timedelta(days=1) if closed else None)


def topics(codes: Sequence[str], *, split: bool) -> str:
    """The names of topics; none of them are all, or all that are left where the competence is `split`."""
    return "; ".join(TOPICS[code] for code in codes) or (OTHER_TOPICS if split else ALL_TOPICS)


def sure(confidence: str) -> bool:
    """Whether a fact of this grade was seen in the instrument itself or in the press."""
    return confidence in VERIFIED


def grade(confidence: str, *, verified: bool | None = None) -> str:
    """The grade of a fact, and that it is not verified where it, or what it rests on, is not."""
    seen = sure(confidence) if verified is None else verified
    if seen:
        return confidence
    return f"{confidence}, đơn vị {UNVERIFIED}" if sure(confidence) else f"{confidence}, {UNVERIFIED}"


def by_kind(units: Iterable[Unit]) -> list[Unit]:
    """Units in the order of KINDS; those of a kind in the order given."""
    order = list(KINDS)
    return sorted(units, key=lambda unit: order.index(unit.kind))


def table(title: str, *columns: str) -> Table:
    """An empty table with its title on the left."""
    made = Table(title=Text(title), title_style="bold", title_justify="left", expand=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def add(to: Table, *cells: str, style: str = "") -> None:
    """A row whose texts cannot move the cursor."""
    to.add_row(*(Text(one_line(cell)) for cell in cells), style=style)


def sentence(text: str, *, style: str = "") -> Text:
    """A line of text that cannot move the cursor."""
    return Text(one_line(text), style=style)

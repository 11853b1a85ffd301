"""What `score --table` prints: the most urgent articles, and how many there are of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import count
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from nlp.errors import number
from serve.rows import Row
from serve.words import earliest_due, one_line, percent, unit_name

MOST_ROWS = 300
"""Nobody reads a longer table on a terminal; the rest is counted."""
STYLES = {3: "bold red", 2: "yellow", 1: "", 0: "dim"}
HOT = 3
OUT_OF_SCOPE = "(ngoài phạm vi)"


@dataclass(slots=True)
class Tally:
    """How many articles there are by topic, lead unit (as `unit_name` says it) and level of urgency."""

    articles: int = 0
    needs_human: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    levels: Counter[tuple[int, str]] = field(default_factory=Counter)


def draw(rows: Iterator[Row]) -> list[RenderableType]:
    """The table of the MOST_ROWS most urgent articles, then the summary; rows stream by."""
    tally = Tally()
    order = count()
    ranked = ((_rank(row), next(order), row) for row in _counted(rows, tally))
    shown = [row for _, _, row in nsmallest(MOST_ROWS, ranked, key=lambda item: item[:2])]
    parts: list[RenderableType] = [_articles(shown)]
    if tally.articles > len(shown):
        parts.append(Text(f"… và {number(tally.articles - len(shown))} bài nữa, ít gấp hơn", style="dim"))
    return [*parts, Text(), *_summary(tally)]


def _counted(rows: Iterator[Row], tally: Tally) -> Iterator[Row]:
    for row in rows:
        record = row.record()
        unit, urgency = record["lead_unit"], record["urgency"]
        tally.articles += 1
        tally.needs_human += record["needs_human"]
        tally.topics[record["topic"]["name"]] += 1
        tally.units[unit_name(unit) if unit else OUT_OF_SCOPE] += 1
        tally.levels[urgency["level"], urgency["name"]] += 1
        yield row


def _rank(row: Row) -> tuple[int, bool]:
    """Smallest first: the most urgent, and of equals what is in scope; else the order of the input."""
    record = row.record()
    return -record["urgency"]["level"], not record["in_scope"]["value"]


def _articles(rows: list[Row]) -> Table:
    table = Table(title="Điểm báo theo mức độ", title_style="bold", show_lines=False, expand=False)
    table.add_column("Mức độ", no_wrap=True)
    table.add_column("Tiêu đề", ratio=4, overflow="fold")
    table.add_column("Chủ đề", ratio=2)
    table.add_column("Chủ trì", no_wrap=True)
    table.add_column("Phối hợp")
    table.add_column("Tin cậy", justify="right", no_wrap=True)
    table.add_column("Người xem", justify="center", no_wrap=True)
    for row in rows:
        record = row.record()
        unit, urgency = record["lead_unit"], record["urgency"]
        table.add_row(
            Text(_level(record)),
            Text(one_line(row.facts().title) or record["id"]),
            Text(record["topic"]["name"]),
            Text(unit["code"] if unit else "–"),
            Text(", ".join(other["code"] for other in record["coordinating_units"])),
            Text(percent(unit["p"] if unit else record["in_scope"]["p"])),
            Text("cần xem" if record["needs_human"] else ""),
            style=STYLES[urgency["level"]],
        )
    return table


def _level(record: dict[str, Any]) -> str:
    """The level of urgency; for what is hot, also by when the first thing must be done."""
    name: str = record["urgency"]["name"]
    due = earliest_due(record) if record["urgency"]["level"] == HOT else None
    return f"{name}\n{due.strftime('hạn %H:%M')}\n{due.strftime('%d/%m/%Y')}" if due else name


def _summary(tally: Tally) -> list[RenderableType]:
    by_level = [(name, amount) for (_, name), amount in sorted(tally.levels.items(), reverse=True)]
    person = [("cần người xem", tally.needs_human), ("tự tin", tally.articles - tally.needs_human)]
    return [
        _counts("Mức độ", by_level, tally.articles),
        _counts("Chủ đề", tally.topics.most_common(), tally.articles),
        _counts("Đơn vị chủ trì", tally.units.most_common(), tally.articles),
        _counts("Kết luận", person, tally.articles),
    ]


def _counts(header: str, rows: list[tuple[str, int]], total: int) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(header, width=56)
    table.add_column("Số bài", justify="right", min_width=8)
    table.add_column("Tỷ lệ", justify="right", min_width=6)
    for name, amount in rows:
        table.add_row(Text(name), number(amount), percent(amount / total) if total else "")
    return table

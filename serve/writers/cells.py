"""The columns of the tables that people read (CSV and XLSX): a literal table, Vietnamese headers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from serve.rows import Facts, Row
from serve.words import NO, PURPOSES, REPAIRS, TONES, YES, deadline, due_time, earliest_due, unit_name

Cell = str | float | int
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """`width` is in characters; `wraps` long text; `is_share` is a number from 0 to 1."""

    header: str
    width: int
    value: Callable[[Facts, Record], Cell]
    wraps: bool = False
    is_share: bool = False


def _date(facts: Facts) -> str:
    """26/03/2018 14:05; a bare date without the midnight that stands for it."""
    if not facts.published_at:
        return ""
    when = datetime.fromisoformat(facts.published_at)
    bare = when.tzinfo is None and when.time() == time()
    return when.strftime("%d/%m/%Y" if bare else "%d/%m/%Y %H:%M")


def _evidence(record: Record) -> str:
    """“nổ lò hơi” (chủ đề, mức độ); “tử vong” (mức độ)"""
    purposes: dict[str, list[str]] = {}
    for phrase in record["evidence"]:
        found = purposes.setdefault(" ".join(phrase["text"].split()), [])
        name = PURPOSES.get(phrase["for"], phrase["for"])
        if name not in found:
            found.append(name)
    return "; ".join(f"“{text}” ({', '.join(names)})" for text, names in purposes.items())


def _repairs(record: Record) -> str:
    return "; ".join(dict.fromkeys(REPAIRS.get(repair["kind"], repair["kind"]) for repair in record["repairs"]))


COLUMNS = (
    Column("Mã", 14, lambda _, record: record["id"]),
    Column("Tiêu đề", 48, lambda facts, _: facts.title, wraps=True),
    Column("Nguồn", 16, lambda facts, _: facts.source),
    Column("Ngày đăng", 16, lambda facts, _: _date(facts)),
    Column("Trong phạm vi", 10, lambda _, record: YES if record["in_scope"]["value"] else NO),
    Column("Chủ đề", 24, lambda _, record: record["topic"]["name"], wraps=True),
    Column(
        "Đơn vị chủ trì",
        30,
        lambda _, record: unit_name(record["lead_unit"]) if record["lead_unit"] else "",
        wraps=True,
    ),
    Column(
        "Đơn vị phối hợp",
        30,
        lambda _, record: "; ".join(unit_name(unit) for unit in record["coordinating_units"]),
        wraps=True,
    ),
    Column("Mức độ", 14, lambda _, record: f"{record['urgency']['level']} – {record['urgency']['name']}"),
    Column("Hạn gần nhất", 22, lambda _, record: due_time(due) if (due := earliest_due(record)) else ""),
    Column("Sắc thái", 11, lambda _, record: TONES[record["tone"]["value"]]),
    Column("Cần người xem", 10, lambda _, record: YES if record["needs_human"] else NO),
    Column("Lý do", 30, lambda _, record: "; ".join(record["reasons"]), wraps=True),
    Column("Bằng chứng", 48, lambda _, record: _evidence(record), wraps=True),
    Column("Sửa chữ", 22, lambda _, record: _repairs(record), wraps=True),
    Column("Xác suất phạm vi", 10, lambda _, record: record["in_scope"]["p"], is_share=True),
    Column("Xác suất chủ đề", 10, lambda _, record: record["topic"]["p"], is_share=True),
    Column(
        "Xác suất đơn vị",
        10,
        lambda _, record: record["lead_unit"]["p"] if record["lead_unit"] else "",
        is_share=True,
    ),
    Column("Xác suất mức độ", 10, lambda _, record: record["urgency"]["p"][record["urgency"]["level"]], is_share=True),
    Column("Xác suất sắc thái", 10, lambda _, record: record["tone"]["p"], is_share=True),
    Column("Liên kết", 40, lambda facts, _: facts.url),
    Column("Các hạn", 40, lambda _, record: "; ".join(map(deadline, record["deadlines"]))),
    Column("Tổ chức ngày", 12, lambda _, record: date.fromisoformat(record["as_of"]).strftime("%d/%m/%Y")),
    Column("Mã chủ đề", 20, lambda _, record: record["topic"]["code"]),
    Column("Mô hình", 14, lambda _, record: record["model"]),
)


def cells(row: Row) -> list[Cell]:
    """The values of one row, in the order of COLUMNS."""
    facts, record = row.facts(), row.record()
    return [column.value(facts, record) for column in COLUMNS]

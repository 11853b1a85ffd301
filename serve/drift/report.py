"""The report of `diembao drift`: as tables for people, as JSON for tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from models.drift import Alarm, Cell, Report, Week
from models.drift.accuracy import Share, monday
from models.drift.days import Days
from models.drift.traffic import ARTICLES
from nlp.errors import number
from serve.drift.words import advice, sentence, source_name, subject, value
from serve.words import decimal

PAST_DAYS = 90
WEEKS = 12
"""So much of the past is shown to people."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Articles served in a week and corrections that came in: no accuracy, people correct what they happen to see."""

    monday: date
    served: int
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that the report says. `chosen` labels were not drawn by chance, `lost` ones have no record."""

    report: Report
    reference_days: int
    corrected: Sequence[Corrected] = ()
    accuracy: Sequence[Week] = ()
    chosen: int = 0
    lost: int = 0


def corrected_by_week(cells: Iterable[Cell], corrections: Iterable[date], *, until: date) -> list[Corrected]:
    """Served and corrected by week up to `until`, weeks in which nothing was served left out."""
    served: Counter[date] = Counter()
    for cell in cells:
        if cell.name == ARTICLES and cell.day <= until:
            served[monday(cell.day)] += round(cell.amount)
    came = Counter(monday(day) for day in corrections if day <= until)
    return [Corrected(first, count, came[first]) for first, count in sorted(served.items()) if count]


def to_json(found: Found) -> dict[str, Any]:
    """Plain values; days as 2025-04-02. Alarms that are on come first, with what to do in Vietnamese."""
    report = found.report
    days = report.days
    return {
        "first": days.first.isoformat() if days else None,
        "last": days.last.isoformat() if days else None,
        "model": days.model() if days else None,
        "reference_days": found.reference_days,
        "charts": len(report.charts),
        "alarms": [_alarm(alarm) for alarm in report.alarms],
        "waiting": [{"signal": name, "source": source, "days": left} for name, source, left in report.waiting],
        "accuracy": [{**asdict(week), "monday": week.monday.isoformat()} for week in found.accuracy],
        "corrections": [{**asdict(week), "monday": week.monday.isoformat()} for week in found.corrected],
    }


def _alarm(alarm: Alarm) -> dict[str, Any]:
    days = {name: getattr(alarm, name).isoformat() for name in ("since", "called", "until")}
    return {**asdict(alarm), **days, "text": sentence(alarm)}


def to_tables(found: Found) -> RenderableType:
    """What a person reads, most important first."""
    report = found.report
    days = report.days
    if days is None:
        return "Chưa có bài nào được đếm."
    parts: list[RenderableType] = [_head(found, days)]
    past = [one for one in report.alarms if not one.is_on and one.until > days.last - timedelta(days=PAST_DAYS)]
    if report.on:
        parts.append(_alarms(f"Đang báo động: {len(report.on)}", report.on, with_advice=True))
    elif report.charts:
        parts.append("Không có gì bất thường.")
    if past:
        parts.append(_alarms(f"Đã hết trong {PAST_DAYS} ngày qua", past, with_advice=False))
    parts += [*_waiting(report), *_weeks(found)]
    return Group(*(part for whole in parts for part in (whole, "")))


def _head(found: Found, days: Days) -> str:
    total = number(round(float(days.total(ARTICLES).sum())))
    return (
        f"{total} bài từ {days.first:%d/%m/%Y} đến hết {days.last:%d/%m/%Y}, mô hình {days.model()}; "
        f"{len(found.report.charts)} đường theo dõi, so với {found.reference_days} ngày đầu của mỗi đường."
    )


def _alarms(title: str, alarms: Sequence[Alarm], *, with_advice: bool) -> Table:
    table = Table(
        "Điều gì", "Từ ngày", "Bình thường", "Nay" if with_advice else "Khi ấy", title=title, title_justify="left"
    )
    table.add_column("Nên làm gì" if with_advice else "Đến ngày")
    for alarm in alarms:
        last = advice(alarm) if with_advice else f"{alarm.until:%d/%m/%Y}"
        values = (value(alarm.signal, amount) for amount in (alarm.usual, alarm.now))
        table.add_row(*map(Text, (subject(alarm.signal, alarm.source), f"{alarm.since:%d/%m/%Y}", *values, last)))
    return table


def _waiting(report: Report) -> list[RenderableType]:
    """One line for all that cannot be judged yet."""
    if not report.waiting:
        return []
    left = max(days for _, _, days in report.waiting)
    sources = sorted({source_name(source) for _, source, _ in report.waiting if source is not None})
    if any(source is None for _, source, _ in report.waiting):
        return [f"Chưa đủ ngày để so {len(report.waiting)} đường (mới chạy, hoặc vừa đổi mô hình): còn {left} ngày."]
    shown = ", ".join(sources[:5]) + (" …" if len(sources) > 5 else "")
    return [f"Chưa đủ ngày để so các nguồn mới: {shown}; còn nhiều nhất {left} ngày."]


def _weeks(found: Found) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if found.accuracy:
        title = "Tỷ lệ đúng, ước lượng từ bài rút ngẫu nhiên (khoảng tin cậy 95 %)"
        table = Table("Tuần từ", "Bài đã kiểm", "Đúng chủ đề", "Đúng đơn vị chủ trì", title=title, title_justify="left")
        for week in found.accuracy[-WEEKS:]:
            table.add_row(f"{week.monday:%d/%m/%Y}", number(week.checked), _share(week.topic), _share(week.lead_unit))
        parts.append(table)
    if found.chosen or found.lost:
        chosen, lost = number(found.chosen), number(found.lost)
        parts.append(f"Không tính vào tỷ lệ đúng: {chosen} nhãn không rút ngẫu nhiên, {lost} nhãn không có bản ghi.")
    if any(week.corrections for week in found.corrected):
        table = Table("Tuần từ", "Bài đã trả lời", "Sửa đổi", "Trên 1.000 bài", title_justify="left",
                      title="Sửa đổi của cán bộ (không phải tỷ lệ sai: người ta chỉ sửa bài mình thấy)")  # fmt: skip
        for one in found.corrected[-WEEKS:]:
            rate = decimal(1000 * one.corrections / one.served)
            table.add_row(f"{one.monday:%d/%m/%Y}", number(one.served), number(one.corrections), rate)
        parts.append(table)
    return parts


def _share(share: Share) -> str:
    low, high = decimal(100 * share.low), decimal(100 * share.high)
    return f"{decimal(100 * share.value)} % ({low} – {high})"

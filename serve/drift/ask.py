"""The question of `diembao drift`, put to the store or to records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from models.drift import Cell, Report, by_week, watch
from models.drift.days import unjudged
from nlp.deadlines import local
from nlp.errors import DiembaoError
from serve.drift.inputs import days_off, read_checked, read_records
from serve.drift.report import Found, corrected_by_week
from serve.store import Store


class NothingServed(DiembaoError):
    """There is nothing to judge: a watch that says all is well over nothing would be worse than none."""

    def __init__(self) -> None:
        super().__init__("chưa có bài nào được đếm trong những ngày này")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Days from `since` (None: all) to `until` (None: as far as they are over) are judged; see `models.drift.watch`."""

    until: date | None
    yesterday: date
    since: date | None
    reference_days: int
    false_alarms: float


def of_store(store: Store, question: Question) -> Found:
    """What the sums of a server say. Raises NothingServed."""
    cells = store.served(since=question.since or date.min)
    until = question.until or question.yesterday
    corrections = [local(datetime.fromisoformat(one.created_at)).date() for one in store.corrections()]
    return Found(
        report=_watched(cells, question, until=until),
        reference_days=question.reference_days,
        corrected=corrected_by_week(cells, corrections, until=until),
    )


def of_records(paths: Sequence[Path], labels: Sequence[Path], question: Question) -> Found:
    """What records say, up to their last day: whether more should have come they cannot tell.

    Raises NothingServed, LineUnread, OSError.
    """
    found = read_records(paths)
    cells = [cell for cell in found.cells if question.since is None or cell.day >= question.since]
    until = question.until or min(found.last, question.yesterday)
    checked, chosen, lost = read_checked(labels, found.given)
    return Found(
        report=_watched(cells, question, until=until),
        reference_days=question.reference_days,
        accuracy=by_week(one for one in checked if one.day <= until),
        chosen=chosen,
        lost=lost,
    )


def _watched(cells: Sequence[Cell], question: Question, *, until: date) -> Report:
    if not any(cell.day <= until for cell in cells):
        raise NothingServed
    off = days_off(min(cell.day for cell in cells), until)
    return watch(
        cells,
        until=until,
        days_off=unjudged(off),
        reference_days=question.reference_days,
        false_alarms=question.false_alarms,
    )

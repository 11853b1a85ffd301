"""Cells -> arrays by day: what charts are drawn from."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from models.drift.traffic import ARTICLES, Cell

Floats = npt.NDArray[np.float64]
LONG_HOLIDAY = 5
"""Days off in a row, weekends included, that make a holiday like Tết …"""
AROUND = 3
"""… around which newspapers slow down for so many days before and after."""


@dataclass(frozen=True, slots=True)
class Days:
    """Sums by day from `first` on, `length` days; `judged` (length,) is false on days off.

    `sums` holds source -> model -> name -> (length,). `last` is the day up to which, itself included, days are over.
    """

    first: date
    length: int
    judged: npt.NDArray[np.bool_]
    sums: dict[str, dict[str, dict[str, Floats]]]

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.length - 1)

    def day(self, place: int) -> date:
        """The day at a place of an array."""
        return self.first + timedelta(days=place)

    def total(self, name: str, *, source: str | None = None, model: str | None = None) -> Floats:
        """The sums called `name`, (length,), of one source and model or of all."""
        found = np.zeros(self.length)
        for by_model in self.sums.values() if source is None else [self.sums[source]]:
            for sums in by_model.values() if model is None else [by_model.get(model, {})]:
                if name in sums:
                    found += sums[name]
        return found

    def sources(self) -> list[str]:
        """All sources, by name."""
        return sorted(self.sums)

    def model(self) -> str:
        """The model that answers: of the last day with articles, the one that decided most of them."""
        models = sorted({model for by_model in self.sums.values() for model in by_model})
        last = int(np.flatnonzero(self.total(ARTICLES))[-1])
        return max(models, key=lambda model: self.total(ARTICLES, model=model)[last])


def by_day(cells: Iterable[Cell], *, until: date, days_off: Collection[date] = ()) -> Days | None:
    """The days from the first one with articles to `until`; None where there are none.

    Days in `days_off` and after `until` are not judged or not there: the latter are not over. Cells of one name add up.
    """
    kept = [cell for cell in cells if cell.day <= until and math.isfinite(cell.amount)]
    if not any(cell.name == ARTICLES and cell.amount > 0 for cell in kept):
        return None
    first = min(cell.day for cell in kept if cell.name == ARTICLES and cell.amount > 0)
    length = (until - first).days + 1
    sums: dict[str, dict[str, dict[str, Floats]]] = {}
    for day, source, model, name, amount in kept:
        if day >= first:
            of_pair = sums.setdefault(source, {}).setdefault(model, {})
            if name not in of_pair:
                of_pair[name] = np.zeros(length)
            of_pair[name][(day - first).days] += amount
    off = set(days_off)
    judged = np.array([first + timedelta(days=place) not in off for place in range(length)])
    return Days(first, length, judged, sums)


def unjudged(off: Collection[date]) -> set[date]:
    """Of days off (weekends and public holidays) those on which no feed is its usual self.

    These are the long holidays, and AROUND days before and after. A single day off or a weekend is like a Sunday: a
    burst of quiet that no chart calls.
    """
    found: set[date] = set()
    run: list[date] = []
    for day in [*sorted(off), date.max]:
        if run and (day - run[-1]).days > 1:
            if len(run) >= LONG_HOLIDAY:
                edge = timedelta(days=AROUND)
                spread = (run[-1] - run[0]).days + 2 * AROUND + 1
                found |= {run[0] - edge + timedelta(days=place) for place in range(spread)}
            run = []
        run.append(day)
    return found

"""watch(): sums by day -> charts -> alarms. Pure: the last day that is over and the days off are arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.drift import charts
from models.drift.days import Days, Floats, by_day
from models.drift.signals import SILENCE, Series, Signal, series
from models.drift.traffic import ARTICLES, Cell

REFERENCE_DAYS = 56
"""Eight of every day of the week: what is usual, and how much it varies from story to story."""
FALSE_ALARMS_A_YEAR = 1.0
SAME = 7
"""Days within which an alarm that comes again is the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A signal that left what is usual for it.

    It is out of its limits from `called` to `until`, and probably changed on `since`: where the sum last began to grow
    (Page 1954), or the first silent day. `usual` is the mean of the reference, `now` that of the judged days from
    `since` to `until`, in the unit of the signal (log_chars as characters). `source` is None for all together.
    """

    signal: str
    source: str | None
    since: date
    called: date
    until: date
    is_on: bool
    usual: float
    now: float


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A signal with its limits: `statistic` (days,) is compared with +/- `limit`."""

    series: Series
    mean: float
    between: float
    statistic: Floats
    limit: float


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What was found. `charts` and `alarms` are empty and `days` None where nothing was served.

    `waiting` are signals with too short a history: (signal, source, days that are still missing).
    """

    days: Days | None
    charts: tuple[Chart, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    waiting: tuple[tuple[str, str | None, int], ...] = ()

    @property
    def on(self) -> tuple[Alarm, ...]:
        """Alarms that are on on the last day."""
        return tuple(alarm for alarm in self.alarms if alarm.is_on)


def watch(
    cells: Iterable[Cell],
    *,
    until: date,
    days_off: Collection[date] = (),
    reference_days: int = REFERENCE_DAYS,
    false_alarms: float = FALSE_ALARMS_A_YEAR,
) -> Report:
    """Judge all days up to `until`, which must be over, but those in `days_off` (see `days.unjudged`).

    All charts together give about `false_alarms` a year where nothing changes: each gets an equal part (Bonferroni).
    What is usual comes from the first `reference_days` judged days of a signal; one that depends on the model begins
    anew with it.
    """
    days = by_day(cells, until=until, days_off=days_off)
    if days is None:
        return Report(None)
    found = series(days, reference_days=reference_days)
    ready = [one for one in found if one.is_ready]
    chance = min(false_alarms / max(len(ready) + sum(one.expected is not None for one in ready), 1), 0.5)
    drawn = [*_cusums(ready, chance=chance), *_silences(ready, days, chance=chance)]
    alarms = [alarm for chart in drawn for alarm in _alarms(chart, days)]
    return Report(
        days,
        charts=tuple(drawn),
        alarms=tuple(sorted(_without_echoes(alarms), key=lambda alarm: (not alarm.is_on, alarm.since, alarm.signal))),
        waiting=tuple(_waiting(found, reference_days)),
    )


def rows(report: Report) -> Iterator[dict[str, Any]]:
    """One row a chart and judged day, for tables and plots."""
    if report.days is None:
        return
    for chart in report.charts:
        for place in np.flatnonzero(np.isfinite(chart.series.x)):
            yield {
                "day": report.days.day(int(place)),
                "signal": chart.series.signal.name,
                "source": chart.series.source,
                "value": float(chart.series.x[place]),
                "usual": chart.mean,
                "is_reference": bool(place in chart.series.reference),
                "statistic": float(chart.statistic[place]),
                "limit": chart.limit,
                "is_out": bool(abs(chart.statistic[place]) > chart.limit),
            }


def _waiting(found: Iterable[Series], reference_days: int) -> Iterator[tuple[str, str | None, int]]:
    for one in found:
        if not one.is_ready:
            yield one.signal.name, one.source, reference_days + 1 - int(one.known.sum())


def _cusums(ready: list[Series], *, chance: float) -> Iterator[Chart]:
    for rule in dict.fromkeys(one.signal.rule for one in ready):
        ruled = [one for one in ready if one.signal.rule == rule]
        x = np.stack([one.x[one.reference] for one in ruled])
        noise = np.stack([one.noise[one.reference] for one in ruled])
        floor = np.array([one.signal.floor for one in ruled])
        usual = charts.level(x, noise, floor=floor)
        limit = charts.limits(x, noise, floor=floor, rule=rule, chance=chance)
        for one, mean, between in zip(ruled, usual.mean, usual.between, strict=True):
            z = charts.scores(one.x, one.noise, charts.Level(mean, between), clip=rule.clip)
            z[: one.reference[-1] + 1] = np.nan
            yield Chart(one, float(mean), float(between), charts.cusum(z, limit=limit), limit)


def _silences(ready: list[Series], days: Days, *, chance: float) -> Iterator[Chart]:
    for one in ready:
        if one.expected is None:
            continue
        last = one.reference[-1]
        x, noise = one.x[None, one.reference], one.noise[None, one.reference]
        between = float(charts.level(x, noise, floor=np.array([one.signal.floor])).between[0])
        counts = days.total(ARTICLES, source=one.source)
        statistic = charts.silence(counts, one.expected, between=between)
        limit = charts.silence_limit(statistic[: last + 1], chance=chance)
        statistic[: last + 1] = 0
        silent = replace(one, signal=SILENCE, x=np.where(np.isfinite(one.expected), counts, np.nan))
        yield Chart(silent, float(np.nanmean(one.expected)), between, statistic, limit)


def _alarms(chart: Chart, days: Days) -> Iterator[Alarm]:
    for sign in (1, -1):
        statistic = sign * chart.statistic
        for first, last in _spells(np.flatnonzero(statistic > chart.limit)):
            begun = np.flatnonzero(statistic[: first + 1] <= 0)
            since = int(begun[-1]) + 1 if len(begun) else first
            values = chart.series.x[since : last + 1]
            yield Alarm(
                signal=chart.series.signal.name,
                source=chart.series.source,
                since=days.day(since),
                called=days.day(first),
                until=days.day(last),
                is_on=last == days.length - 1,
                usual=_shown(chart.series.signal, chart.mean),
                now=_shown(chart.series.signal, float(np.nanmean(values))),
            )


def _shown(signal: Signal, value: float) -> float:
    return float(np.exp(value)) if signal.name == "log_chars" else value


def _spells(places: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """First and last of places that follow one another within SAME days."""
    if not len(places):
        return
    breaks = [(a, b) for a, b in pairwise(map(int, places)) if b - a > SAME]
    firsts = [int(places[0]), *(b for _, b in breaks)]
    lasts = [*(a for a, _ in breaks), int(places[-1])]
    yield from zip(firsts, lasts, strict=True)


def _without_echoes(alarms: list[Alarm]) -> Iterator[Alarm]:
    """Alarms without what follows from a silence: a volume that fell, its own or all; a source while all are silent."""
    silences = [alarm for alarm in alarms if alarm.signal == SILENCE.name]
    for alarm in alarms:
        if not any(_follows(alarm, silence) for silence in silences):
            yield alarm


def _follows(alarm: Alarm, silence: Alarm) -> bool:
    if alarm.since > silence.until or silence.since > alarm.called:
        return False
    if alarm.signal == "volume":
        return alarm.now < 1 and (alarm.source is None or silence.source in (alarm.source, None))
    is_part = silence.source is None and alarm.source is not None
    return alarm.signal == SILENCE.name and is_part and alarm.since >= silence.since

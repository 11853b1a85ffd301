"""Pictures of drift: what was charted, and accuracy by week. Words in them are Vietnamese, as in `models.plots`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from models.drift.accuracy import Week
from models.drift.days import Days
from models.drift.watch import Chart, Report
from models.plots import figure_of

ALARM, USUAL, REFERENCE = "#c0392b", "grey", "#8882"


def charted(report: Report, charts: Mapping[str, Chart], *, at: date | None = None) -> Figure:
    """Each of `charts` under its name: values by day, the usual one, the reference (grey), days out of limits (red).

    `at` is the day of a planted change.
    """
    if report.days is None:
        raise ValueError("nothing was served, so nothing is charted")
    figure, axes = figure_of(9, 0.6 + 1.5 * max(1, len(charts)), rows=max(1, len(charts)))
    for one, (name, chart) in zip(axes, charts.items(), strict=False):
        _chart(one, name, chart, report.days, at)
    _dated(axes[-1])
    return figure


def _chart(axes: Axes, name: str, chart: Chart, days: Days, at: date | None) -> None:
    series = chart.series
    scale = np.exp if series.signal.name == "log_chars" else np.asarray
    every = np.array([days.day(place) for place in range(days.length)], "datetime64[D]")
    out = np.abs(chart.statistic) > chart.limit
    if len(series.reference):
        axes.axvspan(every[series.reference[0]], every[series.reference[-1]], color=REFERENCE)
    axes.plot(every, scale(series.x), ".-", linewidth=0.7, markersize=3)
    axes.plot(every[out], scale(series.x)[out], ".", color=ALARM, markersize=6)
    axes.axhline(float(scale(chart.mean)), color=USUAL, linewidth=1)
    if at is not None:
        axes.axvline(date2num(at), color=ALARM, linewidth=1, linestyle=":")  # type: ignore[no-untyped-call]
    axes.set_title(name, fontsize=9, loc="left")
    axes.tick_params(labelsize=8)
    axes.set_xlim(every[0], every[-1])


def _dated(axes: Axes) -> None:
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def accuracy(weeks: Sequence[Week]) -> Figure:
    """Accuracy by week with the bounds of 95 %."""
    figure, (axes,) = figure_of(9, 3.5)
    mondays = np.array([week.monday for week in weeks], "datetime64[D]")
    for shift, title, shares in (
        (-1, "Chủ đề", [week.topic for week in weeks]),
        (1, "Đơn vị chủ trì", [week.lead_unit for week in weeks]),
    ):
        value = np.array([share.value for share in shares])
        reach = [value - [share.low for share in shares], [share.high for share in shares] - value]
        # A day aside, so that the bars do not hide one another.
        axes.errorbar(mondays + np.timedelta64(3 + shift, "D"), value, reach, fmt="o", capsize=3, label=title)
    axes.set(title="Tỷ lệ đúng theo tuần, khoảng 95 %", ylim=(0, 1.02), ylabel="tỷ lệ đúng")
    axes.legend(loc="lower left")
    _dated(axes)
    return figure

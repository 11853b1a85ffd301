"""Pictures of labels, decisions and their differences. Words in them are Vietnamese: they end up in people's reports.

Each function returns a figure, which a notebook shows by itself; `draw` writes those of an assessment as PNG files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from models.evaluate import PRECISION, Assessment, Calibration, Confusion, Coverage
from models.paired import UnitFate
from models.rules import Finding, Verdict

CONFUSIONS = {"topic": "Chủ đề", "lead_unit": "Đơn vị chủ trì"}
NONE = "(không)"


def draw(assessment: Assessment, folder: Path) -> list[Path]:
    """Write every picture of `assessment` into `folder`, over those of an earlier run; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {f"confusion-{head}": confusion(assessment.confusions[head], title) for head, title in CONFUSIONS.items()}
    figures["calibration"] = calibrations({title: assessment.calibrations[head] for head, title in CONFUSIONS.items()})
    figures["coverage"] = coverage(assessment.coverage)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=110)
    return paths


def figure_of(width: float, height: float, *, rows: int = 1) -> tuple[Figure, Sequence[Axes]]:
    """An empty figure of so many inches, and its axes, one below the other on one scale of x."""
    # Without pyplot there is no window and no state that outlives the picture.
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0])


def confusion(table: Confusion, title: str) -> Figure:
    """Shares of each labelled class, with the counts written in."""
    used = np.flatnonzero(table.counts.sum(axis=0) + table.counts.sum(axis=1))
    counts = table.counts[np.ix_(used, used)]
    names = [table.codes[k] or NONE for k in used]
    side = 2.5 + 0.34 * len(names)
    figure, (axes,) = figure_of(side + 1, side)
    axes.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    for i, j in zip(*np.nonzero(counts), strict=True):
        dark = counts[i, j] > 0.6 * counts[i].sum()
        axes.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=7, color="white" if dark else "black")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(title=f"{title}: nhãn (hàng) và quyết định (cột)", xlabel="quyết định", ylabel="nhãn")
    return figure


def calibrations(tables: Mapping[str, Calibration]) -> Figure:
    """Stated confidence against what came true; on the diagonal it holds. The larger a dot, the more articles."""
    figure, (axes,) = figure_of(5.5, 5)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--", label="hoàn hảo")
    for name, table in tables.items():
        (line,) = axes.plot(table.stated, table.true, linewidth=1, label=name)
        # A bin of five articles looks as wild as it is, unless its size shows.
        axes.scatter(table.stated, table.true, s=6 * np.sqrt(table.count), color=line.get_color(), zorder=3)
    axes.set(title="Độ tin cậy", xlabel="xác suất nêu ra", ylabel="tỷ lệ đúng", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend()
    return figure


def coverage(curve: Coverage) -> Figure:
    """What share can go out without a person, at which precision."""
    figure, (axes,) = figure_of(6, 4.2)
    axes.plot(curve.coverage, curve.precision)
    axes.axhline(PRECISION, color="grey", linewidth=1, linestyle="--")
    axes.set(
        title="Đơn vị chủ trì: phần tự quyết được theo độ chính xác",
        xlabel="phần các bài trong phạm vi, tin cậy nhất trước",
        ylabel="độ chính xác",
        xlim=(0, 1),
    )
    return figure


def bars(table: pd.DataFrame | pd.Series, *, title: str, xlabel: str = "số bài") -> Figure:
    """Counts: a bar a row, stacked by column, the first row on top; totals are written beside the bars."""
    counts = table.to_frame("") if isinstance(table, pd.Series) else table
    figure, (axes,) = figure_of(7.5, 0.9 + 0.26 * len(counts))
    left = np.zeros(len(counts))
    for column in counts:
        axes.barh(range(len(counts)), counts[column], left=left, label=str(column))
        left += counts[column].to_numpy(float)
    for place, total in enumerate(left):
        axes.text(total, place, f" {total:.0f}", va="center", fontsize=8)
    axes.set_yticks(range(len(counts)), [str(name) or NONE for name in counts.index], fontsize=8)
    axes.set(title=title, xlabel=xlabel, xlim=(0, 1.1 * max(left.max(initial=0), 1)))
    axes.invert_yaxis()
    if counts.shape[1] > 1:
        axes.legend()
    return figure


def lengths(chars: Mapping[str, Sequence[int]], *, title: str = "Độ dài bài") -> Figure:
    """Lengths in characters by group, on a logarithmic scale."""
    figure, (axes,) = figure_of(7.5, 3.5)
    every = [max(value, 1) for values in chars.values() for value in values] or [1]
    bins = np.geomspace(min(every), max(every) + 1, 50)
    for name, values in chars.items():
        share = np.full(len(values), 1 / max(len(values), 1))
        axes.hist(
            np.clip(values, 1, None), bins.tolist(), weights=share, histtype="step", label=f"{name} ({len(values)})"
        )
    axes.set(title=title, xscale="log", xlabel="số ký tự", ylabel="phần số bài")
    if chars:
        axes.legend()
    return figure


COLOURS = {Verdict.PASSES: "#1a7f37", Verdict.ASKS: "#9a6700", Verdict.FAILS: "#c0392b"}


def intervals(findings: Sequence[Finding]) -> Figure:
    """What the gate compared, a line a rule, in units of the rule's margin: right is better, -1 is the margin."""
    shown = [one for one in findings if one.low is not None and one.high is not None and one.margin]
    figure, (axes,) = figure_of(8, 1 + 0.32 * len(shown))
    for place, one in enumerate(shown):
        scale = (-1 if one.lower_is_better else 1) / (one.margin or 1)
        gap = (one.candidate or 0) - (one.champion or 0)
        colour = COLOURS[one.verdict]
        axes.plot([scale * (one.low or 0), scale * (one.high or 0)], [place, place], color=colour, linewidth=3)
        axes.plot(scale * gap, place, "o", color=colour)
    axes.axvline(0, color="grey", linewidth=1)
    axes.axvline(-1, color=COLOURS[Verdict.FAILS], linewidth=1, linestyle="--")
    axes.set_yticks(range(len(shown)), [one.title for one in shown], fontsize=9)
    axes.invert_yaxis()
    axes.set(
        title="Ứng viên so với mô hình đang dùng", xlabel="chênh lệch, tính theo mức cho phép (bên phải là tốt lên)"
    )
    return figure


def fates(units: Sequence[UnitFate]) -> Figure:
    """Dev articles of each unit that are newly right and newly wrong."""
    shown = sorted((unit for unit in units if unit.won or unit.lost), key=lambda unit: unit.won - unit.lost)
    figure, (axes,) = figure_of(7.5, 1.2 + 0.26 * len(shown))
    places = range(len(shown))
    axes.barh(places, [unit.won for unit in shown], color=COLOURS[Verdict.PASSES], label="trước sai, nay đúng")
    axes.barh(places, [-unit.lost for unit in shown], color=COLOURS[Verdict.FAILS], label="trước đúng, nay sai")
    axes.axvline(0, color="grey", linewidth=1)
    axes.set_yticks(places, [f"{unit.code} ({unit.rows})" for unit in shown], fontsize=8)
    axes.invert_yaxis()
    axes.set(title="Từng đơn vị (số bài để riêng)", xlabel="số bài")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if shown:
        axes.legend()
    else:
        axes.set(xticks=[], xlabel="không đơn vị nào đổi")
    return figure

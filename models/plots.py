"""Pictures of an assessment, as PNG files: what decisions are mistaken for, and whether confidence holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from models.evaluate import PRECISION, Assessment, Calibration, Confusion, Coverage

CONFUSIONS = {"topic": "Chủ đề", "lead_unit": "Đơn vị chủ trì"}
NONE = "(không)"


def draw(assessment: Assessment, folder: Path) -> list[Path]:
    """Write every picture of `assessment` into `folder`, over those of an earlier run; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        f"confusion-{head}": _confusion(assessment.confusions[head], title) for head, title in CONFUSIONS.items()
    }
    figures["calibration"] = _calibrations({title: assessment.calibrations[head] for head, title in CONFUSIONS.items()})
    figures["coverage"] = _coverage(assessment.coverage)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=110)
    return paths


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    # Without pyplot there is no window and no state that outlives the picture.
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _confusion(table: Confusion, title: str) -> Figure:
    """Shares of each labelled class, with the counts written in."""
    used = np.flatnonzero(table.counts.sum(axis=0) + table.counts.sum(axis=1))
    counts = table.counts[np.ix_(used, used)]
    names = [table.codes[k] or NONE for k in used]
    side = 2.5 + 0.34 * len(names)
    figure, axes = _figure(side + 1, side)
    axes.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    for i, j in zip(*np.nonzero(counts), strict=True):
        dark = counts[i, j] > 0.6 * counts[i].sum()
        axes.text(j, i, str(counts[i, j]), ha="center", va="center", fontsize=7, color="white" if dark else "black")
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.set(title=f"{title}: nhãn (hàng) và quyết định (cột)", xlabel="quyết định", ylabel="nhãn")
    return figure


def _calibrations(tables: dict[str, Calibration]) -> Figure:
    figure, axes = _figure(5.5, 5)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--", label="hoàn hảo")
    for name, table in tables.items():
        axes.plot(table.stated, table.true, marker="o", label=name)
    axes.set(title="Độ tin cậy", xlabel="xác suất nêu ra", ylabel="tỷ lệ đúng", xlim=(0, 1), ylim=(0, 1.02))
    axes.legend()
    return figure


def _coverage(curve: Coverage) -> Figure:
    figure, axes = _figure(6, 4.2)
    axes.plot(curve.coverage, curve.precision)
    axes.axhline(PRECISION, color="grey", linewidth=1, linestyle="--")
    axes.set(
        title="Đơn vị chủ trì: phần tự quyết được theo độ chính xác",
        xlabel="phần các bài trong phạm vi, tin cậy nhất trước",
        ylabel="độ chính xác",
        xlim=(0, 1),
    )
    return figure

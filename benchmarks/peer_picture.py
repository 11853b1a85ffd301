"""The picture of `benchmarks.peers`: how often each contender is right, and what an article costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

SHOWN = {
    "topic_acc": "topic\naccuracy",
    "topic_mf1": "topic\nmacro-F1",
    "lead_acc": "lead unit\naccuracy",
    "lead_mf1": "lead unit\nmacro-F1",
}
COLOURS = ("#0b5fa5", "#d1495b", "#3d8361", "#a06a00")
MARKS = ("o", "s", "D", "^")


def draw(rows: Sequence[Mapping[str, Any]], path: Path, *, dev: int) -> None:
    """Write the SVG; the same rows give the same bytes."""
    # Text stays text: small, and to be searched and read aloud.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "peers", "font.family": "sans-serif"}):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        FigureCanvasSVG(figure)
        quality, cost = figure.subplots(1, 2, width_ratios=(2.2, 1))
        _quality(quality, rows, dev)
        _cost(cost, rows)
        figure.legend(loc="outside lower center", ncols=len(rows), frameon=False, fontsize=9)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def _quality(axes: Axes, rows: Sequence[Mapping[str, Any]], dev: int) -> None:
    for k, row in enumerate(rows):
        for place, name in enumerate(SHOWN):
            at, value, (low, high) = place + 0.17 * (k - 1.5), row["numbers"][name], row["intervals"][name]
            axes.errorbar(at, value, yerr=[[max(0, value - low)], [max(0, high - value)]], fmt=MARKS[k],
                          color=COLOURS[k], markersize=6, capsize=2, linewidth=1,
                          label=row["name"] if not place else None)  # fmt: skip
            axes.annotate(f"{value:.2f}"[1:], (at, high), (0, 3), textcoords="offset points", fontsize=7, ha="center")
    axes.set_xticks(range(len(SHOWN)), list(SHOWN.values()))
    axes.set_title(f"Right on the {dev} items of dev, with 95 % intervals", fontsize=10)
    axes.set_xlim(-0.5, len(SHOWN) - 0.4)
    _plain(axes, "y")


def _cost(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    for k, row in enumerate(rows):
        value = row["numbers"]["article_us"]
        axes.barh(k, value, color=COLOURS[k], height=0.55)
        axes.annotate(f"{value:.0f}", (value, k), (4, 0), textcoords="offset points", fontsize=8, va="center")
    axes.set_yticks([])
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_title("µs an article, one core\n(diembao: five heads; others: two)", fontsize=10)
    _plain(axes, "x")


def _plain(axes: Axes, grid: str) -> None:
    axes.grid(axis=grid, color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)

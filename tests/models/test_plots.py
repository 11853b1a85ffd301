"""Pictures hold what they were given, also where there is nothing to show."""

from __future__ import annotations

import pandas as pd

from models import plots
from models.paired import UnitFate
from models.rules import Finding, Verdict


def finding(rule: str, low: float | None, high: float | None, *, lower_is_better: bool = False) -> Finding:
    return Finding(
        rule=rule, title=rule, verdict=Verdict.PASSES, reason="", candidate=0.6, champion=0.5, low=low, high=high,
        margin=0.05 if low is not None else None, lower_is_better=lower_is_better,
    )  # fmt: skip


def fate(code: str, lost: int, won: int) -> UnitFate:
    return UnitFate(code, 9, 5, 5, lost, won, 1.0, 9, 5, 5)


def test_bars_stack_the_columns_and_say_the_totals() -> None:
    table = pd.DataFrame({"train": [3, 1], "dev": [2, 0]}, index=["Xăng dầu", ""])

    (axes,) = plots.bars(table, title="Bài").axes

    assert [bar.get_width() for bar in axes.patches] == [3, 1, 2, 0]
    assert [text.get_text().strip() for text in axes.texts] == ["5", "1"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Xăng dầu", plots.NONE]


def test_the_gate_is_drawn_in_margins_with_better_to_the_right() -> None:
    given = [finding("lead_acc", 0.05, 0.15), finding("lead_ece", 0.05, 0.15, lower_is_better=True)]

    (axes,) = plots.intervals([finding("golden", None, None), *given]).axes

    spans = [[round(float(x), 6) for x in line.get_xdata()] for line in axes.lines if len(line.get_xdata()) == 2]
    assert spans[:2] == [[1, 3], [-1, -3]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["lead_acc", "lead_ece"]


def test_units_that_nothing_befell_are_left_out_and_the_losers_come_first() -> None:
    (axes,) = plots.fates([fate("EVN", 0, 2), fate("KH", 0, 0), fate("XNK", 3, 1)]).axes

    assert [label.get_text() for label in axes.get_yticklabels()] == ["XNK (9)", "EVN (9)"]
    assert [bar.get_width() for bar in axes.patches] == [1, 2, -3, 0]


def test_lengths_say_how_many_articles_each_group_has() -> None:
    (axes,) = plots.lengths({"A": [100, 200, 0], "B": []}).axes

    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["A (3)", "B (0)"]


def test_nothing_to_show_is_an_empty_picture() -> None:
    figures = [plots.bars(pd.Series(dtype=int), title=""), plots.intervals([]), plots.fates([]), plots.lengths({})]

    assert [len(figure.axes) for figure in figures] == [1, 1, 1, 1]

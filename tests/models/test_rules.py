"""The rules of the gate, one by one, on what was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.gate_policy import read_limits
from models.paired import Difference, UnitFate
from models.reload import Reloaded
from models.rules import MARGINS, RULES, Evidence, Verdict

LIMITS = read_limits()
SAME = Difference(0.8, 0.8, -0.001, 0.001, 0.0005)
MODEL = Reloaded(
    version="a", fingerprint="f", size=9_000_000, golden_total=24, golden_passed=True, golden=(), records={}
)


def fate(code: str = "EVN", **values: Any) -> UnitFate:
    same: dict[str, Any] = {"rows": 30, "right": 25, "right_before": 25, "lost": 1, "won": 1, "p": 1.0}
    return UnitFate(code, **{**same, "seen": 200, "kept": 190, "kept_before": 192, **values})


def evidence(**values: Any) -> Evidence:
    same: dict[str, Any] = {"candidate": MODEL, "champion": MODEL, "repeats": True, "units": [fate()],
                            "differences": dict.fromkeys(MARGINS, SAME), "times": np.ones((9, 2)) * 60}  # fmt: skip
    return Evidence(**{**same, **values}, limits=LIMITS)


def verdict(rule: str, **values: Any) -> Verdict:
    return RULES[rule](evidence(**values)).verdict


def of(rule: str, low: float, high: float, *, candidate: float = 0.5) -> Verdict:
    gap = Difference(candidate, candidate - (low + high) / 2, low, high, (high - low) / 4)
    return verdict(rule, differences={**dict.fromkeys(MARGINS, SAME), rule: gap})


def test_the_same_model_passes_every_rule() -> None:
    assert {name: rule(evidence()).verdict for name, rule in RULES.items()} == dict.fromkeys(RULES, Verdict.PASSES)


@pytest.mark.parametrize("name", [name for name, rule in MARGINS.items() if not rule.lower_is_better])
def test_a_number_passes_fails_or_asks_by_where_its_interval_lies(name: str) -> None:
    margin = LIMITS.margins[name].margin
    assert of(name, -0.9 * margin, 0.1) is Verdict.PASSES
    small = Verdict.ASKS if name == LIMITS.headline else Verdict.PASSES
    assert of(name, -0.9 * margin, -0.8 * margin) is small, "worse, but by less than the margin"
    assert of(name, -1.1 * margin, 0.1) is Verdict.ASKS
    assert of(name, -1.1 * margin, -0.1 * margin) is Verdict.ASKS, "one of sixteen such intervals may lie so by chance"
    assert of(name, -1.1 * margin, -0.3 * margin) is Verdict.FAILS


@pytest.mark.parametrize("name", [name for name, rule in MARGINS.items() if rule.lower_is_better])
def test_a_loss_is_better_where_it_is_smaller(name: str) -> None:
    margin = LIMITS.margins[name].margin
    assert of(name, -0.5, 0.9 * margin) is Verdict.PASSES
    assert of(name, -0.5, 1.1 * margin) is Verdict.ASKS
    assert of(name, 0.1 * margin, 1.1 * margin) is Verdict.ASKS
    assert of(name, 0.3 * margin, 1.1 * margin) is Verdict.FAILS


def test_the_more_numbers_are_looked_at_the_surer_one_must_be_to_fail() -> None:
    assert LIMITS.fail_confidence == pytest.approx(1 - 0.05 / 16)


def test_a_value_that_is_good_enough_passes_whatever_the_champion_had() -> None:
    assert of("topic_ece", 0.03, 0.06, candidate=0.049) is Verdict.PASSES
    assert of("auto_precision", -0.09, -0.04, candidate=0.951) is Verdict.PASSES
    assert of("auto_precision", -0.09, -0.04, candidate=0.949) is Verdict.FAILS


@pytest.mark.parametrize(("p", "wanted"), [(0.009, Verdict.FAILS), (0.049, Verdict.ASKS), (0.051, Verdict.PASSES)])
def test_a_unit_that_loses_more_than_chance_explains_is_named(p: float, wanted: Verdict) -> None:
    finding = RULES["units"](evidence(units=[fate("TKV"), fate(p=p, lost=9)]))

    assert finding.verdict is wanted
    assert ("EVN: mất 9, thêm 1 trong 30 bài" in finding.reason) == (wanted is not Verdict.PASSES)


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        (24, 12, Verdict.PASSES),
        (24, 11, Verdict.FAILS),
        (12, 0, Verdict.FAILS),
        (11, 0, Verdict.ASKS),
        (4, 0, Verdict.ASKS),
        (4, 1, Verdict.PASSES),
    ],
)
def test_a_unit_that_falls_silent_fails_where_it_has_articles_enough_and_asks_where_few(
    before: int, now: int, wanted: Verdict
) -> None:
    finding = RULES["units_found"](evidence(units=[fate(), fate("VINATEX", seen=30, kept=now, kept_before=before)]))

    assert finding.verdict is wanted
    assert (f"VINATEX: trước {before}, nay {now} trong 30 bài" in finding.reason) == (wanted is not Verdict.PASSES)


def test_a_unit_of_very_few_articles_is_not_judged_and_said_not_to_be() -> None:
    finding = RULES["units_found"](evidence(units=[fate(), fate("VP", seen=9, kept=0, kept_before=3)]))

    assert finding.verdict is Verdict.PASSES
    assert finding.reason == "đơn vị nào cũng còn được nhận ra; quá ít bài để xét: VP"


def test_speed_is_a_ratio_of_rounds_and_one_slow_round_does_not_matter() -> None:
    def times(*ratios: float) -> np.ndarray:
        return np.array([[60 * ratio, 60.0] for ratio in ratios])

    assert verdict("speed", times=times(*[1.2] * 9)) is Verdict.PASSES
    assert verdict("speed", times=times(*[1.0] * 8, 9.0)) is Verdict.PASSES
    assert verdict("speed", times=times(*[1.3] * 9)) is Verdict.FAILS
    assert verdict("speed", times=times(*[1.1] * 4, *[1.4] * 5)) is Verdict.ASKS


@pytest.mark.parametrize(
    ("rule", "change"), [("golden", {"golden_passed": False, "golden": ("sai",)}), ("size", {"size": 16_000_001})]
)
def test_what_a_server_would_not_take_fails(rule: str, change: dict[str, Any]) -> None:
    assert verdict(rule, candidate=replace(MODEL, **change)) is Verdict.FAILS


def test_a_model_that_answers_otherwise_the_second_time_fails() -> None:
    assert verdict("repeats", repeats=False) is Verdict.FAILS

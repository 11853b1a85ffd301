"""Two models on the same articles: differences, their intervals, and what befalls a unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.data import Label
from models.paired import aligned, chance, differences, fates, gate_numbers

LABELS = [
    Label(f"bai-{n}", "dien-luc", "EVN" if n % 2 else "DTDL", urgency=n % 4, split="dev" if n < 40 else "train")
    for n in range(60)
]


def record(label: Label, *, lead: str = "", p: float = 0.9) -> dict[str, Any]:
    return {
        "id": label.id,
        "in_scope": {"value": True, "p": p},
        "topic": {"code": label.topic, "p": p},
        "lead_unit": {"code": lead or label.lead, "p": p},
        "coordinating_units": [],
        "urgency": {"level": label.urgency, "p": [0.2, 0.2, 0.2, 0.4]},
        "tone": {"value": 0, "p": p},
        "needs_human": False,
    }


def records(**wrong: str) -> dict[str, dict[str, Any]]:
    """Right records of LABELS, but for the articles of the units named, which go to another."""
    return {label.id: record(label, lead=wrong.get(label.lead, "")) for label in LABELS}


DEV = [label for label in LABELS if label.split == "dev"]


def test_a_model_does_not_differ_from_itself() -> None:
    answers = aligned(DEV, records())
    found = differences(answers, answers, range(len(DEV)), confidence=0.95, draws=100)

    assert {(one.value, one.low, one.high, one.error) for one in found.values()} == {(0, 0, 0, 0)}


def test_the_interval_of_a_difference_holds_it_and_is_the_same_every_time() -> None:
    better, worse = aligned(DEV, records()), aligned(DEV, records(EVN="PVN"))
    one, again = (differences(worse, better, range(40), confidence=0.95, draws=100)["lead_acc"] for _ in range(2))

    assert one == again
    assert (one.candidate, one.champion, one.value) == (0.5, 1.0, -0.5)
    assert one.low < one.value < one.high < 0


def test_articles_of_one_story_are_drawn_together() -> None:
    better, worse = aligned(DEV, records()), aligned(DEV, records(EVN="PVN"))
    apart = differences(worse, better, range(40), confidence=0.95, draws=200)["lead_acc"]
    four_stories = [n % 4 for n in range(40)]
    together = differences(worse, better, four_stories, confidence=0.95, draws=200)["lead_acc"]

    assert together.high - together.low > apart.high - apart.low


def test_the_loss_is_what_a_stated_probability_costs() -> None:
    right, wrong = ({label.id: record(label, p=0.8, lead=lead) for label in DEV} for lead in ("", "PVN"))

    assert gate_numbers(aligned(DEV, right))["lead_loss"] == pytest.approx(-np.log(0.8))
    assert gate_numbers(aligned(DEV, wrong))["lead_loss"] == pytest.approx(-np.log(0.2))
    sure = {label.id: record(label, p=1.0, lead="PVN") for label in DEV}
    assert gate_numbers(aligned(DEV, sure))["lead_loss"] == pytest.approx(-np.log(0.001)), "no loss is infinite"


def test_no_lead_unit_states_the_probability_of_its_topic() -> None:
    outside = [replace(label, topic="ngoai-pham-vi", lead="", urgency=0) for label in DEV]
    given = {label.id: {**record(label, p=0.7), "lead_unit": None} for label in outside}

    assert gate_numbers(aligned(outside, given))["lead_loss"] == pytest.approx(-np.log(0.7))


@pytest.mark.parametrize(("lost", "won", "p"), [(0, 0, 1.0), (1, 0, 0.5), (3, 0, 0.125), (2, 2, 11 / 16)])
def test_chance_is_that_of_a_coin(lost: int, won: int, p: float) -> None:
    assert chance(lost, won) == pytest.approx(p)


def test_a_broken_unit_stands_out_and_the_others_do_not() -> None:
    units = {unit.code: unit for unit in fates(LABELS, records(EVN="PVN"), records())}

    broken, whole = units["EVN"], units["DTDL"]
    assert (broken.rows, broken.right_before, broken.right, broken.lost, broken.won) == (20, 20, 0, 20, 0)
    assert (broken.seen, broken.kept_before, broken.kept, broken.fall) == (30, 30, 0, 1.0)
    assert broken.p == pytest.approx(2 * 0.5**20), "corrected for two units with dev articles"
    assert (whole.lost, whole.p, whole.fall) == (0, 1.0, 0.0)


def test_a_unit_without_articles_is_not_counted_among_those_corrected_for() -> None:
    units = {unit.code: unit for unit in fates(LABELS, records(), records())}

    assert (units["VINATEX"].rows, units["VINATEX"].p) == (0, 1.0)

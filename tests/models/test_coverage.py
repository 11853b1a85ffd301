"""The coverage dial: thresholds that a precision was shown for, and none where it was not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.artifacts import make_engine
from models.coverage import NEVER, CoverageError, given, needed, opened, reach, thresholds, together, with_units
from models.data import Label
from nlp.policy import PolicyError, parse

POLICY = "\n".join(
    ["# đầu", "scope_p = 0.5", *(f"rare_{name} = 0" for name in ("topic", "unit", "tone")), "coordinating_p = 0.2",
     *(f"urgency_{k} = {k}" for k in (1, 2, 3)), *(f"auto_{name}_p = 0.9" for name in ("scope", "topic", "unit")),
     "min_known_share = 0.3", "min_syllables = 12"]
)  # fmt: skip


def mail(unit: str, *rows: tuple[float, bool], start: int = 0) -> tuple[list[Label], list[dict[str, Any]]]:
    """Labels and records of articles led to `unit` with a probability, rightly or not."""
    labels = [Label(f"{unit}-{start + n}", "dien-luc", unit if right else "PC") for n, (_, right) in enumerate(rows)]
    records = [
        {"id": label.id, "lead_unit": {"code": unit, "p": p}, "needs_human": False}
        for label, (p, _) in zip(labels, rows, strict=True)
    ]
    return labels, records


SURE = [(0.99 - n / 1000, True) for n in range(100)]
DOUBTFUL = [(0.6 - n / 1000, n % 2 == 0) for n in range(100)]


@pytest.mark.parametrize(("precision", "articles"), [(0.9, 22), (0.95, 45), (0.99, 230)])
def test_a_precision_needs_so_many_articles_however_well_they_go(precision: float, articles: int) -> None:
    assert needed(precision) == articles
    rows = [(0.9 - n / 10_000, True) for n in range(articles)]
    assert reach(given(*mail("EVN", *rows))["EVN"], precision) is not None
    assert reach(given(*mail("EVN", *rows[:-1]))["EVN"], precision) is None


def test_the_threshold_takes_what_is_sure_and_leaves_what_is_doubtful() -> None:
    found = reach(given(*mail("EVN", *SURE, *DOUBTFUL))["EVN"], 0.95)

    assert found is not None
    assert 100 <= found.rows < 110
    assert found.share == found.rows / 200
    assert found.low < found.right / found.rows <= found.high


def test_a_threshold_takes_all_articles_of_one_probability_or_none() -> None:
    found = reach(given(*mail("EVN", *SURE, *[(0.5, n < 3) for n in range(50)]))["EVN"], 0.95)

    assert found is not None
    assert (found.rows, found.threshold) == (100, SURE[-1][0])


def test_what_something_else_makes_doubtful_counts_as_proposed_alone() -> None:
    labels, records = mail("EVN", *SURE)
    records = [{**record, "needs_human": n < 40} for n, record in enumerate(records)]
    one = given(labels, records)["EVN"]

    assert (one.proposed, len(one.p)) == (100, 60)


def test_an_article_out_of_scope_is_led_wrongly() -> None:
    labels, records = mail("EVN", (0.9, True))

    assert given([replace(labels[0], topic="ngoai-pham-vi", lead="")], records)["EVN"].right == (False,)


def test_units_of_few_articles_are_judged_together_and_go_to_a_person_where_that_fails_too() -> None:
    many, few = mail("EVN", *SURE), mail("TKV", *SURE[:15])
    enough, bad = mail("PLX", *SURE[:15]), mail("PLX", *[(p, False) for p, _ in SURE[:15]])

    def of(*parts: Any) -> dict[str, float]:
        labels, records = ([one for part in parts for one in part[which]] for which in (0, 1))
        return thresholds(given(labels, records), 0.9)

    assert of(many, few, enough)["TKV"] == of(many, few, enough)["PLX"] == SURE[14][0]
    assert of(many, few, bad)["TKV"] == of(many, few, bad)["PLX"] == NEVER
    assert of(many, few, bad)["EVN"] == SURE[-1][0]


def test_a_unit_asked_for_that_cannot_show_it_is_an_error_that_says_how_many_are_needed() -> None:
    with pytest.raises(CoverageError, match=r"99 % đúng ở: EVN; cần ít nhất 230 bài"):
        thresholds(given(*mail("EVN", *SURE)), 0.99, ["EVN"])


def test_units_together_are_as_one() -> None:
    parts = given(*mail("EVN", (0.9, True), (0.7, False)))

    assert together([parts["EVN"], parts["TKV"]]).p == (0.9, 0.7)


def test_the_policy_keeps_its_words_and_gets_one_table() -> None:
    once = with_units(POLICY, {"EVN": 0.7}, "lần một")
    twice = with_units(once, {"TKV": 0.8}, "lần hai")

    assert once.startswith(POLICY)
    assert parse(once).auto_unit_p_by_unit == {"EVN": 0.7}
    assert parse(twice).auto_unit_p_by_unit == {"TKV": 0.8}
    assert ("lần một" in twice, twice.count("[auto_unit_p_by_unit]")) == (False, 1)
    assert replace(parse(twice), auto_unit_p_by_unit={}) == parse(POLICY)


def test_a_policy_that_is_none_is_not_written_over() -> None:
    with pytest.raises(PolicyError, match="thiếu khóa"):
        with_units("scope_p = 0.5", {"EVN": 0.7}, "")


def test_an_opened_engine_doubts_no_lead_unit(trained: Any) -> None:
    engine = make_engine(trained.arrays, version="a", policy=with_units(trained.policy, {"EVN": 1.0}, ""))
    policy = opened(engine).policy

    assert (policy.auto_unit_p, policy.auto_unit_p_by_unit) == (0.0, {})
    assert policy.auto_scope_p == engine.policy.auto_scope_p

"""The charts: a bounded sum of daily scores, limits that chance seldom passes, and how unlikely a silence is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.drift.charts import CAP, SLACK, Level, Rule, cusum, level, limits, scores, silence, silence_limit

RULE = Rule(clip=2.0, least=1.0)
CHANCE = 0.02


def test_limits_are_passed_about_as_often_as_asked_where_nothing_changes() -> None:
    chance = np.random.default_rng(1)
    charts, r = 300, 56
    x = chance.normal(0, 1, (charts, r))
    noise, floor = np.zeros((charts, r)), np.full(charts, 0.01)
    usual = level(x, noise, floor=floor)

    limit = limits(x, noise, floor=floor, rule=RULE, chance=CHANCE)

    passed = 0
    for mean, between in zip(usual.mean, usual.between, strict=True):
        z = scores(chance.normal(0, 1, 365), np.zeros(365), Level(mean, between), clip=RULE.clip)
        passed += bool(np.abs(cusum(z, limit=limit)).max() > limit)
    assert passed / charts <= 3 * CHANCE


def test_a_lasting_burstiness_of_the_reference_widens_the_limit() -> None:
    chance = np.random.default_rng(2)
    calm = chance.normal(0, 1, (20, 56))
    bursty = np.repeat(chance.normal(0, 1, (20, 14)), 4, axis=1)
    noise, floor = np.zeros((20, 56)), np.full(20, 0.01)

    narrow, wide = (limits(x, noise, floor=floor, rule=RULE, chance=CHANCE) for x in (calm, bursty))

    assert wide > 1.5 * narrow


def test_a_limit_never_lies_under_the_least_of_its_rule() -> None:
    x, noise = np.zeros((2, 56)), np.zeros((2, 56))

    assert limits(x, noise, floor=np.full(2, 1.0), rule=Rule(clip=2.0, least=10.0), chance=CHANCE) == 10.0


def test_what_chance_within_a_day_explains_is_not_taken_for_variance_between_days() -> None:
    noise = np.full((1, 2000), 0.25)
    x = np.random.default_rng(3).normal(5, np.sqrt(0.25 + 0.04), (1, 2000))

    found = level(x, noise, floor=np.array([0.05]))

    assert (found.mean[0], found.between[0]) == (pytest.approx(5, abs=0.05), pytest.approx(0.2, abs=0.05))


def test_equal_days_are_as_variable_as_the_floor_says() -> None:
    assert level(np.full((1, 9), 0.3), np.zeros((1, 9)), floor=np.array([0.02])).between == pytest.approx([0.02])


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(-4, 4)), st.floats(1, 20))
def test_the_sum_stays_within_its_cap_and_turns_with_its_scores(z: np.ndarray, limit: float) -> None:
    found = cusum(z, limit=limit)

    assert np.abs(found).max() <= limit + CAP
    assert np.allclose(cusum(-z, limit=limit)[found != 0], -found[found != 0])


@given(arrays(np.float64, 30, elements=st.floats(-SLACK, SLACK)))
def test_scores_within_the_slack_never_add_up(z: np.ndarray) -> None:
    assert not cusum(z, limit=3).any()


@given(arrays(np.float64, 20, elements=st.floats(-4, 4)), st.integers(0, 19))
def test_a_day_that_is_not_judged_leaves_the_sum_where_it_was(z: np.ndarray, place: int) -> None:
    with_gap = np.insert(z, place, np.nan)

    assert np.array_equal(np.delete(cusum(with_gap, limit=5), place), cusum(z, limit=5))


def test_a_sum_comes_back_in_days_after_a_long_change() -> None:
    found = cusum(np.concatenate([np.full(300, 4.0), np.zeros(4)]), limit=5)

    assert found[299] == 5 + CAP
    assert found[-1] < 5


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.floats(0.5, 200), st.floats(0, 2))
def test_silence_grows_day_by_day_and_ends_with_an_article(counts: list[int], usual: float, between: float) -> None:
    found = silence(np.array(counts, float), np.full(len(counts), usual), between=between)

    for place, count in enumerate(counts):
        assert (found[place] == 0) == (count > 0)
        if place and not count:
            assert found[place] > found[place - 1] or counts[place - 1]


def test_a_silence_is_as_unlikely_as_poisson_says_where_days_do_not_vary() -> None:
    assert silence(np.zeros(3), np.full(3, 2.0), between=0.0) == pytest.approx([2, 4, 6], rel=1e-3)


def test_a_silence_over_days_that_are_not_judged_does_not_grow() -> None:
    assert silence(np.zeros(3), np.array([2.0, np.nan, 2.0]), between=0.0) == pytest.approx([2, 2, 4], rel=1e-3)


def test_a_feed_known_for_long_gaps_must_be_silent_longer_than_it_ever_was() -> None:
    assert silence_limit(np.array([0.0, 30.0]), chance=CHANCE) == 45.0

"""What is labelled next is diverse, repeatable and, where it says so, drawn by known chances."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from models.queue import NOVEL, RANDOM, RARE, UNCERTAIN, Pool, QueueError, QueueSettings, estimate, pick
from nlp.heads import HEADS

TOPICS, LEADS = len(HEADS[0].codes), len(HEADS[1].codes)
ALL_RANDOM = QueueSettings(random=1)


def make_pool(size: int = 300, *, stories: int | None = None, seed: int = 0) -> Pool:
    chance = np.random.default_rng(seed)
    return Pool(
        topic=chance.dirichlet(np.full(TOPICS, 0.2), size),
        lead_unit=chance.dirichlet(np.full(LEADS, 0.2), size),
        known_share=chance.uniform(0.4, 1, size),
        story=np.arange(size) if stories is None else chance.integers(stories, size=size),
        labelled=np.zeros(size, bool),
        topic_prior=np.full(TOPICS, 1 / TOPICS),
        lead_prior=np.full(LEADS, 1 / LEADS),
    )


def sure_of(pool: Pool, topic: int, rows: list[int] | slice) -> Pool:
    """The pool with no doubt that `rows` are of `topic`."""
    p = pool.topic.copy()
    p[rows] = np.eye(TOPICS)[topic]
    return replace(pool, topic=p)


def rows(pool: Pool, *, count: int, settings: QueueSettings | None = None, stratum: str = "") -> list[int]:
    return [one.row for one in pick(pool, count=count, settings=settings) if stratum in ("", one.stratum)]


def test_the_same_seed_gives_the_same_picks_and_another_seed_others() -> None:
    pool = make_pool()
    assert pick(pool, count=40) == pick(pool, count=40)
    assert rows(pool, count=40) != rows(pool, count=40, settings=QueueSettings(seed=1))


def test_a_batch_holds_every_stratum_in_its_share() -> None:
    settings = QueueSettings(random=0.2, rare=0.25, novel=0.125)
    found = Counter(one.stratum for one in pick(make_pool(), count=100, settings=settings))
    assert found == {RANDOM: 20, RARE: 20, NOVEL: 10, UNCERTAIN: 50}


def test_no_story_is_picked_twice_and_none_that_has_a_label() -> None:
    pool = make_pool(stories=80)
    done = pool.story < 20
    pool = replace(pool, labelled=done & (np.arange(300) % 2 == 0))
    known = set(pool.story[pool.labelled].tolist())
    stories = pool.story[rows(pool, count=60)].tolist()
    assert known
    assert len(stories) == len(set(stories)) == min(60, len(set(pool.story.tolist()) - known))
    assert not known & set(stories)


def test_fewer_picks_come_where_fewer_stories_are_left() -> None:
    assert len(pick(make_pool(stories=7), count=50)) == 7
    nothing_left = replace(make_pool(), labelled=np.ones(300, bool))
    assert pick(nothing_left, count=50) == []


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_small_batch_is_as_large_as_asked_for(count: int) -> None:
    assert len(pick(make_pool(), count=count)) == count


def test_the_random_share_says_the_chance_by_which_it_was_drawn() -> None:
    pool = make_pool(60, stories=30)
    picks = pick(pool, count=10, settings=ALL_RANDOM)
    sizes = Counter(pool.story.tolist())
    assert [one.chance for one in picks] == [
        pytest.approx(10 / len(sizes) / sizes[int(pool.story[one.row])]) for one in picks
    ]


def test_articles_are_drawn_as_often_as_their_chance_says() -> None:
    pool, draws = make_pool(24, stories=12), 4000
    drawn: Counter[int] = Counter()
    chances: dict[int, float] = {}
    for seed in range(draws):
        for one in pick(pool, count=5, settings=replace(ALL_RANDOM, seed=seed)):
            drawn[one.row] += 1
            chances[one.row] = one.chance or 0
    assert sorted(chances) == list(range(24))
    assert sum(chances.values()) == pytest.approx(5)
    for row, chance in chances.items():
        spread = np.sqrt(chance * (1 - chance) / draws)
        assert abs(drawn[row] / draws - chance) < 5 * spread


def test_what_is_chosen_on_purpose_has_no_chance() -> None:
    assert {one.chance for one in pick(make_pool(), count=50) if one.stratum != RANDOM} == {None}


def test_the_random_share_does_not_look_at_the_scores() -> None:
    one, other = make_pool(seed=3), make_pool(seed=4)
    assert rows(one, count=50, stratum=RANDOM) == rows(other, count=50, stratum=RANDOM)


def test_the_uncertain_are_those_with_the_smallest_margins() -> None:
    pool = sure_of(make_pool(), 3, list(range(250)))
    lead = pool.lead_unit.copy()
    lead[:250] = np.eye(LEADS)[5]
    pool = replace(pool, lead_unit=lead)
    chosen = rows(pool, count=40, settings=QueueSettings(random=0, rare=0, novel=0, topic_cap=1))
    assert min(chosen) >= 250


def test_a_pick_names_the_heads_in_doubt() -> None:
    pool = sure_of(make_pool(50), 3, slice(None))
    pool = replace(pool, lead_unit=np.full((50, LEADS), 1 / LEADS))
    assert {one.doubt for one in pick(pool, count=20)} == {("lead_unit",)}


def test_the_rare_are_those_of_classes_with_few_labels() -> None:
    pool = sure_of(make_pool(), 2, slice(0, 290))
    pool = sure_of(pool, 7, slice(290, 300))
    prior = np.full(TOPICS, 0.05)
    prior[2], prior[7] = 0.6, 0.001
    pool = replace(pool, topic_prior=prior)
    found = rows(pool, count=40, settings=QueueSettings(random=0, rare=0.2, novel=0), stratum=RARE)
    assert len(found) == 8
    assert min(found) >= 290


def test_the_novel_are_those_with_the_fewest_known_words() -> None:
    pool = make_pool()
    found = rows(pool, count=40, settings=QueueSettings(random=0, rare=0, novel=0.2), stratum=NOVEL)
    assert sorted(found) == sorted(np.argsort(pool.known_share)[:8].tolist())


def test_no_proposed_topic_takes_more_than_its_share_while_others_are_left() -> None:
    pool = make_pool()
    p, lead = pool.topic.copy(), pool.lead_unit.copy()
    p[:200] = 0.02 * np.eye(TOPICS)[4] + 0.98 / TOPICS
    lead[:200] = 1 / LEADS
    pool = replace(pool, topic=p, lead_unit=lead)
    settings = QueueSettings(random=0, rare=0, novel=0, topic_cap=0.3)
    chosen = pool.topic[rows(pool, count=60, settings=settings)].argmax(axis=1)
    assert Counter(chosen.tolist())[4] == 18


def test_a_topic_takes_more_than_its_share_rather_than_leave_the_batch_short() -> None:
    pool = sure_of(make_pool(), 4, slice(None))
    assert len(pick(pool, count=60)) == 60


def test_whoever_stops_half_way_has_a_fair_part_of_the_random_share() -> None:
    half = [one.stratum for one in pick(make_pool(2000), count=400)][:200]
    assert 15 <= half.count(RANDOM) <= 45


@pytest.mark.parametrize(
    "shares", [{"random": 1.1}, {"rare": -0.1}, {"rare": 0.7, "novel": 0.4}, {"topic_cap": 0}, {"random": float("nan")}]
)
def test_impossible_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(QueueError, match="từ 0 đến 1"):
        QueueSettings(**shares)


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(QueueError, match="ít nhất 1 bài"):
        pick(make_pool(), count=0)


def test_the_estimate_weighs_each_answer_by_the_inverse_of_its_chance() -> None:
    share, low, high = estimate([True, False], [0.1, 0.3])
    assert share == pytest.approx(10 / (10 + 10 / 3))
    assert 0 <= low < share < high <= 1


def test_the_estimate_of_equal_chances_is_wilsons_interval() -> None:
    share, low, high = estimate([True] * 8 + [False] * 2, [0.2] * 10)
    assert (share, low, high) == (pytest.approx(0.8), pytest.approx(0.490, abs=1e-3), pytest.approx(0.943, abs=1e-3))


def test_the_random_share_estimates_the_accuracy_of_the_pool_without_bias() -> None:
    pool = make_pool(400, stories=150)
    sizes = Counter(pool.story.tolist())
    # Right in long stories and wrong in short ones, so that an unweighted mean over stories would be wrong.
    right = np.array([sizes[story] > 2 for story in pool.story.tolist()])
    found = []
    for seed in range(400):
        picks = pick(pool, count=60, settings=replace(ALL_RANDOM, seed=seed))
        found.append(estimate([right[one.row] for one in picks], [one.chance or 1 for one in picks])[0])
    assert np.mean(found) == pytest.approx(right.mean(), abs=0.01)


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("n", range(1, 60))
def test_a_share_lies_within_its_bounds_even_where_all_or_none_are_right(n: int, right: bool) -> None:
    share, low, high = estimate([right] * n, [0.3 + 0.01 * i for i in range(n)])

    assert 0 <= low <= share <= high <= 1

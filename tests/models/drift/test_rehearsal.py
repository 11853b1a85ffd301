"""A rehearsal is traffic of labelled articles in which nothing but the planted change changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from models.design import strip_marks
from models.drift import Seen
from models.drift.rehearsal import Feed, Served, checked, damaged, judged, rehearse

MONDAY = date(2025, 3, 3)
AT = MONDAY + timedelta(days=14)
SEEN = Seen(
    day=date.min, source="", model="m", topic="dien-luc", topic_p=0.9, urgency=1, needs_human=False, faulty=False
)
GOOD = Served(SEEN, topic_right=True, lead_right=True)
BAD = Served(replace(SEEN, faulty=True), topic_right=False, lead_right=False)
FEEDS = [Feed("A", 40, [GOOD]), Feed("B", 20, [GOOD])]


def a_month(**options: Any) -> list[Served]:
    return rehearse(FEEDS, first=MONDAY, days=28, at=AT, **options)


def counts(served: list[Served]) -> Counter[tuple[str, bool]]:
    return Counter((one.seen.source, one.seen.day.weekday() >= 5) for one in served)


def test_a_feed_sends_about_what_it_should_and_half_of_it_at_weekends() -> None:
    found = counts(a_month())

    assert 700 < found["A", False] < 900
    assert 120 < found["A", True] < 200
    assert 320 < found["B", False] < 480


def test_before_the_change_the_traffic_is_the_same_and_after_it_only_the_changed_feed_differs() -> None:
    quiet, changed = a_month(), a_month(changed=[Feed("B", 20, [BAD])])

    assert [one for one in changed if one.seen.day < AT] == [one for one in quiet if one.seen.day < AT]
    assert [one for one in changed if one.seen.source == "A"] == [one for one in quiet if one.seen.source == "A"]
    assert all(one.seen.faulty for one in changed if one.seen.source == "B" and one.seen.day >= AT)


def test_a_feed_of_nothing_a_day_falls_silent() -> None:
    last = max(one.seen.day for one in a_month(changed=[Feed("B", 0, [GOOD])]) if one.seen.source == "B")

    assert last < AT


def test_another_seed_is_another_month() -> None:
    assert a_month(seed=1) != a_month(seed=2)


def test_articles_are_judged_by_their_labels(world: Any, trained: Any) -> None:
    dev = [label for label in world.labels if label.split == "dev"]
    wrong = [replace(label, topic="xuat-nhap-khau", lead="XNK") for label in dev]

    sound, turned = (judged(labels, world.articles, engine=trained.engine) for labels in (dev, wrong))

    assert sum(one.topic_right for one in sound) > 0.9 * len(dev)
    assert sum(one.lead_right for one in sound) > 0.9 * len(dev)
    assert sum(one.topic_right or one.lead_right for one in turned) == 0


def test_damage_is_done_to_every_part_of_the_text(world: Any) -> None:
    name, article = next(iter(world.articles.items()))

    found = damaged({name: article}, strip_marks)[name]

    assert (found.id, found.title, found.lead) == (name, strip_marks(article.title), strip_marks(article.lead))
    assert found.body == strip_marks(article.body) != article.body


def test_so_many_a_week_are_checked_with_the_chance_at_which_they_were_drawn() -> None:
    served = a_month()

    found = checked(served, weekly=30)

    first_week = [one for one in found if one.day < MONDAY + timedelta(days=7)]
    in_all = sum(one.seen.day < MONDAY + timedelta(days=7) for one in served)
    assert len(first_week) == 30
    assert {one.chance for one in first_week} == {30 / in_all}
    assert len(checked(served, weekly=10**6)) == len(served)

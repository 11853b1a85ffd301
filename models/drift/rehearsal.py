"""Traffic made of labelled articles, with a change planted in it: how an alarm looks before it is needed.

No text is kept: an article is what is watched of it, and whether it was decided rightly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from models.data import Label
from models.drift.accuracy import Checked, monday
from models.drift.traffic import Seen, of_decision
from nlp.pipeline import Engine, run
from nlp.types import Article

WEEKEND = 0.5
"""Articles of a Saturday or Sunday over those of a working day."""
AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Served:
    """A served article and whether its label agrees, which nobody knows at the time."""

    seen: Seen
    topic_right: bool
    lead_right: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """A source: so many articles on a working day, drawn by chance from `pool`."""

    name: str
    daily: float
    pool: Sequence[Served]


def damaged(articles: Mapping[str, Article], damage: Callable[[str], str]) -> dict[str, Article]:
    """The articles with `damage` done to title, lead and body."""
    return {
        name: replace(article, title=damage(article.title), lead=damage(article.lead), body=damage(article.body))
        for name, article in articles.items()
    }


def judged(labels: Sequence[Label], articles: Mapping[str, Article], *, engine: Engine) -> list[Served]:
    """What the model makes of each labelled article; the day is set when it is drawn."""
    found = []
    for start in range(0, len(labels), AT_ONCE):
        part = labels[start : start + AT_ONCE]
        for label, decision in zip(
            part, run([articles[label.id] for label in part], engine=engine, evidence=False), strict=True
        ):
            unit = decision.proposal.lead_unit
            topic_right = decision.proposal.topic.code == label.topic
            found.append(Served(of_decision(decision, day=date.min), topic_right,
                                (unit.code if unit else "") == label.lead))  # fmt: skip
    return found


def rehearse(
    feeds: Sequence[Feed], *, first: date, days: int, changed: Sequence[Feed] = (), at: date, seed: int = 0
) -> list[Served]:
    """What `feeds` send on each of `days`; from the day `at` on, each in `changed` stands for the one of its name.

    The same seed gives the same traffic up to `at`, whatever changes then.
    """
    later = {feed.name: feed for feed in changed}
    found = []
    for place in range(days):
        day = first + timedelta(days=place)
        for number, feed in enumerate(feeds):
            chance = np.random.default_rng([seed, place, number])
            one = later.get(feed.name, feed) if day >= at else feed
            amount = chance.poisson(one.daily * (WEEKEND if day.weekday() >= 5 else 1.0))
            found += [
                replace(one.pool[k], seen=replace(one.pool[k].seen, day=day, source=one.name))
                for k in chance.integers(0, len(one.pool), amount)
            ]
    return found


def checked(served: Sequence[Served], *, weekly: int, seed: int = 0) -> list[Checked]:
    """Of each week `weekly` served articles drawn by chance, as if a person had judged them."""
    weeks: dict[date, list[Served]] = {}
    for one in served:
        weeks.setdefault(monday(one.seen.day), []).append(one)
    chance = np.random.default_rng(seed)
    found = []
    for ones in weeks.values():
        size = min(weekly, len(ones))
        for k in chance.choice(len(ones), size, replace=False):
            one = ones[k]
            found.append(Checked(day=one.seen.day, topic_right=one.topic_right, lead_right=one.lead_right,
                                 chance=size / len(ones)))  # fmt: skip
    return found

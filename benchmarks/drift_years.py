"""Years of served traffic drawn from the numbers of real articles, with a change planted or without: sums by day.

A year is 365 days of five feeds: two of general news, three of trade news in which half the articles concern the
ministry. Articles of baomoi come from one stretch of time a week; days of the week, public holidays, ups and downs of
volume that last for days, and stories that bring one topic for days are laid over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from benchmarks.drift_articles import CODES, Pool
from models.drift.days import unjudged
from models.drift.traffic import ARTICLES, MEASURES, TOPIC, URGENT, Cell
from nlp.deadlines.calendar import public_holidays
from nlp.heads import OUT_OF_SCOPE

DAYS = 365
FIRST = date(2018, 3, 5)
"""A Monday; Tết is in February, when a year is nearly over."""
WEEKEND = {5: 0.6, 6: 0.5}


@dataclass(frozen=True)
class Feed:
    """A source: articles on a working day, the pool they are drawn from, and whether half of them are in scope."""

    name: str
    daily: float
    pool: str
    is_trade: bool


FEEDS = (
    Feed("báo tổng hợp A", 70, "baomoi", False),
    Feed("báo tổng hợp B", 50, "vietnews", False),
    Feed("báo ngành C", 30, "baomoi", True),
    Feed("báo ngành D", 25, "vietnews", True),
    Feed("trang nhỏ E", 6, "vietnews", True),
)


@dataclass(frozen=True)
class Change:
    """What is planted from a day on: `kind` of change, at which strength, in which feed (None: all)."""

    kind: str
    strength: float
    feed: int | None = None


NEW_TOPIC = CODES.index("dien-luc")


class News:
    """The articles to draw from, and years of them."""

    def __init__(self, found: dict[str, Pool], *, without: int | None = None) -> None:
        """`without`: a topic that no article of the year has."""
        self.columns = {name: _table(pool) for name, pool in found.items()}
        self._inside, self._outside = {}, {}
        for name in ("baomoi", "vietnews"):
            topic = self.columns[name][:, 0].astype(int)
            keep = topic != without if without is not None else np.ones(len(topic), bool)
            out = topic == CODES.index(OUT_OF_SCOPE)
            self._inside[name], self._outside[name] = np.flatnonzero(keep & ~out), np.flatnonzero(keep & out)
        self._of_topic = {
            code: np.flatnonzero(self.columns["vietnews"][:, 0] == code) for code in range(len(CODES) - 1)
        }
        inside = self.columns["baomoi"][self._inside["baomoi"], 0].astype(int)
        counts = np.sqrt(np.bincount(inside, minlength=len(CODES) - 1))  # rare topics have their stories too
        self.topics = counts / counts.sum()
        self._without = without

    def draw(self, feed: Feed, count: int, week: int, chance: np.random.Generator) -> npt.NDArray[np.float64]:
        """`count` articles of a feed: those of baomoi near one another in time, see `week`."""
        inside = chance.binomial(count, 0.5 if feed.is_trade else 0.045)
        parts = []
        for places, wanted in ((self._inside[feed.pool], inside), (self._outside[feed.pool], count - inside)):
            if feed.pool == "baomoi":
                window = max(len(places) // 12, 40)
                start = int(week / 1000 * len(places))
                chosen = places[(start + chance.integers(0, window, wanted)) % len(places)]
            else:
                chosen = chance.choice(places, wanted)
            parts.append(self.columns[feed.pool][chosen])
        return np.concatenate(parts)

    def of_topic(self, topic: int, count: int, chance: np.random.Generator) -> npt.NDArray[np.float64]:
        """`count` articles of a topic."""
        places = self._of_topic[topic]
        return self.columns["vietnews"][chance.choice(places, count if topic != self._without else 0)]


def _table(pool: Pool) -> npt.NDArray[np.float64]:
    return np.stack(list(pool.columns.values()), axis=1)


def cells(news: News, *, seed: int, change: Change | None = None, at: int = 0) -> Iterator[Cell]:
    """The sums of a year by day and feed; `change` begins on the day at place `at`."""
    chance = np.random.default_rng(seed)
    rate = volumes(chance)
    stories = Stories(chance, news.topics)
    weeks = chance.integers(0, 1000, (DAYS // 7 + 1, len(FEEDS)))
    for place in range(DAYS):
        day = FIRST + timedelta(days=place)
        is_changed = change is not None and place >= at
        for number, feed in enumerate(FEEDS):
            amount = rate[place, number] * (
                change.strength if is_changed and change.kind == "volume" and change.feed == number else 1
            )
            # News of baomoi follow one another within a week, which begins at a place drawn by chance.
            articles = news.draw(feed, chance.poisson(amount), int(weeks[place // 7, number]), chance)
            for topic, share in stories.on(place):
                extra = chance.poisson(share * amount * (1 if feed.is_trade else 0.15))
                articles = np.concatenate([articles, news.of_topic(topic, extra, chance)])
            if is_changed and change is not None:
                articles = changed(articles, change, number, news, chance)
            yield from _sums(day, feed.name, articles)


def changed(
    articles: npt.NDArray[np.float64], change: Change, feed: int, news: News, chance: np.random.Generator
) -> npt.NDArray[np.float64]:
    """The articles of a feed on a day after the change."""
    if change.kind == "volume" or (change.feed is not None and change.feed != feed):
        return articles
    if change.kind == "topic":
        share = FEEDS[feed].daily / sum(one.daily for one in FEEDS)
        table = news.columns["vietnews"]
        places = np.flatnonzero(table[:, 0] == NEW_TOPIC)
        return np.concatenate([articles, table[chance.choice(places, chance.poisson(change.strength * share))]])
    hit = chance.random(len(articles)) < change.strength
    damaged = news.columns[change.kind]
    return np.concatenate([articles[~hit], damaged[chance.integers(0, len(damaged), int(hit.sum()))]])


def volumes(chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """Articles to expect by day and feed: days of the week, holidays, and ups and downs that last for days."""
    off = days_off()
    quiet = unjudged(off)
    rate = np.zeros((DAYS, len(FEEDS)))
    level = np.zeros(len(FEEDS) + 1)
    for place in range(DAYS):
        level = 0.6 * level + chance.normal(0, 0.12, len(FEEDS) + 1)
        day = FIRST + timedelta(days=place)
        factor = WEEKEND.get(day.weekday(), 0.7 if day in off else 1.0) * (0.3 if day in quiet else 1.0)
        rate[place] = [feed.daily * factor * np.exp(level[0] + level[n + 1]) for n, feed in enumerate(FEEDS)]
    return rate


def days_off() -> set[date]:
    """Weekends and public holidays of the year."""
    holidays = {day for year in (2018, 2019) for day in public_holidays(year).off}
    year = (FIRST + timedelta(days=place) for place in range(-10, DAYS + 10))
    return {day for day in year if day.weekday() in WEEKEND or day.toordinal() in holidays}


class Stories:
    """A story every ten days: one topic, half of them over within three days, few as long as two weeks.

    In a trade feed it brings a tenth more articles (median, at most half), in a general feed a sixth of that.
    """

    def __init__(self, chance: np.random.Generator, topics: npt.NDArray[np.float64]) -> None:
        """`topics`: how likely a story is about each."""
        self._on: list[list[tuple[int, float]]] = [[] for _ in range(DAYS)]
        for begin in np.flatnonzero(chance.random(DAYS) < 0.1):
            topic, size = int(chance.choice(len(topics), p=topics)), min(float(chance.lognormal(np.log(0.1), 0.8)), 0.5)
            for place in range(int(begin), min(int(begin) + min(int(chance.geometric(0.25)), 14), DAYS)):
                self._on[place].append((topic, size))

    def on(self, place: int) -> list[tuple[int, float]]:
        """Topics and shares of a day's stories."""
        return self._on[place]


def _sums(day: date, source: str, table: npt.NDArray[np.float64]) -> Iterator[Cell]:
    if not len(table):
        return
    topic, topic_p, urgency, needs_human, faulty, known, chars = table.T
    said = {
        ARTICLES: len(table),
        "needs_human": needs_human.sum(),
        "urgent": (urgency >= URGENT).sum(),
        "faulty": faulty.sum(),
    }
    for name, values in zip(MEASURES, (known, topic_p, np.log(chars.clip(1))), strict=True):
        said |= {f"{name}#": len(table), name: values.sum(), f"{name}^2": (values**2).sum()}
    for code, count in enumerate(np.bincount(topic.astype(int), minlength=len(CODES))):
        if count:
            said[TOPIC + CODES[code]] = count
    for name, amount in said.items():
        yield Cell(day, source, "r", name, float(amount))

"""Made-up traffic: numbers of articles by day and source, drawn by chance that is the same in every run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from models.drift import Cell, Seen, fold

MONDAY = date(2025, 3, 3)


@dataclass(frozen=True)
class Day:
    """What a source sends on a day. Shares are chances of an article."""

    articles: float = 40
    known_share: float = 0.8
    chars: float = 2000
    faulty: float = 0.0
    needs_human: float = 0.1
    topics: tuple[tuple[str, float], ...] = (("dien-luc", 0.1), ("xang-dau", 0.05))
    model: str = "m1"


Plan = Callable[[int, str], Day]
"""Place of a day (0: MONDAY) and source -> what it sends."""


def steady(place: int, _source: str) -> Day:
    """Fewer articles at weekends, nothing else."""
    return Day(articles=20 if place % 7 >= 5 else 40)


def after(at: int, **changes: object) -> Plan:
    """`steady`, with changes from a day on."""
    return lambda place, source: replace(steady(place, source), **(changes if place >= at else {}))  # type: ignore[arg-type]


def served(plan: Plan = steady, *, days: int = 120, sources: tuple[str, ...] = ("A", "B"), seed: int = 0) -> list[Cell]:
    """The sums of so many days."""
    return fold(_seen(plan, days, sources, np.random.default_rng(seed)))


def last_of(days: int) -> date:
    """The last of so many days."""
    return MONDAY + timedelta(days=days - 1)


def _seen(plan: Plan, days: int, sources: tuple[str, ...], chance: np.random.Generator) -> Iterator[Seen]:
    for place in range(days):
        for source in sources:
            day = plan(place, source)
            codes = [code for code, _ in day.topics] + ["ngoai-pham-vi"]
            shares = [share for _, share in day.topics]
            for _ in range(chance.poisson(day.articles)):
                yield Seen(
                    day=MONDAY + timedelta(days=place),
                    source=source,
                    model=day.model,
                    topic=str(chance.choice(codes, p=[*shares, 1 - sum(shares)])),
                    topic_p=float(chance.uniform(0.8, 1)),
                    urgency=0,
                    needs_human=bool(chance.random() < day.needs_human),
                    faulty=bool(chance.random() < day.faulty),
                    known_share=float(chance.normal(day.known_share, 0.05)),
                    chars=int(chance.lognormal(np.log(day.chars), 0.5)),
                )

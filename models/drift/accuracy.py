"""How often decisions are right, from articles that people checked; and how often people correct what they see.

Corrections alone say nothing about accuracy: people correct what caught their eye. Only articles drawn by chance stand
for all of them, so only those count here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from models.queue import estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An article that was drawn by chance, with probability `chance`, and that a person has judged."""

    day: date
    topic_right: bool
    lead_right: bool
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the bounds of 95 %, see `models.queue.estimate`."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Week:
    """Accuracy of the articles of a week, from `checked` of them; `monday` is its first day."""

    monday: date
    checked: int
    topic: Share
    lead_unit: Share


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def by_week(checked: Iterable[Checked]) -> list[Week]:
    """Accuracy by week, weeks without a checked article left out."""
    weeks: dict[date, list[Checked]] = {}
    for one in checked:
        weeks.setdefault(monday(one.day), []).append(one)
    return [
        Week(
            first,
            len(ones),
            Share(*estimate([one.topic_right for one in ones], [one.chance for one in ones])),
            Share(*estimate([one.lead_right for one in ones], [one.chance for one in ones])),
        )
        for first, ones in sorted(weeks.items())
    ]

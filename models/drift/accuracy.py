"""How often decisions are right, from articles that people checked; and how often people correct what they see.

Corrections alone say nothing about accuracy: people correct what caught their eye. Only articles drawn by chance stand
for all of them, so only those count here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An article that was drawn by chance, with probability `chance`, and that a person has judged."""

    day: date
    topic_right: bool
    lead_right: bool
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """A share with the bounds of 95 %."""

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
            share_right([one.topic_right for one in ones], [one.chance for one in ones]),
            share_right([one.lead_right for one in ones], [one.chance for one in ones]),
        )
        for first, ones in sorted(weeks.items())
    ]


def share_right(right: Sequence[bool], chances: Sequence[float]) -> Share:
    """The share right among all articles that could have been drawn; `chances` lie in (0, 1].

    Each answer counts by the inverse of its chance (Hájek 1971); the bounds are Wilson's (1927) for the number of equal
    answers that would be worth as much (Kish 1965). Nothing was checked: 0 to 1.
    """
    if not right:
        return Share(math.nan, 0.0, 1.0)
    weights = [1 / chance for chance in chances]
    value = sum(weight for weight, is_right in zip(weights, right, strict=True) if is_right) / sum(weights)
    n = sum(weights) ** 2 / sum(weight * weight for weight in weights)
    middle = (value + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(value * (1 - value) / n + Z * Z / (4 * n * n))
    return Share(value, max(middle - half, 0.0), min(middle + half, 1.0))

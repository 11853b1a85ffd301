"""Two models on the same articles: numbers side by side, differences with intervals, and what befalls each unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.answers import Answers, align
from models.bootstrap import story_draws
from models.data import Label
from models.evaluate import HOT, numbers
from nlp.heads import UNITS

Record = Mapping[str, Any]
LEAST_P = 0.001
"""Records round probabilities to four digits: none is taken for nearer to 0 or 1 than this."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One number of both models. `low` and `high` hold the wanted share of the differences over draws of stories.

    `error` is the standard deviation of the difference over the draws.
    """

    candidate: float
    champion: float
    low: float
    high: float
    error: float

    @property
    def value(self) -> float:
        """Candidate less champion."""
        return self.candidate - self.champion


@dataclass(frozen=True, slots=True)
class UnitFate:
    """What befalls the articles that belong to one unit.

    `rows` dev articles; `lost` of them were right with the champion and are wrong now, `won` the other way round; `p`
    is the chance of so many lost among those that changed, corrected for the number of units (Holm). `seen` labelled
    articles in all, training included, of which `kept` and `kept_before` are led to the unit.
    """

    code: str
    rows: int
    right: int
    right_before: int
    lost: int
    won: int
    p: float
    seen: int
    kept: int
    kept_before: int

    @property
    def gone(self) -> int:
        """How many fewer the candidate finds than the champion, over all labelled articles."""
        return self.kept_before - self.kept

    @property
    def fall(self) -> float:
        """Share that is gone of what the champion found; below 0 where more is found."""
        return self.gone / max(1, self.kept_before)


def gate_numbers(answers: Answers) -> dict[str, float]:
    """The numbers of `models.evaluate`, and three mean losses, in nats, of what a record states of its own answers."""
    topic_right = answers.topic == answers.topic_given
    # Without a lead unit the record states, by its topic, how likely it is that none leads.
    lead_p = np.where(answers.led, answers.lead_p, answers.topic_p)
    return {
        **numbers(answers),
        "topic_loss": _loss(answers.topic_p, topic_right),
        "lead_loss": _loss(lead_p, answers.lead_right),
        "hot_loss": _loss(answers.hot_p, answers.urgency == HOT),
    }


def _loss(p: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    stated = np.clip(np.where(right, p, 1 - p), LEAST_P, 1)
    return float(-np.log(stated).mean())


def differences(
    candidate: Answers, champion: Answers, stories: Sequence[int], *, confidence: float, draws: int, seed: int = 0
) -> dict[str, Difference]:
    """Every number of `gate_numbers`, with intervals over paired draws: both models are seen on the same stories."""
    pairs = [
        (gate_numbers(candidate.take(rows)), gate_numbers(champion.take(rows)))
        for rows in story_draws(stories, samples=draws, seed=seed)
    ]
    ours, theirs = gate_numbers(candidate), gate_numbers(champion)
    found = {}
    for name, value in ours.items():
        drawn = np.array([one[name] - other[name] for one, other in pairs])
        low, high = np.quantile(drawn, ((1 - confidence) / 2, (1 + confidence) / 2))
        found[name] = Difference(value, theirs[name], float(low), float(high), float(drawn.std()))
    return found


def fates(
    labels: Sequence[Label], candidate: Mapping[str, Record], champion: Mapping[str, Record]
) -> tuple[UnitFate, ...]:
    """What befalls each unit; `labels` are all labelled articles, those of the split `dev` count as dev articles."""
    found = []
    for code in UNITS:
        mine = [label for label in labels if label.lead == code]
        now, before = ([_led_to(records[label.id], code) for label in mine] for records in (candidate, champion))
        dev = [(a, b) for label, a, b in zip(mine, now, before, strict=True) if label.split == "dev"]
        lost, won = sum(b and not a for a, b in dev), sum(a and not b for a, b in dev)
        right, right_before = sum(a for a, _ in dev), sum(b for _, b in dev)
        p = chance(lost, won)
        found.append(UnitFate(code, len(dev), right, right_before, lost, won, p, len(mine), sum(now), sum(before)))
    return _corrected(found)


def chance(lost: int, won: int) -> float:
    """How likely at least `lost` of the `lost` + `won` changed articles are losses where both kinds are as likely."""
    changed = lost + won
    return float(sum(math.comb(changed, k) for k in range(lost, changed + 1)) / 2**changed)


def _corrected(units: Sequence[UnitFate]) -> tuple[UnitFate, ...]:
    """Holm: the smallest p-value times the number of units with dev articles, the next times one less, and so on."""
    judged = sorted((unit for unit in units if unit.rows), key=lambda unit: unit.p)
    highest, corrected = 0.0, {}
    for place, unit in enumerate(judged):
        highest = max(highest, min(1.0, unit.p * (len(judged) - place)))
        corrected[unit.code] = highest
    return tuple(
        UnitFate(u.code, u.rows, u.right, u.right_before, u.lost, u.won, corrected.get(u.code, 1.0),
                 u.seen, u.kept, u.kept_before)
        for u in units
    )  # fmt: skip


def _led_to(record: Record, code: str) -> bool:
    return bool(record["lead_unit"] and record["lead_unit"]["code"] == code)


def aligned(labels: Sequence[Label], records: Mapping[str, Record]) -> Answers:
    """The answers of all `labels`. Raises RecordError where a record is none."""
    return align(labels, [records[label.id] for label in labels])

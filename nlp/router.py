"""Scores -> Proposals: who leads, who helps, how urgent."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.heads import MAX_COORDINATING, OUT_OF_SCOPE, TONES, TOPICS, UNITS
from nlp.policy import Policy
from nlp.types import Choice, Probabilities, Proposal, Scores

_TOPICS = tuple(TOPICS)
_UNITS = tuple(UNITS)
_TONES = tuple(int(tone) for tone in TONES)
_OUT = _TOPICS.index(OUT_OF_SCOPE)
_LEVELS = np.arange(4, dtype=np.float32)


def lift(p: npt.NDArray[Any], priors: Probabilities, strength: float) -> npt.NDArray[Any]:
    """Divide by a power of the class share: 0 leaves the likeliest first, 1 lets rare classes win on equal evidence."""
    lifted: npt.NDArray[Any] = p / priors**strength
    return lifted


def urgency_levels(p: Probabilities, *, policy: Policy) -> npt.NDArray[np.int64]:
    """Levels by cut points on the expected level, which serve an ordinal scale better than the likeliest level."""
    mean = p @ _LEVELS
    cuts = np.array([policy.urgency_1, policy.urgency_2, policy.urgency_3], np.float32)
    return np.searchsorted(cuts, mean, side="right")


def propose(scores: Scores, *, policy: Policy, priors: dict[str, Probabilities]) -> list[Proposal]:
    """Turn the scores of n articles into n proposals.

    `priors` holds the class shares of the training labels for "topic" (19,), "lead_unit" (34,) and "tone" (3,).
    """
    inside_p = 1 - scores.topic[:, _OUT]
    inside = inside_p >= policy.scope_p
    topic_rank = lift(scores.topic, priors["topic"], policy.rare_topic)
    topic_rank[:, _OUT] = -1
    topics = np.where(inside, topic_rank.argmax(axis=1), _OUT)
    unit_rank = lift(scores.lead_unit, priors["lead_unit"], policy.rare_unit)[:, :-1]
    ranked = np.argpartition(-unit_rank, 2, axis=1)[:, :2]
    levels = urgency_levels(scores.urgency, policy=policy)
    tones = lift(scores.tone, priors["tone"], policy.rare_tone).argmax(axis=1)
    helping = scores.coordinating >= policy.coordinating_p
    proposals = []
    for row in range(len(inside)):
        within = bool(inside[row])
        lead = other = None
        helpers: tuple[Choice, ...] = ()
        if within:
            first, second = ranked[row]
            if unit_rank[row, second] > unit_rank[row, first]:
                first, second = second, first
            lead = Choice(_UNITS[first], float(scores.lead_unit[row, first]))
            other = Choice(_UNITS[second], float(scores.lead_unit[row, second]))
            helpers = _helpers(scores.coordinating[row], helping[row], first)
        tone = int(tones[row]) if within else _TONES.index(0)
        proposals.append(
            Proposal(
                in_scope=within,
                in_scope_p=float(inside_p[row] if within else 1 - inside_p[row]),
                topic=Choice(_TOPICS[topics[row]], float(scores.topic[row, topics[row]])),
                lead_unit=lead,
                runner_up=other,
                coordinating_units=helpers,
                urgency=int(levels[row]) if within else 0,
                urgency_p=tuple(scores.urgency[row].tolist()),
                tone=_TONES[tone],
                tone_p=float(scores.tone[row, tone]),
                known_share=float(scores.known_share[row]),
                careful=bool(scores.careful[row]),
            )
        )
    return proposals


def _helpers(p: Probabilities, chosen: npt.NDArray[np.bool_], lead: int) -> tuple[Choice, ...]:
    """The coordinating units over the threshold, likeliest first, never the lead."""
    units = [unit for unit in np.flatnonzero(chosen).tolist() if unit != lead]
    units.sort(key=lambda unit: -p[unit])
    return tuple(Choice(_UNITS[unit], float(p[unit])) for unit in units[:MAX_COORDINATING])

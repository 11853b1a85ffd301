"""Which words of an article carried its decision: the n-grams that added most to the chosen scores."""

from __future__ import annotations

import numpy as np
from numba import njit

from nlp.features import HEADLINE, Matrix, locate
from nlp.heads import TOPICS, UNITS, columns
from nlp.score import Model, Traces
from nlp.types import ZONES, Phrase, Proposal, Text

PHRASES_PER_PURPOSE = 3

_COLUMN: dict[tuple[str, str | int], int] = {
    **{("topic", code): columns("topic").start + i for i, code in enumerate(TOPICS)},
    **{("lead_unit", code): columns("lead_unit").start + i for i, code in enumerate(UNITS)},
    **{("urgency", level): columns("urgency").start + level for level in range(4)},
}


@njit(cache=True)
def _strongest(rows, values, idf, weights, column, keys, top_keys, top_weights):  # type: ignore[no-untyped-def]
    """Fill the keys with the largest positive contribution to `column`, strongest first; returns how many."""
    count = 0
    room = len(top_keys)
    for entry in range(len(rows)):
        row = rows[entry]
        if row < 0:
            continue
        weight = values[entry] * idf[row] * np.float32(weights[row, column])
        if weight <= 0 or (count == room and weight <= top_weights[room - 1]):
            continue
        at = min(count, room - 1)
        while at > 0 and top_weights[at - 1] < weight:
            top_keys[at] = top_keys[at - 1]
            top_weights[at] = top_weights[at - 1]
            at -= 1
        top_keys[at] = keys[entry]
        top_weights[at] = weight
        count = min(count + 1, room)
    return count


@njit(cache=True)
def _first_places(wanted, keys, places):  # type: ignore[no-untyped-def]
    """Where each wanted key first stands; a headline's feature where its n-gram does, for headlines come first."""
    flip = np.uint32(HEADLINE)
    for i in range(len(keys)):
        for j in range(len(wanted)):
            if places[j] < 0 and (keys[i] == wanted[j] or keys[i] ^ flip == wanted[j]):
                places[j] = i


def _purposes(proposal: Proposal) -> list[tuple[str, int]]:
    """The decisions that deserve evidence, with their column of the first layer."""
    purposes = [("topic", _COLUMN["topic", proposal.topic.code])]
    if proposal.lead_unit is not None:
        purposes.append(("lead_unit", _COLUMN["lead_unit", proposal.lead_unit.code]))
    if proposal.urgency >= 2:
        purposes.append(("urgency", _COLUMN["urgency", proposal.urgency]))
    return purposes


def evidence(
    text: Text, proposal: Proposal, *, article: int, matrix: Matrix, traces: Traces, model: Model
) -> tuple[Phrase, ...]:
    """The phrases that carried `proposal`, at most PHRASES_PER_PURPOSE a decision.

    Row `article` of `matrix` is that of `text`.
    """
    span = slice(matrix.starts[article], matrix.starts[article + 1])
    keys, rows, values = matrix.keys[span], traces.rows[span], matrix.values[span]
    wanted: list[tuple[str, int, float]] = []
    for purpose, column in _purposes(proposal):
        top_keys = np.zeros(2 * PHRASES_PER_PURPOSE, np.uint32)
        top_weights = np.zeros(2 * PHRASES_PER_PURPOSE, np.float32)
        n = _strongest(rows, values, model.idf, model.weights, column, keys, top_keys, top_weights)
        unit = float(model.scales[column] / traces.norms[article])
        wanted += [(purpose, int(top_keys[i]), float(top_weights[i]) * unit) for i in range(n)]
    if not wanted:
        return ()
    found = locate(text.codes)
    places = np.full(len(wanted), -1, np.int64)
    _first_places(np.array([key for _, key, _ in wanted], np.uint32), found.keys, places)
    # The same words may have spoken twice, as words and as words of a headline: one phrase, with the sum of both.
    spoken: dict[str, dict[int, float]] = {}
    for (purpose, _, weight), place in zip(wanted, places.tolist(), strict=True):
        weights = spoken.setdefault(purpose, {})
        weights[place] = weights.get(place, 0.0) + weight
    zones = _zone_starts(text)
    return tuple(
        _phrase(text, zones, int(found.starts[place]), int(found.ends[place]), purpose, weight)
        for purpose, weights in spoken.items()
        for place, weight in sorted(weights.items(), key=lambda said: -said[1])[:PHRASES_PER_PURPOSE]
    )


def _zone_starts(text: Text) -> tuple[int, int, int]:
    lead = len(text.title) + 1
    return 0, lead, lead + len(text.lead) + 1


def _phrase(text: Text, zones: tuple[int, int, int], start: int, end: int, purpose: str, weight: float) -> Phrase:
    zone = 2 if start >= zones[2] else 1 if start >= zones[1] else 0
    start, end = text.span_as_given(zone, start - zones[zone], end - zones[zone])
    given = (text.article.title, text.article.lead, text.article.body)[zone]
    return Phrase(ZONES[zone], start, end, given[start:end], purpose, round(weight, 3))

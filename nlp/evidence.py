"""Which words of an article carried its decision: the n-grams that added most to the chosen scores."""

from __future__ import annotations

import numpy as np
from numba import njit

from nlp.features import Matrix, find
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
def _strongest(rows, values, idf, weights, columns, keys, top_keys, top_weights, counts):  # type: ignore[no-untyped-def]
    """Fill, for each column, the keys that added most to it, strongest first, and how many there are."""
    room = top_keys.shape[1]
    counts[:] = 0
    for entry in range(len(rows)):
        row = rows[entry]
        if row < 0:
            continue
        value = values[entry] * idf[row]
        for j in range(len(columns)):
            weight = value * np.float32(weights[row, columns[j]])
            if weight <= 0 or (counts[j] == room and weight <= top_weights[j, room - 1]):
                continue
            at = min(counts[j], room - 1)
            while at > 0 and top_weights[j, at - 1] < weight:
                top_keys[j, at] = top_keys[j, at - 1]
                top_weights[j, at] = top_weights[j, at - 1]
                at -= 1
            top_keys[j, at] = keys[entry]
            top_weights[j, at] = weight
            counts[j] = min(counts[j] + 1, room)


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
    row = slice(matrix.starts[article], matrix.starts[article + 1])
    keys, rows, values = matrix.keys[row], traces.rows[row], matrix.values[row]
    purposes = _purposes(proposal)
    columns = np.array([column for _, column in purposes])
    shape = len(purposes), 2 * PHRASES_PER_PURPOSE
    top_keys, top_weights = np.empty(shape, np.uint32), np.empty(shape, np.float32)
    counts = np.empty(len(purposes), np.int64)
    _strongest(rows, values, model.idf, model.weights, columns, keys, top_keys, top_weights, counts)
    units = (model.scales[columns] / traces.norms[article]).tolist()
    wanted = [
        (purpose, key, weight * unit)
        for (purpose, _), count, some, weights, unit in zip(
            purposes, counts.tolist(), top_keys.tolist(), top_weights.tolist(), units, strict=True
        )
        for key, weight in zip(some[:count], weights[:count], strict=True)
    ]
    if not wanted:
        return ()
    spans = find(text.codes, [key for _, key, _ in wanted])
    # The same words may have spoken twice, as words and as words of a headline: one phrase, with the sum of both.
    spoken: dict[str, dict[tuple[int, int], float]] = {}
    for (purpose, _, weight), span in zip(wanted, spans, strict=True):
        weights = spoken.setdefault(purpose, {})
        weights[span] = weights.get(span, 0.0) + weight
    zones = _zone_starts(text)
    return tuple(
        _phrase(text, zones, start, end, purpose, weight)
        for purpose, weights in spoken.items()
        for (start, end), weight in sorted(weights.items(), key=lambda said: -said[1])[:PHRASES_PER_PURPOSE]
    )


def _zone_starts(text: Text) -> tuple[int, int, int]:
    lead = len(text.title) + 1
    return 0, lead, lead + len(text.lead) + 1


def _phrase(text: Text, zones: tuple[int, int, int], start: int, end: int, purpose: str, weight: float) -> Phrase:
    zone = 2 if start >= zones[2] else 1 if start >= zones[1] else 0
    start, end = text.span_as_given(zone, start - zones[zone], end - zones[zone])
    given = (text.article.title, text.article.lead, text.article.body)[zone]
    return Phrase(ZONES[zone], start, end, given[start:end], purpose, round(weight, 3))

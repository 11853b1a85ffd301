"""Which words of an article carried its decision: the n-grams that added most to the chosen scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit

from nlp.features import Matrix
from nlp.heads import TOPICS, UNITS, columns
from nlp.score import Model, Traces
from nlp.types import ZONES, Phrase, Proposal, Text

PHRASES_PER_PURPOSE = 3
PURPOSES = ("topic", "lead_unit", "urgency")
_CANDIDATES = 2 * PHRASES_PER_PURPOSE
"""The same words may speak twice, as words and as words of a headline."""

_TOPIC = {code: columns("topic").start + i for i, code in enumerate(TOPICS)}
_UNIT = {code: columns("lead_unit").start + i for i, code in enumerate(UNITS)}
_URGENCY = columns("urgency").start
_NO_COLUMN = -1


def evidence(
    texts: Sequence[Text], proposals: Sequence[Proposal], *, matrix: Matrix, traces: Traces, model: Model
) -> list[tuple[Phrase, ...]]:
    """The phrases that carried each proposal, at most PHRASES_PER_PURPOSE a decision, those that said most first.

    Row i of `matrix` is that of texts[i].
    """
    columns = np.array([_columns(proposal) for proposal in proposals], np.int64).reshape(-1, len(PURPOSES))
    shape = len(proposals), len(PURPOSES), PHRASES_PER_PURPOSE
    spans, weights = np.empty((*shape, 2), np.int32), np.zeros(shape, np.float64)
    _carriers(
        matrix.starts, matrix.spans, traces.rows, traces.values, traces.norms, model.weights, model.scales, columns,
        spans, weights,
    )  # fmt: skip
    return [_phrases(*row) for row in zip(texts, spans.tolist(), weights.tolist(), strict=True)]


def _columns(proposal: Proposal) -> tuple[int, int, int]:
    """The columns of the first layer that decided, in the order of PURPOSES."""
    return (
        _TOPIC[proposal.topic.code],
        _UNIT[proposal.lead_unit.code] if proposal.lead_unit else _NO_COLUMN,
        _URGENCY + proposal.urgency if proposal.urgency >= 2 else _NO_COLUMN,
    )


@njit(cache=True)
def _carriers(starts, places, rows, values, norms, weights, scales, columns, spans, sums):  # type: ignore[no-untyped-def]
    """Fill, for each article and column, where the n-grams stand that added most, and how much; 0 where none did."""
    found = np.empty(_CANDIDATES, np.int64)
    added = np.empty(_CANDIDATES, np.float32)
    for article in range(len(columns)):
        for purpose in range(columns.shape[1]):
            column = columns[article, purpose]
            if column >= 0:
                count = _strongest(starts[article], starts[article + 1], rows, values, weights[:, column], found, added)
                unit = np.float64(scales[column] / norms[article])
                _merge(count, found, added, unit, places, spans[article, purpose], sums[article, purpose])


@njit(cache=True)
def _strongest(first, last, rows, values, weights, found, added):  # type: ignore[no-untyped-def]
    """Fill the entries that add most to one column, strongest first; returns how many there are."""
    room, count = len(found), 0
    least = np.float32(0)  # nothing that adds no more has a place
    for entry in range(first, last):
        value = values[entry]
        if value * np.float32(128) <= least:  # whatever its weight; fetching that is what takes time
            continue
        weight = value * np.float32(weights[rows[entry]])
        if weight <= least:
            continue
        at = min(count, room - 1)
        while at > 0 and added[at - 1] < weight:
            added[at], found[at] = added[at - 1], found[at - 1]
            at -= 1
        added[at], found[at] = weight, entry
        count = min(count + 1, room)
        if count == room:
            least = added[room - 1]
    return count


@njit(cache=True)
def _merge(count, found, added, unit, places, spans, sums):  # type: ignore[no-untyped-def]
    """Sum what the same words added, and keep the strongest, strongest first, as long as there is room."""
    apart = 0
    begins, ends = np.empty(count, np.int32), np.empty(count, np.int32)
    totals = np.zeros(count, np.float64)
    for i in range(count):
        begin, end = places[found[i], 0], places[found[i], 1]
        at = 0
        while at < apart and (begins[at] != begin or ends[at] != end):
            at += 1
        begins[at], ends[at] = begin, end
        totals[at] += np.float64(added[i]) * unit
        apart = max(apart, at + 1)
    for rank in range(min(apart, len(sums))):
        best = 0
        for at in range(1, apart):
            if totals[at] > totals[best]:
                best = at
        spans[rank, 0], spans[rank, 1], sums[rank] = begins[best], ends[best], totals[best]
        totals[best] = 0


def _phrases(text: Text, spans: list[Any], weights: list[Any]) -> tuple[Phrase, ...]:
    article = text.article
    given = article.title, article.lead, article.body
    lead = len(text.title) + 1
    zones = 0, lead, lead + len(text.lead) + 1
    phrases = []
    for purpose, places, sums in zip(PURPOSES, spans, weights, strict=True):
        for (start, end), weight in zip(places, sums, strict=True):
            if not weight:
                break
            zone = 2 if start >= zones[2] else 1 if start >= lead else 0
            begin, stop = start - zones[zone], end - zones[zone]
            if text.offsets[zone] is not None:
                begin, stop = text.span_as_given(zone, begin, stop)
            phrases.append(Phrase(ZONES[zone], begin, stop, given[zone][begin:stop], purpose, round(weight, 3)))
    return tuple(phrases)

"""Matrix -> Scores: all heads in one pass over the n-grams, then one small calibrated layer over all head scores.

The first layer is linear: each known n-gram adds its row of weights to the scores of all heads. The second layer sees
the scores of every head at once, so that the lead unit agrees with the topic, and gives probabilities. Who helps
depends on who leads: the coordinating units are told the two likeliest lead units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from nlp.features import Matrix
from nlp.heads import HEADS, N_OUTPUTS, OUT_OF_SCOPE, TOPICS, UNITS, columns
from nlp.types import Scores

ROW_WIDTH = -(-N_OUTPUTS // 16) * 16
"""Weights of an n-gram: one a column of the heads, padded so that rows stay aligned for vector instructions."""
_OUT = tuple(TOPICS).index(OUT_OF_SCOPE)
_NONE = len(UNITS)
_LEAST = np.float32(1e-6)
"""Some unit leads at least this likely, so that nothing is divided by zero."""


@dataclass(frozen=True, slots=True)
class Model:
    """A trained router. K n-grams are known.

    `slots`: open-addressing table from hashed n-gram to row, see `slot_table`. `idf` (K,): inverse document
    frequency. `weights` (K, ROW_WIDTH) int8 times `scales` (ROW_WIDTH,): first layer. `bias` (N_OUTPUTS,).
    `mixing` (N_OUTPUTS, N_OUTPUTS) and `offset` (N_OUTPUTS,): second layer. `helps` (2, units, units): what the
    likeliest lead unit and the runner-up add to the log-odds of each coordinating unit.
    """

    version: str
    slots: npt.NDArray[np.uint64]
    idf: npt.NDArray[np.float32]
    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    mixing: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]
    helps: npt.NDArray[np.float32]


def slot_table(keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Build the open-addressing table of `keys`: row i holds keys[i]. At most half of its slots are taken.

    A slot holds the key in its upper half and row + 1 in the lower one, together because each look-up misses the
    processor's cache; 0 where it is free.
    """
    size = 64
    while size < 2 * len(keys):
        size *= 2
    slots = np.zeros(size, np.uint64)
    _fill(keys, slots)
    return slots


@njit(cache=True)
def _fill(keys, slots):  # type: ignore[no-untyped-def]
    mask = np.uint32(len(slots) - 1)
    for row in range(len(keys)):
        slot = keys[row] & mask
        while slots[slot] != 0:
            slot = (slot + np.uint32(1)) & mask
        slots[slot] = np.uint64(keys[row]) << np.uint64(32) | np.uint64(row + 1)


@njit(cache=True)
def _look_up(keys, slots, rows):  # type: ignore[no-untyped-def]
    mask = np.uint32(len(slots) - 1)
    for i in range(len(keys)):
        slot = keys[i] & mask
        found = slots[slot]
        while found != 0 and found >> np.uint64(32) != keys[i]:
            slot = (slot + np.uint32(1)) & mask
            found = slots[slot]
        rows[i] = np.int64(found & np.uint64(0xFFFFFFFF)) - 1


@njit(cache=True, fastmath=True)
def _accumulate(rows, values, starts, idf, weights, sums, known, norms):  # type: ignore[no-untyped-def]
    """Sum the rows of weights; `values` are multiplied by `idf` on the way, and those of unknown n-grams set to 0."""
    width = weights.shape[1]
    for article in range(len(starts) - 1):
        total = np.zeros(width, np.float32)
        square = np.float32(0)
        found = 0
        for entry in range(starts[article], starts[article + 1]):
            row = rows[entry]
            if row < 0:
                values[entry] = 0
                continue
            value = values[entry] * idf[row]
            values[entry] = value
            square += value * value
            found += 1
            for column in range(width):
                total[column] += value * np.float32(weights[row, column])
        norm = np.sqrt(square) if square > 0 else np.float32(1)
        norms[article] = norm
        for column in range(sums.shape[1]):
            sums[article, column] = total[column] / norm
        known[article] = found / max(1, starts[article + 1] - starts[article])


@njit(cache=True)
def _combine(sums, mixing, offset, logits):  # type: ignore[no-untyped-def]
    """sums @ mixing + offset, row by row: a matrix product would round a row by how many stand beside it."""
    width = logits.shape[1]
    for article in range(len(sums)):
        for column in range(width):
            logits[article, column] = offset[column]
        for given in range(sums.shape[1]):
            for column in range(width):
                logits[article, column] += sums[article, given] * mixing[given, column]


@njit(cache=True)
def _add_helps(logits, helps, lead_unit, coordinating):  # type: ignore[no-untyped-def]
    """Tell the coordinating units who leads; the two heads begin at columns `lead_unit` and `coordinating`."""
    units = helps.shape[1]
    for article in range(len(logits)):
        best, second = 0, 1
        if logits[article, lead_unit + 1] > logits[article, lead_unit]:
            best, second = 1, 0
        for unit in range(2, units):
            value = logits[article, lead_unit + unit]
            if value > logits[article, lead_unit + best]:
                best, second = unit, best
            elif value > logits[article, lead_unit + second]:
                second = unit
        for unit in range(units):
            logits[article, coordinating + unit] += helps[0, best, unit] + helps[1, second, unit]


@dataclass(frozen=True, slots=True)
class Traces:
    """What evidence and a careful reading need of the first layer.

    Row of every matrix entry (-1: unknown), its value times its idf (0: unknown), the norm of every article, and the
    linear scores (articles, N_OUTPUTS).
    """

    rows: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    norms: npt.NDArray[np.float32]
    sums: npt.NDArray[np.float32]


def linear(matrix: Matrix, *, model: Model) -> tuple[npt.NDArray[np.float32], Traces]:
    """First layer: share of known n-grams (articles,), and the traces with the linear scores."""
    rows = np.empty(len(matrix.keys), np.int32)
    _look_up(matrix.keys, model.slots, rows)
    values = matrix.values.copy()
    sums = np.empty((len(matrix), N_OUTPUTS), np.float32)
    known = np.empty(len(matrix), np.float32)
    norms = np.empty(len(matrix), np.float32)
    _accumulate(rows, values, matrix.starts, model.idf, model.weights, sums, known, norms)
    return known, Traces(rows, values, norms, sums * model.scales[:N_OUTPUTS] + model.bias)


def second_layer(
    sums: npt.NDArray[np.float32],
    *,
    mixing: npt.NDArray[np.float32],
    offset: npt.NDArray[np.float32],
    helps: npt.NDArray[np.float32],
) -> list[npt.NDArray[np.float32]]:
    """First-layer scores (articles, given) -> one array of probabilities (articles, codes) a head, as in HEADS.

    `mixing` (given, N_OUTPUTS): the n-grams' own scores, and in a careful reading those of the encoder beside them.
    """
    logits = np.empty((len(sums), N_OUTPUTS), np.float32)
    _combine(sums, mixing, offset, logits)
    _add_helps(logits, helps, columns("lead_unit").start, columns("coordinating").start)
    topic, lead_unit, *rest = (
        _sigmoid(logits[:, columns(head.name)]) if head.multi else _softmax(logits[:, columns(head.name)])
        for head in HEADS
    )
    return [topic, _agreeing(lead_unit, topic), *rest]


def _sigmoid(logits: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
    p: npt.NDArray[Any] = 1 / (1 + np.exp(-logits))
    return p


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
    p: npt.NDArray[Any] = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return p


def _agreeing(lead_unit: npt.NDArray[np.float32], topic: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The lead unit's probabilities with the topic's share of out of scope: one answer to whether any unit leads."""
    out = topic[:, _OUT]
    lead_unit[:, :_NONE] *= ((1 - out) / np.maximum(1 - lead_unit[:, _NONE], _LEAST))[:, None]
    lead_unit[:, _NONE] = out
    return lead_unit


def score(matrix: Matrix, *, model: Model) -> tuple[Scores, Traces]:
    """Score every row of `matrix` on all heads. Pure: the same matrix and model give the same scores."""
    known, traces = linear(matrix, model=model)
    p = second_layer(traces.sums, mixing=model.mixing, offset=model.offset, helps=model.helps)
    topic, lead_unit, coordinating, urgency, tone = p
    return Scores(topic, lead_unit, coordinating, urgency, tone, known, np.zeros(len(known), bool)), traces

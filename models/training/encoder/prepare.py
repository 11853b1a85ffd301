"""Articles and labels -> the pack that a training reads; the one part of it that needs texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.data import Label
from models.layers import UNDECIDED
from models.layers import targets as answers_of
from models.training.encoder.pack import LEVELS, OUTPUTS
from nlp.heads import HEADS, N_OUTPUTS


def from_labels(
    labels: Sequence[Label], *, smoothing: float = 0.0
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.bool_]]:
    """Targets (labels, OUTPUTS) and which heads are decided (labels, heads)."""
    answers = answers_of(labels)
    out = np.zeros((len(labels), OUTPUTS), np.float16)
    known = np.zeros((len(labels), len(HEADS)), bool)
    start = 0
    for number, head in enumerate(HEADS):
        size, given = len(head.codes), answers[head.name]
        known[:, number] = (given.reshape(len(labels), -1) != UNDECIDED).all(axis=1)
        rows = np.flatnonzero(known[:, number])
        if head.multi:
            out[rows, start : start + size] = given[rows]
        else:
            out[rows, start : start + size] = smoothing / size
            out[rows, start + given[rows]] += 1 - smoothing
        start += size
    out[:, N_OUTPUTS:] = answers["urgency"][:, None] >= np.arange(1, LEVELS + 1)
    return out, known

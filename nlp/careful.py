"""The careful reading: an encoder reads what n-grams do not surely put out of scope, and both decide together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from nlp.encoder.vectors import Encoder
from nlp.heads import OUT_OF_SCOPE, TOPICS
from nlp.score import second_layer
from nlp.types import Scores, Text

_OUT = tuple(TOPICS).index(OUT_OF_SCOPE)
UNREADABLE = "missing-diacritics"
"""The encoder never met text without marks: such an article keeps what the n-grams say."""


@dataclass(frozen=True, slots=True)
class Careful:
    """An encoder with the second layer that weighs its scores and those of the n-grams.

    `mixing` (N_OUTPUTS + the encoder's outputs, N_OUTPUTS), `offset` and `helps`: as `nlp.score.Model` has them.
    """

    encoder: Encoder
    mixing: npt.NDArray[np.float32]
    offset: npt.NDArray[np.float32]
    helps: npt.NDArray[np.float32]


def reread(
    texts: Sequence[Text], scores: Scores, sums: npt.NDArray[np.float32], *, careful: Careful, from_p: float
) -> Scores:
    """The scores with those rows decided anew whose probability of being in scope is at least `from_p`.

    `sums`: the first layer's linear scores of the same texts. A row hangs on its own text alone.
    """
    doubtful = 1 - scores.topic[:, _OUT] >= from_p
    rows = [row for row in np.flatnonzero(doubtful).tolist() if _is_readable(texts[row])]
    if not rows:
        return scores
    told = np.hstack([sums[rows], careful.encoder.scores([texts[row] for row in rows])]).astype(np.float32)
    found = second_layer(told, mixing=careful.mixing, offset=careful.offset, helps=careful.helps)
    names = ("topic", "lead_unit", "coordinating", "urgency", "tone")
    given = {name: getattr(scores, name).copy() for name in names}
    for name, p in zip(names, found, strict=True):
        given[name][rows] = p
    read = scores.careful.copy()
    read[rows] = True
    return replace(scores, **given, careful=read)


def _is_readable(text: Text) -> bool:
    return not any(repair.kind == UNREADABLE for repair in text.repairs)

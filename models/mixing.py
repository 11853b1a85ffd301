"""The second layer of the model: a calibrated mix of all heads' scores, one logistic regression a head or helper.

It sees the scores of the n-grams (N_OUTPUTS) and, for a careful reading, those of the encoder beside them: the same
columns again, and what an encoder says besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models.layers import decided
from nlp.heads import HEADS, N_OUTPUTS, UNITS, columns


@dataclass(frozen=True, slots=True)
class Mix:
    """How far a head's second layer may lean on what it sees: `own` scores and those of `others`, of the encoder too.

    All are inverse penalties on weights, as scikit-learn's C; `others` is 0 where it sees only its own.
    """

    own: float
    others: float
    encoder_own: float
    encoder_others: float

    def times(self, strength: float) -> Mix:
        """All penalties changed by one factor."""
        return Mix(*(value * strength for value in astuple(self)))


# Chosen out of fold on the train split (docs/decisions/0003).
MIXES = {
    # With one value for all, a clear margin of the topic was left in doubt by what faint other heads said.
    "topic": Mix(own=0.09, others=0.01, encoder_own=0.05, encoder_others=0.01),
    "lead_unit": Mix(own=0.03, others=0.03, encoder_own=0.05, encoder_others=0.01),
    "coordinating": Mix(own=0.1, others=0.015, encoder_own=0.1, encoder_others=0.01),
    # With the scores of all heads it learnt which topics are hot on average, and ranked the truly hot items of calm
    # topics lower (recall of level 3 at a precision of 0.5, out of fold: 0.66 against 0.73).
    "urgency": Mix(own=0.03, others=0, encoder_own=0.05, encoder_others=0),
    "tone": Mix(own=0.1, others=0.02, encoder_own=0.05, encoder_others=0.01),
}
DECIDED = 4.0
"""How large a lead unit that the helpers are told stands beside scores of spread 1."""
NEVER_SEEN = -9.0
"""Log-odds of a class that the labels lack: about 1 in 8,000."""

_UNITS = slice(columns("lead_unit").start, columns("lead_unit").start + len(UNITS))


def fit_second_layer(
    sums: npt.NDArray[np.float32], answers: Mapping[str, npt.NDArray[Any]], *, strength: float = 1.0
) -> dict[str, npt.NDArray[np.float32]]:
    """`mixing`, `offset` and `helps` of `nlp.score.second_layer`, fitted to out-of-fold scores (rows, given).

    `given` is N_OUTPUTS, or more with the encoder's. `strength` is a factor on all of MIXES.
    """
    mixes = {name: mix.times(strength) for name, mix in MIXES.items()}
    center, spread = sums.mean(axis=0), sums.std(axis=0) + 1e-6
    Z = (sums - center) / spread
    given = sums.shape[1]
    mixing, offset = np.zeros((given, N_OUTPUTS)), np.full(N_OUTPUTS, NEVER_SEEN)
    helps = np.zeros((2, len(UNITS), len(UNITS)))
    for head in HEADS:
        if not head.multi:
            _fit_head(Z, answers[head.name], columns(head.name), mixes[head.name], mixing, offset)
    known = decided(answers["coordinating"])
    told_scale = DECIDED * np.sqrt(mixes["coordinating"].others)
    told = told_scale * _two_likeliest((Z @ mixing + offset)[:, _UNITS])
    for unit, column in enumerate(range(N_OUTPUTS)[columns("coordinating")]):
        y = answers["coordinating"][known, unit]
        if y.any() and not y.all():
            scales = _scales(mixes["coordinating"], slice(column, column + 1), given)
            weights, intercept = _regress(np.hstack([Z * scales, told])[known], y)
            mixing[:, column], offset[column] = weights[:given, 0] * scales, intercept[0]
            helps[:, :, unit] = told_scale * weights[given:, 0].reshape(2, -1)
    offset -= (center / spread) @ mixing
    mixing /= spread[:, None]
    layer = {"mixing": mixing, "offset": offset, "helps": helps}
    return {name: array.astype(np.float32) for name, array in layer.items()}


def _fit_head(
    Z: npt.NDArray[Any],
    y: npt.NDArray[Any],
    own: slice,
    mix: Mix,
    mixing: npt.NDArray[np.float64],
    offset: npt.NDArray[np.float64],
) -> None:
    """Fill the columns of one head that the labels have seen."""
    known = decided(y)
    Z, y = Z[known], y[known]
    seen = np.unique(y)
    if len(seen) < 2:
        return
    scales = _scales(mix, own, Z.shape[1])
    weights, intercept = _regress(Z * scales, y)
    if len(seen) == 2:  # one column, the log-odds of the second class: split in two halves
        weights, intercept = np.hstack([-weights / 2, weights / 2]), np.concatenate([-intercept / 2, intercept / 2])
    mixing[:, own.start + seen], offset[own.start + seen] = weights * scales[:, None], intercept


def _scales(mix: Mix, own: slice, given: int) -> npt.NDArray[np.float64]:
    """What scores are multiplied by, so that one penalty of 1 weighs them as `mix` says: (given,)."""
    scales = np.full(given, np.sqrt(mix.others))
    scales[own] = np.sqrt(mix.own)
    if given > N_OUTPUTS:
        scales[N_OUTPUTS:] = np.sqrt(mix.encoder_others)
        scales[N_OUTPUTS + own.start : N_OUTPUTS + own.stop] = np.sqrt(mix.encoder_own)
        if own == columns("urgency"):
            scales[2 * N_OUTPUTS :] = np.sqrt(mix.encoder_own)  # what the encoder says besides is of urgency
    return scales


def _regress(X: npt.NDArray[Any], y: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Weights (features, classes) and intercepts (classes,); two classes share one column."""
    # Second-order steps are much faster on few columns, but their cost grows with the square of the classes.
    solver = "newton-cholesky" if len(np.unique(y)) == 2 else "lbfgs"
    layer = LogisticRegression(C=1.0, max_iter=300, solver=solver).fit(X, y)
    return layer.coef_.T, layer.intercept_


def _two_likeliest(lead: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """1 at the likeliest lead unit and at the runner-up, side by side (rows, 2 * units), as `nlp.score` finds them."""
    ranked = np.argsort(-lead, axis=1, kind="stable")
    eye = np.eye(lead.shape[1])
    return np.hstack([eye[ranked[:, 0]], eye[ranked[:, 1]]])

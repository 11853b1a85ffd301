"""The first layer of the model: a linear machine a head, and its scores out of fold, on which the second is trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from nlp.heads import HEADS, N_OUTPUTS, Head, columns

if TYPE_CHECKING:
    from models.data import Label

Progress = Callable[[str, float], None]
"""Called with what is being done and the share of the training that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the recipe can be told; each value was chosen on the dev split (docs/measurements.md)."""

    seed: int = 0
    folds: int = 8  # with 5, machines trained on 4/5 of the labels left the second layer too doubtful of the final ones
    min_documents: int = 6
    c: float = 1.5
    balance: float = 0.5
    mixing: float = 1.0  # factor on all strengths of models.mixing.MIXES
    precision: float = 0.95
    jobs: int = 2


UNDECIDED = -1
"""Stands in `targets` where nobody has decided: the row is left out wherever that head is fitted or judged."""


def targets(labels: Sequence[Label]) -> dict[str, npt.NDArray[Any]]:
    """The answers by head: column numbers (labels,) or, for multi heads, a 0/1 matrix (labels, codes); or UNDECIDED."""
    out: dict[str, npt.NDArray[Any]] = {}
    for head in HEADS:
        place = {code: i for i, code in enumerate(head.codes)}
        answers = [None if head.label in label.undecided else getattr(label, head.label) for label in labels]
        if head.multi:
            table = np.zeros((len(labels), len(head.codes)), np.int8)
            for row, codes in enumerate(answers):
                if codes is None:
                    table[row] = UNDECIDED
                else:
                    table[row, [place[code] for code in codes]] = 1
            out[head.name] = table
        else:
            out[head.name] = np.array([UNDECIDED if one is None else place[str(one)] for one in answers])
    return out


def decided(answers: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """The rows of one head's targets that somebody has decided."""
    known: npt.NDArray[np.bool_] = (answers.reshape(len(answers), -1) != UNDECIDED).all(axis=1)
    return known


def _separate(X: sp.csr_matrix, y: npt.NDArray[Any], settings: Settings) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Weights (features, 2 or more classes) and biases of one support vector machine, one column a class seen.

    `settings.balance` lies between 0, where every row counts alike, and 1, where every class does.
    """
    classes, counts = np.unique(y, return_counts=True)
    favour = (len(y) / (len(classes) * counts)) ** settings.balance
    class_weight = dict(zip(classes.tolist(), favour.tolist(), strict=True))
    machine = LinearSVC(C=settings.c, class_weight=class_weight, random_state=settings.seed, tol=0.01)
    machine.fit(X, y)
    if len(machine.classes_) == 2:
        return np.vstack([-machine.coef_, machine.coef_]).T, np.concatenate([-machine.intercept_, machine.intercept_])
    return machine.coef_.T, machine.intercept_


ABSENT = -2.0
"""First-layer score of a class that the training rows lack: well on the far side of the margin."""


def first_layer(
    X: sp.csr_matrix, head: Head, answers: npt.NDArray[Any], settings: Settings
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weights (features, codes) and biases (codes,) of one head."""
    weights = np.zeros((X.shape[1], len(head.codes)), np.float32)
    bias = np.full(len(head.codes), ABSENT, np.float32)
    if not head.multi:
        W, b = _separate(X, answers, settings)
        seen = np.unique(answers)
        weights[:, seen], bias[seen] = W, b
        return weights, bias
    for column in np.flatnonzero(answers.sum(axis=0) >= 2):
        W, b = _separate(X, answers[:, column], settings)
        weights[:, column], bias[column] = W[:, 1], b[1]
    return weights, bias


def fit_views(
    views: Sequence[sp.csr_matrix], head: Head, answers: npt.NDArray[Any], settings: Settings
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """`first_layer` on the decided rows of several matrices of the same articles, row by row the same answers."""
    rows = np.flatnonzero(decided(answers))
    X = sp.vstack([view[rows] for view in views]).tocsr()
    return first_layer(X, head, np.concatenate([answers[rows]] * len(views)), settings)


def _score_head(
    views: Sequence[sp.csr_matrix],
    rows: npt.NDArray[Any],
    others: npt.NDArray[Any],
    head: Head,
    answers: npt.NDArray[Any],
    settings: Settings,
) -> Any:
    weights, bias = fit_views([X[rows] for X in views], head, answers[rows], settings)
    return views[0][others] @ weights + bias


def out_of_fold(
    views: Sequence[sp.csr_matrix],
    answers: Mapping[str, npt.NDArray[Any]],
    story: npt.NDArray[np.int64],
    *,
    settings: Settings,
    progress: Progress,
) -> npt.NDArray[np.float32]:
    """First-layer scores (rows, N_OUTPUTS) of every row of the first view by machines that saw nothing of its story."""
    sums = np.zeros((views[0].shape[0], N_OUTPUTS), np.float32)
    tasks = [
        (rows, others, head)
        for rows, others in GroupKFold(settings.folds).split(sums, groups=story)
        # The slowest heads first, so that no processor waits at the end.
        for head in sorted(HEADS, key=lambda head: -len(head.codes))
    ]
    results = Parallel(n_jobs=settings.jobs, return_as="generator")(
        delayed(_score_head)(views, rows, others, head, answers[head.name], settings) for rows, others, head in tasks
    )
    for done, ((_, others, head), part) in enumerate(zip(tasks, results, strict=True), 1):
        sums[others, columns(head.name)] = part
        progress("first layer, out of fold", 0.1 + 0.6 * done / len(tasks))
    return sums

"""Labels that are probably wrong: confident learning (Northcutt, Jiang and Chuang 2021) by cleanlab.

A label is doubted where models that never saw its story, and are well calibrated, keep preferring another answer. What
is found is a list for a person to read; no label is changed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from cleanlab.filter import find_label_issues

from models.data import Label
from models.layers import Progress, Settings, out_of_fold
from models.thresholds import held_out_probabilities
from models.train import prepare
from nlp.heads import HEADS, Head
from nlp.types import Article

MIN_ROWS = 5
"""A class with fewer labels says too little of what is usual for it; its labels are not doubted."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that is probably wrong in one head. `p_given` and `p_likely` are held-out probabilities of both answers.

    Of coordinating units one is doubted at a time: `given` or `likely` is "" where the unit should come or go.
    """

    id: str
    head: str
    given: str
    likely: str
    p_given: float
    p_likely: float


def audit(
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    settings: Settings | None = None,
    progress: Progress = lambda _what, _share: None,
) -> list[Suspect]:
    """Doubtful labels head by head, the most doubtful first. As long as a training, for it trains a model a fold.

    Raises:
        TrainingError: the labels are too few.
    """
    settings = settings or Settings()
    material = prepare(labels, articles, settings=settings, progress=progress)
    sums = out_of_fold(material.views, material.answers, material.story, settings=settings, progress=progress)
    progress("thresholds", 0.95)
    p = held_out_probabilities(sums, material.answers, material.story, settings=settings)
    ids = [label.id for label in material.labels]
    return [suspect for head in HEADS for suspect in suspects(ids, head, material.answers[head.name], p[head.name])]


def suspects(ids: Sequence[str], head: Head, answers: npt.NDArray[Any], p: npt.NDArray[Any]) -> list[Suspect]:
    """Doubtful labels of one head, the largest gap between the likely and the given answer first.

    `answers` are as `models.layers.targets` gives them, `p` (labels, codes) held-out probabilities.
    """
    found = _of_units(ids, head, answers, p) if head.multi else _of_codes(ids, head, answers, p)
    return sorted(found, key=lambda suspect: suspect.p_given - suspect.p_likely)


def _of_codes(ids: Sequence[str], head: Head, answers: Any, p: Any) -> Iterator[Suspect]:
    counts = np.bincount(answers, minlength=len(head.codes))
    classes = np.flatnonzero(counts >= MIN_ROWS)
    rows = np.flatnonzero(np.isin(answers, classes))
    if len(classes) < 2:
        return
    known = p[np.ix_(rows, classes)]
    for at in _doubted(np.searchsorted(classes, answers[rows]), known):
        row, likely = rows[at], classes[known[at].argmax()]
        given = answers[row]
        if likely != given:
            yield Suspect(ids[row], head.name, head.codes[given], head.codes[likely],
                          float(p[row, given]), float(p[row, likely]))  # fmt: skip


def _of_units(ids: Sequence[str], head: Head, answers: Any, p: Any) -> Iterator[Suspect]:
    for column, code in enumerate(head.codes):
        given = answers[:, column].astype(np.int64)
        if min(np.bincount(given, minlength=2)) < MIN_ROWS:
            continue
        for row in _doubted(given, np.column_stack([1 - p[:, column], p[:, column]])):
            yes = float(p[row, column])
            names, chances = (("", code), (1 - yes, yes)) if not given[row] else ((code, ""), (yes, 1 - yes))
            if chances[1] > chances[0]:
                yield Suspect(ids[row], head.name, *names, *chances)


def _doubted(answers: npt.NDArray[np.int64], p: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Rows whose answer cleanlab doubts; every class 0 to K - 1 occurs."""
    shares = np.maximum(p, 1e-9)
    shares /= shares.sum(axis=1, keepdims=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of classes in which it finds nothing
        found = find_label_issues(answers, shares, return_indices_ranked_by="normalized_margin", n_jobs=1)
    rows: npt.NDArray[np.int64] = np.asarray(found, np.int64)
    return rows

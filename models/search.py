"""A small search over the recipe's settings, judged on the train split alone, out of fold.

Every trial is judged by one number, `loss`: the mean log loss of topic and lead unit, of probabilities by both layers
trained on other stories. It needs no thresholds, which would have to be chosen on the very rows that judge; every row
counts in it, where macro-F1 hangs on the few rows of rare units; and it rises where a probability is wrong as well as
where an answer is, and records state probabilities. Accuracy and macro-F1 of the likeliest answers are noted beside it.
`Settings.folds` is not searched: trained on more folds, a model knows more stories and would seem better for that. The
dev split is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import ParameterGrid

from models.evaluate import macro_f1
from models.layers import Progress, Settings, decided, out_of_fold
from models.thresholds import held_out_probabilities
from models.train import Ground
from nlp.heads import HEADS

SPACE: dict[str, tuple[float, ...]] = {
    "c": (0.5, 0.75, 1.0, 1.5, 2.0, 3.0),
    "balance": (0.0, 0.25, 0.5, 0.75, 1.0),
    "min_documents": (2, 3, 4, 6, 8),
    "mixing": (0.25, 0.5, 1.0, 2.0, 4.0),
}
"""Settings -> the values tried: the recipe's own, and what lies around it."""
FOLDS = 3
"""Held-out parts in a trial. Eight, as a training has, would cost almost three times as much."""
JUDGED = ("topic", "lead_unit")
LEAST = 1e-7
"""Smaller probabilities count as this: one certain error must not outweigh thousands of rows."""

Values = dict[str, float]
Losses = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """One judged draw. `values` by name as in SPACE; `losses` (rows judged,) have `numbers["loss"]` as their mean."""

    values: Values
    numbers: dict[str, float]
    losses: Losses

    @property
    def loss(self) -> float:
        """What trials are ranked by; lower is better."""
        return self.numbers["loss"]


def draws(seed: int) -> Iterator[Values]:
    """Every point of SPACE once: first the recipe's own settings, then the others in the random order of `seed`.

    A longer search begins with the trials of a shorter one.
    """
    own = values_of(Settings())
    yield own
    # Not ParameterSampler: drawing the whole grid it keeps its order, and fewer draws are not the first of more.
    grid = ParameterGrid({key: list(choices) for key, choices in SPACE.items()})
    for place in np.random.default_rng(seed).permutation(len(grid)).tolist():
        values = {key: grid[place][key] for key in SPACE}
        if values != own:
            yield values


def values_of(settings: Settings) -> Values:
    """The searched part of `settings`."""
    return {key: getattr(settings, key) for key in SPACE}


def search(
    ground: Ground,
    drawn: Iterable[Values],
    *,
    known: Iterable[Values] = (),
    is_over: Callable[[], bool] = lambda: False,
    jobs: int = 2,
    progress: Progress = lambda _what, _share: None,
) -> Iterator[Trial]:
    """Judge what is `drawn` and not yet `known`, one after the other, until `is_over` says so before a trial."""
    tried = list(known)
    for values in drawn:
        if values in tried:
            continue
        if is_over():
            return
        tried.append(values)
        yield judge(ground, values, jobs=jobs, progress=progress)


def judge(ground: Ground, values: Values, *, jobs: int = 1, progress: Progress = lambda _what, _share: None) -> Trial:
    """Train both layers FOLDS times and measure what they say of the rows held out."""
    settings = replace(Settings(folds=FOLDS, jobs=jobs), **values)  # type: ignore[arg-type] # kinds are those of SPACE
    material = ground.material(min_documents=settings.min_documents)
    sums = out_of_fold(material.views, ground.answers, ground.story, settings=settings, progress=progress)
    progress("second layer, out of fold", 0.8)
    p = held_out_probabilities(sums, ground.answers, ground.story, settings=settings)
    numbers, losses = _measure(p, ground.answers)
    return Trial(dict(values), numbers, losses)


def _measure(p: Mapping[str, npt.NDArray[Any]], answers: Mapping[str, npt.NDArray[Any]]) -> tuple[Values, Losses]:
    rows = np.flatnonzero(np.logical_and.reduce([decided(answers[name]) for name in JUDGED]))
    numbers: Values = {}
    parts = []
    for head in (head for head in HEADS if head.name in JUDGED):
        gold, said, short = answers[head.name][rows], p[head.name][rows], head.name.removesuffix("_unit")
        parts.append(-np.log(np.maximum(said[np.arange(len(rows)), gold], LEAST)))
        given = said.argmax(axis=1)
        numbers |= {
            f"{short}_loss": float(parts[-1].mean()),
            f"{short}_acc": float((given == gold).mean()),
            f"{short}_mf1": macro_f1(gold, given, np.unique(gold)),
        }
    losses = np.mean(parts, axis=0)
    return {"loss": float(losses.mean()), **numbers}, losses


def difference(trial: Trial, other: Trial, story: npt.NDArray[np.int64]) -> tuple[float, float]:
    """How much lower the loss of `other` is, and the standard error of that; rows of one story err together.

    `story` numbers the stories of the rows judged.
    """
    gap = trial.losses - other.losses
    mean = float(gap.mean())
    of_story = np.bincount(np.unique(story, return_inverse=True)[1], weights=gap - mean)
    return mean, float(np.sqrt((of_story**2).sum()) / len(gap))


def judged_stories(ground: Ground) -> npt.NDArray[np.int64]:
    """The stories of the rows that trials are judged on, in the order of `Trial.losses`."""
    stories: npt.NDArray[np.int64] = ground.story[
        np.logical_and.reduce([decided(ground.answers[name]) for name in JUDGED])
    ]
    return stories

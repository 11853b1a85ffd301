"""Labels + articles -> a trained engine.

The recipe: n-grams are weighted by inverse document frequency; one linear support vector machine a head gives the first
layer, which sees every article twice, as written and stripped of its marks, so that text without diacritics has weights
of its own; scores of articles as written, by machines that know other stories only (out of fold), train the second
layer, a logistic regression a head over the scores of all heads; the policy's thresholds are chosen on out-of-fold
probabilities too. The second layer and the policy never see the stripped copies, whose fainter scores would make both
doubtful of clean text. With an encoder a second layer of its own sees its scores beside those of the n-grams, and has
thresholds of its own; the encoder has learnt nothing from the labels directly (docs/decisions/0013-encoder.md), so its
scores need no folds. The dev split is never looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import Parallel, delayed

from models import artifacts
from models.data import CORRECTED, HEADLINE, Label, fingerprint, groups
from models.design import Vocabulary, featurize_twice, vocabulary
from models.encoder_scores import encoder_scores
from models.layers import Progress, Settings, decided, fit_views, out_of_fold, targets
from models.mixing import fit_second_layer
from models.thresholds import (
    careful_policy_text,
    choose_reread,
    choose_thresholds,
    held_out_probabilities,
    policy_text,
)
from nlp.careful import Careful
from nlp.encoder.vectors import Encoder
from nlp.errors import DiembaoError
from nlp.features import Matrix
from nlp.heads import HEADS, N_OUTPUTS, OUT_OF_SCOPE, TOPICS
from nlp.pipeline import Engine
from nlp.score import ROW_WIDTH
from nlp.types import Article

_OUT = tuple(TOPICS).index(OUT_OF_SCOPE)


class TrainingError(DiembaoError):
    """Labels that no model can be trained on."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained engine with the facts that its release states."""

    engine: Engine
    manifest: dict[str, Any]
    arrays: dict[str, npt.NDArray[Any]]
    policy: str

    def save(self, folder: Path, *, card: str, metrics: Mapping[str, float]) -> None:
        """Write the release folder, with the metrics that were measured on it."""
        manifest = {**self.manifest, "metrics": dict(metrics)}
        artifacts.save(
            folder, arrays=self.arrays, manifest=manifest, policy=self.policy, card=card, careful=self.engine.careful
        )


def _silent(_what: str, _share: float) -> None:
    """Report nothing."""


def compress(weights: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Round weights (n-grams, N_OUTPUTS) to 8 bits: (n-grams, ROW_WIDTH), and the scale of each column (ROW_WIDTH,)."""
    # The largest weights of a head are few: cutting the last of ten thousand costs less than coarser steps for all.
    scales = np.maximum(np.quantile(np.abs(weights), 1 - 1e-5, axis=0) / 127, 1e-9).astype(np.float32)
    rounded = np.zeros((len(weights), ROW_WIDTH), np.int8)
    rounded[:, :N_OUTPUTS] = np.clip(np.round(weights / scales), -127, 127)
    padded = np.ones(ROW_WIDTH, np.float32)
    padded[:N_OUTPUTS] = scales
    return rounded, padded


@dataclass(frozen=True, slots=True)
class Material:
    """Labels in the order of their ids, with what the first layer is trained on; `story` numbers their stories."""

    labels: list[Label]
    known: Vocabulary
    views: list[sp.csr_matrix]
    answers: dict[str, npt.NDArray[Any]]
    story: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ground:
    """What hangs on the articles and not on settings: `matrices` as written and without marks, rows as `labels`."""

    labels: list[Label]
    matrices: tuple[Matrix, Matrix]
    answers: dict[str, npt.NDArray[Any]]
    story: npt.NDArray[np.int64]

    def material(self, *, min_documents: int) -> Material:
        """The rows over the n-grams of at least `min_documents` articles."""
        known = vocabulary(self.matrices, min_documents=min_documents)
        views = [known.design(matrix) for matrix in self.matrices]
        return Material(self.labels, known, views, self.answers, self.story)


def prepare(
    labels: Sequence[Label], articles: Mapping[str, Article], *, settings: Settings, progress: Progress = _silent
) -> Material:
    """Features of the labelled articles, as written and without marks.

    Raises:
        TrainingError: fewer than two stories a fold, so that nothing can be held out.
    """
    ground = lay_ground(labels, articles, folds=settings.folds, progress=progress)
    return ground.material(min_documents=settings.min_documents)


def lay_ground(
    labels: Sequence[Label], articles: Mapping[str, Article], *, folds: int, progress: Progress = _silent
) -> Ground:
    """Everything about the labelled articles that any settings need; errors as `prepare`."""
    ordered = sorted(labels, key=lambda label: label.id)
    chosen = [articles[label.id] for label in ordered]
    story = np.asarray(groups(chosen))
    if len(np.unique(story)) < 2 * folds:
        raise TrainingError(f"{len(np.unique(story))} stories are too few to hold out a fifth of them")
    progress("features", 0.0)
    return Ground(ordered, featurize_twice(chosen), targets(ordered), story)


def fit(
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    settings: Settings | None = None,
    encoder: Encoder | None = None,
    progress: Progress = _silent,
) -> Trained:
    """Train every head on `labels` and their `articles`, with `encoder` where one is given, as the module says.

    Raises:
        TrainingError: fewer than two stories a fold, so that nothing can be held out.
    """
    settings = settings or Settings()
    material = prepare(labels, articles, settings=settings, progress=progress)
    ordered, known, views = material.labels, material.known, material.views
    answers, story = material.answers, material.story
    sums = out_of_fold(views, answers, story, settings=settings, progress=progress)
    layer = fit_second_layer(sums, answers, strength=settings.mixing)
    progress("first layer, all rows", 0.7)
    layers = Parallel(n_jobs=settings.jobs)(
        delayed(fit_views)(views, head, answers[head.name], settings) for head in HEADS
    )
    weights, scales = compress(np.hstack([w for w, _ in layers]))
    progress("thresholds", 0.95)
    priors = {head.name: _shares(answers[head.name], len(head.codes)) for head in HEADS if not head.multi}
    # A headline alone is harder than an article: thresholds chosen on both would fit neither.
    whole = np.array([label.stratum != HEADLINE for label in ordered])
    judged = _rows(answers, whole)
    p = _rows(held_out_probabilities(sums, answers, story, settings=settings), whole)
    chosen = choose_thresholds(p, judged, priors=priors, settings=settings)
    policy, careful = policy_text(chosen, settings=settings), None
    if encoder:
        progress("encoder", 0.97)
        told = np.hstack([sums, encoder_scores([articles[one.id] for one in ordered], encoder, jobs=settings.jobs)])
        careful = Careful(encoder, **fit_second_layer(told, answers, strength=settings.mixing))
        told_p = _rows(held_out_probabilities(told, answers, story, settings=settings), whole)
        policy = careful_policy_text(
            choose_thresholds(told_p, judged, priors=priors, settings=settings),
            fast=chosen,
            reread_p=choose_reread(1 - p["topic"][:, _OUT], judged),
            settings=settings,
        )
    arrays: dict[str, npt.NDArray[Any]] = {
        "keys": known.keys,
        "idf": known.idf,
        "weights": weights,
        "scales": scales,
        "bias": np.concatenate([b for _, b in layers]).astype(np.float32),
        **layer,
        **{f"prior_{name}": share for name, share in priors.items()},
    }
    return _trained(arrays, policy, careful, ordered, articles, settings)


def _rows(parts: Mapping[str, npt.NDArray[Any]], kept: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[Any]]:
    return {name: part[kept] for name, part in parts.items()}


def _shares(answers: npt.NDArray[Any], size: int) -> npt.NDArray[np.float32]:
    """Share of every class, with one row added to each so that none is zero."""
    counts = np.bincount(answers[decided(answers)], minlength=size) + 1
    shares: npt.NDArray[np.float32] = (counts / counts.sum()).astype(np.float32)
    return shares


def _trained(
    arrays: dict[str, npt.NDArray[Any]],
    policy: str,
    careful: Careful | None,
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    settings: Settings,
) -> Trained:
    version = f"r{artifacts.FORMAT}-{artifacts.content_hash(arrays, policy, careful)[:8]}"
    engine = artifacts.make_engine(arrays, version=version, policy=policy, careful=careful)
    manifest = {
        "format": artifacts.FORMAT,
        "version": version,
        "data_fingerprint": fingerprint(labels, articles),
        "rows": len(labels),
        "corrections": sum(label.stratum == CORRECTED for label in labels),
        "ngrams": len(arrays["keys"]),
        "settings": asdict(settings),
        "heads": {head.name: list(head.codes) for head in HEADS},
    }
    if careful:
        manifest["encoder"] = {"max_tokens": careful.encoder.max_tokens, "pieces": len(careful.encoder.words)}
    return Trained(engine, manifest, arrays, policy)

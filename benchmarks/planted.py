"""Models for the benchmark of the gate: equal ones, and ones that are worse in a known way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from models import artifacts
from models.data import Label, fingerprint, groups
from models.design import featurize_twice, vocabulary
from models.layers import Settings, first_layer, out_of_fold, targets
from models.mixing import NEVER_SEEN, fit_second_layer
from models.thresholds import choose_thresholds, held_out_probabilities, policy_text
from models.train import compress
from nlp.heads import HEADS, N_OUTPUTS, NO_UNIT, UNITS, columns
from nlp.types import Article

Arrays = dict[str, npt.NDArray[Any]]

QUICK = Settings(folds=2, jobs=1, min_documents=8)
KEPT = 0.8
"""Share of the stories that one model is trained on: two such models are equal but for chance."""
WEEK = 0.02
"""Share of the stories that are new to a model retrained a week later."""
SHUFFLED = 0.1
CROWD = 3000
"""N-grams that hash to one slot of a slow model's table."""


class Recipe:
    """The recipe of `models.train` at a fifth of its cost: two folds, no copies without marks, fewer n-grams."""

    def __init__(self, labels: Sequence[Label], articles: Mapping[str, Article]) -> None:
        self.labels, self.articles = sorted(labels, key=lambda label: label.id), articles
        chosen = [articles[label.id] for label in self.labels]
        self.story = np.asarray(groups(chosen))
        written, _ = featurize_twice(chosen)
        self.known = vocabulary((written,), min_documents=QUICK.min_documents)
        self.X: sp.csr_matrix = self.known.design(written)

    def train(self, folder: Path, *, seed: int, shuffled: float = 0.0, like: int | None = None) -> None:
        """Write a release trained on KEPT of the stories, the labels of a share of its rows dealt out anew.

        With `like` on the stories of the model of that seed, and WEEK of all as news.
        """
        random = np.random.default_rng(seed)
        rows = np.flatnonzero(np.isin(self.story, self._stories(random, like)))
        labels = shuffle([self.labels[row] for row in rows], random, shuffled)
        arrays, policy = self._fit(rows, labels, replace(QUICK, seed=seed))
        version = f"r{artifacts.FORMAT}-{artifacts.content_hash(arrays, policy)[:8]}"
        facts = {"data_fingerprint": fingerprint(labels, self.articles), "rows": len(labels)}
        save(folder, arrays, policy, version=version, **facts, settings=asdict(QUICK))

    def _stories(self, random: np.random.Generator, like: int | None) -> npt.NDArray[Any]:
        stories = np.unique(self.story)
        size, news = int(KEPT * len(stories)), int(WEEK * len(stories))
        if like is None:
            return random.permutation(stories)[:size]
        known = np.random.default_rng(like).permutation(stories)
        return np.concatenate([known[:size], random.permutation(known[size:])[:news]])

    def _fit(self, rows: npt.NDArray[Any], labels: Sequence[Label], settings: Settings) -> tuple[Arrays, str]:
        X, answers, story = self.X[rows], targets(labels), self.story[rows]
        sums = out_of_fold([X], answers, story, settings=settings, progress=lambda _what, _share: None)
        layer = fit_second_layer(sums, answers, strength=settings.mixing)
        p = held_out_probabilities(sums, answers, story, settings=settings)
        layers = [first_layer(X, head, answers[head.name], settings) for head in HEADS]
        weights, scales = compress(np.hstack([w for w, _ in layers]))
        priors = {head.name: _shares(answers[head.name], len(head.codes)) for head in HEADS if not head.multi}
        arrays: Arrays = {
            "keys": self.known.keys,
            "idf": self.known.idf,
            "weights": weights,
            "scales": scales,
            "bias": np.concatenate([b for _, b in layers]).astype(np.float32),
            **layer,
            **{f"prior_{name}": share for name, share in priors.items()},
        }
        return arrays, policy_text(choose_thresholds(p, answers, priors=priors, settings=settings), settings=settings)


def _shares(answers: npt.NDArray[Any], size: int) -> npt.NDArray[np.float32]:
    counts = np.bincount(answers, minlength=size) + 1
    shares: npt.NDArray[np.float32] = (counts / counts.sum()).astype(np.float32)
    return shares


def shuffle(labels: Sequence[Label], random: np.random.Generator, share: float) -> list[Label]:
    """`labels` where a share of the rows have the whole label of another of them."""
    chosen = random.permutation(len(labels))[: int(share * len(labels))]
    out = list(labels)
    for row, other in zip(chosen.tolist(), np.roll(chosen, 1).tolist(), strict=True):
        out[row] = replace(labels[other], id=labels[row].id)
    return out


def save(folder: Path, arrays: Arrays, policy: str, *, version: str, **facts: Any) -> None:
    """Write a release of `arrays`."""
    codes = {head.name: list(head.codes) for head in HEADS}
    manifest = {"format": artifacts.FORMAT, "version": version, "heads": codes, **facts}
    artifacts.save(folder, arrays=arrays, manifest=manifest, policy=policy, card=f"# {version}\n")


def load(folder: Path) -> tuple[Arrays, str]:
    """The arrays and the policy of a release."""
    with np.load(folder / "model.npz", allow_pickle=False) as packed:
        return {name: packed[name] for name in artifacts.ARRAYS}, (folder / "policy.toml").read_text("utf-8")


def broken(arrays: Arrays, *, unit: str) -> Arrays:
    """A model that never gives `unit` the lead."""
    column = columns("lead_unit").start + tuple(UNITS).index(unit)
    mixing, offset = arrays["mixing"].copy(), arrays["offset"].copy()
    mixing[:, column], offset[column] = 0, NEVER_SEEN
    return {**arrays, "mixing": mixing, "offset": offset}


def swapped(arrays: Arrays, *, unit: str, other: str) -> Arrays:
    """A model that takes two units for one another."""
    start = columns("lead_unit").start
    pair = [start + tuple(UNITS).index(code) for code in (unit, other)]
    mixing, offset = arrays["mixing"].copy(), arrays["offset"].copy()
    mixing[:, pair], offset[pair] = mixing[:, pair[::-1]], offset[pair[::-1]]
    return {**arrays, "mixing": mixing, "offset": offset}


def uncalibrated(arrays: Arrays, *, factor: float) -> Arrays:
    """A model whose log-odds of topic and lead unit are `factor` times what they should be."""
    mixing, offset = arrays["mixing"].copy(), arrays["offset"].copy()
    for name in ("topic", "lead_unit"):
        mixing[:, columns(name)] *= factor
        offset[columns(name)] *= factor
    return {**arrays, "mixing": mixing, "offset": offset}


def rounded(arrays: Arrays, *, seed: int) -> Arrays:
    """A model with one step of rounding noise on a tenth of its weights: equal to the first for every purpose."""
    random = np.random.default_rng(seed)
    weights = arrays["weights"].astype(np.int16)
    weights[:, :N_OUTPUTS] += random.choice((-1, 0, 1), p=(0.05, 0.9, 0.05), size=(len(weights), N_OUTPUTS))
    return {**arrays, "weights": np.clip(weights, -127, 127).astype(np.int8)}


def slow(arrays: Arrays, *, seed: int, crowds: int) -> Arrays:
    """A model of the same decisions whose table of n-grams is crowded: looking one up walks past many others."""
    random = np.random.default_rng(seed)
    table = 2 ** int(np.ceil(np.log2(2 * (len(arrays["keys"]) + crowds * CROWD))))
    low = random.integers(0, table, size=crowds, dtype=np.uint64)
    high = random.permutation(2**32 // table)[:CROWD].astype(np.uint64) * table
    more = np.setdiff1d((low[:, None] + high[None, :]).ravel().astype(np.uint32), arrays["keys"])
    keys = np.concatenate([arrays["keys"], more])
    order = np.argsort(keys, kind="stable")
    longer = {
        name: np.concatenate([arrays[name], np.zeros((len(more), *arrays[name].shape[1:]), arrays[name].dtype)])[order]
        for name in ("idf", "weights")
    }
    return {**arrays, "keys": keys[order], **longer}


assert HEADS[1].codes[-1] == NO_UNIT  # noqa: S101 - the layout this module counts on

"""A tiny model of random weights, and inputs for it: the same in every run, loaded in no time.

It is right about nothing but the golden articles, which it knows by heart, so that a server takes it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made_items import item, write_items

from models.artifacts import ARRAYS, FORMAT, save
from models.golden import golden
from nlp.clean import clean
from nlp.features import featurize
from nlp.heads import HEADS, N_OUTPUTS, UNITS, columns
from nlp.score import ROW_WIDTH
from nlp.types import Article

POLICY = """
scope_p = 0.5
rare_topic = 0.0
rare_unit = 0.0
rare_tone = 0.0
coordinating_p = 0.6
urgency_1 = 0.8
urgency_2 = 1.4
urgency_3 = 1.9
auto_scope_p = 0.8
auto_topic_p = 0.1
auto_unit_p = 0.1
min_known_share = 0.1
min_syllables = 5
"""


def by_heart() -> dict[int, np.ndarray]:
    """N-grams that only one golden article has -> weights (ROW_WIDTH,) that speak for its topic and unit alone."""
    matrix = featurize([clean(one.article) for one in golden()])
    known, counts = np.unique(matrix.keys, return_counts=True)
    once = set(known[counts == 1].tolist())
    weights = {}
    for row, one in enumerate(golden()):
        speaks = np.full(ROW_WIDTH, -100, np.int8)
        wanted = {"topic": one.topic, "lead_unit": one.lead_unit or "", "urgency": str(one.urgency or 0)}
        for head in HEADS:
            if head.name in wanted:
                speaks[columns(head.name).start + head.codes.index(wanted[head.name])] = 100
        for key in matrix.keys[matrix.starts[row] : matrix.starts[row + 1]].tolist():
            if key in once:
                weights[key] = speaks
    return weights


@pytest.fixture(scope="session")
def arrays() -> dict[str, np.ndarray]:
    """The arrays of the tiny model."""
    chance = np.random.default_rng(7)
    texts = [clean(Article(id=str(n), **{k: item(n)[k] for k in ("title", "lead", "body")})) for n in range(200)]
    random = np.unique(featurize(texts).keys)
    weights = by_heart() | dict(
        zip(random.tolist(), chance.integers(-100, 100, (len(random), ROW_WIDTH)).astype(np.int8), strict=True)
    )
    keys = np.array(sorted(weights), np.uint32)
    made = {
        "keys": keys,
        "idf": np.ones(len(keys), np.float32),
        "weights": np.array([weights[key] for key in keys.tolist()], np.int8),
        "scales": np.full(ROW_WIDTH, 0.02, np.float32),
        "bias": np.zeros(N_OUTPUTS, np.float32),
        "mixing": np.eye(N_OUTPUTS, dtype=np.float32),
        "offset": np.zeros(N_OUTPUTS, np.float32),
        "helps": np.zeros((2, len(UNITS), len(UNITS)), np.float32),
        **{f"prior_{h.name}": np.full(len(h.codes), 1 / len(h.codes), np.float32) for h in HEADS if not h.multi},
    }
    assert set(made) == set(ARRAYS)
    return made


@pytest.fixture(scope="session")
def make_model(arrays: dict[str, np.ndarray]) -> Callable[..., Path]:
    """Writes a tiny model into a folder, with another version, policy or other arrays where they are given."""

    def make(folder: Path, *, version: str = "tiny-1", policy: str = POLICY, **others: np.ndarray) -> Path:
        manifest = {"format": FORMAT, "version": version, "heads": {head.name: list(head.codes) for head in HEADS}}
        save(folder, arrays={**arrays, **others}, manifest=manifest, policy=policy, card=f"# Thẻ {version}")
        return folder

    return make


@pytest.fixture(scope="session")
def model(make_model: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny model."""
    return make_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many rows that a run can be stopped before it has read them all."""
    return write_items(tmp_path_factory.mktemp("many") / "nhieu.jsonl", 12_000)


@pytest.fixture
def items(tmp_path: Path) -> Path:
    """300 rows of JSON lines: more than one chunk."""
    return write_items(tmp_path / "tin.jsonl", 300)

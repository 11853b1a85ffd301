"""A tiny model of random weights, and inputs for it: the same in every run, loaded in no time, right about nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_items import item, write_items

from models.artifacts import ARRAYS, FORMAT, save
from nlp.clean import clean
from nlp.features import featurize
from nlp.heads import HEADS, N_OUTPUTS, UNITS
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


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny model."""
    chance = np.random.default_rng(7)
    texts = [clean(Article(id=str(n), **{k: item(n)[k] for k in ("title", "lead", "body")})) for n in range(200)]
    keys = np.unique(featurize(texts).keys)
    arrays = {
        "keys": keys,
        "idf": np.ones(len(keys), np.float32),
        "weights": chance.integers(-100, 100, (len(keys), ROW_WIDTH)).astype(np.int8),
        "scales": np.full(ROW_WIDTH, 0.02, np.float32),
        "bias": np.zeros(N_OUTPUTS, np.float32),
        "mixing": np.eye(N_OUTPUTS, dtype=np.float32),
        "offset": np.zeros(N_OUTPUTS, np.float32),
        "helps": np.zeros((2, len(UNITS), len(UNITS)), np.float32),
        **{f"prior_{h.name}": np.full(len(h.codes), 1 / len(h.codes), np.float32) for h in HEADS if not h.multi},
    }
    assert set(arrays) == set(ARRAYS)
    folder = tmp_path_factory.mktemp("tiny") / "model"
    manifest = {"format": FORMAT, "version": "tiny-1", "heads": {head.name: list(head.codes) for head in HEADS}}
    save(folder, arrays=arrays, manifest=manifest, policy=POLICY, card="# Thẻ")
    return folder


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many rows that a run can be stopped before it has read them all."""
    return write_items(tmp_path_factory.mktemp("many") / "nhieu.jsonl", 12_000)


@pytest.fixture
def items(tmp_path: Path) -> Path:
    """300 rows of JSON lines: more than one chunk."""
    return write_items(tmp_path / "tin.jsonl", 300)

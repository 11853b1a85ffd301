"""The golden articles tell a sound model from a broken one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from models import golden
from models.artifacts import load_engine
from models.golden import Failure, GoldenError, Replay
from nlp.heads import OUT_OF_SCOPE, TOPICS, UNITS
from nlp.pipeline import Engine, run
from nlp.record import to_record

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "nlp/record.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def released() -> Engine:
    return load_engine()


def test_every_topic_has_an_article_and_several_are_out_of_scope() -> None:
    topics = Counter(one.topic for one in golden.golden())

    assert set(topics) == set(TOPICS)
    assert topics[OUT_OF_SCOPE] >= 5
    assert len({one.article.id for one in golden.golden()}) == topics.total()


def test_an_article_names_a_unit_exactly_where_it_is_in_scope() -> None:
    for one in golden.golden():
        assert (one.lead_unit in UNITS) == (one.topic != OUT_OF_SCOPE)


def test_golden_articles_are_texts_of_our_own() -> None:
    samples = map(json.loads, (ROOT / "datasets/samples/clippings/clippings.jsonl").open(encoding="utf-8"))
    bodies = {sample["body"] for sample in samples}

    assert {one.article.body for one in golden.golden()} <= bodies


def test_the_released_model_gets_all_of_them_right(released: Engine) -> None:
    assert golden.prove(released) == Replay(released.model.version, 24, ())


def test_the_records_of_golden_articles_are_valid(released: Engine) -> None:
    for one in golden.golden():
        jsonschema.validate(to_record(run([one.article], engine=released, received=golden.RECEIVED)[0]), SCHEMA)


def test_shuffled_weights_do_not_pass_and_the_failures_say_what_came(released: Engine) -> None:
    shuffled = np.random.default_rng(1).permutation(released.model.weights)

    with pytest.raises(GoldenError, match=r"sai \d+/24 bài mẫu \(mau-\d\d: topic phải là .*, mô hình cho ") as caught:
        golden.prove(replace(released, model=replace(released.model, weights=shuffled)))
    assert caught.value.replay.wrong > 12


def test_thresholds_that_send_everything_out_of_scope_do_not_pass(released: Engine) -> None:
    with pytest.raises(GoldenError, match="sai 18/24"):
        golden.prove(replace(released, policy=replace(released.policy, scope_p=1.0)))


def test_a_probability_that_is_none_is_no_small_fault(released: Engine) -> None:
    offset = released.model.offset.copy()
    offset[-1] = np.nan  # of the tone, whose value no golden article names

    with pytest.raises(GoldenError, match="p phải là từ 0 đến 1, mô hình cho nan") as caught:
        golden.prove(replace(released, model=replace(released.model, offset=offset)))
    assert all(failure.is_broken for failure in caught.value.replay.failures)


@pytest.mark.parametrize(("wrong", "broken", "passed"), [(0, 0, True), (2, 0, True), (3, 0, False), (0, 1, False)])
def test_a_tenth_may_be_wrong_and_nothing_broken(wrong: int, broken: int, passed: bool) -> None:
    failures = [Failure(f"mau-{n}", what, "a", "b") for n in range(wrong) for what in ("topic", "lead_unit")]
    failures += [Failure("mau-9", "p", "từ 0 đến 1", "nan", is_broken=True)] * broken

    assert Replay("v", 24, tuple(failures)).has_passed is passed


def test_a_replay_is_the_same_every_time_and_needs_neither_web_nor_training_libraries() -> None:
    code = (
        "import sys; from models import artifacts, golden; e = artifacts.load_engine()\n"
        "assert golden.replay(e) == golden.replay(e)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert {"fastapi", "mlflow", "sklearn", "pandas"}.isdisjoint(done.stdout.split())

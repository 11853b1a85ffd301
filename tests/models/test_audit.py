"""The audit finds labels that were made wrong on purpose, and says what they likely are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models.audit import Suspect, audit, suspects
from models.layers import Settings
from models.train import TrainingError
from nlp.heads import HEADS, UNITS

TOPIC, COORDINATING = HEADS[0], HEADS[2]


def sure(answers: np.ndarray, size: int, *, p: float = 0.9) -> np.ndarray:
    """Probabilities of a model that gives each answer `p`."""
    table = np.full((len(answers), size), (1 - p) / (size - 1))
    table[np.arange(len(answers)), answers] = p
    return table


def names(count: int) -> list[str]:
    return [f"bai-{number}" for number in range(count)]


def test_a_label_that_the_model_contradicts_is_doubted_with_both_probabilities() -> None:
    truth = np.arange(120) % 3
    given = truth.copy()
    given[4] = 2
    (found,) = suspects(names(120), TOPIC, given, sure(truth, len(TOPIC.codes)))
    assert (found.id, found.head, found.given, found.likely) == ("bai-4", "topic", TOPIC.codes[2], TOPIC.codes[1])
    assert (found.p_given, found.p_likely) == (pytest.approx(0.1 / 18), pytest.approx(0.9))


def test_labels_that_the_model_shares_are_not_doubted() -> None:
    truth = np.arange(120) % 3
    assert suspects(names(120), TOPIC, truth, sure(truth, len(TOPIC.codes))) == []


def test_the_most_doubtful_come_first() -> None:
    truth = np.arange(150) % 3
    p, given = sure(truth, len(TOPIC.codes)), truth.copy()
    given[[10, 20]] = (truth[[10, 20]] + 1) % 3
    p[20] = sure(truth[20:21], len(TOPIC.codes), p=0.99)
    assert [one.id for one in suspects(names(150), TOPIC, given, p)] == ["bai-20", "bai-10"]


def test_labels_of_a_class_with_too_few_are_left_alone() -> None:
    truth = np.arange(120) % 3
    given = truth.copy()
    given[:2] = 9
    found = suspects(names(120), TOPIC, given, sure(truth, len(TOPIC.codes)))
    assert found == []


def test_a_helper_that_is_missing_and_one_too_many_are_both_found() -> None:
    answers = np.zeros((200, len(UNITS)), np.int8)
    answers[:60, 5] = 1
    p = np.where(answers == 1, 0.9, 0.02).astype(float)
    answers[3, 5], answers[150, 5] = 0, 1
    unit = COORDINATING.codes[5]
    found = {(one.id, one.given, one.likely) for one in suspects(names(200), COORDINATING, answers, p)}
    assert found == {("bai-3", "", unit), ("bai-150", unit, "")}


def test_an_audit_of_articles_finds_the_label_that_was_turned(world: Any) -> None:
    labels = list(world.labels)
    turned = next(label for label in labels if label.topic == "xang-dau")
    labels[labels.index(turned)] = replace(turned, topic="dien-luc", lead="EVN")
    found = audit(labels, world.articles, settings=Settings(folds=3, jobs=1))
    topic = [one for one in found if one.head == "topic"]
    assert (topic[0].id, topic[0].given, topic[0].likely) == (turned.id, "dien-luc", "xang-dau")
    assert next(one for one in found if one.head == "lead_unit").id == turned.id
    assert all(isinstance(one, Suspect) and one.p_likely > one.p_given for one in found)


def test_too_few_labels_are_refused(world: Any) -> None:
    with pytest.raises(TrainingError, match="too few"):
        audit(world.labels[:5], world.articles)

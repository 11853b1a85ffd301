"""Common sense: the released model routes plain headlines that stand alone, as feeds often bring them.

They are of our own, a hundred over all topics, written apart from those that the model learnt.
"""

import json
from pathlib import Path

import pytest

from models.artifacts import load_engine
from nlp.pipeline import run
from nlp.types import Article, Decision

HEADLINES = Path(__file__).parents[2] / "datasets" / "samples" / "headlines.jsonl"
WANTED = [json.loads(line) for line in HEADLINES.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return run([Article(str(n), row["title"]) for n, row in enumerate(WANTED)], engine=load_engine())


def is_right(decision: Decision, wanted: dict[str, str | None]) -> bool:
    lead = decision.proposal.lead_unit
    return (decision.proposal.topic.code, lead.code if lead else None) == (wanted["topic"], wanted["lead_unit"])


def test_nine_of_ten_headlines_find_topic_and_unit(decisions: list[Decision]) -> None:
    assert sum(map(is_right, decisions, WANTED)) >= 90


def test_at_most_one_is_wrong_without_asking_for_a_person(decisions: list[Decision]) -> None:
    wrong = [
        wanted["title"]
        for decision, wanted in zip(decisions, WANTED, strict=True)
        if not decision.needs_human and not is_right(decision, wanted)
    ]
    assert len(wrong) <= 1, wrong


def test_no_deadly_accident_of_the_field_is_out_of_scope(decisions: list[Decision]) -> None:
    deadly = [decision for decision, wanted in zip(decisions, WANTED, strict=True) if wanted["urgency"] == 3]
    assert len(deadly) >= 12
    assert all(decision.proposal.in_scope for decision in deadly)
    assert all(decision.proposal.urgency >= 2 for decision in deadly)

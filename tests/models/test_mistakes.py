"""Mistakes are listed as a person wants to read them: the surest and the most frequent first."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.data import Label
from models.evaluate import confusion
from models.mistakes import Confused, Helper, confused, helpers, mistakes
from nlp.types import Article

LABELS = [
    Label("a", "dien-luc", "EVN", ("DTDL",)),
    Label("b", "dien-luc", "DTDL", ("EVN",), unsure=True),
    Label("c", "ngoai-pham-vi"),
    Label("d", "xang-dau", "TTTN"),
]
ARTICLES = {label.id: Article(label.id, f"Bài {label.id}") for label in LABELS}


def record(id: str, topic: str, p: float, lead: str = "", lead_p: float = 0.0, coord: tuple[str, ...] = ()) -> Any:
    return {
        "id": id,
        "in_scope": {"value": topic != "ngoai-pham-vi", "p": 0.9},
        "topic": {"code": topic, "p": p},
        "lead_unit": {"code": lead, "p": lead_p} if lead else None,
        "coordinating_units": [{"code": code, "p": 0.5} for code in coord],
        "urgency": {"level": 0, "p": [1.0, 0.0, 0.0, 0.0]},
        "tone": {"value": 0, "p": 0.5},
        "needs_human": p < 0.8,
    }


RECORDS = [
    record("a", "dien-luc", 0.9, "EVN", 0.9, ("KH",)),
    record("b", "dien-luc", 0.9, "EVN", 0.6, ("DTDL",)),
    record("c", "xang-dau", 0.7, "TTTN", 0.65),
    record("d", "ngoai-pham-vi", 0.95),
]


def test_wrong_topics_and_lead_units_are_listed_the_surest_first() -> None:
    found = mistakes(LABELS, ARTICLES, RECORDS)

    assert [(one.id, one.what, one.label, one.given, one.p) for one in found] == [
        ("d", "lead", "TTTN", "", 0.95),
        ("d", "topic", "xang-dau", "ngoai-pham-vi", 0.95),
        ("c", "topic", "ngoai-pham-vi", "xang-dau", 0.7),
        ("c", "lead", "", "TTTN", 0.65),
        ("b", "lead", "DTDL", "EVN", 0.6),
    ]


def test_a_mistake_says_its_title_and_whether_anybody_would_have_looked() -> None:
    found = {(one.id, one.what): one for one in mistakes(LABELS, ARTICLES, RECORDS)}

    assert found["b", "lead"].title == "Bài b"
    assert (found["b", "lead"].unsure, found["b", "lead"].needs_human) == (True, False)
    assert (found["c", "topic"].unsure, found["c", "topic"].needs_human) == (False, True)


def test_confused_pairs_come_by_number_with_their_share_of_the_label() -> None:
    table = confusion(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 1, 2, 1, 0]), ("x", "y", "z"))

    assert confused(table) == [Confused("x", "y", 2, 0.5), Confused("y", "x", 1, 0.5), Confused("x", "z", 1, 0.25)]


def test_helpers_are_counted_as_right_missed_and_extra() -> None:
    found = {one.code: one for one in helpers(LABELS, RECORDS)}

    assert found == {
        "DTDL": Helper("DTDL", 0, 1, 1),
        "KH": Helper("KH", 0, 0, 1),
        "EVN": Helper("EVN", 0, 1, 0),
    }

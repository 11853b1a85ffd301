"""What is kept of an article: numbers only, which add up, under a bounded number of names."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.drift import Cell, Checked, Seen, Traffic, by_week, fold, of_record
from models.drift.traffic import MAX_SOURCE_CHARS, MAX_SOURCES, OTHER_SOURCES

DAY = date(2025, 4, 2)
ONE = Seen(day=DAY, source="Báo A", model="m", topic="dien-luc", topic_p=0.9, urgency=2, needs_human=True, faulty=False,
           known_share=0.8, chars=2000)  # fmt: skip
RECORD = {
    "id": "a", "as_of": "2025-04-02", "model": "m", "topic": {"code": "dien-luc", "p": 0.9}, "urgency": {"level": 3},
    "needs_human": False, "repairs": [{"field": "body", "kind": "space", "count": 3}], "lead_unit": None,
}  # fmt: skip


def amounts(cells: list[Cell]) -> dict[str, float]:
    return {cell.name: cell.amount for cell in cells}


def test_an_article_becomes_sums() -> None:
    assert amounts(fold([ONE])) == {
        "articles": 1, "topic:dien-luc": 1, "needs_human": 1, "urgent": 1, "faulty": 0,
        "known_share#": 1, "known_share": 0.8, "known_share^2": pytest.approx(0.64),
        "topic_p#": 1, "topic_p": 0.9, "topic_p^2": pytest.approx(0.81),
        "log_chars#": 1, "log_chars": math.log(2000), "log_chars^2": pytest.approx(math.log(2000) ** 2),
    }  # fmt: skip


def test_what_is_not_known_is_not_counted_as_nothing() -> None:
    found = amounts(fold([replace(ONE, known_share=None, chars=None), replace(ONE, known_share=float("nan"))]))

    assert "known_share#" not in found
    assert found["log_chars#"] == 1


def test_an_empty_article_has_a_length() -> None:
    assert amounts(fold([replace(ONE, chars=0)]))["log_chars"] == 0


def test_a_record_tells_all_but_source_length_and_known_share() -> None:
    seen = of_record(RECORD)

    assert (seen.day, seen.topic, seen.urgency, seen.source) == (DAY, "dien-luc", 3, "")
    assert (seen.known_share, seen.chars) == (None, None)
    assert not seen.faulty, "a space that was replaced is no fault of a feed"


@pytest.mark.parametrize("kind", ["tcvn3", "vni", "mojibake", "missing-diacritics", "lone-surrogate"])
def test_broken_text_is_a_fault(kind: str) -> None:
    assert of_record({**RECORD, "repairs": [{"field": "body", "kind": kind, "count": 3}]}).faulty


@given(st.lists(st.tuples(st.sampled_from("AB"), st.floats(0, 1), st.booleans()), max_size=20), st.data())
def test_sums_are_the_same_however_articles_are_parted(
    given_: list[tuple[str, float, bool]], data: st.DataObject
) -> None:
    seen = [replace(ONE, source=source, topic_p=p, needs_human=flag) for source, p, flag in given_]
    cut = data.draw(st.integers(0, len(seen)))
    together, parts = Traffic(), Traffic()
    together.put(fold(seen))
    parts.put(fold(seen[cut:]))
    parts.put(fold(seen[:cut]))

    whole, joined = ({cell[:4]: cell.amount for cell in traffic.take()} for traffic in (together, parts))

    assert whole.keys() == joined.keys()
    assert all(joined[key] == pytest.approx(amount) for key, amount in whole.items())


def test_what_was_taken_is_gone() -> None:
    traffic = Traffic()
    traffic.add(ONE)

    assert len(traffic.take()) == 14
    assert traffic.take() == []


def test_a_body_sent_as_a_source_is_cut_and_put_on_one_line() -> None:
    (source,) = {cell.source for cell in fold([replace(ONE, source="dòng một\n" * 100)])}

    assert len(source) <= MAX_SOURCE_CHARS
    assert "\n" not in source


def test_sources_made_by_the_thousand_are_counted_as_others_also_after_sums_were_taken() -> None:
    traffic = Traffic()
    for number in range(MAX_SOURCES):
        traffic.add(replace(ONE, source=f"s{number}"))
    traffic.take()

    for source in ("one more", "s7"):
        traffic.add(replace(ONE, source=source))

    assert {cell.source for cell in traffic.take()} == {OTHER_SOURCES, "s7"}


def test_accuracy_is_said_by_week_with_bounds() -> None:
    days = [date(2025, 3, 31), date(2025, 4, 6), date(2025, 4, 7)]
    weeks = by_week(Checked(day=day, topic_right=True, lead_right=day != days[0]) for day in days)

    assert [(week.monday, week.checked) for week in weeks] == [(days[0], 2), (days[2], 1)]
    assert (weeks[0].topic.value, weeks[0].lead_unit.value) == (1, 0.5)
    assert weeks[0].lead_unit.low < 0.5 < weeks[0].lead_unit.high

"""The numbers of a small case, worked out by hand, and what happens where a number has nothing to stand on."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from models.answers import RecordError, align
from models.data import Label
from models.evaluate import assess, evaluate


def record(
    id: str, topic: str, topic_p: float, lead: str = "", lead_p: float = 0.0, coord: Sequence[str] = (),
    level: int = 0, hot_p: float = 0.0, tone: int = 0, needs_human: bool = False,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": id,
        "in_scope": {"value": topic != "ngoai-pham-vi", "p": 0.9},
        "topic": {"code": topic, "p": topic_p},
        "lead_unit": {"code": lead, "p": lead_p} if lead else None,
        "coordinating_units": [{"code": code, "p": 0.5} for code in coord],
        "urgency": {"level": level, "p": [0.0, 0.0, 0.0, hot_p]},
        "tone": {"value": tone, "p": 0.5},
        "needs_human": needs_human,
    }


LABELS = [
    Label("a", "dien-luc", "EVN", ("DTDL",), 3, -1, stratum="hot"),
    Label("b", "dien-luc", "DTDL", ("EVN", "KH"), 2, 0, stratum="hot"),
    Label("c", "xang-dau", "TTTN", (), 1, 1, stratum="random"),
    Label("d", "ngoai-pham-vi", stratum="random"),
    Label("e", "ngoai-pham-vi", stratum="random"),
    Label("f", "xang-dau", "QLTT", (), 3, 0, stratum="random"),
]
RECORDS = [
    record("a", "dien-luc", 0.95, "EVN", 0.9, ["DTDL", "KH"], 3, 0.7, -1),
    record("b", "dien-luc", 0.85, "EVN", 0.6, ["KH"], 2, 0.1, -1, needs_human=True),
    record("c", "xang-dau", 0.85, "TTTN", 0.8, [], 1, 0.2, 0),
    record("d", "ngoai-pham-vi", 0.95),
    record("e", "xang-dau", 0.55, "TTTN", 0.55, [], 1, 0.6, 0),
    record("of another day", "xang-dau", 0.5, "TTTN", 0.5),
]

BY_HAND = {
    "rows": 5,
    "missing": 1,
    "in_scope": 3,
    "hot": 1,
    # Given inside: a b c e; 3 of 4 right, none missed.
    "scope_f1": 6 / 7,
    "topic_acc": 4 / 5,
    # dien-luc 1; xang-dau precision 1/2, recall 1: 2/3; ngoai-pham-vi precision 1, recall 1/2: 2/3.
    "topic_mf1": (1 + 2 / 3 + 2 / 3) / 3,
    # Wrong: b (EVN for DTDL), e (TTTN for none).
    "lead_acc": 3 / 5,
    # EVN 2/3, DTDL 0, TTTN 2/3, none 2/3.
    "lead_mf1": (2 / 3 + 0 + 2 / 3 + 2 / 3) / 4,
    "topic_acc_in": 1.0,
    "lead_acc_in": 2 / 3,
    # Right: a's DTDL, b's KH; too many: a's KH; missed: b's EVN.
    "coord_f1": 4 / 6,
    # Only e is off, by one level. By chance: labels 0 0 1 2 3, given 0 1 1 2 3; squared distances add up to
    # 2 * 15 + 6 + 7 + 18 = 61, over 5 articles.
    "urgency_qwk": 1 - 1 / (61 / 5),
    "hot_recall": 1.0,
    "hot_recall_at_p50": 1.0,
    # -1: precision 1/2, recall 1: 2/3; 0: b wrong, c given: precision 2/3, recall 2/3; 1: 0.
    "tone_mf1": (2 / 3 + 2 / 3 + 0) / 3,
    # Bins: 0.5-0.6 {e: 0.55, wrong}; 0.8-0.9 {b, c: 0.85, right}; 0.9-1 {a, d: 0.95, right}.
    "topic_ece": (1 * 0.55 + 2 * 0.15 + 2 * 0.05) / 5,
    # {e: 0.55, wrong}; {b: 0.6, wrong}; {c: 0.8, right}; {a: 0.9, right}.
    "lead_ece": (0.55 + 0.6 + 0.2 + 0.1) / 4,
    # b needs a person; a and c are right.
    "auto_share_in": 2 / 3,
    "auto_precision": 1.0,
    "coverage_at_95": 2 / 3,
}


def test_every_number_is_what_a_hand_works_out() -> None:
    found = evaluate(LABELS, RECORDS)
    assert list(found) == list(BY_HAND)
    assert found == pytest.approx(BY_HAND)


def test_perfect_records_score_one_everywhere() -> None:
    records = [
        record(x.id, x.topic, 1.0, x.lead, 1.0, x.coord, x.urgency, 1.0 if x.urgency == 3 else 0.0, x.tone)
        for x in LABELS
    ]
    found = evaluate(LABELS, records)
    assert {found.pop(name) for name in ("topic_ece", "lead_ece")} == {0.0}
    assert [found.pop(name) for name in ("rows", "missing", "in_scope", "hot")] == [6, 0, 4, 2]
    assert set(found.values()) == {1.0}


def test_numbers_with_nothing_to_stand_on_are_the_worst_ones() -> None:
    found = evaluate([Label("d", "ngoai-pham-vi")], [record("d", "ngoai-pham-vi", 0.9)])
    assert (found["hot_recall"], found["lead_ece"], found["coverage_at_95"], found["urgency_qwk"]) == (0, 1, 0, 0)


def test_hot_recall_at_half_precision_takes_the_deepest_rank_that_is_precise_enough() -> None:
    labels = [
        Label(str(n), "dien-luc", "EVN", urgency=3 if hot else 1) for n, hot in enumerate([0, 1, 1, 0, 0, 0, 0, 1])
    ]
    records = [record(str(n), "dien-luc", 0.9, "EVN", 0.9, level=1, hot_p=0.9 - n / 10) for n in range(8)]
    assert evaluate(labels, records)["hot_recall_at_p50"] == pytest.approx(2 / 3)


def test_each_class_has_precision_recall_f1_and_support() -> None:
    scores = {score.code: score for score in assess(LABELS, RECORDS).classes["topic"]}
    assert set(scores) == {"dien-luc", "xang-dau", "ngoai-pham-vi"}
    petrol = scores["xang-dau"]
    assert (petrol.precision, petrol.recall, petrol.support) == (0.5, 1.0, 1)
    assert petrol.f1 == pytest.approx(2 / 3)
    assert petrol.name == "Xăng dầu"


def test_each_stratum_has_its_own_accuracy() -> None:
    strata = assess(LABELS, RECORDS).strata
    assert strata["hot"]["lead_acc"] == 0.5
    assert strata["random"]["topic_acc"] == pytest.approx(2 / 3)


def test_the_confusion_matrix_counts_labelled_by_given() -> None:
    table = assess(LABELS, RECORDS).confusions["lead_unit"]
    at = table.codes.index
    assert table.counts[at("DTDL"), at("EVN")] == 1
    assert table.counts[at(""), at("TTTN")] == 1
    assert table.counts.sum() == 5


def test_the_calibration_table_holds_the_used_bins_only() -> None:
    table = assess(LABELS, RECORDS).calibrations["topic"]
    assert table.count.tolist() == [1, 2, 2]
    assert table.stated == pytest.approx([0.55, 0.85, 0.95])
    assert table.true.tolist() == [0, 1, 1]


def test_the_coverage_curve_takes_the_most_confident_first() -> None:
    curve = assess(LABELS, RECORDS).coverage
    assert curve.confidence.tolist() == [0.9, 0.8, 0.6]
    assert curve.precision == pytest.approx([1, 1, 2 / 3])
    assert curve.coverage == pytest.approx([1 / 3, 2 / 3, 1])


def many(n: int) -> tuple[list[Label], list[dict[str, Any]]]:
    labels = [Label(str(k), "dien-luc", "EVN") for k in range(n)]
    return labels, [record(str(k), "dien-luc" if k % 4 else "xang-dau", 0.9, "EVN", 0.9) for k in range(n)]


def test_intervals_hold_the_number_and_repeat_with_the_seed() -> None:
    labels, records = many(80)
    found = assess(labels, records, samples=200, seed=3)
    low, high = found.intervals["topic_acc"]
    assert low < found.numbers["topic_acc"] == 0.75 < high
    assert assess(labels, records, samples=200, seed=3).intervals == found.intervals
    assert "rows" not in found.intervals


def test_intervals_are_wider_where_articles_share_stories() -> None:
    labels, records = many(80)
    stories = [4 * (k // 16) + k % 4 for k in range(80)]
    low, high = assess(labels, records, samples=200).intervals["topic_acc"]
    story_low, story_high = assess(labels, records, stories=stories, samples=200).intervals["topic_acc"]
    assert story_high - story_low > 1.2 * (high - low)


def test_a_report_is_plain_json() -> None:
    report = json.loads(json.dumps(assess(LABELS, RECORDS, samples=5).to_dict(), allow_nan=False))
    assert report["numbers"]["rows"] == 5
    assert ["DTDL", "EVN", 1] in report["confusion"]["lead_unit"]
    assert report["coverage"]["confidence"] == [0.9, 0.8, 0.6]


def test_two_records_of_one_id_are_refused() -> None:
    with pytest.raises(RecordError, match="hai bản ghi cùng id 'a'"):
        evaluate(LABELS, [RECORDS[0], RECORDS[0]])


def test_records_of_other_articles_are_refused() -> None:
    with pytest.raises(RecordError, match="không bản ghi nào"):
        evaluate(LABELS, [record("z", "dien-luc", 0.5)])


@pytest.mark.parametrize(
    "broken",
    [
        {"lead_unit": {"code": "XYZ", "p": 1}},
        {"urgency": {}},
        {"tone": {"value": 7}},
        {"topic": {"code": "dien-luc", "p": -1}},
    ],
)
def test_a_record_of_another_form_is_refused_and_named(broken: dict[str, Any]) -> None:
    with pytest.raises(RecordError, match="bản ghi 'a' sai dạng"):
        evaluate(LABELS, [{**RECORDS[0], **broken}])


def test_answers_may_repeat_in_a_draw() -> None:
    drawn = align(LABELS, RECORDS).take(np.array([0, 0, 2]))
    assert drawn.topic.tolist() == [0, 0, 1]
    assert drawn.missing == 1

"""What people decided, one decision an article: newest of each, nobody outvoted, silence never filled."""

from __future__ import annotations

from itertools import count

import pytest

from models.data import breaches
from models.rulings import Ruling, overruled_by, settle, text_key
from nlp.types import Article

NUMBERS = count()
FIRE = Article("a", "Cháy kho hóa chất", "", "Khói đen bốc cao.")
WHOLE = {
    "topic": "hoa-chat-phan-bon",
    "lead_unit": "HC",
    "coordinating_units": ["ATMT", "KH"],
    "urgency": 3,
    "tone": -1,
}
OUTSIDE = {"topic": "ngoai-pham-vi", "lead_unit": None, "coordinating_units": [], "urgency": 0, "tone": 0}


def ruling(decided: dict, *, actor: str = "chị Lan", article: Article = FIRE, key: str = "cổng") -> Ruling:
    number = next(NUMBERS)
    return Ruling(
        id=f"s{number}", article=article, decided=decided, predicted=dict.fromkeys(decided, "?"), model="r1",
        reason="vì", actor=actor, key=key, at=f"2025-04-02T{number:06d}",
    )  # fmt: skip


def test_a_whole_decision_is_a_label():
    (case,) = settle([ruling(WHOLE)])

    label = case.label
    assert case.is_settled
    assert (label.topic, label.lead, label.coord, label.urgency, label.tone) == (
        "hoa-chat-phan-bon", "HC", ("ATMT", "KH"), 3, -1,
    )  # fmt: skip
    assert (label.split, label.undecided, breaches(label)) == ("train", (), [])


def test_what_nobody_decided_is_undecided_and_never_the_prediction():
    (case,) = settle([ruling({"topic": "dien-luc"})])

    assert case.decided == {"topic": "dien-luc"}
    assert case.label.undecided == ("lead", "coord", "urgency", "tone")


def test_who_decides_out_of_scope_has_decided_everything():
    (case,) = settle([ruling({"topic": "ngoai-pham-vi"})])

    assert (case.decided, case.label.undecided) == (OUTSIDE, ())


def test_a_person_who_decides_again_replaces_the_same_fields_only():
    (case,) = settle([ruling(WHOLE), ruling({"urgency": 2}), ruling({"urgency": 1})])

    assert case.decided == {**WHOLE, "urgency": 1}
    assert len(case.rulings) == 2


def test_a_person_who_takes_back_out_of_scope_takes_back_all_that_followed_from_it():
    (case,) = settle([ruling({"topic": "ngoai-pham-vi"}), ruling({"topic": "dien-luc", "lead_unit": "EVN"})])

    assert case.decided == {"topic": "dien-luc", "lead_unit": "EVN"}


def test_people_who_decide_different_fields_complete_one_another():
    (case,) = settle([ruling({"topic": "dien-luc"}), ruling({"urgency": 2}, actor="anh Minh")])

    assert case.decided == {"topic": "dien-luc", "urgency": 2}


def test_people_who_differ_are_shown_side_by_side_and_give_no_label():
    one, other = ruling(WHOLE), ruling({**WHOLE, "urgency": 1}, actor="anh Minh")
    third = ruling(WHOLE, actor="chị Hoa")

    (case,) = settle([one, other, third])

    assert not case.is_settled
    (clash,) = case.clashes
    assert (clash.field, clash.sides) == (
        "urgency", (("chị Lan", one, 3), ("anh Minh", other, 1), ("chị Hoa", third, 3)),
    )  # fmt: skip


def test_the_order_of_helping_units_is_no_conflict():
    (case,) = settle([ruling(WHOLE), ruling({"coordinating_units": ["KH", "ATMT"]}, actor="anh Minh")])

    assert case.is_settled


def test_keys_stand_for_people_whom_the_client_does_not_name():
    decided = [ruling({"urgency": level}, actor=" ", key=key) for level, key in ((1, "cổng"), (2, "cổng"), (3, "sổ"))]

    (case,) = settle(decided)

    assert [(who, value) for who, _, value in case.clashes[0].sides] == [("khóa cổng", 2), ("khóa sổ", 3)]


def test_decisions_that_do_not_go_together_wait_with_the_rule_they_break():
    (case,) = settle([ruling({"lead_unit": "EVN"}), ruling({"coordinating_units": ["EVN"]}, actor="anh Minh")])

    assert (case.is_settled, case.fault) == (False, "đơn vị chủ trì EVN cũng là đơn vị phối hợp")


def test_choosing_overrules_all_that_those_who_differ_have_said_and_nothing_later():
    lan, minh, again = ruling({"urgency": 3}), ruling({"urgency": 1}, actor="anh Minh"), ruling({"urgency": 2})
    hoa = ruling({"urgency": 1, "tone": 0}, actor="chị Hoa")
    elsewhere = ruling({"urgency": 0}, article=Article("b", "Bài khác"))
    said = [lan, minh, again, hoa, elsewhere]

    lost = overruled_by(minh, said)

    assert lost == [lan.id, again.id]
    kept = [one for one in said if one.id not in lost]
    assert [case.is_settled for case in settle(kept)] == [True, True]
    assert [case.is_settled for case in settle([*kept, ruling({"urgency": 3})])] == [False, True]


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (Article("other", "Cháy  kho hóa chất", "", "Khói đen bốc cao.\n"), True),
        (Article("a", "Cha\u0301y kho ho\u0301a cha\u0302\u0301t", "", "Khói đen bốc cao."), True),
        (Article("a", "Cháy kho", "", "Khói đen bốc cao."), False),
    ],
)
def test_an_article_is_known_by_its_words_not_by_its_number(other: Article, is_same: bool):
    assert (text_key(other) == text_key(FIRE)) is is_same
    assert len(settle([ruling({"tone": 0}), ruling({"tone": 0}, article=other)])) == (1 if is_same else 2)

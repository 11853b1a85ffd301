"""The policy file is strict, and doubts are said in words."""

import dataclasses

import pytest

from nlp.policy import PolicyError, doubts, parse
from nlp.types import Choice, Proposal, Repair

VALUES = {
    "scope_p": 0.5, "rare_topic": 0.1, "rare_unit": 0.1, "rare_tone": 0.1, "coordinating_p": 0.3,
    "urgency_1": 0.5, "urgency_2": 1.5, "urgency_3": 2.2, "auto_scope_p": 0.9, "auto_topic_p": 0.5,
    "auto_unit_p": 0.8, "min_known_share": 0.2, "min_syllables": 10,
}  # fmt: skip


def toml(**changes):
    values = {key: value for key, value in {**VALUES, **changes}.items() if value is not None}
    return "\n".join(f"{key} = {value}" for key, value in values.items())


SAFE = Proposal(
    in_scope=True,
    in_scope_p=0.99,
    topic=Choice("dien-luc", 0.97),
    lead_unit=Choice("EVN", 0.95),
    runner_up=Choice("DTDL", 0.03),
    coordinating_units=(),
    urgency=2,
    urgency_p=(0.0, 0.1, 0.8, 0.1),
    tone=0,
    tone_p=0.9,
    known_share=0.8,
    careful=False,
)


def why(proposal=SAFE, repairs=(), syllables=200):
    return doubts(proposal, repairs, policy=parse(toml()), syllables=syllables)


def test_a_full_policy_is_read():
    assert parse(toml()).urgency_3 == 2.2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (toml(colour=1), "khóa lạ: colour"),
        (toml(scope_p=None), "thiếu khóa: scope_p"),
        (toml(scope_p=1.5), "scope_p phải là số từ 0 đến 1"),
        (toml(scope_p='"0.5"'), "scope_p phải là số"),
        (toml(urgency_1="true"), "urgency_1 phải là số"),
        (toml(auto_unit_p="nan"), "auto_unit_p phải là số"),
        ("scope_p = ", "không đúng TOML"),
    ],
)
def test_a_wrong_policy_names_the_key(text, message):
    with pytest.raises(PolicyError, match=message):
        parse(text)


def test_a_safe_proposal_has_no_doubts():
    assert why() == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lead_unit": Choice("EVN", 0.6), "runner_up": Choice("DTDL", 0.35)}, "EVN 60 %, DTDL 35 %"),
        ({"topic": Choice("dien-luc", 0.4)}, "chủ đề chưa chắc: dien-luc 40 %"),
        ({"in_scope_p": 0.6}, "chưa chắc thuộc phạm vi: 60 %"),
        ({"in_scope": False, "in_scope_p": 0.6, "lead_unit": None}, "chưa chắc ngoài phạm vi: 60 %"),
        ({"known_share": 0.1}, "văn bản lạ với mô hình"),
    ],
)
def test_each_doubt_says_what_and_how_much(changes, words):
    (reason,) = why(dataclasses.replace(SAFE, **changes))
    assert words in reason


def test_short_text_and_text_without_diacritics_go_to_a_person():
    assert why(syllables=5) == ("quá ngắn: chỉ có 5 tiếng",)
    assert why(repairs=(Repair("body", "missing-diacritics", 400),)) == ("văn bản thiếu dấu tiếng Việt",)
    assert why(repairs=(Repair("body", "tcvn3", 400),)) == ()


def test_a_safe_item_out_of_scope_needs_no_unit():
    assert why(dataclasses.replace(SAFE, in_scope=False, lead_unit=None, runner_up=None, topic=Choice("x", 0.3))) == ()


def with_table(table):
    return f"{toml()}\n[auto_unit_p_by_unit]\n{table}"


def test_a_unit_may_have_a_threshold_of_its_own():
    strict, lax = (parse(with_table(f"EVN = {p}")) for p in (0.96, 0.1))

    assert doubts(SAFE, (), policy=strict, syllables=200) == ("đơn vị chủ trì chưa chắc: EVN 95 %, DTDL 3 %",)
    doubtful = dataclasses.replace(SAFE, lead_unit=Choice("EVN", 0.3))
    assert doubts(doubtful, (), policy=lax, syllables=200) == ()


def test_other_units_keep_the_common_threshold():
    policy = parse(with_table("TKV = 1"))

    assert doubts(SAFE, (), policy=policy, syllables=200) == ()


def test_the_fast_reader_has_thresholds_of_its_own_where_the_policy_names_some():
    policy = parse(f"{toml()}\nreread_p = 0.02\n[fast]\nscope_p = 0.3\nauto_unit_p = 0.99")

    assert (policy.scope_p, policy.auto_unit_p, policy.reread_p) == (0.5, 0.8, 0.02)
    assert policy.for_fast() == dataclasses.replace(policy, scope_p=0.3, auto_unit_p=0.99, fast={})
    assert parse(toml()).for_fast() == parse(toml())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{toml()}\n[fast]\nscope = 0.3", "bảng fast, có khóa lạ: scope"),
        (f"{toml()}\n[fast]\nreread_p = 0.3", "bảng fast, có khóa lạ: reread_p"),
        (f"{toml()}\n[fast]\nscope_p = 1.3", "scope_p phải là số từ 0 đến 1"),
        (f"{toml()}\nfast = 0.3", "fast phải là một bảng"),
        (f"{toml()}\nreread_p = 2", "reread_p phải là số từ 0 đến 1"),
        (with_table("XYZ = 0.5"), "mã đơn vị lạ: XYZ"),
        (with_table("EVN = 1.5"), "EVN phải là số từ 0 đến 1"),
        (with_table("EVN = true"), "EVN phải là số từ 0 đến 1"),
        (f"{toml()}\nauto_unit_p_by_unit = 0.5", "phải là một bảng"),
    ],
)
def test_a_wrong_table_says_where(text, message):
    with pytest.raises(PolicyError, match=message):
        parse(text)

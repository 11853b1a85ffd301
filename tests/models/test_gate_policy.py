"""The gate's limits are strict: every key is known, wanted and has an effect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.gate_policy import LIMITS, GatePolicyError, parse, read_limits
from models.rules import MARGINS

TEXT = LIMITS.read_text("utf-8")


def changed(pattern: str, to: str) -> str:
    text, count = re.subn(pattern, to, TEXT, flags=re.MULTILINE)
    assert count == 1
    return text


def test_the_limits_that_come_with_diembao_hold_every_rule_of_the_table() -> None:
    assert set(read_limits().margins) == set(MARGINS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", "không đúng TOML"),
        (TEXT + "\n[colour]\n", "khóa lạ: colour"),
        (changed(r"^lead_acc = .*$", ""), "thiếu khóa: lead_acc"),
        (changed(r"^lead_acc = .*$", "lead_acc = 0.03"), "lead_acc phải có dạng"),
        (changed(r"^lead_acc = .*$", "lead_acc = { margin = -1 }"), "margin phải là số từ 0"),
        (changed(r"^lead_acc = .*$", "lead_acc = { margin = 1, more = 2 }"), "khóa lạ: more"),
        (changed(r"^confidence = .*$", "confidence = true"), "confidence phải là số từ 0.5"),
        (changed(r"^headline = .*$", 'headline = "luck"'), "headline phải là một trong"),
        (changed(r"^most_lost = .*$", ""), "thiếu khóa: most_lost"),
        (changed(r"^\[units\]$", "[[units]]"), "units phải là một bảng"),
    ],
)
def test_a_file_of_limits_that_is_wrong_says_where(text: str, message: str) -> None:
    with pytest.raises(GatePolicyError, match=message):
        parse(text)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GatePolicyError, match=r"khong-co\.toml: không đọc được"):
        read_limits(tmp_path / "khong-co.toml")

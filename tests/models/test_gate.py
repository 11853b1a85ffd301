"""When the gate claims that a candidate is better, and what its report says of what changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.data import Label
from models.gate import Change, Outcome, _changes, _is_better
from models.gate_policy import read_limits
from models.gate_report import framed as framed_page
from models.paired import Difference
from models.reload import Reloaded
from models.rules import MARGINS, Evidence, Finding, Verdict

MODEL = {"version": "a", "fingerprint": "f", "size": 1, "golden_total": 1, "golden_passed": True, "golden": ()}


def evidence(gap: float, error: float, *, now: Any = None, before: Any = None) -> Evidence:
    headline = Difference(0.8 + gap, 0.8, gap - 2 * error, gap + 2 * error, error)
    return Evidence(
        candidate=Reloaded(**MODEL, records=now or {}),
        champion=Reloaded(**MODEL, records=before or {}),
        repeats=True,
        differences=dict.fromkeys(MARGINS, headline),
        units=(),
        times=np.ones((9, 2)),
        limits=read_limits(),
    )


@pytest.mark.parametrize(("gap", "better"), [(0.0, False), (0.021, False), (0.032, False), (0.034, True)])
def test_better_is_claimed_far_beyond_what_chance_brings_every_few_weeks(gap: float, better: bool) -> None:
    assert _is_better(evidence(gap, 0.01)) is better


def test_the_verdict_is_the_worst_finding_that_nobody_set_aside() -> None:
    def finding(rule: str, verdict: Verdict) -> Finding:
        return Finding(rule=rule, title=rule, verdict=verdict, reason="")

    findings = (finding("size", Verdict.PASSES), finding("speed", Verdict.ASKS), finding("units", Verdict.FAILS))
    outcome = Outcome(candidate="b", champion="a", fingerprint="f", findings=findings, is_better=False)

    assert outcome.verdict is Verdict.FAILS
    assert outcome.verdict_without(["units"]) is Verdict.ASKS
    assert outcome.verdict_without(["units", "speed"]) is Verdict.PASSES


def test_a_report_within_a_notebook_is_quoted_and_can_run_nothing() -> None:
    framed = framed_page('<html><p class="a">Đạt</p></html>')

    assert "<iframe sandbox srcdoc=" in framed
    assert "&lt;p class=&quot;a&quot;&gt;Đạt" in framed
    assert "<p" not in framed


def test_what_got_worse_stands_first_and_hot_articles_before_others() -> None:
    def records(**leads: str) -> dict[str, Any]:
        return {id: {"lead_unit": {"code": lead} if lead else None, "urgency": {"level": 1}}
                for id, lead in leads.items()}  # fmt: skip

    labels = [Label("lanh", "dien-luc", "EVN", urgency=1), Label("nong", "dien-luc", "EVN", urgency=3),
              Label("hon", "dien-luc", "EVN", urgency=1), Label("nhu", "dien-luc", "EVN", urgency=1)]  # fmt: skip
    before = records(lanh="EVN", nong="EVN", hon="", nhu="EVN")
    now = records(lanh="", nong="PVN", hon="EVN", nhu="EVN")

    assert _changes(evidence(0, 1, now=now, before=before), labels) == [
        Change("nong", "chủ trì", "EVN", "EVN", "PVN", 3),
        Change("lanh", "chủ trì", "EVN", "EVN", "", 1),
        Change("hon", "chủ trì", "EVN", "", "EVN", 1),
    ]

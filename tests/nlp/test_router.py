"""Scores become one topic, one lead, up to three helpers."""

import dataclasses
import itertools

import numpy as np
import pytest

from nlp.heads import HEADS, OUT_OF_SCOPE, TOPICS, UNITS, columns
from nlp.policy import Policy
from nlp.router import propose
from nlp.types import Scores

POLICY = Policy(
    scope_p=0.5, rare_topic=0.0, rare_unit=0.0, coordinating_p=0.3, urgency_1=0.5, urgency_2=1.5, urgency_3=2.3,
    rare_tone=0.0, auto_scope_p=0.9, auto_topic_p=0.5, auto_unit_p=0.8, min_known_share=0.2, min_syllables=10,
)  # fmt: skip
PRIORS = {head.name: np.full(len(head.codes), 1 / len(head.codes), np.float32) for head in HEADS if not head.multi}


def scores(*, topic, unit, helpers=(), urgency=(0.1, 0.6, 0.2, 0.1), tone=(0.1, 0.8, 0.1)):
    def row(codes, chances):
        rest = (1 - sum(chances.values())) / (len(codes) - len(chances))
        return np.array([[chances.get(code, rest) for code in codes]], np.float32)

    return Scores(
        topic=row(tuple(TOPICS), topic),
        lead_unit=row((*UNITS, ""), unit),
        coordinating=np.array([[dict(helpers).get(code, 0.0) for code in UNITS]], np.float32),
        urgency=np.array([urgency], np.float32),
        tone=np.array([tone], np.float32),
        known_share=np.array([0.8], np.float32),
        careful=np.array([False]),
    )


def one(given, policy=POLICY, priors=PRIORS):
    (proposal,) = propose(given, policy=policy, priors=priors)
    return proposal


def test_the_likeliest_topic_and_unit_lead():
    proposal = one(scores(topic={"xang-dau": 0.9}, unit={"TTTN": 0.8, "PLX": 0.1}))
    assert (proposal.topic.code, proposal.lead_unit.code, proposal.runner_up.code) == ("xang-dau", "TTTN", "PLX")
    assert proposal.lead_unit.p == pytest.approx(0.8)
    assert proposal.in_scope


def test_out_of_scope_has_no_units_no_urgency_and_a_neutral_tone():
    given = scores(
        topic={OUT_OF_SCOPE: 0.8},
        unit={"EVN": 0.9},
        helpers={"DTDL": 0.9},
        urgency=(0, 0, 0, 1),
        tone=(0.9, 0.05, 0.05),
    )
    proposal = one(given)
    assert (proposal.lead_unit, proposal.coordinating_units, proposal.urgency, proposal.tone) == (None, (), 0, 0)
    assert proposal.in_scope_p == pytest.approx(0.8)


def test_in_scope_a_unit_leads_even_where_no_unit_is_likelier():
    proposal = one(scores(topic={"dien-luc": 0.4, OUT_OF_SCOPE: 0.45}, unit={"": 0.5, "EVN": 0.4}))
    assert (proposal.topic.code, proposal.lead_unit.code) == ("dien-luc", "EVN")


def test_helpers_are_at_most_three_likeliest_first_and_never_the_lead():
    helpers = {"EVN": 0.95, "DTDL": 0.5, "TCNL": 0.9, "KH": 0.4, "ATMT": 0.6, "PC": 0.29}
    proposal = one(scores(topic={"dien-luc": 0.9}, unit={"EVN": 0.9}, helpers=helpers))
    assert [choice.code for choice in proposal.coordinating_units] == ["TCNL", "ATMT", "DTDL"]


@pytest.mark.parametrize(
    ("p", "level"), [((1, 0, 0, 0), 0), ((0.4, 0.6, 0, 0), 1), ((0.1, 0.1, 0.6, 0.2), 2), ((0, 0, 0.6, 0.4), 3)]
)
def test_urgency_is_cut_from_the_expected_level(p, level):
    assert one(scores(topic={"dien-luc": 0.9}, unit={"EVN": 0.9}, urgency=p)).urgency == level


def test_rare_units_win_on_equal_evidence_when_the_policy_favours_them():
    given = scores(topic={"dien-luc": 0.9}, unit={"EVN": 0.45, "TTCP": 0.40})
    priors = {**PRIORS, "lead_unit": PRIORS["lead_unit"].copy()}
    priors["lead_unit"][list(UNITS).index("TTCP")] = 0.001
    fair = dataclasses.replace(POLICY, rare_unit=0.5)
    assert one(given, priors=priors).lead_unit.code == "EVN"
    assert one(given, policy=fair, priors=priors).lead_unit.code == "TTCP"
    assert one(given, policy=fair, priors=priors).lead_unit.p == pytest.approx(0.40)


def test_the_columns_of_the_heads_follow_each_other_without_a_gap():
    spans = [columns(head.name) for head in HEADS]
    assert spans[0].start == 0
    assert all(left.stop == right.start for left, right in itertools.pairwise(spans))

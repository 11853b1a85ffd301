"""Decision -> the JSON record that other tools rely on. `nlp/record.schema.json` states its form."""

from __future__ import annotations

from nlp.deadlines import Due
from nlp.heads import TOPICS, URGENCY
from nlp.organisation import Holder
from nlp.record_types import Deadline, Evidence, Record, Unit
from nlp.types import Choice, Decision, Phrase

READERS = ("fast", "careful")
"""Who read an article: the n-grams alone, or the encoder too."""
_LEVEL_NAMES = tuple(URGENCY.values())


def _p(value: float) -> float:
    """Four digits are more than a calibration on thousands of labels can bear."""
    return round(value, 4)


def to_record(decision: Decision) -> Record:
    """The record of one decision, ready for JSON: plain dicts, lists, strings, numbers, booleans and None."""
    proposal, holders = decision.proposal, decision.holders
    lead = proposal.lead_unit
    return {
        "id": decision.article.id,
        "in_scope": {"value": proposal.in_scope, "p": _p(proposal.in_scope_p)},
        "topic": {"code": proposal.topic.code, "name": TOPICS[proposal.topic.code], "p": _p(proposal.topic.p)},
        "lead_unit": _unit(lead, holders[lead.code]) if lead else None,
        "coordinating_units": [_unit(choice, holders[choice.code]) for choice in proposal.coordinating_units],
        "as_of": decision.day.isoformat(),
        "urgency": {
            "level": proposal.urgency,
            "name": _LEVEL_NAMES[proposal.urgency],
            "p": [_p(p) for p in proposal.urgency_p],
        },
        "tone": {"value": proposal.tone, "p": _p(proposal.tone_p)},
        "deadlines": [_due(one) for one in decision.deadlines],
        "needs_human": decision.needs_human,
        "reasons": list(decision.reasons),
        "evidence": [_phrase(phrase) for phrase in decision.evidence],
        "repairs": [{"field": r.field, "kind": r.kind, "count": r.count} for r in decision.repairs],
        "reader": READERS[proposal.careful],
        "model": decision.model,
    }


def _unit(choice: Choice, holder: Holder) -> Unit:
    said: Unit = {"code": choice.code, "unit": holder.id, "name": holder.name, "p": _p(choice.p)}
    if not holder.verified:
        said["verified"] = False
    if not holder.under_ministry:
        said["under_ministry"] = False
        if holder.owner:
            said["owner"] = holder.owner
    return said


def _due(one: Due) -> Deadline:
    return {
        "rule": one.rule.id,
        "name": one.rule.name,
        "due": one.due.isoformat(),
        "basis": one.rule.basis,
        "verified": one.rule.verified,
        "kind": one.rule.kind,
        "on_duty": one.on_duty,
    }


def _phrase(phrase: Phrase) -> Evidence:
    return {
        "field": phrase.field,
        "start": phrase.start,
        "end": phrase.end,
        "text": phrase.text,
        "for": phrase.purpose,
        "weight": phrase.weight,
    }

"""The office's tunables: which scores become which proposal, and when a person must look.

They are read from one commented TOML file beside the released model, because thresholds belong to the probabilities
they were chosen on. An unknown or missing key is an error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from nlp.errors import DiembaoError
from nlp.heads import UNITS
from nlp.types import Proposal, Repair


class PolicyError(DiembaoError):
    """A policy file with an unknown, missing or impossible value."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds, all between 0 and 1; models/release/policy.toml says what each one does.

    `auto_unit_p_by_unit`, the one optional key, takes the place of `auto_unit_p` for the units it names.
    """

    scope_p: float
    rare_topic: float
    rare_unit: float
    coordinating_p: float
    urgency_1: float
    urgency_2: float
    urgency_3: float
    rare_tone: float
    auto_scope_p: float
    auto_topic_p: float
    auto_unit_p: float
    min_known_share: float
    min_syllables: float
    auto_unit_p_by_unit: Mapping[str, float] = field(default_factory=dict)


BY_UNIT = "auto_unit_p_by_unit"
_UPPER = {"urgency_1": 3.0, "urgency_2": 3.0, "urgency_3": 3.0, "min_syllables": 1000.0}


def parse(text: str) -> Policy:
    """Read a policy from TOML.

    Raises:
        PolicyError: the text is no TOML, a key is unknown or missing, or a value is out of its range.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"policy.toml không đúng TOML: {error}") from error
    by_unit = _by_unit(values.pop(BY_UNIT, {}))
    wanted = {field.name for field in fields(Policy)} - {BY_UNIT}
    if unknown := sorted(set(values) - wanted):
        raise PolicyError(
            f"policy.toml có khóa lạ: {', '.join(unknown)}; các khóa đúng: {', '.join(sorted({*wanted, BY_UNIT}))}"
        )
    if missing := sorted(wanted - set(values)):
        raise PolicyError(f"policy.toml thiếu khóa: {', '.join(missing)}")
    for key, value in values.items():
        upper = _UPPER.get(key, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= upper:
            raise PolicyError(f"policy.toml: {key} phải là số từ 0 đến {upper:g}, không phải {value!r}")
    return Policy(**{key: float(value) for key, value in values.items()}, auto_unit_p_by_unit=by_unit)


def _by_unit(values: object) -> dict[str, float]:
    """The table of thresholds by unit, checked."""
    if not isinstance(values, dict):
        raise PolicyError(f"policy.toml: {BY_UNIT} phải là một bảng mã đơn vị = ngưỡng, không phải {values!r}")
    if unknown := sorted(set(values) - set(UNITS)):
        raise PolicyError(f"policy.toml: {BY_UNIT} có mã đơn vị lạ: {', '.join(unknown)}")
    for code, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise PolicyError(f"policy.toml: {BY_UNIT}.{code} phải là số từ 0 đến 1, không phải {value!r}")
    return {code: float(value) for code, value in values.items()}


def doubts(proposal: Proposal, repairs: tuple[Repair, ...], *, policy: Policy, syllables: int) -> tuple[str, ...]:
    """Why a person must look at `proposal`, in Vietnamese; empty where the decision is safe."""
    found = []
    if syllables < policy.min_syllables:
        found.append(f"quá ngắn: chỉ có {syllables} tiếng")
    if proposal.known_share < policy.min_known_share:
        found.append(f"văn bản lạ với mô hình: chỉ nhận ra {_percent(proposal.known_share)} cụm từ")
    if any(repair.kind == "missing-diacritics" for repair in repairs):
        found.append("văn bản thiếu dấu tiếng Việt")
    if proposal.in_scope_p < policy.auto_scope_p:
        side = "thuộc" if proposal.in_scope else "ngoài"
        found.append(f"chưa chắc {side} phạm vi: {_percent(proposal.in_scope_p)}")
    if proposal.lead_unit is not None:
        if proposal.topic.p < policy.auto_topic_p:
            found.append(f"chủ đề chưa chắc: {proposal.topic.code} {_percent(proposal.topic.p)}")
        if proposal.lead_unit.p < policy.auto_unit_p_by_unit.get(proposal.lead_unit.code, policy.auto_unit_p):
            other = proposal.runner_up
            also = f", {other.code} {_percent(other.p)}" if other else ""
            found.append(f"đơn vị chủ trì chưa chắc: {proposal.lead_unit.code} {_percent(proposal.lead_unit.p)}{also}")
    return tuple(found)


def _percent(p: float) -> str:
    return f"{100 * p:.0f} %"

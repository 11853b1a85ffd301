"""The office's tunables: which scores become which proposal, and when a person must look.

They are read from one commented TOML file beside the released model, because thresholds belong to the probabilities
they were chosen on. An unknown or missing key is an error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from nlp.errors import DiembaoError
from nlp.heads import UNITS
from nlp.types import Proposal, Repair


class PolicyError(DiembaoError):
    """A policy file with an unknown, missing or impossible value."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds, all between 0 and 1; models/release/policy.toml says what each one does.

    Three are optional. `auto_unit_p_by_unit` takes the place of `auto_unit_p` for the units it names. From `reread_p`
    on, as a probability of being in scope, the encoder reads an article too. `fast` holds thresholds for decisions
    of the n-grams alone, see `for_fast`.
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
    reread_p: float = 0.0
    fast: Mapping[str, float] = field(default_factory=dict)

    def for_fast(self) -> Policy:
        """The policy for decisions that no encoder had a part in: its probabilities want thresholds of their own."""
        changed: dict[str, Any] = {**self.fast, FAST: {}}
        return replace(self, **changed)


BY_UNIT = "auto_unit_p_by_unit"
FAST = "fast"
REREAD = "reread_p"
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
    fast = values.pop(FAST, {})
    if not isinstance(fast, dict):
        raise PolicyError(f"policy.toml: {FAST} phải là một bảng khóa = ngưỡng, không phải {fast!r}")
    wanted = {field.name for field in fields(Policy)} - {BY_UNIT, FAST}
    _known(values, wanted, place="policy.toml")
    _known(fast, wanted - {REREAD}, place=f"policy.toml, bảng {FAST},")
    if missing := sorted(wanted - {REREAD} - set(values)):
        raise PolicyError(f"policy.toml thiếu khóa: {', '.join(missing)}")
    return Policy(**_numbers(values), auto_unit_p_by_unit=by_unit, fast=_numbers(fast))


def _known(values: Mapping[str, object], wanted: set[str], *, place: str) -> None:
    if unknown := sorted(set(values) - wanted):
        allowed = ", ".join(sorted({*wanted, BY_UNIT}))
        raise PolicyError(f"{place} có khóa lạ: {', '.join(unknown)}; các khóa đúng: {allowed}")


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    """The values as numbers, each within the range of its key."""
    for key, value in values.items():
        upper = _UPPER.get(key, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= upper:
            raise PolicyError(f"policy.toml: {key} phải là số từ 0 đến {upper:g}, không phải {value!r}")
    return {key: float(value) for key, value in values.items()}  # type: ignore[arg-type]


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

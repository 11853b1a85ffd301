"""The rules of the gate: a literal table. Each rule looks at what was measured and says what it finds.

A rule passes, fails, or asks a person where chance leaves both possible. Limits are in models/gate.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from models.gate_policy import Limits
    from models.paired import Difference, UnitFate
    from models.reload import Reloaded


class Verdict(IntEnum):
    """Worse is larger: of several findings the largest counts."""

    PASSES = 0
    ASKS = 1
    FAILS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was measured. `times` (rounds, 2): microseconds an article of candidate and champion, in turns."""

    candidate: Reloaded
    champion: Reloaded
    repeats: bool
    differences: Mapping[str, Difference]
    units: Sequence[UnitFate]
    times: npt.NDArray[np.float64]
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found. `reason` is one Vietnamese sentence; numbers are None where the rule has none."""

    rule: str
    title: str
    verdict: Verdict
    reason: str
    limit: str = ""
    candidate: float | None = None
    champion: float | None = None
    low: float | None = None
    high: float | None = None
    margin: float | None = None
    lower_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Paired:
    """A number that must not be worse than the champion's by more than its margin."""

    title: str
    lower_is_better: bool = False


MARGINS = {
    "scope_f1": Paired("F1 phạm vi"),
    "topic_acc": Paired("đúng chủ đề"),
    "topic_mf1": Paired("macro-F1 chủ đề"),
    "lead_acc": Paired("đúng đơn vị chủ trì"),
    "lead_mf1": Paired("macro-F1 đơn vị chủ trì"),
    "coord_f1": Paired("micro-F1 đơn vị phối hợp"),
    "urgency_qwk": Paired("kappa bậc hai của mức khẩn"),
    "hot_recall": Paired("tìm được tin nóng"),
    "tone_mf1": Paired("macro-F1 sắc thái"),
    "topic_loss": Paired("tổn thất log của chủ đề", lower_is_better=True),
    "lead_loss": Paired("tổn thất log của đơn vị chủ trì", lower_is_better=True),
    "hot_loss": Paired("tổn thất log của mức nóng", lower_is_better=True),
    "topic_ece": Paired("sai số hiệu chỉnh của chủ đề", lower_is_better=True),
    "lead_ece": Paired("sai số hiệu chỉnh của đơn vị", lower_is_better=True),
    "auto_precision": Paired("đúng đơn vị khi tự quyết"),
    "auto_share_in": Paired("phần tự quyết, trong phạm vi"),
}
"""Number (models.paired.gate_numbers) -> how it is compared, in the order of the report."""


def paired(name: str, evidence: Evidence) -> Finding:
    """Not worse by more than the margin, or good enough by itself; see models/gate.toml."""
    rule, limit, found = MARGINS[name], evidence.limits.margins[name], evidence.differences[name]
    sign = -1 if rule.lower_is_better else 1
    worst, best = sorted((sign * found.low, sign * found.high))
    # By the spread of the draws: so far out in the tails too few draws lie to take a quantile.
    surely = sign * found.value < -NormalDist().inv_cdf((1 + evidence.limits.fail_confidence) / 2) * found.error
    good_enough = limit.enough is not None and sign * (found.candidate - limit.enough) >= 0
    if worst >= -limit.margin and name == evidence.limits.headline and best < 0:
        # Each of many promotions may cost so little that it passes; the number that counts most must not wear away.
        verdict, reason = Verdict.ASKS, "kém hơn một chút, tuy trong mức cho phép"
    elif worst >= -limit.margin:
        verdict, reason = Verdict.PASSES, "không kém quá mức cho phép"
    elif good_enough:
        verdict, reason = Verdict.PASSES, f"đạt mức {decimal(limit.enough or 0)}"
    elif surely:
        verdict, reason = Verdict.FAILS, "kém hơn mô hình đang dùng, không phải do ngẫu nhiên"
    else:
        verdict, reason = Verdict.ASKS, f"có thể kém hơn tới {decimal(-worst)}; số bài không đủ để chắc chắn"
    enough = "" if limit.enough is None else f", hoặc đạt {decimal(limit.enough)}"
    return Finding(
        rule=name, title=rule.title, verdict=verdict, reason=reason, candidate=found.candidate,
        champion=found.champion, low=found.low, high=found.high, margin=limit.margin,
        limit=f"kém không quá {decimal(limit.margin)}{enough}", lower_is_better=rule.lower_is_better,
    )  # fmt: skip


def golden(evidence: Evidence) -> Finding:
    """The golden articles, as a server replays them before it takes a model."""
    found = evidence.candidate
    verdict = Verdict.PASSES if found.golden_passed else Verdict.FAILS
    wrong = f"{len(found.golden)} điểm sai trong {found.golden_total} bài mẫu"
    shown = "; ".join(found.golden[:3])
    return Finding(rule="golden", title="bài mẫu", verdict=verdict, reason=wrong + (f": {shown}" if shown else ""),
                   limit="máy chủ nhận", candidate=len(found.golden), champion=len(evidence.champion.golden),
                   lower_is_better=True)  # fmt: skip


def repeats(evidence: Evidence) -> Finding:
    """Routed again in another process, in another order: the same records."""
    if evidence.repeats:
        return Finding(rule="repeats", title="chạy lại", verdict=Verdict.PASSES, limit="như nhau",
                       reason="hai lần chạy cho cùng kết quả")  # fmt: skip
    return Finding(rule="repeats", title="chạy lại", verdict=Verdict.FAILS, limit="như nhau",
                   reason="hai lần chạy cho kết quả khác nhau")  # fmt: skip


def units(evidence: Evidence) -> Finding:
    """No unit loses more of its dev articles than chance explains."""
    limits = evidence.limits.units
    worst = min(evidence.units, key=lambda unit: unit.p)
    verdict = Verdict.FAILS if worst.p < limits.fails_below else Verdict.PASSES
    if verdict is Verdict.PASSES and worst.p < limits.asks_below:
        verdict = Verdict.ASKS
    reason = "không đơn vị nào mất bài quá mức ngẫu nhiên"
    if verdict is not Verdict.PASSES:
        hit = [unit for unit in evidence.units if unit.p < limits.asks_below]
        reason = "; ".join(f"{u.code}: mất {u.lost}, thêm {u.won} trong {u.rows} bài" for u in hit)
    return Finding(rule="units", title="từng đơn vị, bài để riêng", verdict=verdict, reason=reason,
                   candidate=worst.p, limit=f"p đã hiệu chỉnh từ {decimal(limits.asks_below)} trở lên")  # fmt: skip


def units_found(evidence: Evidence) -> Finding:
    """No unit falls silent: of what the champion finds among all labelled articles, most is still found."""
    limits = evidence.limits.units
    judged = [unit for unit in evidence.units if unit.kept_before >= limits.asks_from]
    lost = [unit for unit in judged if unit.fall > limits.most_lost and unit.gone >= limits.asks_from]
    surely = any(unit.gone >= limits.fails_from for unit in lost)
    few = [unit.code for unit in evidence.units if unit.kept_before < limits.asks_from]
    reason = "; ".join(f"{u.code}: trước {u.kept_before}, nay {u.kept} trong {u.seen} bài" for u in lost)
    note = f"; quá ít bài để xét: {', '.join(few)}" if few else ""
    return Finding(
        rule="units_found", title="từng đơn vị, mọi bài có nhãn",
        verdict=Verdict.FAILS if surely else Verdict.ASKS if lost else Verdict.PASSES,
        reason=(reason or "đơn vị nào cũng còn được nhận ra") + note,
        candidate=max((unit.fall for unit in judged), default=0.0),
        limit=f"không đơn vị nào mất quá {100 * limits.most_lost:.0f} %", lower_is_better=True,
    )  # fmt: skip


def speed(evidence: Evidence) -> Finding:
    """Median ratio of time in interleaved rounds, with an interval over draws of rounds."""
    ratios = evidence.times[:, 0] / evidence.times[:, 1]
    random = np.random.default_rng(0)
    drawn = np.median(random.choice(ratios, (1000, len(ratios))), axis=1)
    low, high = (float(bound) for bound in np.quantile(drawn, (0.025, 0.975)))
    ratio, most = float(np.median(ratios)), evidence.limits.speed
    verdict = Verdict.PASSES if ratio <= most else Verdict.FAILS if low > most else Verdict.ASKS
    ours, theirs = (float(one) for one in np.median(evidence.times, axis=0))
    return Finding(
        rule="speed", title="thời gian một bài, µs", verdict=verdict, candidate=ours, champion=theirs,
        reason=f"gấp {decimal(ratio)} lần (từ {decimal(low)} đến {decimal(high)})",
        limit=f"gấp không quá {decimal(most)} lần", lower_is_better=True,
    )  # fmt: skip


def size(evidence: Evidence) -> Finding:
    """The release folder is small enough to ship."""
    ours, theirs = evidence.candidate.size / 1e6, evidence.champion.size / 1e6
    verdict = Verdict.PASSES if ours <= evidence.limits.size else Verdict.FAILS
    return Finding(rule="size", title="cỡ, MB", verdict=verdict, reason=f"{decimal(ours)} MB", candidate=ours,
                   champion=theirs, limit=f"không quá {evidence.limits.size:g} MB", lower_is_better=True)  # fmt: skip


def _of_number(name: str) -> Callable[[Evidence], Finding]:
    return lambda evidence: paired(name, evidence)


RULES: dict[str, Callable[[Evidence], Finding]] = {
    "golden": golden,
    "repeats": repeats,
    **{name: _of_number(name) for name in MARGINS},
    "units": units,
    "units_found": units_found,
    "speed": speed,
    "size": size,
}
"""Every rule of the gate, in the order of the report."""

LOADS = "loads"
"""The rule before all others: a candidate that does not load cannot be measured."""
ABSOLUTE = (LOADS, "golden")
"""Rules that nobody can set aside: a server would refuse the model."""


def decimal(value: float) -> str:
    """0.0312 -> "0,031"."""
    return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")

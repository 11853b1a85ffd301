"""The gate: may this candidate take the champion's place? Everything is measured anew, in clean processes.

The verdict rests on final decisions for the dev articles, the latest in time, against the champion's decisions for the
same articles. It passes where nothing is worse, fails where something is, and asks a person where chance leaves both
possible. Better is claimed only where chance does not explain the headline number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

from models.data import Label, groups
from models.gate_policy import Limits, read_limits
from models.paired import UnitFate, aligned, differences, fates
from models.reload import Reloaded, ReloadError, reload, time_both
from models.rules import LOADS, MARGINS, RULES, Evidence, Finding, Verdict
from nlp.types import Article

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Change:
    """One dev article that the two models decide otherwise: codes of the label and of both. No text of it."""

    id: str
    what: str
    label: str
    champion: str
    candidate: str
    urgency: int

    @property
    def kind(self) -> int:
        """1 where the candidate alone is right, -1 where the champion alone is, else 0."""
        return (self.candidate == self.label) - (self.champion == self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the gate says. `candidate` and `champion` name versions; `fingerprint` is of the candidate's bytes.

    `rows` dev articles were compared. A candidate that cannot be loaded has the finding `loads` alone.
    """

    candidate: str
    champion: str
    fingerprint: str
    findings: tuple[Finding, ...]
    is_better: bool
    headline: str = ""
    units: tuple[UnitFate, ...] = ()
    changes: tuple[Change, ...] = ()
    rows: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst of all findings."""
        return self.verdict_without(())

    def verdict_without(self, rules: Sequence[str]) -> Verdict:
        """The worst of the findings, those of `rules` set aside."""
        return max((f.verdict for f in self.findings if f.rule not in rules), default=Verdict.PASSES)


def judge(
    candidate: Path,
    champion: Path,
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    limits: Limits | None = None,
    against: Reloaded | None = None,
    progress: Progress = lambda _what, _share: None,
) -> Outcome:
    """Judge the release in `candidate` against the one in `champion` on `labels`, whose split `dev` is the hold-out.

    `against` is the champion already reloaded on the same articles, for who judges many candidates.

    Raises:
        ReloadError: the champion does not load; a candidate that does not is an outcome.
        RecordError: a release routes articles to codes that the labels do not know.
    """
    limits = limits or read_limits()
    everything = [articles[label.id] for label in labels]
    progress("champion", 0.0)
    against = against or reload(champion, everything)
    dev = [label for label in labels if label.split == "dev"]
    held_out = [articles[label.id] for label in dev]
    try:
        progress("candidate", 0.2)
        found = reload(candidate, everything)
        again = reload(candidate, held_out[::-1])
        progress("speed", 0.5)
        times = time_both(candidate, champion, held_out)
    except ReloadError as error:
        return _unloadable(error, champion=against)
    progress("compare", 0.7)
    pair = (aligned(dev, found.records), aligned(dev, against.records))
    evidence = Evidence(
        candidate=found,
        champion=against,
        repeats=all(found.records[label.id] == again.records[label.id] for label in dev),
        differences=differences(*pair, groups(held_out), confidence=limits.confidence, draws=limits.draws),
        units=fates(labels, found.records, against.records),
        times=times,
        limits=limits,
    )
    return _outcome(evidence, dev)


def _outcome(evidence: Evidence, dev: Sequence[Label]) -> Outcome:
    findings = tuple(rule(evidence) for rule in RULES.values())
    return Outcome(
        candidate=evidence.candidate.version,
        champion=evidence.champion.version,
        fingerprint=evidence.candidate.fingerprint,
        findings=findings,
        is_better=_is_better(evidence) and all(finding.verdict is Verdict.PASSES for finding in findings),
        headline=evidence.limits.headline,
        units=tuple(evidence.units),
        changes=tuple(_changes(evidence, dev)),
        rows=len(dev),
    )


def _is_better(evidence: Evidence) -> bool:
    """Whether chance does not explain that the headline number is better."""
    limits, headline = evidence.limits, evidence.differences[evidence.limits.headline]
    gain = -headline.value if MARGINS[limits.headline].lower_is_better else headline.value
    # By the spread of the draws: so far out in the tails too few draws lie to take a quantile.
    return gain > NormalDist().inv_cdf((1 + limits.better_confidence) / 2) * headline.error


def _unloadable(error: ReloadError, *, champion: Reloaded) -> Outcome:
    finding = Finding(rule=LOADS, title="nạp lại được", verdict=Verdict.FAILS, reason=error.reason,
                      limit="nạp được trong tiến trình sạch")  # fmt: skip
    return Outcome(candidate="", champion=champion.version, fingerprint="", findings=(finding,), is_better=False)


def _changes(evidence: Evidence, dev: Sequence[Label]) -> list[Change]:
    """Dev articles whose lead unit or urgency changed, what got worse first, hot articles before others."""
    found = []
    for label in dev:
        now, before = evidence.candidate.records[label.id], evidence.champion.records[label.id]
        rows = [("chủ trì", label.lead, _lead(before), _lead(now)),
                ("mức", str(label.urgency), str(before["urgency"]["level"]), str(now["urgency"]["level"]))]  # fmt: skip
        found += [
            Change(label.id, what, wanted, old, new, label.urgency) for what, wanted, old, new in rows if old != new
        ]
    return sorted(found, key=lambda change: (change.kind, -change.urgency, change.what, change.id))


def _lead(record: Mapping[str, object]) -> str:
    unit = record["lead_unit"]
    return str(unit["code"]) if isinstance(unit, dict) else ""

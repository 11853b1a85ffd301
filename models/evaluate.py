"""How good the decisions are: compares routing records, as users get them, with labels.

Every number is taken from final decisions, never from a head alone. `evaluate` names them; `assess` adds what a report
shows: intervals, classes, strata, confusion, calibration and coverage. docs/measurements.md explains the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.answers import Answers, align
from models.bootstrap import story_draws
from models.data import Label
from nlp.heads import NO_UNIT, OUT_OF_SCOPE, TONES, TOPICS, UNITS, URGENCY

Record = Mapping[str, Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

PRECISION = 0.95
"""Precision that a lead unit must have where nobody looks at it; `coverage_at_95` is the share that reaches it."""
HOT = 3
HOT_PRECISION = 0.5
BINS = 10
OUT_OF_SCOPE_INDEX = tuple(TOPICS).index(OUT_OF_SCOPE)
COUNTS = ("rows", "missing", "in_scope", "hot")
OF_STRATUM = ("rows", "scope_f1", "topic_acc", "lead_acc", "urgency_qwk")


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How one class fares. `support` counts its labels; `precision` is 0 where the class was never given."""

    code: str
    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """`counts[i, j]`: articles labelled `codes[i]` and decided `codes[j]`."""

    codes: tuple[str, ...]
    counts: Ints


@dataclass(frozen=True, slots=True)
class Calibration:
    """Stated confidence against what came true, by equal-width bins that hold at least one article."""

    stated: Floats
    true: Floats
    count: Ints


@dataclass(frozen=True, slots=True)
class Coverage:
    """Lead units taken most confident first: share of articles in scope, share right, confidence of the last taken."""

    coverage: Floats
    precision: Floats
    confidence: Floats


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a report says of one set of records. `intervals` are 95 % of bootstrap samples over stories."""

    numbers: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    classes: dict[str, tuple[ClassScore, ...]]
    strata: dict[str, dict[str, float]]
    confusions: dict[str, Confusion]
    calibrations: dict[str, Calibration]
    coverage: Coverage

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, ready for JSON; the confusion matrices as their non-zero cells."""
        cells = {
            head: [
                [table.codes[i], table.codes[j], int(table.counts[i, j])]
                for i, j in zip(*np.nonzero(table.counts), strict=True)
            ]
            for head, table in self.confusions.items()
        }
        return {
            "numbers": self.numbers,
            "intervals": {name: list(pair) for name, pair in self.intervals.items()},
            "classes": {head: [_plain(score) for score in scores] for head, scores in self.classes.items()},
            "strata": self.strata,
            "confusion": cells,
            "calibration": {head: _plain(table) for head, table in self.calibrations.items()},
            "coverage": _plain(self.coverage),
        }


def evaluate(labels: Sequence[Label], records: Iterable[Record]) -> dict[str, float]:
    """Every number of the project for `records` against `labels`. A label without a record counts in `missing` alone.

    Raises:
        RecordError: a record is not of the published form, two bear one id, or no label has a record.
    """
    return numbers(align(labels, records))


def assess(
    labels: Sequence[Label],
    records: Iterable[Record],
    *,
    stories: Sequence[int] | None = None,
    samples: int = 400,
    seed: int = 0,
) -> Assessment:
    """Everything a report shows. `stories[i]` is the story of `labels[i]` (default: each its own).

    Raises:
        RecordError: as `evaluate`.
    """
    answers = align(labels, records)
    own = np.arange(len(labels)) if stories is None else np.asarray(stories)
    return Assessment(
        numbers=numbers(answers),
        intervals=intervals(answers, own[answers.rows], samples=samples, seed=seed),
        classes={
            "topic": class_scores(answers.topic, answers.topic_given, {**TOPICS}),
            "lead_unit": class_scores(answers.lead, answers.lead_given, {**UNITS, NO_UNIT: "(không có)"}),
            "urgency": class_scores(answers.urgency, answers.urgency_given, {**URGENCY}),
            "tone": class_scores(answers.tone, answers.tone_given, {**TONES}),
        },
        strata=_strata(answers),
        confusions={
            "topic": confusion(answers.topic, answers.topic_given, tuple(TOPICS)),
            "lead_unit": confusion(answers.lead, answers.lead_given, (*UNITS, NO_UNIT)),
            "urgency": confusion(answers.urgency, answers.urgency_given, tuple(URGENCY)),
        },
        calibrations={
            "topic": calibration(answers.topic_p, answers.topic == answers.topic_given),
            "lead_unit": calibration(answers.lead_p[answers.led], answers.lead_right[answers.led]),
        },
        coverage=coverage(answers),
    )


def numbers(answers: Answers) -> dict[str, float]:
    """The numbers by name; counts come first."""
    inside = answers.topic != OUT_OF_SCOPE_INDEX
    topic_right = answers.topic == answers.topic_given
    hot = answers.urgency == HOT
    auto = answers.led & inside & ~answers.needs_human
    return {
        "rows": len(answers.rows),
        "missing": answers.missing,
        "in_scope": int(inside.sum()),
        "hot": int(hot.sum()),
        "scope_f1": _f1(inside, answers.inside_given),
        "topic_acc": _mean(topic_right),
        "topic_mf1": macro_f1(answers.topic, answers.topic_given, np.unique(answers.topic)),
        "lead_acc": _mean(answers.lead_right),
        "lead_mf1": macro_f1(answers.lead, answers.lead_given, np.unique(answers.lead)),
        "topic_acc_in": _mean(topic_right[inside]),
        "lead_acc_in": _mean(answers.lead_right[inside]),
        "coord_f1": _f1(answers.coord, answers.coord_given),
        "urgency_qwk": quadratic_kappa(answers.urgency, answers.urgency_given),
        "hot_recall": _mean(answers.urgency_given[hot] == HOT),
        "hot_recall_at_p50": recall_at(answers.hot_p, hot, precision=HOT_PRECISION),
        "tone_mf1": macro_f1(answers.tone, answers.tone_given, np.union1d(answers.tone, answers.tone_given)),
        "topic_ece": calibration_error(calibration(answers.topic_p, topic_right)),
        "lead_ece": calibration_error(calibration(answers.lead_p[answers.led], answers.lead_right[answers.led])),
        "auto_share_in": int(auto.sum()) / max(1, int(inside.sum())),
        "auto_precision": _mean(answers.lead_right[auto]),
        "coverage_at_95": _reached(coverage(answers), int(inside.sum())),
    }


def intervals(answers: Answers, stories: Ints, *, samples: int, seed: int) -> dict[str, tuple[float, float]]:
    """2.5 % and 97.5 % of each number over `samples` draws of whole stories, see `models.bootstrap`."""
    drawn = [numbers(answers.take(rows)) for rows in story_draws(stories, samples=samples, seed=seed)]
    names = [name for name in (drawn[0] if drawn else {}) if name not in COUNTS]
    table = {name: np.quantile([number[name] for number in drawn], (0.025, 0.975)) for name in names}
    return {name: (float(low), float(high)) for name, (low, high) in table.items()}


def macro_f1(gold: Ints, given: Ints, classes: Ints) -> float:
    """Mean F1 over `classes`; a class that is never given, or never right, counts 0."""
    return float(np.mean([_f1(gold == k, given == k) for k in classes])) if len(classes) else 0.0


def quadratic_kappa(gold: Ints, given: Ints) -> float:
    """Cohen's kappa with quadratic weights over the levels that occur; 0 where only one level does."""
    levels = np.union1d(gold, given)
    observed = np.zeros((len(levels), len(levels)))
    np.add.at(observed, (np.searchsorted(levels, gold), np.searchsorted(levels, given)), 1.0)
    distance = np.subtract.outer(np.arange(len(levels)), np.arange(len(levels))) ** 2
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(1.0, observed.sum())
    by_chance = float((distance * expected).sum())
    return 1.0 - float((distance * observed).sum()) / by_chance if by_chance else 0.0


def recall_at(score: Floats, gold: Bools, *, precision: float) -> float:
    """Largest share of `gold` found among the highest scores, where at least `precision` of those taken are `gold`."""
    found = np.cumsum(gold[np.argsort(-score, kind="stable")])
    enough = found / np.arange(1, len(found) + 1) >= precision
    return float(found[enough].max(initial=0) / max(1, int(gold.sum())))


def calibration(p: Floats, right: Bools, *, bins: int = BINS) -> Calibration:
    """Mean stated confidence and share right in each of `bins` equal-width bins."""
    place = np.minimum((p * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    used = count > 0
    stated = np.bincount(place, weights=p, minlength=bins)[used] / count[used]
    true = np.bincount(place, weights=right.astype(float), minlength=bins)[used] / count[used]
    return Calibration(stated, true, count[used])


def calibration_error(table: Calibration) -> float:
    """Expected calibration error: mean over articles of the gap in their bin; 1 where there is no article."""
    if not len(table.count):
        return 1.0
    return float(np.abs(table.stated - table.true) @ table.count / table.count.sum())


def coverage(answers: Answers) -> Coverage:
    """The curve over articles in scope that were given a lead unit, most confident first."""
    inside = answers.topic != OUT_OF_SCOPE_INDEX
    ranked = np.flatnonzero(answers.led & inside)
    order = ranked[np.argsort(-answers.lead_p[ranked], kind="stable")]
    taken = np.arange(1, len(order) + 1)
    precision = np.cumsum(answers.lead_right[order]) / taken
    return Coverage(taken / max(1, int(inside.sum())), precision, answers.lead_p[order])


def class_scores(gold: Ints, given: Ints, names: Mapping[str, str]) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every class that was labelled or given, in the order of `names`."""
    scores = []
    for k, (code, name) in enumerate(names.items()):
        is_gold, is_given = gold == k, given == k
        if is_gold.any() or is_given.any():
            precision, recall = _mean(is_gold[is_given]), _mean(is_given[is_gold])
            scores.append(ClassScore(code, name, precision, recall, _f1(is_gold, is_given), int(is_gold.sum())))
    return tuple(scores)


def confusion(gold: Ints, given: Ints, codes: tuple[str, ...]) -> Confusion:
    """Count every pair of labelled and given code."""
    counts = np.zeros((len(codes), len(codes)), np.int64)
    np.add.at(counts, (gold, given), 1)
    return Confusion(codes, counts)


def _strata(answers: Answers) -> dict[str, dict[str, float]]:
    """A few numbers for each way in which articles were drawn; `random` alone resembles a natural stream."""
    strata = {}
    for stratum in sorted(set(answers.stratum.tolist())):
        found = numbers(answers.take(np.flatnonzero(answers.stratum == stratum)))
        strata[stratum or "(không ghi)"] = {name: found[name] for name in OF_STRATUM}
    return strata


def _reached(curve: Coverage, total: int) -> float:
    enough = np.flatnonzero(curve.precision >= PRECISION)
    return float((enough.max() + 1) / max(1, total)) if len(enough) else 0.0


def _f1(gold: Bools, given: Bools) -> float:
    hits = int((gold & given).sum())
    wrong = int((gold ^ given).sum())
    return 2 * hits / (2 * hits + wrong) if hits else 0.0


def _mean(values: npt.NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _plain(value: Any) -> dict[str, Any]:
    return {name: _listed(getattr(value, name)) for name in value.__dataclass_fields__}


def _listed(value: Any) -> Any:
    return [round(float(v), 4) for v in value] if isinstance(value, np.ndarray) else value

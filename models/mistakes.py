"""Where decisions and labels differ, as lists for a person to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.answers import align
from models.data import Label
from models.evaluate import Confusion
from nlp.heads import NO_UNIT, UNITS
from nlp.types import Article

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """An article of which topic or lead unit (`what`) was decided otherwise than labelled; `p` is what was stated.

    `unsure`: its reader was. `needs_human`: a person would have looked at it before anything was sent.
    """

    id: str
    title: str
    what: str
    label: str
    given: str
    p: float
    needs_human: bool
    unsure: bool


@dataclass(frozen=True, slots=True)
class Confused:
    """`count` articles labelled `label` and decided `given`; `share` of all that bear that label."""

    label: str
    given: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Helper:
    """How a coordinating unit fares: rightly named, missed, and named where it was not wanted."""

    code: str
    right: int
    missed: int
    extra: int


def mistakes(labels: Sequence[Label], articles: Mapping[str, Article], records: Sequence[Record]) -> list[Mistake]:
    """Every wrong topic and lead unit, the most confident first. A wrong "no unit" is stated by the topic's `p`."""
    by_id = {record["id"]: record for record in records}
    found = []
    for label in labels:
        record = by_id[label.id]
        unit, topic = record["lead_unit"], record["topic"]
        lead, p = (unit["code"], unit["p"]) if unit else (NO_UNIT, topic["p"])
        said = [("topic", label.topic, topic["code"], topic["p"]), ("lead", label.lead, lead, p)]
        found += [
            Mistake(label.id, articles[label.id].title, what, wanted, given, float(p), record["needs_human"],
                    label.unsure)
            for what, wanted, given, p in said if wanted != given
        ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.p, one.id, one.what))


def confused(table: Confusion) -> list[Confused]:
    """Pairs of codes that were taken for one another, the most frequent first."""
    totals = table.counts.sum(axis=1)
    wrong = [(int(i), int(j)) for i, j in zip(*np.nonzero(table.counts), strict=True) if i != j]
    pairs = [
        Confused(table.codes[i], table.codes[j], int(table.counts[i, j]), float(table.counts[i, j] / totals[i]))
        for i, j in wrong
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share))


def helpers(labels: Sequence[Label], records: Sequence[Record]) -> list[Helper]:
    """Coordinating units that were labelled or given, those with most errors first."""
    answers = align(labels, records)
    found = [
        Helper(code, int((wanted & given).sum()), int((wanted & ~given).sum()), int((given & ~wanted).sum()))
        for code, wanted, given in zip(UNITS, answers.coord.T, answers.coord_given.T, strict=True)
        if wanted.any() or given.any()
    ]
    return sorted(found, key=lambda one: -(one.missed + one.extra))

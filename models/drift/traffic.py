"""What is kept of served articles so that drift can be seen: sums by day, source and model. No text, no title, no id.

A `Seen` is one article, a `Cell` one sum. Sums add up, so servers, batches and days fold together in any order; this is
the only place that says what is summed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from nlp.types import Decision

ARTICLES = "articles"
TOPIC = "topic:"
MEASURES = ("known_share", "topic_p", "log_chars")
"""Numbers of an article of which the sum and, as `name^2`, the sum of squares are kept, with the count as `name#`."""
_SUMS = tuple((f"{name}#", name, f"{name}^2") for name in MEASURES)
SHARES = ("needs_human", "urgent", "faulty")
"""Questions about an article that are answered yes or no; the yeses are counted."""
FAULTS = frozenset({"tcvn3", "vni", "mojibake", "missing-diacritics", "lone-surrogate"})
"""Repairs that a sound feed does not need; other kinds are the habit of many a newsroom."""
URGENT = 2
MAX_SOURCE_CHARS = 80
NO_SOURCE = ""
OTHER_SOURCES = "…"
MAX_SOURCES = 200
"""Sources kept apart on a day; the rest, which a careless client may make by the thousand, are OTHER_SOURCES."""


class Cell(NamedTuple):
    """One sum. `name` is ARTICLES, a share, a measure (with its `^2` and `#`), or TOPIC and a code."""

    day: date
    source: str
    model: str
    name: str
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is watched of one served article. None: not known, as the length is to somebody who has only the record."""

    day: date
    source: str
    model: str
    topic: str
    topic_p: float
    urgency: int
    needs_human: bool
    faulty: bool
    known_share: float | None = None
    chars: int | None = None


def of_decision(decision: Decision, *, day: date) -> Seen:
    """What is watched of a decision that was served on `day`, Vietnamese time."""
    proposal, article = decision.proposal, decision.article
    return Seen(
        day=day,
        source=article.source,
        model=decision.model,
        topic=proposal.topic.code,
        topic_p=float(proposal.topic.p),
        urgency=proposal.urgency,
        needs_human=decision.needs_human,
        faulty=any(repair.kind in FAULTS for repair in decision.repairs),
        known_share=float(proposal.known_share),
        chars=article.chars,
    )


def of_record(record: Mapping[str, Any]) -> Seen:
    """What a record (nlp/record.schema.json) tells, on its day `as_of`: neither source nor length nor known share.

    Raises KeyError, TypeError or ValueError where it is no record.
    """
    return Seen(
        day=date.fromisoformat(record["as_of"]),
        source=NO_SOURCE,
        model=str(record["model"]),
        topic=str(record["topic"]["code"]),
        topic_p=float(record["topic"]["p"]),
        urgency=int(record["urgency"]["level"]),
        needs_human=bool(record["needs_human"]),
        faulty=any(repair["kind"] in FAULTS for repair in record["repairs"]),
    )


class Traffic:
    """Sums of articles as they come. Not for several threads at once."""

    def __init__(self) -> None:
        self._sums: dict[tuple[date, str, str], defaultdict[str, float]] = {}
        self._sources: dict[date, set[str]] = {}

    def add(self, seen: Seen) -> None:
        """Count one article."""
        sums = self._of(seen.day, self._kept(seen.day, seen.source), seen.model)
        sums[ARTICLES] += 1
        sums[TOPIC + seen.topic] += 1
        # A share that is never written would look unknown, so zeros are written too.
        sums["needs_human"] += seen.needs_human
        sums["urgent"] += seen.urgency >= URGENT
        sums["faulty"] += seen.faulty
        chars = None if seen.chars is None else math.log(max(seen.chars, 1))
        for (count, total, squares), value in zip(_SUMS, (seen.known_share, seen.topic_p, chars), strict=True):
            if value is not None and math.isfinite(value):
                sums[count] += 1
                sums[total] += value
                sums[squares] += value * value

    def put(self, cells: Iterable[Cell]) -> None:
        """Add sums."""
        for day, source, model, name, amount in cells:
            self._of(day, source, model)[name] += amount

    def take(self) -> list[Cell]:
        """All sums, which are then gone from here."""
        taken, self._sums = self._sums, {}
        for day in sorted(self._sources)[:-1]:
            del self._sources[day]
        return [Cell(*where, name, amount) for where, sums in taken.items() for name, amount in sums.items()]

    def _of(self, day: date, source: str, model: str) -> defaultdict[str, float]:
        where = (day, source, model)
        if where not in self._sums:
            self._sums[where] = defaultdict(float)
        return self._sums[where]

    def _kept(self, day: date, source: str) -> str:
        known = self._sources.setdefault(day, set())
        short = _short(source)
        if len(known) >= MAX_SOURCES and short not in known:
            return OTHER_SOURCES
        known.add(short)
        return short


def fold(seen: Iterable[Seen]) -> list[Cell]:
    """The sums of articles."""
    traffic = Traffic()
    for one in seen:
        traffic.add(one)
    return traffic.take()


def _short(source: str) -> str:
    """A source on one line, so short that a body sent as a source stays out of what is kept."""
    return " ".join(source.split())[:MAX_SOURCE_CHARS]

"""Golden articles: what any sound model gets right. A model that does not is broken, and must not answer anybody.

They are plain on purpose. They tell a broken model (damaged weights, mixed-up codes, thresholds that send everything
out of scope) from a sound one; they do not tell a good one from a better one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from nlp.errors import DiembaoError
from nlp.pipeline import Engine, run
from nlp.record import to_record
from nlp.record_types import Record
from nlp.types import VIETNAM, Article

MOST_WRONG = 0.1
"""Share of the golden articles that a model may get wrong and pass."""
RECEIVED = datetime(2018, 3, 26, 9, 0, tzinfo=VIETNAM)
"""Golden articles bear no date; this one makes due times and units part of the replay, the same every time."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Golden:
    """An article with what must come out. `urgency` is None where more than one level may be right."""

    article: Article
    topic: str
    lead_unit: str | None
    urgency: int | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A golden article that came out wrong: in `what` (a field of the record) `wanted` was wanted and `given` came.

    `is_broken`: the record itself is none, because a probability in it is none.
    """

    id: str
    what: str
    wanted: str
    given: str
    is_broken: bool = False

    def __str__(self) -> str:
        return f"{self.id}: {self.what} phải là {self.wanted}, mô hình cho {self.given}"


@dataclass(frozen=True, slots=True)
class Replay:
    """What a model made of `total` golden articles; `version` is the model's."""

    version: str
    total: int
    failures: tuple[Failure, ...]

    @property
    def wrong(self) -> int:
        """How many articles have a failure."""
        return len({failure.id for failure in self.failures})

    @property
    def has_passed(self) -> bool:
        """The one rule: every record is whole, and at most MOST_WRONG of the articles came out wrong."""
        return self.wrong <= MOST_WRONG * self.total and not any(failure.is_broken for failure in self.failures)


class GoldenError(DiembaoError):
    """A model that did not pass. Fact: `replay`."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        shown = "; ".join(map(str, replay.failures[:SHOWN]))
        rest = "; …" if len(replay.failures) > SHOWN else ""
        super().__init__(f"mô hình {replay.version} sai {replay.wrong}/{replay.total} bài mẫu ({shown}{rest})")


def replay(engine: Engine) -> Replay:
    """Route every golden article with `engine`. Pure: the same engine gives the same replay."""
    articles = golden()
    failures = [failure for one in articles for failure in _failures(one, _record(one, engine))]
    return Replay(engine.model.version, len(articles), tuple(failures))


def prove(engine: Engine) -> Replay:
    """The replay of a model that passed. Raises GoldenError for another."""
    found = replay(engine)
    if not found.has_passed:
        raise GoldenError(found)
    return found


@cache
def golden() -> tuple[Golden, ...]:
    """The golden articles of golden.json."""
    rows = json.loads(files("models").joinpath("golden.json").read_text("utf-8"))["articles"]
    return tuple(
        Golden(
            Article(id=row["id"], title=row["title"], lead=row["lead"], body=row["body"]),
            topic=row["topic"],
            lead_unit=row["lead_unit"] or None,
            urgency=row.get("urgency"),
        )
        for row in rows
    )


def _record(one: Golden, engine: Engine) -> Record:
    # One at a time: a server that replays beside its requests takes the interpreter for a moment only.
    return to_record(run([one.article], engine=engine, received=RECEIVED)[0])


def _failures(one: Golden, record: Record) -> Iterator[Failure]:
    """What is wrong with a record. Codes are compared, not units: who holds a code changes with the decrees."""
    unit = record["lead_unit"]["code"] if record["lead_unit"] else None
    urgency = record["urgency"]["level"]
    pairs = [
        ("topic", one.topic, record["topic"]["code"]),
        ("lead_unit", one.lead_unit, unit),
        ("urgency", urgency if one.urgency is None else one.urgency, urgency),
    ]
    for what, wanted, given in pairs:
        if given != wanted:
            yield Failure(one.article.id, what, _said(wanted), _said(given))
    for p in probabilities(record):
        if not 0 <= p <= 1:  # NaN too
            yield Failure(one.article.id, "p", "từ 0 đến 1", str(p), is_broken=True)


def _said(code: str | int | None) -> str:
    return "trống" if code is None else str(code)


def probabilities(value: Any) -> Iterator[float]:
    """Every number under a key `p`, however deep."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "p":
                yield from inner if isinstance(inner, list) else [inner]
            else:
                yield from probabilities(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from probabilities(inner)

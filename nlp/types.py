"""The values that flow through diembao, in the order in which they arise.

Article --clean--> Text --featurize--> Matrix --score--> Scores --propose--> Proposal --decide--> Decision

Every value is frozen; those of which an article has many are tuples, made in a third of the time. Offsets are in
Unicode code points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # names are looked for in repaired text, and repair needs the values below
    from nlp.deadlines import Due
    from nlp.organisation import Holder

Codes = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]
Probabilities = npt.NDArray[np.float32]

ZONES = ("title", "lead", "body")
"""The text fields of an article, in reading order. `lead` is the newsroom's word: the standfirst (sapo)."""

ZONE_SEPARATOR = "\x1f"
"""Stands between the zones in `Text.codes`; `clean` removes it from the zones themselves."""

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""A date without a zone is taken for one of Vietnam. A fixed offset: see docs/decisions/0005-deadlines.md."""

MAX_ARTICLE_CHARS = 1_000_000
"""Longest article, title, lead and body together, in code points; longer input is refused, not cut."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article was read from. `row` counts from 1, headers not included."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Article:
    """One press item as it was given; the text is never changed.

    `published_at` has a time zone where the input gave one; a bare date is midnight without a zone.
    """

    id: str
    title: str = ""
    lead: str = ""
    body: str = ""
    source: str = ""
    url: str = ""
    published_at: datetime | None = None
    origin: Origin | None = None

    @property
    def chars(self) -> int:
        """Length of title, lead and body together, in code points."""
        return len(self.title) + len(self.lead) + len(self.body)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that could not become an article, and why. `field` is empty where the whole row or file is at fault."""

    file: str
    row: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A fault of Vietnamese text in one zone: `kind` is one of `nlp.vietnamese.KINDS`, `count` is in characters."""

    field: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Text:
    """An article with its Vietnamese repaired.

    `codes` holds title, lead and body as UTF-32 code points with one ZONE_SEPARATOR between zones.
    `offsets[k]` maps a position of zone k's repaired text to the text as given, length + 1 entries; None where
    that zone was not changed.
    """

    article: Article
    title: str
    lead: str
    body: str
    codes: Codes
    repairs: tuple[Repair, ...] = ()
    offsets: tuple[Offsets | None, Offsets | None, Offsets | None] = (None, None, None)

    def span_as_given(self, zone: int, start: int, end: int) -> tuple[int, int]:
        """Map the half-open span of a repaired zone to the same words in the text as given."""
        offsets = self.offsets[zone]
        if offsets is None:
            return start, end
        return int(offsets[start]), int(offsets[end])


class Phrase(NamedTuple):
    """Words of the article as given that carried a decision.

    `purpose` is the head they spoke for; `weight` is what they added to that head's linear score.
    """

    field: str
    start: int
    end: int
    text: str
    purpose: str
    weight: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities of n articles by head, columns in the order of the head's codes (`nlp.heads`).

    Rows of `topic` (n, 19), `lead_unit` (n, 34, the last for no unit), `urgency` (n, 4) and `tone` (n, 3) sum to 1;
    `coordinating` (n, 33) is one probability a unit. `known_share` (n,) is the share of an article's n-grams that the
    model has seen, 0 to 1: low in another language or a broken text. `careful` (n,): whether the encoder read it too.
    """

    topic: Probabilities
    lead_unit: Probabilities
    coordinating: Probabilities
    urgency: Probabilities
    tone: Probabilities
    known_share: Probabilities
    careful: npt.NDArray[np.bool_]


class Choice(NamedTuple):
    """A code with its calibrated probability."""

    code: str
    p: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the model proposes for an article.

    Out of scope, `lead_unit` is None and `coordinating_units` is empty. `in_scope_p` is the probability of the value
    given in `in_scope`. `runner_up` is the next best lead unit, for the reader of a doubtful case. `careful`: the
    encoder read the article too.
    """

    in_scope: bool
    in_scope_p: float
    topic: Choice
    lead_unit: Choice | None
    runner_up: Choice | None
    coordinating_units: tuple[Choice, ...]
    urgency: int
    urgency_p: tuple[float, ...]
    tone: int
    tone_p: float
    known_share: float
    careful: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """A proposal that passed the policy, or that needs a person and says why (`reasons`, in Vietnamese).

    `holders` says, by code, who holds the competences that the decision speaks of on `day`; `deadlines` by when what
    must be done.
    """

    article: Article
    proposal: Proposal
    repairs: tuple[Repair, ...]
    needs_human: bool
    reasons: tuple[str, ...]
    evidence: tuple[Phrase, ...]
    day: date
    holders: Mapping[str, Holder]
    deadlines: tuple[Due, ...]
    model: str

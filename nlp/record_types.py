"""The types of the record, for mypy where records are made (`nlp.record`) and where they arrive (`serve.client`).

Nothing but typing is imported here, so that a client needs no part of the library. A test holds these types against
`nlp/record.schema.json`, which also says what each field means.
"""

from typing import NotRequired, TypedDict


class InScope(TypedDict):
    """Whether the item concerns the ministry."""

    value: bool
    p: float


class Topic(TypedDict):
    """A topic with its calibrated probability."""

    code: str
    name: str
    p: float


class Unit(TypedDict):
    """Who holds a competence on the day `as_of`."""

    code: str
    unit: str
    name: str
    p: float
    verified: NotRequired[bool]
    under_ministry: NotRequired[bool]
    owner: NotRequired[str]


class Urgency(TypedDict):
    """A level from 0 to 3, and the probability of each."""

    level: int
    name: str
    p: list[float]


class Tone(TypedDict):
    """-1, 0 or 1."""

    value: int
    p: float


class Deadline(TypedDict):
    """By when what must be done. `due` is ISO 8601 in Vietnamese time."""

    rule: str
    name: str
    due: str
    basis: str
    verified: bool
    kind: str
    on_duty: bool


# One of its names is a keyword of Python.
Evidence = TypedDict("Evidence", {"field": str, "start": int, "end": int, "text": str, "for": str, "weight": float})


class RepairMade(TypedDict):
    """A fault of Vietnamese text that was mended, in characters."""

    field: str
    kind: str
    count: int


class Record(TypedDict):
    """One press item routed."""

    id: str
    in_scope: InScope
    topic: Topic
    lead_unit: Unit | None
    coordinating_units: list[Unit]
    as_of: str
    urgency: Urgency
    tone: Tone
    deadlines: list[Deadline]
    needs_human: bool
    reasons: list[str]
    evidence: list[Evidence]
    repairs: list[RepairMade]
    reader: str
    model: str

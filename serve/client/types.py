"""What goes in and what comes out, besides the record (`nlp.record_types`). /docs tells the meanings."""

from datetime import date, datetime
from typing import Any, TypedDict

from nlp.record_types import Record


class Article(TypedDict, total=False):
    """One press item: a title or a body is needed. A time without a zone is one of Vietnam."""

    id: str
    title: str
    lead: str
    body: str
    source: str
    url: str
    published_at: str | date | datetime | None


class Decided(TypedDict, total=False):
    """What a person decided; only what was looked at. `lead_unit` None: no unit leads."""

    topic: str
    lead_unit: str | None
    coordinating_units: list[str]
    urgency: int
    tone: int


class Correction(TypedDict):
    """A correction as it was kept, with the prediction that it corrects."""

    id: str
    article_id: str
    created_at: str
    model: str
    prediction: Record
    decided: Decided


class TopicName(TypedDict):
    """A topic; `in_scope` is false for the one that stands for all that is out of scope."""

    code: str
    name: str
    in_scope: bool


class UrgencyLevel(TypedDict):
    """A level of urgency."""

    level: int
    name: str


class Topics(TypedDict):
    """The topics and levels that records speak of."""

    topics: list[TopicName]
    urgency: list[UrgencyLevel]


class Decree(TypedDict):
    """What made the structure of a day. `units` is how many units it counts, where it says so."""

    id: str
    number: str
    title: str
    first_day: str
    units: int | None
    source: str
    confidence: str
    verified: bool


class UnitFacts(TypedDict):
    """A unit of the ministry on a day."""

    id: str
    name: str
    kind: str
    counted: bool
    parent: str | None
    abbreviations: list[str]
    since: str
    source: str
    confidence: str
    verified: bool


class HeldBy(TypedDict):
    """A unit or enterprise that holds something."""

    id: str
    name: str
    kind: str
    under_ministry: bool
    owner: str | None
    verified: bool


class PartHeldBy(HeldBy):
    """The holder of a competence for some topics; of no topics: for all that the others do not hold."""

    topics: list[str]


class Competence(TypedDict):
    """A code of the model and who holds it."""

    code: str
    name: str
    holders: list[PartHeldBy]


class Enterprise(HeldBy):
    """An enterprise with its code."""

    code: str


class Units(TypedDict):
    """The organisation on the day `at`."""

    at: str
    units_counted: int
    decrees: list[Decree]
    units: list[UnitFacts]
    competences: list[Competence]
    enterprises: list[Enterprise]


class ModelFacts(TypedDict):
    """The model that answers. `card` is Markdown; a model made for a test may lack the two before it."""

    version: str
    data_fingerprint: str | None
    metrics: dict[str, Any] | None
    card: str

"""What the organisation is made of. Everything is frozen; days are whole days in Vietnam."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from nlp.heads import TOPICS

ENTERPRISE = "doanh nghiệp"
KINDS = {
    "Vụ": True,
    "Cục": True,
    "Tổng cục": True,
    "Thanh tra": True,
    "Văn phòng": True,
    "Ủy ban": True,
    "sự nghiệp": True,
    "Bộ": False,
    "ngoài danh sách": False,
    "ngoài Bộ": False,
}
"""Kinds of unit, and whether a decree counts them among the ministry's units."""
OUTSIDE = "ngoài Bộ"


@dataclass(frozen=True, slots=True)
class Decree:
    """An instrument that changed the organisation from `first_day` on."""

    id: str
    number: str
    title: str
    first_day: date
    units: int | None
    source: str
    confidence: str
    note: str
    file: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is on a day. `since` is the day from which it bears this name."""

    id: str
    name: str
    kind: str
    parent: str
    abbreviations: tuple[str, ...]
    aliases: tuple[str, ...]
    since: date
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who answers on a day: a unit, an enterprise, or a body outside the ministry.

    `owner` is empty but for enterprises. `verified`: both that it exists so and that it holds what was asked for were
    seen in the instrument or in the press.
    """

    id: str
    name: str
    kind: str
    under_ministry: bool = True
    owner: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds one competence: `rest` for every topic that `topics` does not name."""

    rest: Holder
    topics: Mapping[str, Holder] = field(default_factory=dict)

    def parts(self) -> list[tuple[tuple[str, ...], Holder]]:
        """(topics, holder) in the order of TOPICS, behind the holder of the rest with no topics."""
        by_holder: dict[Holder, list[str]] = {}
        for topic in TOPICS:
            if topic in self.topics:
                by_holder.setdefault(self.topics[topic], []).append(topic)
        return [((), self.rest), *((tuple(topics), holder) for holder, topics in by_holder.items())]


@dataclass(frozen=True, slots=True)
class Structure:
    """The organisation from `first_day` on, until the next change.

    `decrees` are those of the day or before it, the latest last. `units` holds all units by id, those outside the
    ministry included; `enterprises` all enterprises by id.
    """

    first_day: date
    decrees: tuple[Decree, ...]
    units: Mapping[str, Unit]
    enterprises: Mapping[str, Holder]
    holdings: Mapping[str, Holding]

    def holder(self, competence: str, topic: str) -> Holder:
        """Who holds a competence (a code of nlp.heads.UNITS) for a topic (of TOPICS). KeyError: no such competence."""
        holding = self.holdings[competence]
        return holding.topics.get(topic, holding.rest)

    def map_labels(self, labels: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
        """Labels (competence, topic) by the id of who holds them here, each in the order given: none is lost."""
        grouped: dict[str, list[tuple[str, str]]] = {}
        for competence, topic in labels:
            grouped.setdefault(self.holder(competence, topic).id, []).append((competence, topic))
        return grouped

    def ministry_units(self) -> tuple[Unit, ...]:
        """The units that a decree counts, in the order in which they were opened."""
        return tuple(unit for unit in self.units.values() if KINDS[unit.kind])


@dataclass(frozen=True, slots=True)
class Named:
    """A name borne from `first_day` on."""

    first_day: date
    name: str


@dataclass(frozen=True, slots=True)
class Life:
    """A unit or enterprise through time. `closed` is the first day without it, None where it goes on.

    `how` it began: new, rename, merge, split or upgrade.
    """

    id: str
    kind: str
    opened: date
    closed: date | None
    names: tuple[Named, ...]
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    how: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who held a competence from `first_day` to `last_day` (None: it goes on). Empty `topics`: all that are left."""

    first_day: date
    last_day: date | None
    topics: tuple[str, ...]
    holder: Holder

"""What people decided about articles -> one decision an article, or what keeps it from being one.

A person who decides again replaces what they had said of the same fields. People who differ are never averaged or
outvoted: the article waits until somebody chooses. Nobody's silence is filled with what the model said.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from models.data import CORRECTED, Label, breaches
from nlp.heads import NO_UNIT, OUT_OF_SCOPE
from nlp.types import Article

FIELDS = {
    "topic": "topic",
    "lead_unit": "lead",
    "coordinating_units": "coord",
    "urgency": "urgency",
    "tone": "tone",
}
"""What a person can decide, by the names of the record -> the field of a label that holds it."""
OUTSIDE: Mapping[str, Any] = {
    "topic": OUT_OF_SCOPE,
    "lead_unit": None,
    "coordinating_units": [],
    "urgency": 0,
    "tone": 0,
}
"""What the guideline says of an article out of scope: who decides that has decided everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One stored correction. `decided` holds some of FIELDS, `predicted` the same of the record that it corrects.

    `actor` is who decided, `key` the name of the API key that sent it, `at` when (ISO 8601), `model` the version that
    was corrected.
    """

    id: str
    article: Article
    decided: Mapping[str, Any]
    predicted: Mapping[str, Any]
    model: str
    reason: str
    actor: str
    key: str
    at: str

    @property
    def who(self) -> str:
        """The person; where the client names none, its key stands for one."""
        return " ".join(self.actor.split()) or f"khóa {self.key}"


@dataclass(frozen=True, slots=True)
class Clash:
    """People who decided one field differently: (who, the ruling, the value), at least two of them."""

    field: str
    sides: tuple[tuple[str, Ruling, Any], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """All that was decided about one article.

    `decided` is what stands: fields on which nobody decided are absent. `rulings` are those it rests on, the oldest
    first; `clashes` keep it from being a label, and so does `fault`, a rule of the guideline that it breaks.
    """

    article: Article
    decided: Mapping[str, Any]
    rulings: tuple[Ruling, ...]
    clashes: tuple[Clash, ...] = ()
    fault: str = ""

    @property
    def id(self) -> str:
        """The label's id: of the text, because clients number their articles as they like."""
        return f"sua-{text_key(self.article)[:16]}"

    @property
    def is_settled(self) -> bool:
        """Whether it is a label."""
        return not self.clashes and not self.fault

    @property
    def label(self) -> Label:
        """The decision as a label of the train split; `undecided` is what nobody decided."""
        return label_of(self.id, self.decided)


def text_key(article: Article) -> str:
    """SHA-256 (hex) of the words of an article: the same for another id, other white space, other Unicode form."""
    words = " ".join(f"{article.title} {article.lead} {article.body}".split())
    return sha256(unicodedata.normalize("NFC", words).lower().encode("utf-8", "surrogatepass")).hexdigest()


def label_of(name: str, decided: Mapping[str, Any]) -> Label:
    """What was decided as a label called `name`."""
    return Label(
        name,
        decided.get("topic", ""),
        decided.get("lead_unit") or NO_UNIT,
        tuple(decided.get("coordinating_units", ())),
        decided.get("urgency", 0),
        decided.get("tone", 0),
        stratum=CORRECTED,
        undecided=tuple(FIELDS[field] for field in FIELDS if field not in decided),
    )


def settle(rulings: Iterable[Ruling]) -> list[Case]:
    """One case an article, in the order in which the articles first came; `rulings` in the order of their making."""
    by_article: dict[str, list[Ruling]] = {}
    for ruling in rulings:
        by_article.setdefault(text_key(ruling.article), []).append(ruling)
    return [_case(given) for given in by_article.values()]


def overruled_by(chosen: Ruling, rulings: Sequence[Ruling]) -> list[str]:
    """Ids of all that people who differ from the maker of `chosen` have said of its article so far."""
    key = text_key(chosen.article)
    about = [one for one in rulings if text_key(one.article) == key]
    losers = set()
    for clash in _case(about).clashes:
        values = {who: value for who, _, value in clash.sides}
        if chosen.who in values:
            losers |= {who for who, value in values.items() if not _same(value, values[chosen.who])}
    return [one.id for one in about if one.who in losers]


def _case(rulings: Sequence[Ruling]) -> Case:
    people: dict[str, dict[str, tuple[Ruling, Any]]] = {}
    for ruling in rulings:
        people[ruling.who] = _after(people.get(ruling.who, {}), ruling)
    decided, clashes = {}, []
    for field in FIELDS:
        sides = [(who, *said[field]) for who, said in people.items() if field in said]
        if any(not _same(value, sides[0][2]) for _, _, value in sides):
            clashes.append(Clash(field, tuple(sides)))
        elif sides:
            decided[field] = sides[0][2]
    standing = {ruling.id for said in people.values() for ruling, _ in said.values()}
    wrong = [] if clashes else breaches(label_of("?", decided))
    return Case(
        article=rulings[-1].article,
        decided=decided,
        rulings=tuple(one for one in rulings if one.id in standing),
        clashes=tuple(clashes),
        fault=wrong[0][1] if wrong else "",
    )


def _after(said: dict[str, tuple[Ruling, Any]], ruling: Ruling) -> dict[str, tuple[Ruling, Any]]:
    """What one person has decided after one more ruling of theirs."""
    new = {field: (ruling, value) for field, value in ruling.decided.items()}
    if ruling.decided.get("topic") == OUT_OF_SCOPE:
        return {field: (ruling, value) for field, value in OUTSIDE.items()} | new
    was_outside = "topic" in said and said["topic"][1] == OUT_OF_SCOPE
    return new if was_outside and "topic" in new else said | new


def _same(one: Any, other: Any) -> bool:
    return set(one) == set(other) if isinstance(one, list) and isinstance(other, list) else bool(one == other)

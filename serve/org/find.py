"""What a word of the user means: a code of the labels, or units and enterprises by id, name or abbreviation."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from nlp.errors import DiembaoError
from nlp.heads import UNITS
from nlp.organisation import Organisation
from nlp.organisation.names import form_of
from serve.words import one_line

MOST_MATCHES = 6
LIKENESS = 0.6
"""Least likeness (difflib) of what is offered instead of an unknown word."""


class UnknownName(DiembaoError):
    """No code, unit or enterprise is called so. Facts: `wanted`, `near` (what is called alike), other `meanings`."""

    def __init__(self, wanted: str, near: Sequence[str], meanings: Sequence[str] = ()) -> None:
        self.wanted, self.near, self.meanings = wanted, tuple(near), tuple(meanings)
        other = f" (có thể là: {', '.join(meanings)})" if meanings else ""
        hint = f"gần giống: {', '.join(near)}" if near else "diembao org show liệt kê mọi mã và đơn vị"
        super().__init__(f"không biết mã, đơn vị hay doanh nghiệp nào là “{one_line(wanted)}”{other}; {hint}")


@dataclass(frozen=True, slots=True)
class Found:
    """A code, or the ids of all who are or were called so. `meanings`: what else the word may stand for."""

    code: str = ""
    ids: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()


def find(organisation: Organisation, wanted: str) -> Found:
    """A code first, then an id, then names of any time. Raises UnknownName with what is called alike."""
    word = wanted.strip()
    if word.upper() in UNITS:
        return Found(code=word.upper())
    meanings = organisation.index.collisions.get(form_of(word), ())
    if word.casefold() in organisation.lives:
        return Found(ids=(word.casefold(),), meanings=meanings)
    called = {holder.id: None for day in organisation.days for holder in organisation.lookup(word, at=day).holders}
    if not called:
        raise UnknownName(word, list(dict.fromkeys(_near(organisation, word)))[:MOST_MATCHES], meanings)
    return Found(ids=tuple(called), meanings=meanings)


def _near(organisation: Organisation, word: str) -> Iterator[str]:
    """Names that hold the word, then those that look like it, marks and case apart."""
    plain = _plain(word)
    names: dict[str, str] = {}
    for name in _names(organisation):
        names.setdefault(_plain(name), name)
    if len(plain) > 2:
        yield from (name for key, name in names.items() if plain in key)
    yield from (names[key] for key in get_close_matches(plain, names, n=MOST_MATCHES, cutoff=LIKENESS))


def _names(organisation: Organisation) -> Iterator[str]:
    yield from UNITS
    yield from organisation.lives
    for life in organisation.lives.values():
        yield from (named.name for named in life.names)
    for structure in organisation.structures:
        for unit in structure.units.values():
            yield from (*unit.abbreviations, *unit.aliases)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", " ".join(text.casefold().split())).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))

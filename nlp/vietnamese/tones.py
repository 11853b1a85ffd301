"""Tone marks on a letter that is wrong in the old and in the new style alike: gía, nghìên, lựơng, qúy."""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.vietnamese.aligned import Aligned, Edit
from nlp.vietnamese.alphabet import TONE_OF, VOWELS, with_tone, without_tones
from nlp.vietnamese.scan import TABLES, encode, wrong_tones
from nlp.vietnamese.syllables import is_syllable, tone_places

WORD = re.compile(r"[^\W\d_]+")
_TWO_VOWELS = re.compile(f"[{VOWELS}]{{2}}")


@lru_cache(maxsize=1 << 15)
def misplaced(word: str) -> tuple[int, int] | None:
    """The index where a misplaced tone stands and the one where it belongs, or None where nothing is wrong."""
    lower = word.lower()
    toned = [i for i, c in enumerate(lower) if TONE_OF.get(c)]
    if len(toned) != 1 or len(lower) != len(word):
        return None
    bare = without_tones(lower)
    if not _TWO_VOWELS.search(bare):
        return None
    places = tone_places(bare)
    if not places or toned[0] in places:
        return None
    return (toned[0], places[0]) if is_syllable(_move(word, toned[0], places[0])) else None


def _move(word: str, wrong: int, right: int) -> str:
    letters = list(word)
    letters[wrong] = with_tone(word[wrong], 0)
    letters[right] = with_tone(word[right], TONE_OF[word[wrong].lower()])
    return "".join(letters)


def place_tones(aligned: Aligned) -> bool:
    """Move each misplaced tone to its letter; hòa and hoà are both right and stay as they are."""
    text = aligned.text
    edits: list[Edit] = []
    done = 0
    for place in wrong_tones(encode(text), TABLES).tolist():
        if place < done:
            continue
        start, done = _word_around(text, place)
        word = text[start:done]
        if found := misplaced(word):
            moved = _move(word, *found)
            edits += [(start + i, start + i + 1, moved[i]) for i in sorted(found)]
    return aligned.apply(edits, kind="tone-placement")


def _word_around(text: str, place: int) -> tuple[int, int]:
    start, end = place, place + 1
    while start and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return start, end

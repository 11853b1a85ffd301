"""Vietnamese typed without its marks: noticed, never restored, since bo may be bộ, bò, bỏ or bơ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.vietnamese.alphabet import ACCENTED
from nlp.vietnamese.syllables import is_unmarked_syllable

_WORD = re.compile(r"(?<![\w@./-])[^\W\d_]+(?![\w@/-])")
_MARKED = re.compile(f"[{ACCENTED}]")

MIN_WORDS = 8
MIN_SHARE = 0.75
"""Least syllables, and least share of words that are syllables. English has about a
third, unmarked Vietnamese nearly all."""


def unmarked_words(texts: Sequence[str]) -> list[int]:
    """Count per text the syllables without marks, if the texts together are unmarked Vietnamese; else all 0."""
    if sum(len(_MARKED.findall(text)) for text in texts) * 50 >= sum(map(len, texts)):
        return [0] * len(texts)
    words = [_WORD.findall(text) for text in texts]
    syllables = [sum(map(is_unmarked_syllable, found)) for found in words]
    total = sum(syllables)
    is_unmarked = total >= MIN_WORDS and total >= MIN_SHARE * sum(map(len, words))
    return syllables if is_unmarked else [0] * len(texts)

"""One compiled pass that says whether a text needs repair at all, so that clean text costs microseconds.

Each code point has a class; three classes in a row tell a misplaced tone. The tables are literal in what they list and
are handed to the kernel, because numba's cache would not notice a change in another file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from nlp.types import Codes
from nlp.vietnamese.alphabet import CONSONANTS, MARKED, TONED, VOWELS, without_tones

SPACE = 1
INVISIBLE = 2
FORM = 4
LOOK_ALIKE = 8
SURROGATE = 16
FOREIGN = 32
TONE = 64
AFTER_LETTER = 128
UNMARKED = 256
"""Suspicions, as bits. A sign that is FOREIGN counts only beside a letter, and AFTER_LETTER as FOREIGN only after one
beyond ASCII: "© 2016" and "m²" are nothing to look into."""

_CLASS_BITS = 0x1F
_LETTER = 0x20
_MARK = 0x40
_FAULT = 0x80
_G, _Q, _CONSONANT = 25, 26, 27
_FAULTS_AT = 1 << 16
_TRIPLES_AT = 1 << 17

_RANGES = (
    (SPACE, "\u000b\u000c\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"),
    (
        INVISIBLE,
        "\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb",
    ),
    (FORM, "\u0300-\u036f\u212a\u212b"),
    (LOOK_ALIKE, "ÐðƉɖ"),
    (SURROGATE, "\ud800-\udfff"),
    # Letters and signs on which font texts and mojibake live.
    (FOREIGN, "\u00a1-\u00af\u00b4-\u00bfÄÅÆÇËÎÏÐÑÖØÛÜÞßäåæçëîïðñöøûüþÿ€‚ƒ„†‡ˆ‰Š‹ŒŽ˜™š›œžŸ"),
    (AFTER_LETTER, "°±²³"),
)
"""Code points worth a look, as ranges."""

# Untoned vowel, then the letter that bears the tone (hoàn, tiền); and the other way round, at a word's end (mía).
_RISING = frozenset("iê iô oa oă oe oo uâ uê uy uô uơ ươ yê".split())  # noqa: SIM905
_FALLING = frozenset("ia iu ua ui uy oa oe oi ai ay ao au eo êu ôi ơi ưa ưu ưi âu ây ya yu".split())  # noqa: SIM905


def _spread(ranges: str) -> list[int]:
    points: list[int] = []
    for i, c in enumerate(ranges):
        if c == "-":
            points += range(points[-1] + 1, ord(ranges[i + 1]))
        else:
            points.append(ord(c))
    return points


def _class_names() -> list[str]:
    """Class 0 is no letter; 1 to 12 the vowels, 13 to 24 the same with a tone, then g, q and the other consonants."""
    return ["", *VOWELS, *(v + "'" for v in VOWELS), "g", "q", "b"]


def _is_wrong(x: str, y: str, z: str) -> bool:
    """Whether no syllable in either style holds these three neighbours; "'" stands for a tone, b for a consonant."""
    if not y or y[0] not in VOWELS:
        return False
    if len(x) == 2 and y[0] in VOWELS and z:
        return True
    if not z or z[0] not in VOWELS:
        return False
    if len(y) == 2:
        is_triphthong = x + y[0] + z == "ươu"
        return len(z) == 2 or x + y[0] in ("gi", "qu") or (y[0] + z not in _FALLING and not is_triphthong)
    if len(z) == 2 or z in "ăâêôơ":
        return x + y not in ("gi", "qu") and y + z[0] not in _RISING
    return False


def _build_tables() -> npt.NDArray[np.uint8]:
    """Classes of the BMP, then its suspicions, then the wrong triples, in one array: one argument to unpack."""
    tables = np.zeros(_TRIPLES_AT + (1 << 15), dtype=np.uint8)
    for letters, kind in ((CONSONANTS + "fjwz", _CONSONANT), ("g", _G), ("q", _Q)):
        for c in letters + letters.upper():
            tables[ord(c)] = kind | _LETTER
    for c in VOWELS + TONED:
        kind = 1 + VOWELS.index(without_tones(c)) + (12 if c in TONED else 0)
        tables[[ord(c), ord(c.upper())]] = kind | _LETTER
    for c in MARKED + MARKED.upper():
        tables[ord(c)] |= _LETTER | _MARK
    for fault, ranges in _RANGES:
        for point in _spread(ranges):
            tables[point] |= _FAULT
            tables[_FAULTS_AT + point] |= fault
    names = _class_names()
    for i, x in enumerate(names):
        for j, y in enumerate(names):
            for k, z in enumerate(names):
                tables[_TRIPLES_AT + (i << 10 | j << 5 | k)] = _is_wrong(x, y, z)
    return tables


def encode(text: str) -> Codes:
    """The code points of `text`, lone surrogates included, as a read-only uint32 array."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


TABLES = _build_tables()
"""uint8: [0, 65536) class and bits by code point, [65536, 131072) suspicions, then wrong triples of classes."""


@njit(cache=True, nogil=True, boundscheck=False)
def scan(codes: Codes, tables: npt.NDArray[np.uint8], separators: int) -> int:
    """OR together the suspicions in `codes` (uint32 code points); 0 means that the text is clean.

    `separators` is how many U+001F belong there; more are invisible marks. UNMARKED: 16 letters or more, and fewer than
    one in 50 bears a Vietnamese mark.
    """
    found = 0
    letters = 0
    marks = 0
    wrong = 0
    triple = 0
    n = codes.shape[0]
    for i in range(n):
        code = int(codes[i])
        entry = int(tables[code]) if code < 0x10000 else 0
        triple = ((triple << 5) | (entry & 0x1F)) & 0x7FFF
        wrong |= int(tables[0x20000 + triple])
        letters += (entry >> 5) & 1
        marks += (entry >> 6) & 1
        if entry & 0x80:
            fault = int(tables[0x10000 + code])
            if code == 0x1F and separators > 0:
                separators -= 1
            elif fault & 0xA0:
                before = int(codes[i - 1]) if i > 0 else 0x20
                after = int(codes[i + 1]) if i + 1 < n else 0x20
                found |= fault & 0x5F
                if 0xC0 <= code < 0x250 or _counts_beside(fault, before, after, tables):
                    found |= 0x20
            else:
                found |= fault
    if wrong:
        found |= 64
    if letters >= 16 and marks * 50 < letters:
        found |= 256
    return found


@njit(cache=True, nogil=True)
def _counts_beside(fault: int, before: int, after: int, tables: npt.NDArray[np.uint8]) -> bool:
    """Whether a foreign sign touches a letter (a superscript: follows a letter beyond ASCII, as in "mÂ²")."""
    if fault & 128:
        return 0xC0 <= before < 0x250
    if before < 0x10000 and int(tables[before]) & 0xA0:
        return True
    return after < 0x10000 and int(tables[after]) & 0xA0 != 0


@njit(cache=True, nogil=True)
def has_unicode_vietnamese(codes: Codes, tables: npt.NDArray[np.uint8]) -> bool:
    """Whether letters that only Unicode Vietnamese has (over U+00FF) are there, and as many as signs of a font text."""
    letters = 0
    signs = 0
    for i in range(codes.shape[0]):
        code = int(codes[i])
        if code <= 0xFF:
            signs += (int(tables[0x10000 + code]) >> 5) & 1
        elif code < 0x10000:
            letters += (int(tables[code]) >> 6) & 1
    return letters > 0 and letters >= signs


@njit(cache=True, nogil=True)
def wrong_tones(codes: Codes, tables: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Where the wrong triples end: an index inside each word that may have a misplaced tone."""
    places = np.empty(codes.shape[0], dtype=np.int64)
    found = 0
    triple = 0
    for i in range(codes.shape[0]):
        code = int(codes[i])
        entry = int(tables[code]) if code < 0x10000 else 0
        triple = ((triple << 5) | (entry & 0x1F)) & 0x7FFF
        if tables[0x20000 + triple]:
            places[found] = i
            found += 1
    return places[:found]

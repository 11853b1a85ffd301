"""Text -> sparse matrix: weighted counts of hashed syllables and pairs of syllables. The only place that knows n-grams.

A syllable is a run of letters or digits. Its hash is made of its lower-case letters without tone marks, and of the tone
itself: "hòa" and "hoà" are one syllable wherever the mark stands, "hoa" is another. Every digit counts as 0, so that
numbers are known by their shape. Pairs do not cross punctuation. Nothing is learnt here, so the same text gives the
same matrix on every machine.

An occurrence counts ZONE_WEIGHTS by where it stands; the value of an n-gram is the square root of its sum, so that
the tenth mention adds less than the second. An n-gram of the title or the lead is moreover counted as a feature of its
own: a word in a headline says what the item is about, which the same word far down does not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from nlp.types import ZONE_SEPARATOR, Codes, Text

ZONE_WEIGHTS = (8.0, 5.0, 2.0, 0.5)
"""Weight of one occurrence in the title, the lead, the opening of the body, the rest of the body."""

HEADLINE_WEIGHTS = (4.0, 3.0)
"""Weight of one occurrence in the title and the lead in the n-gram's feature for headlines."""

HEADLINE = 0x5BD1E995
"""An n-gram's feature for headlines has its key with these bits flipped."""

OPENING_CHARS = 750
"""Length of the body's opening, in code points: as much as the labels' readers read."""

_TONES = {"\u0300": 1, "\u0301": 2, "\u0303": 3, "\u0309": 4, "\u0323": 5}
_D_STROKE = {"\u00f0": "đ", "\u0189": "đ", "\u0256": "đ"}


def _folding_table() -> npt.NDArray[np.uint32]:
    """BMP code point -> lower-case letter without tone, the tone in bits 16-18; 0 where no letter or digit stands."""
    table = np.zeros(0x10000, np.uint32)
    for code in range(0x10000):
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            table[code] = ord("0")
        elif category[0] == "L":
            lower = char.lower()[0]
            tone, rest = 0, []
            for mark in unicodedata.normalize("NFD", _D_STROKE.get(lower, lower)):
                tone = _TONES.get(mark, tone)
                rest += [] if mark in _TONES else [mark]
            letter = unicodedata.normalize("NFC", "".join(rest))[:1]
            table[code] = ord(letter or lower) | tone << 16
    return table


_FOLD = _folding_table()
# Quotation marks and spaces do not part a pair of syllables; any other mark does.
_TRANSPARENT = np.zeros(0x10000, np.bool_)
_TRANSPARENT[[ord(char) for char in " \"'\u201c\u201d\u2018\u2019\u00ab\u00bb"]] = True


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sparse rows of n-gram values, in the layout of a CSR matrix.

    `keys` (uint32) and `values` (float32) hold the entries of all rows, `spans` (int32, entries by 2) where the n-gram
    of each first stands in its text: half-open, in code points. `starts` (int64, rows + 1) says where each row begins,
    `syllables` (int64, rows) how many syllables each text has.
    """

    keys: npt.NDArray[np.uint32]
    values: npt.NDArray[np.float32]
    spans: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    syllables: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1


@njit(cache=True, inline="always")
def _mix(h):  # type: ignore[no-untyped-def]
    """Finaliser of MurmurHash3: spreads every bit of a 32-bit hash over all others."""
    h ^= h >> np.uint32(16)
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h ^= h >> np.uint32(13)
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return h ^ (h >> np.uint32(16))


@njit(cache=True)
def _syllables(codes, fold, transparent, hashes, starts, ends, joined):  # type: ignore[no-untyped-def]
    """Fill hash, span and whether it may pair with the one before, of every syllable; returns how many."""
    n = 0
    h = np.uint32(2166136261)
    tone = np.uint32(0)
    begin = -1
    touching = False
    size = len(codes)
    for i in range(size + 1):
        code = codes[i] if i < size else np.uint32(32)
        folded = fold[code] if code < 0x10000 else np.uint32(0)
        if folded != 0:
            if begin < 0:
                begin = i
            h = np.uint32((h ^ (folded & np.uint32(0xFFFF))) * np.uint32(16777619))
            tone += folded >> np.uint32(16)
        else:
            if begin >= 0:
                hashes[n] = _mix(h ^ np.uint32(tone * np.uint32(0x9E3779B1)))
                starts[n] = begin
                ends[n] = i
                joined[n] = touching
                n += 1
                h = np.uint32(2166136261)
                tone = np.uint32(0)
                begin = -1
                touching = True
            if code >= 0x10000 or not transparent[code]:
                touching = False
    return n


@njit(cache=True, inline="always")
def _pair(left, right):  # type: ignore[no-untyped-def]
    return _mix(np.uint32(left * np.uint32(0x9E3779B1)) + right)


@njit(cache=True, inline="always")
def _add(slot_keys, slot_at, mask, key, weight, start, end, keys, sums, spans, first, n):  # type: ignore[no-untyped-def]
    """Add `weight` to the sum of `key`, through an open-addressing table; returns the number of distinct keys."""
    slot = key & mask
    while slot_at[slot] >= first:
        if slot_keys[slot] == key:
            sums[slot_at[slot]] += weight
            return n
        slot = (slot + np.uint32(1)) & mask
    slot_keys[slot] = key
    slot_at[slot] = n
    keys[n] = key
    sums[n] = weight
    spans[n, 0] = start
    spans[n, 1] = end
    return n + 1


@njit(cache=True)
def _count(  # type: ignore[no-untyped-def]
    codes, bounds, fold, transparent, weights, headline_weights, opening, keys, sums, spans, row_starts, syllables
):
    """Fill the distinct keys, weighted counts and first spans of every article; returns the number of entries."""
    longest = 0
    for row in range(len(bounds) - 1):
        longest = max(longest, bounds[row + 1] - bounds[row])
    hashes = np.empty(longest // 2 + 2, np.uint32)
    starts = np.empty(longest // 2 + 2, np.int64)
    ends = np.empty(longest // 2 + 2, np.int64)
    joined = np.empty(longest // 2 + 2, np.bool_)
    slot_keys = np.empty(0, np.uint32)
    slot_at = np.empty(0, np.int64)
    flip = np.uint32(HEADLINE)
    n = 0
    for row in range(len(bounds) - 1):
        first = n
        row_starts[row] = n
        text = codes[bounds[row] : bounds[row + 1]]
        zone_ends = _zone_ends(text, opening)
        count = _syllables(text, fold, transparent, hashes, starts, ends, joined)
        syllables[row] = count
        # A syllable gives two entries at most, one of the headlines four; a small table stays in the nearest cache.
        size = 64
        while size < 4 * (count + min(count, zone_ends[1])):
            size *= 2
        mask = np.uint32(size - 1)
        if size > len(slot_at):
            # Entries of earlier articles have a smaller index than `first`, so it needs no clearing between rows.
            slot_keys = np.empty(size, np.uint32)
            slot_at = np.full(size, -1, np.int64)
        zone = 0
        for i in range(count):
            while zone < 3 and starts[i] >= zone_ends[zone]:
                zone += 1
            pair = _pair(hashes[i - 1], hashes[i]) if i > 0 and joined[i] else np.uint32(0)
            here, before, end = starts[i], starts[i - 1] if pair else 0, ends[i]
            n = _add(slot_keys, slot_at, mask, hashes[i], weights[zone], here, end, keys, sums, spans, first, n)
            if pair:
                n = _add(slot_keys, slot_at, mask, pair, weights[zone], before, end, keys, sums, spans, first, n)
            if zone < len(headline_weights):
                weight = headline_weights[zone]
                n = _add(slot_keys, slot_at, mask, hashes[i] ^ flip, weight, here, end, keys, sums, spans, first, n)
                if pair:
                    n = _add(slot_keys, slot_at, mask, pair ^ flip, weight, before, end, keys, sums, spans, first, n)
    row_starts[len(bounds) - 1] = n
    return n


@njit(cache=True, inline="always")
def _zone_ends(text, opening):  # type: ignore[no-untyped-def]
    """Where the title, the lead and the opening of the body end."""
    zone_ends = np.full(3, len(text), np.int64)
    zone = 0
    for i in range(len(text)):
        if text[i] == 0x1F and zone < 2:
            zone_ends[zone] = i
            zone += 1
            if zone == 2:
                break
    zone_ends[2] = min(zone_ends[1] + 1 + opening, len(text))
    return zone_ends


def featurize(texts: Sequence[Text]) -> Matrix:
    """Turn `texts` into a sparse matrix of one row an article; an article without a syllable gives an empty row."""
    return featurize_codes([text.codes for text in texts])


def featurize_codes(codes: Sequence[Codes]) -> Matrix:
    """Like `featurize`, for bare code points: title, lead and body with a ZONE_SEPARATOR between them."""
    bounds = np.zeros(len(codes) + 1, np.int64)
    np.cumsum([len(row) for row in codes], out=bounds[1:])
    joined = np.concatenate(codes) if codes else np.empty(0, np.uint32)
    # A syllable takes two code points with the mark after it and gives at most four entries.
    room = 2 * (len(joined) + len(codes) + 1)
    keys, sums, spans = np.empty(room, np.uint32), np.empty(room, np.float32), np.empty((room, 2), np.int32)
    starts, syllables = np.empty(len(codes) + 1, np.int64), np.empty(len(codes), np.int64)
    weights = np.asarray(ZONE_WEIGHTS, np.float32), np.asarray(HEADLINE_WEIGHTS, np.float32)
    n = _count(joined, bounds, _FOLD, _TRANSPARENT, *weights, OPENING_CHARS, keys, sums, spans, starts, syllables)
    return Matrix(keys[:n].copy(), np.sqrt(sums[:n]), spans[:n].copy(), starts, syllables)


def join_zones(title: str, lead: str, body: str) -> Codes:
    """Code points of three repaired zones with ZONE_SEPARATOR between them, as `featurize_codes` reads them."""
    joined = ZONE_SEPARATOR.join((title, lead, body))
    return np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)

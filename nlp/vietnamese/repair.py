"""The slow road: texts that the scan found suspicious, repaired fault by fault until nothing is left to repair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nlp.types import ZONE_SEPARATOR, Offsets
from nlp.vietnamese import legacy
from nlp.vietnamese.aligned import Aligned
from nlp.vietnamese.alphabet import ONLY_VIETNAMESE
from nlp.vietnamese.diacritics import unmarked_words
from nlp.vietnamese.mojibake import undo_mojibake
from nlp.vietnamese.scan import (
    FOREIGN,
    FORM,
    INVISIBLE,
    LOOK_ALIKE,
    SPACE,
    SURROGATE,
    TABLES,
    TONE,
    UNMARKED,
    encode,
    scan,
)
from nlp.vietnamese.syllables import is_syllable, is_unmarked_syllable
from nlp.vietnamese.tones import WORD, misplaced, place_tones
from nlp.vietnamese.unicode_forms import compose, drop_invisible, plain_spaces, replace_surrogates, true_d

MEANINGS = {
    "unicode-form": "dấu rời hoặc nửa rời (NFD, Windows-1258) được ghép về NFC",
    "look-alike": "chữ giống Đ, đ (U+00D0, U+0189...) được thay bằng Đ, đ",
    "tone-placement": "dấu thanh đặt sai chữ theo cả kiểu cũ lẫn kiểu mới (gía, nghìên) được đặt lại",
    "tcvn3": "phông TCVN3 (ABC) được giải mã",
    "vni": "phông VNI-Windows được giải mã",
    "mojibake": "UTF-8 bị đọc nhầm là Windows-1252 hoặc Latin-1 được đọc lại",
    "invisible": "ký tự không nhìn thấy bị bỏ",
    "space": "khoảng trắng và dấu xuống dòng lạ được thay bằng loại thường",
    "missing-diacritics": "chữ Việt không dấu, chỉ ghi nhận, không sửa",
    "lone-surrogate": "nửa ký tự thay thế (surrogate) được thay bằng U+FFFD",
}
"""Each kind of fault and what was done, as users read it."""

KINDS = tuple(MEANINGS)

Step = Callable[[Aligned], bool]

_BYTE_STEPS: tuple[tuple[int, Step], ...] = (
    (SURROGATE, replace_surrogates),
    (FOREIGN | SPACE | INVISIBLE, undo_mojibake),
)
_LETTER_STEPS: tuple[tuple[int, Step], ...] = (
    (INVISIBLE, drop_invisible),
    (SPACE, plain_spaces),
    (FORM, compose),
    (LOOK_ALIKE, true_d),
)
"""Suspicions that call for each step."""

_MAX_ROUNDS = 8
"""Each round undoes one layer (twice misread text has two); no text met needs four."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair. `faults` are (kind, code points found wrong) in the order of KINDS.

    `offsets[i]` is where in the text as given the first code point that made `text[i]` stands; length + 1 entries that
    never decrease, the last is the length as given. None where the text is unchanged.
    """

    text: str
    faults: tuple[tuple[str, int], ...] = ()
    offsets: Offsets | None = None


def repair(text: str, *, legacy: str | None = None) -> Repaired:
    """Repair one text. `legacy` ("tcvn3", "vni") names its font encoding where that is known; None finds out."""
    return repair_all((text,), legacy=legacy)[0]


def repair_all(texts: Sequence[str], *, legacy: str | None = None) -> tuple[Repaired, ...]:
    """Repair the texts of one article; what a short title cannot prove (a font encoding, the language) its body can.

    Repairing the result again changes nothing. Raises ValueError for an unknown `legacy`.
    """
    _check_encoding(legacy)
    zones = [Aligned(text) for text in texts]
    for _ in range(_MAX_ROUNDS):
        suspicions = _scan(zones)
        if not (suspicions & ~UNMARKED and _repair_round(zones, suspicions, legacy)):
            break
    if suspicions & UNMARKED:
        for zone, count in zip(zones, unmarked_words([zone.text for zone in zones]), strict=True):
            zone.faults["missing-diacritics"] += count
    return tuple(_finish(zone, given) for zone, given in zip(zones, texts, strict=True))


def _scan(zones: list[Aligned]) -> int:
    joined = ZONE_SEPARATOR.join(zone.text for zone in zones)
    return int(scan(encode(joined), TABLES, len(zones) - 1))


def _check_encoding(name: str | None) -> None:
    known = [encoding.name for encoding in legacy.ENCODINGS]
    if name is not None and name not in known:
        raise ValueError(f"unknown legacy encoding {name!r}; known: {', '.join(known)}")


def _repair_round(zones: list[Aligned], suspicions: int, encoding: str | None) -> bool:
    """Run every repair that `suspicions` call for once over every zone; say whether anything changed.

    Mojibake and fonts go first: to them hard spaces, soft hyphens and controls are parts of letters.
    """
    changed = [step(zone) for step in _steps(suspicions, _BYTE_STEPS) for zone in zones]
    if suspicions & (FOREIGN | INVISIBLE | TONE) and (found := encoding or legacy.detect([z.text for z in zones])):
        changed += [legacy.decode(zone, found) for zone in zones]
    changed += [step(zone) for step in _steps(suspicions, _LETTER_STEPS) for zone in zones]
    if suspicions & TONE and _is_vietnamese([zone.text for zone in zones]):
        changed += [place_tones(zone) for zone in zones]
    return any(changed)


def _steps(suspicions: int, steps: tuple[tuple[int, Step], ...]) -> list[Step]:
    return [step for calls, step in steps if suspicions & calls]


def _is_vietnamese(texts: Sequence[str]) -> bool:
    """Whether tone marks may be moved: Portuguese "daí" and Italian "più" are right as they are."""
    if any(not ONLY_VIETNAMESE.isdisjoint(text) for text in texts):
        return True
    words = [word for text in texts for word in WORD.findall(text)]
    plausible = sum(is_syllable(w) or is_unmarked_syllable(w) or misplaced(w) is not None for w in words)
    return plausible >= 0.8 * len(words)


def _finish(zone: Aligned, given: str) -> Repaired:
    faults = tuple((kind, zone.faults[kind]) for kind in KINDS if zone.faults[kind])
    return Repaired(zone.text, faults, None if zone.text == given else zone.offsets)

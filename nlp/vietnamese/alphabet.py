"""The Vietnamese alphabet as literal tables: vowels by tone, and how to take a letter apart and put it together.

Tones are numbered 0 ngang, 1 huyền, 2 hỏi, 3 ngã, 4 sắc, 5 nặng.
"""

from __future__ import annotations

VOWEL_ROWS = (
    "aàảãáạ",
    "ăằẳẵắặ",
    "âầẩẫấậ",
    "eèẻẽéẹ",
    "êềểễếệ",
    "iìỉĩíị",
    "oòỏõóọ",
    "ôồổỗốộ",
    "ơờởỡớợ",
    "uùủũúụ",
    "ưừửữứự",
    "yỳỷỹýỵ",
)
"""One row a vowel, one column a tone."""

VOWELS = "".join(row[0] for row in VOWEL_ROWS)
TONED = "".join(row[1:] for row in VOWEL_ROWS)
CONSONANTS = "bcdđghklmnpqrstvx"

MARKED = "".join(row for row in VOWEL_ROWS).translate({ord(c): None for c in "aeiouy"}) + "đ"
"""The 67 letters that bear a Vietnamese mark, lower case; with capitals they are 134."""

ACCENTED = MARKED + MARKED.upper()
"""The 134 accented letters."""

ONLY_VIETNAMESE = frozenset(c for c in ACCENTED if ord(c) > 0xFF)
"""Accented letters that no Western European language has (code points over U+00FF)."""

BASE_OF = {c: row[0] for row in VOWEL_ROWS for c in row}
TONE_OF = {c: tone for row in VOWEL_ROWS for tone, c in enumerate(row)}
_ROW_OF = {row[0]: row for row in VOWEL_ROWS}

_TO_BASE = str.maketrans({c: BASE_OF[c] for c in TONED} | {c.upper(): BASE_OF[c].upper() for c in TONED})


def without_tones(text: str) -> str:
    """Take the five tone marks off, keeping ă â ê ô ơ ư đ; same length."""
    return text.translate(_TO_BASE)


def with_tone(letter: str, tone: int) -> str:
    """Put `tone` (0 to 5) on a vowel in place of the one it has; the case is kept."""
    lower = letter.lower()
    toned = _ROW_OF[BASE_OF[lower]][tone]
    return toned if letter == lower else toned.upper()

"""What a person typed into a cell -> a code: any case, Unicode form and spacing, with or without the name behind it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from nlp.reading.columns import fold

NOTHING = frozenset({"", "-", "–", "—", "không", "không có"})
"""What people write for "none"."""
_AROUND = "\u200b\u200c\u200d\u2060\ufeff"
_GAP = re.compile(r"\W+")
_NUMBER = re.compile(r"-?\d+")


class UnreadCell(ValueError):
    """A cell that names no code. The message is for the user, and ends a sentence that names the column."""


def plain(value: object) -> str:
    """The text of a cell: NFC, one space between words, numbers without a needless fraction; "" where it says none.

    Raises UnreadCell for a formula, whose result may be that of another machine, and for TRUE, a date and the like.
    """
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadCell(f"cần chữ hoặc số, không phải {value!r}")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).replace("\u2212", "-")
    text = " ".join(text.translate(dict.fromkeys(map(ord, _AROUND), " ")).split()).removeprefix("'")
    return "" if text.casefold() in NOTHING else text


def find_code(text: str, names: Mapping[str, str]) -> str:
    """The code of `names` (code -> name) that `text` gives by code, by name, or by both.

    Raises UnreadCell where it gives none, or a code with something else behind it than its name.
    """
    by_code, by_name = {_key(code): code for code in names}, {fold(name): code for code, name in names.items()}
    if found := by_code.get(_key(text)) or by_name.get(fold(text)):
        return found
    gaps = [gap.span() for gap in _GAP.finditer(text)]
    heads = ((_key(text[:start]), text[end:]) for start, end in reversed(gaps))
    code, rest = next(((by_code[key], rest) for key, rest in heads if key in by_code), ("", ""))
    if not code:
        raise UnreadCell(f"“{text}” không phải mã hay tên nào trong danh mục")
    said, name = fold(rest), fold(names[code])
    other = by_name.get(said) or by_code.get(_key(rest)) or code
    if other != code or not (said in name or name in said):
        raise UnreadCell(f"“{text}”: mã {code} là “{names[code]}”, không khớp phần ghi sau mã")
    return code


def _key(code: str) -> str:
    """Codes of letters are compared folded; numbers as they stand, for the sign of a tone is its meaning."""
    code = code.strip()
    return code if _NUMBER.fullmatch(code) else fold(code)

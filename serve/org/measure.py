"""How wide a text is on paper, without any font at hand; and texts broken or cut to fit.

Widths are those of DejaVu Sans, wider than Arial, Helvetica and Liberation Sans: what fits here fits there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import pairwise

_WIDTHS = {
    30: "'ijlIJ",
    35: " ,.·’/:;\\|f",
    40: "-t()[]!r",
    52: '"*_`–“”sz',
    55: "?c",
    59: "LkFvxy",
    62: "PaoTYe",
    64: "bdghnpquESđ0123456789${}",
    70: "KAVBRXZC",
    79: "UHNDGĐ&OQ",
    84: "w#+<=>^~→×−",
}
"""Hundredths of the size of the font -> letters that are no wider."""
_WIDEST = 100
BOLD = 1.12
"""How much wider bold letters are."""
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
ELLIPSIS = "…"
AND = ("và", "-", "–")
"""Words that stand better at the beginning of a line than at the end of one."""


def width(text: str, *, size: float, bold: bool = False) -> float:
    """The width of a text in the unit of `size`; marks add nothing."""
    letters = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    hundredths = sum(_WIDTH_OF.get(letter, _WIDEST) for letter in letters)
    return hundredths / 100 * size * (BOLD if bold else 1)


def wrap(text: str, *, room: float, size: float, most: int) -> list[str]:
    """The text on as few lines as its room allows, at most `most`, broken where it reads best; else cut with …"""
    words = text.split()
    for lines in range(1, most + 1):
        ways = [way for way in _broken(words, lines) if _widest(way, size) <= room]
        if ways:
            return min(ways, key=lambda way: _ugliness(way, size))
    return _cut(words, room=room, size=size, most=most)


def narrowest(text: str, *, size: float, most: int) -> float:
    """The room that a text needs on `most` lines, broken where it reads best."""
    return _widest(min(_broken(text.split(), most), key=lambda way: _ugliness(way, size)), size)


def _widest(lines: list[str], size: float) -> float:
    return max(width(line, size=size) for line in lines)


def _ugliness(lines: list[str], size: float) -> float:
    """The width that a way to break needs, and more where it parts words that belong together."""
    return _widest(lines, size) * (1 + sum(_parts(before, after) for before, after in pairwise(lines)))


def _parts(before: str, after: str) -> float:
    """How bad a break is: best at a comma or before "và", well before a name, badly within one."""
    first, last = after.split(maxsplit=1)[0], before.rsplit(maxsplit=1)[-1]
    if before.endswith((",", ";", ".")) or first in AND:
        return 0
    if last in AND:
        return 0.6
    return 0.15 if first[0].isupper() and not last[0].isupper() and len(first) > 1 else 0.3


def _broken(words: list[str], lines: int) -> Iterator[list[str]]:
    """Every way to break words into so many lines."""
    if lines == 1 or len(words) <= 1:
        yield [" ".join(words)]
        return
    for first in range(1, len(words) - lines + 2):
        for rest in _broken(words[first:], lines - 1):
            yield [" ".join(words[:first]), *rest]
    if len(words) < lines:
        yield [" ".join(words)]


def _cut(words: list[str], *, room: float, size: float, most: int) -> list[str]:
    """Full lines, the last of them ending in …"""
    lines: list[str] = []
    rest = words
    while rest and len(lines) < most - 1:
        fitting = max((n for n in range(len(rest) + 1) if width(" ".join(rest[:n]), size=size) <= room), default=0)
        if fitting == 0:
            break
        lines.append(" ".join(rest[:fitting]))
        rest = rest[fitting:]
    last = " ".join(rest)
    if width(last, size=size) > room:
        while last and width(last + ELLIPSIS, size=size) > room:
            last = last[:-1]
        last = last.rstrip() + ELLIPSIS if last else ""
    return [*lines, last] if last else lines

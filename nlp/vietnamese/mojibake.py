"""UTF-8 that was read as Windows-1252 or Latin-1: `Bá»™ CÃ´ng` is Bộ Công. Twice misread text takes two rounds.

Only whole sequences are undone, each on its own, so an island of mojibake in good text is repaired and a broken
sequence stays as it is.
"""

from __future__ import annotations

import re
import unicodedata

from nlp.vietnamese.aligned import Aligned, Edit
from nlp.vietnamese.alphabet import ONLY_VIETNAMESE

# What Python's cp1252 leaves undefined reads as Latin-1, as browsers do.
_BYTE_OF = {chr(b): b for b in range(0x80, 0x100)} | {
    bytes([b]).decode("cp1252"): b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_TAIL = "".join(re.escape(c) for c, b in _BYTE_OF.items() if b < 0xC0)
_SEQUENCE = re.compile(f"[\u00c2-\u00df][{_TAIL}]|[\u00e0-\u00ef][{_TAIL}]{{2}}|[\u00f0-\u00f4][{_TAIL}]{{3}}")

# Marks that follow a letter in good text: "ĐÃ…", "CÀ PHÊ”", "ĐÃ" before a hard space; and in font text: "trÎ”" (trẻ”).
_PLAIN_TAILS = frozenset("\u00a0‚„…‘’“”•–—‹›«»°²³")
# Upstream made the hard space of à (C3 A0) a plain one, or folded it into the next.
_BROKEN_A_GRAVE = re.compile(r"(?<=[a-z])Ã(?: (?=[\s,.;:!?)]|$)|(?= ))")


_MAX_LAYERS = 4


def undo_mojibake(aligned: Aligned) -> bool:
    """Undo every layer of misreading, before the controls and hard spaces that are half a letter are dropped."""
    layers = 0
    while layers < _MAX_LAYERS and _undo_layer(aligned):
        layers += 1
    return layers > 0


def _undo_layer(aligned: Aligned) -> bool:
    """Undo one layer. Sequences that good text could hold are undone only beside certain ones."""
    certain: list[Edit] = []
    doubtful: list[Edit] = []
    for m in _SEQUENCE.finditer(aligned.text):
        new = _decode(m[0])
        if not new or not _is_welcome(new):
            continue
        before = aligned.text[m.start() - 1 : m.start()] if m.start() else ""
        if not _is_doubtful(m[0], new, before):
            certain.append((m.start(), m.end(), new))
        elif before not in ONLY_VIETNAMESE and new < "\u0300":
            doubtful.append((m.start(), m.end(), new))
    if not certain:
        return False
    doubtful += [(m.start(), m.end(), "à") for m in _BROKEN_A_GRAVE.finditer(aligned.text)]
    return aligned.apply(sorted(certain + doubtful), kind="mojibake")


def _is_doubtful(sequence: str, new: str, before: str) -> bool:
    """Whether good text could hold the sequence: a letter and a mark, no Ã or Â inside a word of small letters."""
    inside_word = sequence[0] in "ÃÂ" and before.islower()
    return _PLAIN_TAILS.issuperset(sequence[1:]) and new not in ONLY_VIETNAMESE and not inside_word


def _decode(sequence: str) -> str | None:
    try:
        return bytes(_BYTE_OF[c] for c in sequence).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_welcome(char: str) -> bool:
    """Whether a writer of Vietnamese would have meant this character; refuses what chance sequences decode to."""
    code = ord(char)
    if code < 0x250 or 0x300 <= code <= 0x52F or 0x1E00 <= code <= 0x1EFF or 0x2000 <= code <= 0x22FF:
        return True
    # Other scripts and emoji. A chance hit of three or four bytes is rare once tails of plain punctuation are doubtful.
    return (code >= 0x2500 and unicodedata.category(char)[0] in "LS") or char in "ˆ˜\ufeff\ufe0f"

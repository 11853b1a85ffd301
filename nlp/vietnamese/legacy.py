"""The font encodings of the years before Unicode: TCVN3 (ABC) and VNI-Windows.

Their bytes arrive read as Latin-1 or Windows-1252, which agree from A0 up, where both encodings live. Sources:
TCVN 5712:1993 (table VN1; TCVN3 is its lower half, capitals come by font), the layout of the VNI-Windows fonts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nlp.vietnamese.aligned import Aligned, Edit
from nlp.vietnamese.alphabet import ONLY_VIETNAMESE
from nlp.vietnamese.scan import TABLES, encode, has_unicode_vietnamese
from nlp.vietnamese.syllables import is_syllable, is_unmarked_syllable

TCVN3_ROWS = (
    (0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
    (0xB5, "àảãáạ"),
    (0xBB, "ằẳẵắ"),
    (0xC6, "ặầẩẫấậè"),
    (0xCE, "ẻẽéẹềểễếệìỉ"),
    (0xDC, "ĩíịò"),
    (0xE1, "ỏõóọồổỗốộờởỡớợù"),
    (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
)
"""First code of each run of codes, and its letters."""

VN1_CAPITAL_ROWS = (
    (0x80, "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"),
    (0xAF, "Ằ"),
    (0xBA, "Ẳ"),
    (0xBF, "ẴẮẦẨẪẤỀ"),
    (0xCD, "Ể"),
    (0xD9, "ỄẾỒ"),
    (0xE0, "Ổ"),
    (0xF0, "Ỗ"),
    (0xFF, "Ố"),
)
"""Capitals that only the full table VN1 has (files converted by program, not typed in an ABC font)."""

VNI_SINGLE = {"ñ": "đ", "Ñ": "Đ", "ô": "ơ", "Ô": "Ơ", "ö": "ư", "Ö": "Ư"} | {
    "í": "í", "Í": "Í", "ì": "ì", "Ì": "Ì", "æ": "ỉ", "Æ": "Ỉ", "ó": "ĩ", "Ó": "Ĩ", "ò": "ị", "Ò": "Ị",
    "î": "ỵ", "Î": "Ỵ",
}  # fmt: skip
"""Letters that are one code in VNI; every other one is a base letter and a mark."""

VNI_MARKS = "øûõùï"
"""The marks of the tones huyền, hỏi, ngã, sắc, nặng after a plain vowel, and after ô (ơ) and ö (ư)."""

VNI_PAIRS = {
    "a": (VNI_MARKS, "àảãáạ"),
    "e": (VNI_MARKS, "èẻẽéẹ"),
    "o": (VNI_MARKS, "òỏõóọ"),
    "u": (VNI_MARKS, "ùủũúụ"),
    "y": (VNI_MARKS[:4], "ỳỷỹý"),
    "ô": (VNI_MARKS, "ờởỡớợ"),
    "ö": (VNI_MARKS, "ừửữứự"),
    "a ": ("êèúüéë", "ăằẳẵắặ"),
    "a  ": ("âàåãáä", "âầẩẫấậ"),
    "e ": ("âàåãáä", "êềểễếệ"),
    "o ": ("âàåãáä", "ôồổỗốộ"),
}  # fmt: skip
"""First code, then the second codes and the letters they make; blanks only tell rows of one letter apart."""


def _tcvn3_table() -> dict[str, str]:
    """Code point as read to letter. Windows-1252's own quotes and dashes stay: ABC texts use them as such."""
    table = {chr(first + i): c for first, row in TCVN3_ROWS + VN1_CAPITAL_ROWS for i, c in enumerate(row)}
    for code in range(0x80, 0xA0):
        as_cp1252 = bytes([code]).decode("cp1252", "replace")
        if as_cp1252.isalpha() or as_cp1252 == "€":
            table[as_cp1252] = table[chr(code)]
    return table


def _vni_table() -> dict[str, str]:
    table = dict(VNI_SINGLE)
    for first, (seconds, letters) in VNI_PAIRS.items():
        for second, letter in zip(seconds, letters, strict=True):
            table[first.strip() + second] = letter
            table[first.strip().upper() + second.upper()] = letter.upper()
            # A capital first letter may carry the small mark: fonts draw both alike.
            table[first.strip().upper() + second] = letter.upper()
    return table


TCVN3 = _tcvn3_table()
VNI = _vni_table()


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one legacy encoding is found in a text: its words hold `code`, its units of letters match `unit`."""

    name: str
    table: dict[str, str]
    unit: re.Pattern[str]
    word: re.Pattern[str]
    code: re.Pattern[str]


def _encoding(name: str, table: dict[str, str]) -> Encoding:
    codes = "".join(sorted({re.escape(c) for key in table for c in key if ord(c) >= 0x80}))
    units = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    # A soft hyphen or symbol is a letter here, so the words are not those of \\w.
    word = re.compile(f"(?:[^\\W\\d_]|[{codes}])+")
    return Encoding(name, table, re.compile(units), word, re.compile(f"[{codes}]"))


ENCODINGS = (_encoding("tcvn3", TCVN3), _encoding("vni", VNI))
"""The encodings that are known, in the order in which a tie is decided."""

_LINE = re.compile("[^\n]+")
_SMALL = re.compile("[a-z]")
# Signs that on their own mean themselves in a font text too. « does not: it is ô in "« t«".
_SIGNS = frozenset("£¢¥©·»")


@dataclass(slots=True)
class Evidence:
    """Words of a text, initialisms left out, counted: all, plausible once decoded, with codes, won, lost."""

    words: int = 0
    plausible: int = 0
    coded: int = 0
    gained: int = 0
    lost: int = 0
    longest: int = 0
    codes: set[str] = field(default_factory=set)

    def is_clear(self) -> bool:
        """Two words of different codes, or one of three letters with a sign inside it, in a text of syllables."""
        lone = self.longest >= 3 and not self.codes.isdisjoint(_SIGNS_INSIDE)
        several = self.gained >= 2 and len(self.codes) >= 2
        mostly = 2 * self.gained >= self.coded and 2 * self.plausible >= self.words
        return (several or lone) and mostly and self.gained > 4 * self.lost


_SIGNS_INSIDE = frozenset("¡¢£¤¥¦§¨ª«¬\u00ad®µ¸¹¼½¾")


def is_unicode(text: str) -> bool:
    """Whether the text is Unicode Vietnamese: more letters that no font text can hold than codes it lives on."""
    return bool(has_unicode_vietnamese(encode(text), TABLES))


def detect(texts: Sequence[str]) -> str | None:
    """The legacy encoding in which the texts of one article were written, or None. Unicode texts are left out."""
    old = [text for text in texts if not is_unicode(text)]
    if not old:
        return None
    found = {encoding.name: _evidence(old, encoding) for encoding in ENCODINGS}
    clear = [name for name, evidence in found.items() if evidence.is_clear()]
    return max(clear, key=lambda name: found[name].gained, default=None)


def decode(aligned: Aligned, name: str) -> bool:
    """Decode a font text whole, word by word. What is Unicode Vietnamese already, text or word, stays as it is."""
    encoding = next(e for e in ENCODINGS if e.name == name)
    if is_unicode(aligned.text):
        return False
    evidence = _evidence([aligned.text], encoding)
    if evidence.gained <= evidence.lost:
        return False
    edits: list[Edit] = []
    for line in _LINE.finditer(aligned.text):
        words = [m for m in encoding.word.finditer(line[0]) if _is_coded(m, encoding)]
        # "Lý" between "QU¶N" and "TR¦êNG" is LÝ: one capital alone does not tell.
        shouted = not _SMALL.search(line[0]) and any(_is_capitals(m[0]) for m in words)
        for m in words:
            edits += _letters(m, line.start(), encoding, upper=shouted or _is_capitals(m[0]))
    return aligned.apply(edits, kind=name)


def _letters(word: re.Match[str], start: int, encoding: Encoding, *, upper: bool) -> Iterator[Edit]:
    for unit in encoding.unit.finditer(word[0]):
        letter = encoding.table[unit[0]]
        at = start + word.start()
        yield at + unit.start(), at + unit.end(), letter.upper() if upper else letter


def _is_coded(match: re.Match[str], encoding: Encoding) -> bool:
    word = match[0]
    if not encoding.code.search(word) or not ONLY_VIETNAMESE.isdisjoint(word):
        return False
    if len(word) > 1:
        return True
    decoded = _decode(word, encoding)
    if decoded in "Đđ":
        return True
    follows_digit = match.string[max(match.start() - 1, 0)].isdigit()  # 4×2
    return word not in _SIGNS and not follows_digit and is_syllable(decoded)


def _decode(word: str, encoding: Encoding) -> str:
    decoded = encoding.unit.sub(lambda m: encoding.table[m[0]], word)
    return decoded.upper() if _is_capitals(word) else decoded


def _is_capitals(word: str) -> bool:
    """Whether the ASCII letters are two or more capitals: TCVN3 typed with caps lock has no capital codes (C«NG)."""
    letters = [c for c in word if c.isascii()]
    return len(letters) >= 2 and all(c.isupper() for c in letters)


def _words(texts: Sequence[str], encoding: Encoding) -> Iterator[str]:
    """The words of running text; addresses and e-mails say nothing about its language."""
    for text in texts:
        for token in text.split():
            if "//" not in token and "@" not in token and not token.startswith("www."):
                yield from encoding.word.findall(token)


def _evidence(texts: Sequence[str], encoding: Encoding) -> Evidence:
    evidence = Evidence()
    for word in _words(texts, encoding):
        if not encoding.code.search(word):
            if not word.isupper():
                evidence.words += 1
                evidence.plausible += is_syllable(word) or is_unmarked_syllable(word)
            continue
        evidence.words += 1
        before, after = is_syllable(word), is_syllable(_decode(word, encoding))
        evidence.coded += 1
        evidence.plausible += after
        evidence.lost += before and not after
        if after and not before and len(word) > 1:
            evidence.gained += 1
            evidence.longest = max(evidence.longest, len(word))
            evidence.codes.update(encoding.code.findall(word))
    return evidence

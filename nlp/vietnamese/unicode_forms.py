"""Faults of Unicode itself: decomposed letters, look-alikes of Đ, invisible marks, odd spaces, lone surrogates."""

from __future__ import annotations

import re
import unicodedata

from nlp.vietnamese.aligned import Aligned, Edit
from nlp.vietnamese.syllables import is_syllable

# U+0340 and U+0341 are old twins of the grave and the acute mark.
_CLUSTER = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]+|[\u212a\u212b]")
_QUALITY_MARKS = frozenset("\u0302\u0306\u031b")
_STROKED_D = re.compile("([dD])[\u0335\u0336]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_LINE_BREAKS = re.compile("[\u000b\u000c\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_WORD_WITH_LOOK_ALIKE = re.compile(r"[^\W\d_]*[ÐƉðɖ][^\W\d_]*")
_TRUE_D = str.maketrans("ÐƉðɖ", "ĐĐđđ")
_INITIALISM = re.compile(r"[A-ZÂÊÔĂĐƠƯÐƉ]{1,8}")


def replace_surrogates(aligned: Aligned) -> bool:
    """Make a split pair one character and a lone half U+FFFD: half a character cannot be written to a file."""
    edits = [
        (m.start(), m.end(), m[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        for m in _SURROGATES.finditer(aligned.text)
    ]
    return aligned.apply(edits, kind="lone-surrogate")


def drop_invisible(aligned: Aligned) -> bool:
    """Take out what shows nothing and splits words. Run after the legacy fonts: there U+00AD is a letter."""
    return aligned.apply(((m.start(), m.end(), "") for m in _INVISIBLE.finditer(aligned.text)), kind="invisible")


def plain_spaces(aligned: Aligned) -> bool:
    """Make every kind of space a plain one and every kind of line break a newline; runs keep their length."""
    edits: list[Edit] = [(m.start(), m.end(), " ") for m in _SPACES.finditer(aligned.text)]
    edits += [(m.start(), m.end(), "\n") for m in _LINE_BREAKS.finditer(aligned.text)]
    return aligned.apply(sorted(edits), kind="space")


def compose(aligned: Aligned) -> bool:
    """Bring letters with loose marks to NFC, also where the tone was typed before the hat (ó + ̂ is ố)."""
    edits: list[Edit] = []
    for m in _CLUSTER.finditer(aligned.text):
        whole = unicodedata.normalize("NFD", m[0])
        marks = sorted(whole[1:], key=lambda mark: mark not in _QUALITY_MARKS)
        composed = _STROKED_D.sub(_stroked, unicodedata.normalize("NFC", whole[0] + "".join(marks)))
        if composed != m[0]:
            edits.append((m.start(), m.end(), composed))
    return aligned.apply(edits, kind="unicode-form")


def _stroked(match: re.Match[str]) -> str:
    return "đ" if match[1] == "d" else "Đ"


def true_d(aligned: Aligned) -> bool:
    """Replace Ð (Eth), Ɖ and their small forms by Đ and đ in syllables and initialisms; Icelandic keeps its eth.

    NFC and NFKC leave these alone, so QÐ and QĐ would stay two different words.
    """
    edits: list[Edit] = []
    for m in _WORD_WITH_LOOK_ALIKE.finditer(aligned.text):
        word = m[0].translate(_TRUE_D)
        if is_syllable(word) or _INITIALISM.fullmatch(m[0]):
            edits += [(m.start() + i, m.start() + i + 1, new) for i, new in enumerate(word) if new != m[0][i]]
    return aligned.apply(edits, kind="look-alike")

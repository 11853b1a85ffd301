"""The form in which two spellings of one name are compared; never shown, never stored."""

from __future__ import annotations

import re
import unicodedata

from nlp.vietnamese.alphabet import TONE_OF, with_tone, without_tones

_NEW_STYLE = re.compile(r"(?<!q)(o[àảãáạèẻẽéẹ]|u[ỳỷỹýỵ])(?![^\W\d_])")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_BLANKS = re.compile(r"\s+")
_LOOK_ALIKES = str.maketrans("ðɖ", "đđ")


def matching_key(text: str) -> str:
    """Fold case, Unicode form, place of the tone mark (old style: hòa), dashes and runs of blanks; marks are kept.

    Two spellings of a unit's name have one key: "Ủy ban", "Uỷ  ban"; "Âu – Mỹ", "Âu - Mỹ". i and y stay apart.
    """
    key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).translate(_LOOK_ALIKES)
    return _BLANKS.sub(" ", _DASHES.sub("-", _NEW_STYLE.sub(_old_style, key))).strip()


def _old_style(match: re.Match[str]) -> str:
    first, second = match[1][0], match[1][1]
    return with_tone(first, TONE_OF[second]) + without_tones(second)

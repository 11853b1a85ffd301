"""What a Vietnamese syllable may look like: onset, rhyme, tone; and where its tone mark may stand.

The rhymes are the closed list of Vietnamese spelling; loan words and names (Đắk Lắk, Pleiku) are not in it, so a
share of plausible words says something about a text, a single word says little.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.vietnamese.alphabet import TONE_OF, VOWELS, without_tones

ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()  # noqa: SIM905 - lists of words read as text

RHYMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uênh uêch ui um un ung uôc uôi uôm uôn uông uôt uơ up ut
uy uya uych uyên uyêt uyn uynh uyp uyt uyu
ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y yêm yên yêng yêt yêu
""".split()  # noqa: SIM905

RHYMES_AFTER_QU = """
a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê ên ênh êch êt
i it inh ich ôc ơ y ya yên yêt ych ynh yt yu
""".split()  # noqa: SIM905

_NEVER_BEFORE = {"c": "ieêy", "ng": "ieêy", "gh": "aăâoôơuưy", "ngh": "aăâoôơuưy"}
_STOPPED = re.compile(r"(?:c|ch|p|t)$")
_UNMARKED = str.maketrans("ăâêôơưđ", "aaeooud")


def _shapes() -> dict[str, tuple[str, str]]:
    """Every toneless spelling with its onset and rhyme; gi and qu win over g and q: già is gi + a."""
    shapes = {
        onset + rhyme: (onset, rhyme)
        for onset in ["", *ONSETS]
        for rhyme in RHYMES
        if onset != "qu" and rhyme[0] not in _NEVER_BEFORE.get(onset, "")
    }
    shapes |= {"gi" + rhyme: ("gi", rhyme) for rhyme in RHYMES if rhyme[0] not in "iy"}
    shapes |= {"qu" + rhyme: ("qu", rhyme) for rhyme in RHYMES_AFTER_QU}
    return shapes


_SHAPES = _shapes()
_UNMARKED_SHAPES = frozenset(shape.translate(_UNMARKED) for shape in _SHAPES)


def tone_places(syllable: str) -> tuple[int, ...]:
    """Where the tone mark of a toneless lower-case syllable may stand, as indexes; empty for what is no syllable.

    Two places only for open oa, oe, uy: the old style marks the first letter (hòa), the new one the second (hoà).
    """
    onset, rhyme = _SHAPES.get(syllable, ("", ""))
    if not rhyme:
        return ()
    start = len(onset)
    marked = [i for i, c in enumerate(rhyme) if c in "ăâêôơư"]
    if marked:
        return (start + (1 if rhyme.startswith("ươ") else marked[0]),)
    vowels = [i for i, c in enumerate(rhyme) if c in VOWELS]
    if len(vowels) == 1:
        return (start,)
    if len(vowels) == 3 or len(rhyme) > len(vowels):
        return (start + 1,)
    return (start, start + 1) if rhyme in ("oa", "oe", "uy") else (start,)


@lru_cache(maxsize=1 << 15)
def is_syllable(word: str) -> bool:
    """Whether the NFC word is a whole Vietnamese syllable, its tone in a place and on a coda that allow it.

    Lower case, Capitalised and ALL CAPS pass; other mixtures do not.
    """
    if not (word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())):
        return False
    word = word.lower()
    bare = without_tones(word)
    tones = [(i, TONE_OF[c]) for i, c in enumerate(word) if TONE_OF.get(c)]
    places = tone_places(bare)
    if not places or len(tones) > 1:
        return False
    if tones and tones[0][0] not in places:
        return False
    return not _STOPPED.search(bare) or (bool(tones) and tones[0][1] >= 4)


@lru_cache(maxsize=1 << 15)
def is_unmarked_syllable(word: str) -> bool:
    """Whether the ASCII word is a Vietnamese syllable whose marks are all left out (bo, cong, thuong)."""
    return word.lower() in _UNMARKED_SHAPES

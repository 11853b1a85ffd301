"""How often a damaged copy of an article gets the topic of the clean one: `python -m benchmarks.robustness`.

Needs real articles (DIEMBAO_CORPORA): the dev split of the labels, each damaged whole and scored by the released model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from benchmarks.articles import labelled_articles
from models.artifacts import load_engine
from models.design import strip_marks
from nlp.pipeline import run
from nlp.types import ZONES, Article
from nlp.vietnamese.alphabet import TONE_OF, with_tone
from nlp.vietnamese.legacy import TCVN3, VNI

_OPEN = re.compile(
    r"(?<![^\W\d_])([^\W\d_]*?)(o[aàáảãạeèéẻẽẹ]|[òóỏõọ][ae]|u[yỳýỷỹỵ]|[ùúủũụ]y)(?![^\W\d_])", re.IGNORECASE
)


def other_tone_style(text: str) -> str:
    """hòa -> hoà and hoà -> hòa: the mark of an open oa, oe, uy moves to the other vowel."""

    def move(match: re.Match[str]) -> str:
        onset, pair = match.group(1), match.group(2)
        if onset.lower() == "q":
            return match.group()
        first, second = (TONE_OF.get(c.lower(), 0) for c in pair)
        letters = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", pair) if c.isalpha()))
        if first:
            return onset + letters[0] + with_tone(letters[1], first)
        return onset + (with_tone(letters[0], second) + letters[1] if second else pair)

    return _OPEN.sub(move, text)


def in_tcvn3(text: str) -> str:
    """As a TCVN3 file reads: toned capitals are lower-case codes that only the font shows as capitals."""
    code = {letter: coded for coded, letter in TCVN3.items()}
    return "".join(code.get(c, code.get(c.lower(), c)) for c in text)


def in_vni(text: str) -> str:
    """As a VNI-Windows file reads: one or two codes a letter."""
    code = {letter: coded for coded, letter in VNI.items()}
    return "".join(code.get(c, c) for c in text)


DAMAGES: dict[str, tuple[Callable[[str], str], float]] = {
    "NFD": (lambda text: unicodedata.normalize("NFD", text), 0.99),
    "other tone placement": (other_tone_style, 0.99),
    "TCVN3": (in_tcvn3, 0.99),
    "VNI": (in_vni, 0.99),
    "without diacritics": (strip_marks, 0.85),
}


def main() -> None:
    """Print the share of unchanged topics by damage, and how many texts each damage really changed."""
    labels, by_id = labelled_articles()
    articles = [by_id[label.id] for label in labels if label.split == "dev"]
    engine = load_engine()
    clean = [decision.proposal.topic.code for decision in run(articles, engine=engine, evidence=False)]
    for name, (damage, wanted) in DAMAGES.items():
        damaged: list[Article] = [
            replace(article, **{zone: damage(getattr(article, zone)) for zone in ZONES}) for article in articles
        ]
        changed = sum(a != b for a, b in zip(articles, damaged, strict=True))
        topics = [decision.proposal.topic.code for decision in run(damaged, engine=engine, evidence=False)]
        share = sum(a == b for a, b in zip(clean, topics, strict=True)) / len(clean)
        print(
            f"{name:22s} {share:7.2%} the same topic (at least {wanted:.0%}); {changed} of {len(clean)} texts changed"
        )


if __name__ == "__main__":
    main()

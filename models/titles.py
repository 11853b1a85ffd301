"""Titles from addresses: "gia-xang-tang-manh" and the article's own words -> "Giá xăng tăng mạnh".

Some repositories keep an article's address and body, but not its title. The syllables of the address lack their marks;
the body, and the other articles, tell which ones they are likely to bear side by side. Capitals and punctuation are
lost, but for the first letter and those that the body always writes so.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from models.design import strip_marks

READ = 2500
"""How many characters of a body are read: its beginning repeats the title's words."""
OF_THE_BODY = 400
"""How many pairs of syllables of other articles one of the article itself outweighs (chosen on 400 known titles)."""
UNSEEN = 0.05
"""What a pair that nobody wrote counts."""
_SYLLABLE = re.compile(r"[^\W_]+")
START = ""


class Marks:
    """Which marked syllables stand side by side in news, by their form without marks."""

    def __init__(self) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._forms: dict[str, Counter[str]] = {}

    def learn(self, body: str) -> None:
        """Count the syllables of one more article."""
        self._count(_syllables(body), self._pairs, self._forms, 1)

    @staticmethod
    def _count(
        syllables: Sequence[str], pairs: Counter[tuple[str, str]], forms: dict[str, Counter[str]], weight: int
    ) -> None:
        before = START
        for syllable in syllables:
            small = syllable.lower()
            pairs[before, small] += weight
            forms.setdefault(strip_marks(small), Counter())[small] += weight
            before = small

    def title(self, slug: str, body: str) -> str:
        """The likeliest title behind `slug`, an address's words joined by hyphens."""
        written = _syllables(body)
        pairs: Counter[tuple[str, str]] = Counter()
        forms: dict[str, Counter[str]] = {}
        self._count(written, pairs, forms, OF_THE_BODY)
        best: dict[str, tuple[float, list[str]]] = {START: (0.0, [])}
        for bare in slug.split("-"):
            choices = {*forms.get(bare, ()), *self._likely(bare)} or {bare}
            reached = {}
            for form in choices:
                score, path = max(
                    (
                        (score + math.log(UNSEEN + pairs[before, form] + self._pairs[before, form]), path)
                        for before, (score, path) in best.items()
                    ),
                    key=lambda reach: reach[0],
                )
                reached[form] = (score, [*path, form])
            best = reached
        _, path = max(best.values(), key=lambda reach: reach[0])
        return _capitals(path, written)

    def _likely(self, bare: str) -> Iterable[str]:
        return (form for form, _ in self._forms.get(bare, Counter()).most_common(6))


def _syllables(text: str) -> list[str]:
    return _SYLLABLE.findall(text[:READ])


def _capitals(path: Sequence[str], written: Sequence[str]) -> str:
    """The syllables as the body writes them wherever it always writes them with a capital."""
    capital, small = Counter[str](), Counter[str]()
    for syllable in written:
        (small if syllable.islower() else capital)[syllable.lower()] += 1
    seen = {syllable.lower(): syllable for syllable in written if not syllable.islower()}
    shown = [seen[form] if capital[form] > 1 and not small[form] else form for form in path]
    title = " ".join(shown)
    return title[:1].upper() + title[1:]

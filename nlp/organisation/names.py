"""Names found in text: every spelling of one name has one form, and what could mean two things is never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from nlp.organisation.values import Holder
from nlp.vietnamese.alphabet import BASE_OF
from nlp.vietnamese.keys import matching_key

Form = tuple[str, ...]
"""The words of a name as matching keys; a word before a comma ends in it."""

PREFIXED = ("Vụ", "Cục", "Tổng cục")
"""Kinds that stand before an abbreviation and make it safe: XNK is a field, Cục XNK is a unit."""

NOT_AFTER = {
    "vụ": "dịch nhiệm nghiệp nghĩa chức công phục sự học đặc giáo thời mùa tạp nội ngoại hải pháp thương tổng quân án",
    "cục": "chi tổng bố kết",
    "bộ": "cán nội toàn đảng đồng tiến thi cục phân bách",
    "báo": "thông điện tình dự",
    "văn": "bản",
}
"""A name that begins with the first word is none behind one of the others: chi cục quản lý thị trường, dịch vụ tài
chính, cán bộ Công Thương."""

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s\-\u2010-\u2015\u2212&,]*")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Use:
    """Who is called so, from `first_day` to `last_day` (None: still). `holder` bears the name of that time."""

    holder: Holder
    first_day: date
    last_day: date | None

    def on(self, day: date) -> bool:
        """Whether it is called so on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Whom a name may mean. `reason`, in Vietnamese, says why it is not sure; empty where it is."""

    holders: tuple[Holder, ...] = ()
    reason: str = ""

    @property
    def sure(self) -> Holder | None:
        """The one it means beyond doubt, else None."""
        return self.holders[0] if len(self.holders) == 1 and not self.reason else None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: `text[start:end]`, in code points, and whom it may mean."""

    start: int
    end: int
    text: str
    lookup: Lookup


@dataclass(frozen=True, slots=True)
class Index:
    """Forms of names -> their uses. `in_text` holds, by first word, those looked for in running text, longest first.

    `collisions`: form -> other meanings. `unmarked`: form without any mark -> forms.
    """

    uses: Mapping[Form, tuple[Use, ...]]
    in_text: Mapping[str, tuple[Form, ...]]
    collisions: Mapping[Form, tuple[str, ...]]
    unmarked: Mapping[Form, tuple[Form, ...]]


def make_index(uses: Sequence[tuple[str, Use, bool]], *, collisions: Sequence[tuple[str, tuple[str, ...]]]) -> Index:
    """An index of (name, use, whether it is looked for in running text), and of (alias, its other meanings)."""
    by_form: dict[Form, tuple[Use, ...]] = {}
    in_text: dict[str, set[Form]] = {}
    for name, use, wanted in uses:
        form = form_of(name)
        by_form[form] = (*by_form.get(form, ()), use)
        if wanted:
            in_text.setdefault(_bare(form[0]), set()).add(form)
    unmarked: dict[Form, tuple[Form, ...]] = {}
    for form in by_form:
        plain = _without_marks(form)
        unmarked[plain] = (*unmarked.get(plain, ()), form)
    return Index(
        by_form,
        {word: tuple(sorted(forms, key=lambda form: (-len(form), form))) for word, forms in in_text.items()},
        {form_of(alias): meanings for alias, meanings in collisions},
        unmarked,
    )


def form_of(name: str) -> Form:
    """The words of a name, spelling folded away; commas count, blanks, dashes and & do not."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", name))
    words = list(_WORD.finditer(text))
    gaps = [text[word.end() : later.start()] for word, later in pairwise(words)]
    return tuple(_key(word[0]) + ("," if "," in gap else "") for word, gap in zip(words, [*gaps, ""], strict=False))


def lookup(index: Index, alias: str, *, at: date) -> Lookup:
    """Whom a name that stands alone means on a day. Without any marks, what it could be with them, and no more."""
    form = form_of(alias)
    if form in index.uses:
        return _resolved(index, form, at)
    others = index.collisions.get(form)
    if others:
        return Lookup((), f"{alias.strip()} còn có nghĩa: {', '.join(others)}")
    if alias.isascii():
        holders = [holder for known in index.unmarked.get(form, ()) for holder in _resolved(index, known, at).holders]
        if holders:
            return Lookup(tuple(dict.fromkeys(holders)), "viết không dấu, không đoán tên")
    return Lookup((), f"không biết tên {alias.strip()!r}")


def mentions(index: Index, text: str, *, at: date) -> Iterator[Mention]:
    """Names in repaired text, in order, none within another; the longest of those that begin at a word.

    A name must hold a capital somewhere (vụ tài chính may be any case of money), and must not go on a longer word
    (NOT_AFTER).
    """
    words = [(match.start(), match.end(), _key(match[0])) for match in _WORD.finditer(text)]
    position = 0
    while position < len(words):
        found = _longest(index, text, words, position) if words[position][2] in index.in_text else None
        if found is None:
            position += 1
            continue
        form, last = found
        start, end = words[position][0], words[last][1]
        yield Mention(start, end, text[start:end], _resolved(index, form, at))
        position = last + 1


def _longest(index: Index, text: str, words: Sequence[tuple[int, int, str]], position: int) -> tuple[Form, int] | None:
    first = words[position][2]
    for form in index.in_text[first]:
        last = position + len(form) - 1
        if last >= len(words) or not _stands(form, text, words, position):
            continue
        written = text[words[position][0] : words[last][1]]
        before = words[position - 1][2] if position else ""
        if written != written.lower() and before not in NOT_AFTER.get(first, "").split():
            return form, last
    return None


def _stands(form: Form, text: str, words: Sequence[tuple[int, int, str]], position: int) -> bool:
    for step, word in enumerate(form):
        _, end, key = words[position + step]
        if key != _bare(word):
            return False
        if step < len(form) - 1:
            gap = text[end : words[position + step + 1][0]]
            if ("," in gap) != word.endswith(",") or not _GAP.fullmatch(gap):
                return False
    return bool(form)


def _resolved(index: Index, form: Form, at: date) -> Lookup:
    uses = index.uses[form]
    current = tuple(dict.fromkeys(use.holder for use in uses if use.on(at)))
    holders = current or tuple(dict.fromkeys(use.holder for use in uses))
    reasons = []
    if not current:
        reasons.append(f"không phải tên của ngày {at.strftime('%d/%m/%Y')}")
    if len(holders) > 1:
        reasons.append(f"có {len(holders)} khả năng")
    if others := index.collisions.get(form):
        reasons.append(f"còn có nghĩa: {', '.join(others)}")
    return Lookup(holders, "; ".join(reasons))


@lru_cache(maxsize=1 << 15)
def _key(word: str) -> str:
    return matching_key(word)


def _bare(word: str) -> str:
    return word.removesuffix(",")


def _without_marks(form: Form) -> Form:
    return tuple("".join(_plain(letter) for letter in word) for word in form)


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", BASE_OF.get(letter, letter))[0]
    return "d" if base == "đ" else base

"""The shapes of a press review: where one item ends and the next begins.

The marks of an item are tried from the surest to the weakest: heading styles, numbered titles, bold titles. Text
without such marks, and an article whose headings are only its own crossheads, is one clipping.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.reading.columns import field_of, fold
from nlp.reading.dates import is_date

MAX_TITLE_CHARS = 300
MAX_LEAD_CHARS = 400
CROSSHEAD_WORDS = 5
"""A crosshead inside an article rarely has more words; the title of an item rarely has so few."""

_NUMBER = re.compile(r"^\d{1,3}\s*[.)/]\s+(?=\S)")
_LABEL = re.compile(r"^[(\[]?\s*([^:]{2,25}?)\s*:\s*(.*?)\s*[)\]]?$")
_REVIEW = re.compile(r"diembao|diemtin|tonghoptin|tinbaochi|bantinbaochi")
TAIL_FIELDS = ("source", "published_at", "url")


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a document. `level` is 0 for a title, 1 to 9 for headings, None for text."""

    text: str
    level: int | None = None
    is_bold: bool = False
    is_italic: bool = False
    is_numbered: bool = False
    link: str = ""


def items(blocks: Sequence[Block], *, is_caption_likely: bool = False) -> Iterator[dict[str, object]]:
    """The values of each item. With `is_caption_likely`, text that is no press review gives nothing."""
    starts = _starts(blocks)
    if starts:
        for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
            yield _item(blocks[start : _end_of_item(blocks, start, end)])
    elif blocks and not is_caption_likely:
        yield _item(_from_title(blocks))


def _starts(blocks: Sequence[Block]) -> list[int]:
    labelled = _labelled(blocks)
    if len(labelled) >= 2:
        return labelled
    for marked in (_headings(blocks), _numbered(blocks), _bold(blocks)):
        if len(marked) >= 2 and _is_review(blocks, marked):
            return marked
    numbered = _numbered(blocks)
    return numbered if len(numbered) == 1 and _says_review(blocks, numbered[0]) else []


def _labelled(blocks: Sequence[Block]) -> list[int]:
    """Lines like "Tiêu đề: ..."."""
    return [i for i, block in enumerate(blocks) if (_label(block.text) or ("",))[0] == "title"]


def _headings(blocks: Sequence[Block]) -> list[int]:
    """Headings of the level that most often stands right above text; the others part the document into sections."""
    above_text = [i for i, b in enumerate(blocks) if b.level is not None and _is_text(blocks, i + 1)]
    levels = Counter(blocks[i].level for i in above_text)
    if not levels:
        return []
    level = max(levels, key=lambda k: (levels[k], k or 0))
    return [i for i in above_text if blocks[i].level == level]


def _numbered(blocks: Sequence[Block]) -> list[int]:
    """Lines like "1. Title": bold, or a short line without a full stop, and text below that is not numbered itself."""
    return [
        i
        for i, block in enumerate(blocks)
        if (_NUMBER.match(block.text) or (block.is_numbered and block.is_bold))
        and (block.is_bold or block.level is not None or _looks_like_title(block.text))
        and _is_text(blocks, i + 1)
        and not _NUMBER.match(blocks[i + 1].text)
    ]


def _bold(blocks: Sequence[Block]) -> list[int]:
    return [
        i
        for i, block in enumerate(blocks)
        if block.is_bold and block.level is None and len(block.text) <= MAX_TITLE_CHARS
        and not _label(block.text) and _is_text(blocks, i + 1) and not blocks[i + 1].is_bold
    ]  # fmt: skip


def _is_text(blocks: Sequence[Block], i: int) -> bool:
    return i < len(blocks) and blocks[i].level is None


def _looks_like_title(text: str) -> bool:
    return len(text) <= MAX_TITLE_CHARS and not text.endswith((".", ";", ","))


def _is_review(blocks: Sequence[Block], marked: Sequence[int]) -> bool:
    """Whether the marks are items of a review, or crossheads of one article."""
    if _says_review(blocks, marked[0]):
        return True
    if sum(_label(blocks[i + 1].text) is not None for i in marked) >= 2:
        return True
    if blocks[marked[0]].level is not None:
        return marked[0] == 0 or all(_NUMBER.match(blocks[i].text) for i in marked)
    if all(_NUMBER.match(blocks[i].text) or blocks[i].is_numbered for i in marked):
        return marked[0] == 0
    return all(len(blocks[i].text.split()) > CROSSHEAD_WORDS for i in marked)


def _says_review(blocks: Sequence[Block], first: int) -> bool:
    return any(_REVIEW.search(fold(b.text)) for b in blocks[:first] if len(b.text) <= MAX_TITLE_CHARS)


def _end_of_item(blocks: Sequence[Block], start: int, end: int) -> int:
    """The item ends before the heading of the next section."""
    level = blocks[start].level
    for i in range(start + 1, end):
        other = blocks[i].level
        if other is not None and (level is None or other < level):
            return i
    # A section title in bold stands right above the next item.
    if level is None and end < len(blocks) and end - 1 > start + 1 and _is_section(blocks[end - 1]):
        return end - 1
    return end


def _is_section(block: Block) -> bool:
    return bool(re.match(r"^[IVX]{1,5}\s*[.)/-]\s+\S", block.text)) and len(block.text) <= MAX_TITLE_CHARS


def _from_title(blocks: Sequence[Block]) -> Sequence[Block]:
    """A clipping from its title on; label lines above the title follow it."""
    heading = next((i for i, b in enumerate(blocks) if b.level is not None), None)
    bold = next((i for i, b in enumerate(blocks) if b.is_bold and not _label(b.text)), None)
    first = next((i for i, b in enumerate(blocks) if not _label(b.text)), 0)
    at = first
    if labelled := _labelled(blocks):
        at = labelled[0]
    elif heading is not None and heading <= first + 3:  # further down it is a crosshead
        at = heading
    elif bold is not None and bold <= first + 3 and len(blocks[bold].text) <= MAX_TITLE_CHARS:
        # Bold below a real line is its standfirst; below a dateline it is the title.
        at = bold if _is_dateline(blocks[first].text) else first
    return [blocks[at], *blocks[:at], *blocks[at + 1 :]]


def _is_dateline(text: str) -> bool:
    return len(text.split()) <= CROSSHEAD_WORDS or bool(re.search(r"\d{1,2}\s*[/.-]\s*\d|ngày \d", text))


def _item(blocks: Sequence[Block]) -> dict[str, object]:
    """Title, label lines below it, text, and label lines at the very end."""
    labelled = _label(blocks[0].text)
    title = labelled[1] if labelled and labelled[0] == "title" else _NUMBER.sub("", blocks[0].text)
    values: dict[str, object] = {"title": title}
    rest = list(blocks[1:])
    _take_head(values, rest)
    _take_tail(values, rest)
    first = rest[0] if len(rest) > 1 and "lead" not in values else None
    if first and (first.is_bold or first.is_italic) and len(first.text) <= MAX_LEAD_CHARS:
        values["lead"] = rest.pop(0).text
    begun = [str(values["body"])] if values.get("body") else []
    values["body"] = "\n".join([*begun, *(block.text for block in rest)])
    return values


def _take_head(values: dict[str, object], rest: list[Block]) -> None:
    """Move the label lines in front from `rest` to `values`; "Nội dung:" is the last of them."""
    while rest and "body" not in values:
        found = _label(rest[0].text)
        if found is None or found[0] in values:
            return
        values[found[0]] = _value(found, rest.pop(0))


def _take_tail(values: dict[str, object], rest: list[Block]) -> None:
    """Move the label lines at the end; a "Thời gian:" that tells no date belongs to the text."""
    while rest:
        found = _label(rest[-1].text)
        if found is None or found[0] in values or found[0] not in TAIL_FIELDS:
            return
        if found[0] == "published_at" and not is_date(found[1]):
            return
        values[found[0]] = _value(found, rest.pop())


def _value(found: tuple[str, str], block: Block) -> str:
    """The value of a label line; for a link whose text is no address, the address behind it."""
    field, value = found
    return block.link if field == "url" and block.link and "://" not in value else value


def _label(text: str) -> tuple[str, str] | None:
    """The field and value of a label line: "Nguồn: Báo A" gives ("source", "Báo A")."""
    found = _LABEL.match(text)
    field = field_of(found[1]) if found else None
    return (field, found[2]) if found and field else None

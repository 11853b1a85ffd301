"""Plain text: one article a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from nlp.errors import number
from nlp.reading.encoding import as_utf8, decode_all
from nlp.reading.errors import FileUnreadable
from nlp.reading.rows import Context, Fault, Row
from nlp.types import MAX_ARTICLE_CHARS

MAX_BYTES = 4 * MAX_ARTICLE_CHARS
MAX_LEAD_CHARS = 400
"""A second paragraph over this length is the beginning of the body, not a standfirst."""


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """The only row: first line title, second paragraph lead where it is short and more follows, the rest body."""
    del context
    data = as_utf8(stream).read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileUnreadable(f"bài dài quá giới hạn {number(MAX_ARTICLE_CHARS)} ký tự")
    text = decode_all(data).replace("\r\n", "\n")
    if text.strip():
        yield Row(1, split(text))


def split(text: str) -> dict[str, object]:
    """Title, lead and body. Paragraphs are parted by blank lines, or by line breaks where there is no blank line."""
    title, _, rest = text.strip().partition("\n")
    rest = rest.strip("\n")
    gap = re.search(r"\n[ \t]*\n" if re.search(r"\n[ \t]*\n", rest) else r"\n", rest)
    if gap and gap.start() <= MAX_LEAD_CHARS:
        return {"title": title.strip(), "lead": rest[: gap.start()].strip(), "body": rest[gap.end() :].strip()}
    return {"title": title.strip(), "body": rest.strip()}

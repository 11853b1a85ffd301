"""A saved HTML page: main text by trafilatura, the rest from the page's own meta tags. Nothing is run or fetched."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import lxml.html
import trafilatura
from lxml.etree import ParserError

from nlp.errors import number
from nlp.reading.dates import is_date
from nlp.reading.encoding import decode_html
from nlp.reading.errors import FileUnreadable
from nlp.reading.rows import Context, Fault, Row

MAX_BYTES = 32 << 20
"""Pages carry far more markup than text; the limit on the article itself comes after."""

TITLES = ("//meta[@property='og:title']/@content", "//h1", "//title")
LEADS = ("//meta[@property='og:description']/@content", "//meta[@name='description']/@content")
SOURCES = ("//meta[@property='og:site_name']/@content", "//meta[@name='publisher']/@content")
URLS = ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content")
DATES = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@name='pubdate']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//meta[@name='date']/@content",
    "//time/@datetime",
)
# Old pages arrange their text in tables, which trafilatura would print as one row of cells.
LAYOUT = "//table[.//p or .//h1 or .//table]/descendant-or-self::*[self::table or self::tbody or self::tr or self::td]"
HIDDEN = "//script|//style|//noscript|//template|//iframe|//object"


# Without a handler trafilatura's complaints about poor pages would go to the user's terminal.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """The only row. Without main text the title and the description remain."""
    del context
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileUnreadable(f"trang HTML lớn hơn giới hạn {number(MAX_BYTES)} byte")
    tree = _parse(decode_html(data))
    values: dict[str, object] = {
        "title": _first(tree, TITLES),
        "lead": _first(tree, LEADS),
        "source": _first(tree, SOURCES),
        "url": _first(tree, URLS),
        "published_at": _date(tree),
    }
    for node in tree.xpath(HIDDEN):
        node.drop_tree()
    for node in tree.xpath(LAYOUT):
        node.tag = "div"
    values["body"] = _main_text(tree, title=str(values["title"]), lead=str(values["lead"]))
    yield Row(1, values)


def _parse(text: str) -> Any:
    try:
        # lxml refuses text that still declares an encoding of bytes.
        return lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", text))
    except ParserError:
        raise FileUnreadable("không phải trang HTML, hoặc trang trống") from None


def _main_text(tree: Any, *, title: str, lead: str) -> str:
    document = trafilatura.bare_extraction(tree, fast=True, include_comments=False, with_metadata=False)
    paragraphs = (getattr(document, "text", "") or "").split("\n")
    # Pages repeat headline, date and standfirst above the text: they are zones of their own.
    while paragraphs and (_flat(paragraphs[0]) in ("", title, lead) or is_date(paragraphs[0])):
        paragraphs.pop(0)
    return "\n".join(paragraphs)


def _first(tree: Any, paths: Sequence[str]) -> str:
    return next(iter(_found(tree, paths)), "")


def _found(tree: Any, paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        for hit in tree.xpath(path):
            text = _flat(hit if isinstance(hit, str) else hit.text_content())
            if text:
                yield text


def _flat(text: str) -> str:
    return " ".join(text.split())


def _date(tree: Any) -> str:
    """The first date that can be read; where none can, the first, so that the row says what is wrong with it."""
    found = list(_found(tree, DATES))
    return next(filter(is_date, found), found[0] if found else "")

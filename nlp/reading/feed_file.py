"""A saved RSS or Atom feed: one row an entry."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import feedparser
import lxml.html
from lxml.etree import ParserError

from nlp.errors import number
from nlp.reading.errors import FileUnreadable
from nlp.reading.rows import Context, Fault, Row

MAX_BYTES = 64 << 20
HARMLESS = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
BLOCKS = "//p|//br|//div|//li|//tr|//h1|//h2|//h3"


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """The entries in the order of the feed; a broken feed gives what could be read, then a fault."""
    del context
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileUnreadable(f"tệp RSS lớn hơn giới hạn {number(MAX_BYTES)} byte")
    # A stream, not bytes: feedparser takes bytes for a file name or an address first.
    feed = feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=True)
    fault = feed.get("bozo_exception") if feed.get("bozo") else None
    if not feed.entries and not feed.get("version"):
        raise FileUnreadable("không phải tệp RSS hay Atom")
    newspaper = feed.feed.get("title", "")
    for row, entry in enumerate(feed.entries, start=1):
        yield Row(row, _values(entry, newspaper))
    if fault is not None and not isinstance(fault, HARMLESS):
        raise FileUnreadable(f"tệp RSS sai dạng hoặc bị cắt cụt ({fault}); có thể thiếu tin phía sau")


def _values(entry: Any, newspaper: str) -> dict[str, object]:
    body = "\n".join(plain(part.get("value", "")) for part in entry.get("content", ()))
    return {
        "id": entry.get("id", ""),
        "title": plain(entry.get("title", "")).replace("\n", " "),
        "lead": plain(entry.get("summary", "")) if entry.get("summary") != _only_content(entry) else "",
        "body": body,
        "source": entry.get("source", {}).get("title", "") or newspaper,
        "url": entry.get("link", ""),
        "published_at": entry.get("published") or entry.get("updated") or "",
    }


def _only_content(entry: Any) -> str | None:
    """feedparser repeats the content as summary where the entry has none."""
    contents = entry.get("content", ())
    return contents[0].get("value") if contents else None


def plain(html: str) -> str:
    """The text of a fragment of HTML, a line for each block."""
    if "<" not in html and "&" not in html:
        return html.strip()
    try:
        tree = lxml.html.fromstring(f"<div>{html}</div>")
    except ParserError:
        return ""
    for node in tree.xpath("//script|//style"):
        node.drop_tree()
    for node in tree.xpath(BLOCKS):
        node.tail = "\n" + (node.tail or "")
    lines = (" ".join(line.split()) for line in tree.text_content().split("\n"))
    return "\n".join(line for line in lines if line)

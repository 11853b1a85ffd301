"""JSON: one object, an array of objects, or objects one after another; read piece by piece."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from nlp.reading.encoding import as_utf8, undecodable
from nlp.reading.errors import FileUnreadable
from nlp.reading.jsonl_file import MAX_LINE_BYTES, rows_of_records
from nlp.reading.rows import Context, Fault, Row

CHUNK_BYTES = 1 << 16
_BETWEEN = re.compile(r"[\s,]*")


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """One row an object. A fault of syntax ends the file: what follows it cannot be told apart."""
    yield from rows_of_records(_values(as_utf8(stream)), context)


def _values(stream: BinaryIO) -> Iterator[object]:
    decoder = json.JSONDecoder()
    text, chunks, is_array = "", _chunks(stream), None
    wanted = 0
    for chunk in chunks:
        text += chunk
        if is_array is None and text.strip():
            text = text.lstrip()
            is_array = text.startswith("[")
            text = text[1:] if is_array else text
        # Parse again only when the text has doubled, or a long value would cost the square of its length.
        if len(text) < wanted and chunk:
            continue
        at = _BETWEEN.match(text).end()  # type: ignore[union-attr]
        while at < len(text) and not (is_array and text[at] == "]"):
            try:
                value, end = decoder.raw_decode(text, at)
            except json.JSONDecodeError as error:
                if chunk and len(text) - at <= MAX_LINE_BYTES:
                    break
                raise FileUnreadable(f"JSON sai dạng hoặc bị cắt cụt: {error.msg}") from None
            yield value
            at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
        text = text[at:]
        wanted = 2 * len(text)
    if is_array and text.strip() != "]":
        raise FileUnreadable("JSON bị cắt cụt hoặc thừa: mảng không kết thúc bằng “]”")


def _chunks(stream: BinaryIO) -> Iterator[str]:
    """The text in pieces; an empty one says that the end was reached."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    start = 0
    while chunk := stream.read(CHUNK_BYTES):
        try:
            piece = decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise FileUnreadable(undecodable(start + error.start)) from None
        start += len(chunk)
        if piece:
            yield piece
    yield decoder.decode(b"", final=True)

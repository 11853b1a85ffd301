"""Bytes of text files as UTF-8 lines: the encoding is found once, from the file's beginning.

UTF-8 and UTF-16 are recognised by their marks and their shape. Anything else is a single-byte file: cp1258 where its
combining tones sit on vowels, else cp1252. Text of the TCVN3 and VNI fonts therefore arrives as cp1252 characters,
which `nlp.vietnamese` decodes. A general guesser (charset-normalizer) gives no answer for those two.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from nlp.reading.errors import FileUnreadable

SAMPLE_BYTES = 1 << 18

BINARY_MAGICS = {
    b"PK\x03\x04": "ZIP (XLSX, DOCX)",
    b"PAR1": "Parquet",
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "Office cũ (XLS, DOC)",
    b"\x1f\x8b": "GZIP",
}

# cp1258 writes tones as separate bytes behind the vowel: grave, hook, tilde, acute, dot below.
_TONES = rb"[\xcc\xd2\xde\xec\xf2]"
_CP1258_TONE = re.compile(_TONES)
_CP1258_TONED_VOWEL = re.compile(rb"[aeiouyAEIOUY\xc2\xc3\xca\xd4\xd5\xdd\xe2\xe3\xea\xf4\xf5\xfd]" + _TONES)


def detect(sample: bytes) -> str:
    """The codec of a file that begins with `sample`."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = sample[:2000].count(0)
    if zeros > len(sample[:2000]) // 5:
        return "utf-16-le" if sample[1:2000:2].count(0) > zeros // 2 else "utf-16-be"
    if sample.isascii() or _is_mostly_utf8(sample):
        return "utf-8"
    tones = len(_CP1258_TONE.findall(sample))
    if tones and len(_CP1258_TONED_VOWEL.findall(sample)) >= 0.95 * tones:
        return "cp1258"
    return "cp1252"


def _is_mostly_utf8(sample: bytes) -> bool:
    """A few broken bytes do not make a UTF-8 file another one: they are faults of their rows."""
    decoder = codecs.getincrementaldecoder("utf-8")
    try:
        decoder().decode(sample)
    except UnicodeDecodeError:
        text = decoder("surrogateescape").decode(sample)
    else:
        return True
    broken = sum(0xDC80 <= ord(c) <= 0xDCFF for c in text)
    good = sum(ord(c) > 0x7F for c in text) - broken
    return good > broken


class _Chained(io.RawIOBase):
    """`head` again, then what is left of a stream that cannot seek; decoded and written as UTF-8 where asked."""

    def __init__(self, head: bytes, tail: BinaryIO, codec: str | None) -> None:
        # surrogateescape keeps bytes that the codec lacks, so that only their line is refused.
        errors = "surrogatepass" if codec and codec.startswith("utf") else "surrogateescape"
        self._head, self._tail, self._errors = head, tail, errors
        self._decoder = codecs.getincrementaldecoder(codec)(errors) if codec else None
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            chunk = self._head or self._tail.read(1 << 16)
            self._head = b""
            if self._decoder is None:
                self._ready = chunk
            else:
                self._ready = self._decoder.decode(chunk, final=not chunk).encode("utf-8", self._errors)
            if not chunk:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def peek(stream: BinaryIO, size: int = SAMPLE_BYTES) -> tuple[bytes, BinaryIO]:
    """The first bytes, and a stream that still has them."""
    head = stream.read(size)
    if stream.seekable():
        stream.seek(-len(head), io.SEEK_CUR)
        return head, stream
    return head, io.BufferedReader(_Chained(head, stream, None), 1 << 16)


def as_utf8(stream: BinaryIO) -> BinaryIO:
    """The same text as UTF-8 bytes without a byte order mark. Raises FileUnreadable for files that are not text."""
    head, stream = peek(stream)
    for magic, name in BINARY_MAGICS.items():
        if head.startswith(magic):
            raise FileUnreadable(f"không phải tệp văn bản mà là {name}; hãy đặt đúng đuôi tệp")
    codec = detect(head)
    if codec == "utf-8":
        return stream
    if codec == "utf-8-sig":
        stream.read(3)
        return stream
    return io.BufferedReader(_Chained(b"", stream, codec), 1 << 16)


def decode_all(data: bytes) -> str:
    """A whole file as text. Raises FileUnreadable with the position of the first byte that cannot be decoded."""
    return _decode(data, detect(data[:SAMPLE_BYTES]))


def _decode(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec, "surrogatepass" if codec.startswith("utf-16") else "strict")
    except UnicodeDecodeError as error:
        raise FileUnreadable(undecodable(error.start)) from None


def undecodable(position: int) -> str:
    """The reason for bytes that are not text; `position` counts from 1 for the reader's sake."""
    return f"không giải mã được: byte thứ {position + 1} không hợp bảng mã của tệp"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its line break, or the `reason` why there is no text. `quotes` counts its quotation marks."""

    text: str
    reason: str = ""
    quotes: int = 0


def lines(stream: BinaryIO, *, limit: int) -> Iterator[Line]:
    """The lines of a UTF-8 stream; a line over `limit` bytes is passed over without being held.

    Positions count the bytes of `stream`, which are the file's own unless it was converted to UTF-8.
    """
    start = 0
    while raw := stream.readline(limit):
        size = len(raw)
        if size == limit and not raw.endswith(b"\n"):
            size, quotes = _skip_line(stream, raw, limit)
            yield Line("", f"dòng dài {size} byte, quá giới hạn {limit} byte", quotes)
        else:
            try:
                line = Line(raw.decode())
            except UnicodeDecodeError as error:
                line = Line("", undecodable(start + error.start), raw.count(b'"'))
            yield line
        start += size


def _skip_line(stream: BinaryIO, raw: bytes, limit: int) -> tuple[int, int]:
    size, quotes = 0, 0
    step = min(limit, 1 << 16)
    while raw:
        size += len(raw)
        quotes += raw.count(b'"')
        if raw.endswith(b"\n"):
            break
        raw = stream.readline(step)
    return size, quotes


_META_CHARSET = re.compile(rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def decode_html(data: bytes) -> str:
    """A whole page as text: by its mark, else as UTF-8, else by the charset it declares, else as any text file."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode_all(data)
    declared = _META_CHARSET.search(data[:4096])
    if declared is not None and not _is_mostly_utf8(data[:SAMPLE_BYTES]):
        codec = _codec(declared[1].decode("ascii"))
        if codec is not None:
            return _decode(data, codec)
    return decode_all(data)


def _codec(name: str) -> str | None:
    """Python's name of a declared charset. A page of bytes that says UTF-8 lies; latin-1 means cp1252 on the web."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return None
    return {"utf-8": None, "iso8859-1": "cp1252"}.get(codec, codec)

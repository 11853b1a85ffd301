"""CSV and TSV: the delimiter is found from the header and the first rows; rows of another shape are refused."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from nlp.errors import number
from nlp.reading.columns import field_of, has_text_column, resolve
from nlp.reading.encoding import SAMPLE_BYTES, as_utf8, lines, peek
from nlp.reading.errors import FileUnreadable
from nlp.reading.rows import Context, Fault, Row
from nlp.types import MAX_ARTICLE_CHARS

DELIMITERS = (",", ";", "\t", "|")
MAX_LINE_BYTES = 4 * MAX_ARTICLE_CHARS + 65_536
SNIFFED_ROWS = 20


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """Rows below the header; blank lines are no rows. Raises ColumnsMissing and its kin for the header."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ARTICLE_CHARS))  # a setting of the whole process, only raised
    sample, utf8 = peek(as_utf8(stream))
    text = sample.decode("utf-8", "replace")
    first = next((line for line in text.splitlines() if line.strip()), "")
    declared = first[4:5] if first.startswith("sep=") else ""
    delimiter = declared or sniff_delimiter(text, context.columns, is_whole=len(sample) < SAMPLE_BYTES)
    records = _Records(utf8, delimiter)
    if declared:
        records.read()
    header = records.read()
    if records.reason:
        raise FileUnreadable(f"dòng tiêu đề cột: {records.reason}")
    if header is not None:
        yield from _rows(records, resolve(header, context.columns, file=context.file), width=len(header))


def _rows(records: _Records, positions: Mapping[str, int], *, width: int) -> Iterator[Row | Fault]:
    number = 0
    while (fields := records.read()) is not None:
        number += 1
        if records.reason:
            yield Fault(number, "", records.reason)
        elif len(fields) != width:
            yield Fault(number, "", f"dòng {records.line} có {len(fields)} ô, dòng tiêu đề có {width} ô")
        elif looks_mixed(fields, records.raw, records.delimiter):
            yield Fault(number, "", f"dòng {records.line} dường như dùng dấu phân cách khác “{records.delimiter}”")
        else:
            yield Row(number, {field: fields[i] for field, i in positions.items()})


class _Records:
    """Reads records one by one and keeps, of the last one, its raw text, its last line number and what was wrong."""

    def __init__(self, stream: BinaryIO, delimiter: str) -> None:
        self.delimiter = delimiter
        self.raw, self.reason, self.line = "", "", 0
        self._lines = lines(stream, limit=MAX_LINE_BYTES)
        self._pieces: list[str] = []
        self._line_reason = ""
        # Strict: a stray quote must refuse the row, not glue it to the next.
        self._reader = csv.reader(self._feed(), delimiter=delimiter, strict=True)

    def _feed(self) -> Iterator[str]:
        for line in self._lines:
            self.line += 1
            if line.reason:
                self._line_reason = self._line_reason or line.reason
                # An odd quote opens or closes a quoted field: pass it on, or all rows behind would shift.
                yield '"\n' if line.quotes % 2 else ".\n"
            else:
                self._pieces.append(line.text)
                yield line.text

    def read(self) -> list[str] | None:
        """The next record that is not a blank line; None at the end."""
        while True:
            self._pieces, self._line_reason, self.reason = [], "", ""
            try:
                fields = next(self._reader)
            except StopIteration:
                return None
            except csv.Error as error:
                fields, self.reason = [], _vietnamese(error)
            self.reason = self._line_reason or self.reason
            self.raw = "".join(self._pieces)
            if fields or self.reason:
                return fields


def _vietnamese(error: csv.Error) -> str:
    message = str(error)
    if "field larger" in message:
        return f"một ô dài quá {number(MAX_ARTICLE_CHARS)} ký tự (thiếu dấu ngoặc kép đóng?)"
    if "unexpected end of data" in message:
        return "tệp hết giữa chừng một ô có ngoặc kép"
    if "expected after" in message:
        return "dấu ngoặc kép đặt sai chỗ"
    if "new-line character" in message:
        return "ký tự xuống dòng CR nằm ngoài ngoặc kép"
    return f"dòng CSV sai dạng ({message})"


def sniff_delimiter(text: str, columns: Mapping[str, str], *, is_whole: bool) -> str:
    """The delimiter under which the header names most fields and the first rows are as wide as the header."""
    return max(DELIMITERS, key=lambda delimiter: _fit(text, delimiter, columns, is_whole=is_whole))


def _fit(text: str, delimiter: str, columns: Mapping[str, str], *, is_whole: bool) -> tuple[bool, int, float, int]:
    rows = first_rows(text, delimiter, is_whole=is_whole)
    if not rows:
        return False, 0, 0.0, 0
    header, rest = rows[0], rows[1:]
    even = sum(len(row) == len(header) for row in rest) / len(rest) if rest else 1.0
    named = len({field_of(name) for name in header} - {None}) + len(set(columns.values()) & set(header))
    return has_text_column(header, columns), named, even, len(header)


def first_rows(text: str, delimiter: str, *, is_whole: bool) -> list[list[str]]:
    """Up to SNIFFED_ROWS records of a sample; the last line is left out where the sample may have cut it."""
    pieces = text.splitlines(keepends=True)
    if not is_whole and len(pieces) > 1:
        pieces.pop()
    found: list[list[str]] = []
    try:
        for row in csv.reader(pieces, delimiter=delimiter):
            if row:
                found.append(row)
            if len(found) > SNIFFED_ROWS:
                break
    except csv.Error:
        pass  # a broken row ends the sample; reading names it
    return found


def looks_mixed(fields: list[str], raw: str, delimiter: str) -> bool:
    """Whether another delimiter would cut this row as well, so that the right width may be a coincidence.

    "7;Giá xăng, dầu;Nội dung, hết" has three fields under "," too. Marks inside quoted fields and the semicolons of
    prose, which a space follows, do not count.
    """
    cuts = len(fields) - 1
    for other in DELIMITERS:
        if other == delimiter or not cuts or raw.count(other) < cuts:
            continue
        loose = [f for f in fields if other in f and '"' + f.replace('"', '""') + '"' not in raw]
        marks = sum(f.count(other) for f in loose)
        is_tight = not any(f"{other} " in f for f in loose)
        if marks == cuts and (is_tight or raw.count(delimiter) == raw.count(f"{delimiter} ")):
            return True
    return False

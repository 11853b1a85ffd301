"""XLSX: every sheet with a header of articles; the header may stand below a few lines of caption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, BinaryIO

import openpyxl
from openpyxl.cell.cell import ERROR_CODES

from nlp.reading.archives import check_archive
from nlp.reading.columns import has_text_column, resolve
from nlp.reading.errors import ColumnsMissing, ReadingError
from nlp.reading.rows import Broken, Context, Fault, Row

MAX_UNPACKED_BYTES = 512 << 20
CAPTION_ROWS = 10
"""The header is looked for in so many first rows of a sheet."""

Cells = Sequence[object]


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """One row a row; rows are numbered on through the sheets. Raises ColumnsMissing where no sheet has a header.

    Sheets stream; the table of shared strings does not, hence the limit on what a file unpacks to.
    """
    check_archive(stream, limit=MAX_UNPACKED_BYTES, part="[Content_Types].xml")
    book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
    numbers = _Counter()
    wrong: list[ReadingError] = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some writers state a wrong size, and rows would be cut
        try:
            yield from _sheet_rows(sheet.iter_rows(values_only=True), context, numbers)
        except ReadingError as error:
            wrong.append(error)
    if wrong and not numbers.last:
        raise wrong[0]
    for reason in map(str, wrong):
        yield Fault(0, "", reason)


class _Counter:
    """The number of the last row that was yielded."""

    last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


def _sheet_rows(sheet: Iterator[Cells], context: Context, numbers: _Counter) -> Iterator[Row | Fault]:
    top = list(islice(sheet, CAPTION_ROWS))
    if not any(_is_filled(cells) for cells in top):
        return
    at = next((i for i, cells in enumerate(top) if has_text_column(_names(cells), context.columns)), None)
    if at is None:
        raise _no_header(top, context)
    positions = resolve(_names(top[at]), context.columns, file=context.file)
    blank = 0  # blank rows at the end of a sheet are leftovers of formatting
    for cells in chain(top[at + 1 :], sheet):
        if not _is_filled(cells):
            blank += 1
            continue
        for _ in range(blank):
            yield Fault(numbers.next(), "", "dòng trống")
        blank = 0
        yield Row(numbers.next(), {f: _value(cells[i]) for f, i in positions.items() if i < len(cells)})


def _is_filled(cells: Cells) -> bool:
    return any(value is not None and value != "" for value in cells)


def _names(cells: Cells) -> list[str]:
    return ["" if value is None else str(value) for value in cells]


def _no_header(top: list[Cells], context: Context) -> ReadingError:
    """The most telling error: of a chosen column that is missing, else of the widest of the first rows."""
    widest = max(top, key=lambda cells: sum(value is not None for value in cells))
    try:
        resolve(_names(widest), context.columns, file=context.file)
    except ReadingError as error:
        return error
    return ColumnsMissing(context.file, _names(widest))


def _value(value: Any) -> object:
    if isinstance(value, str) and value in ERROR_CODES:
        return Broken(f"ô Excel báo lỗi {value}")
    return value

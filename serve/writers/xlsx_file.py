"""XLSX for people: frozen header, filter, wrapped text, hot rows in colour. Rows stream to disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from lxml.etree import SerialisationError
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from serve.rows import Row
from serve.writers.cells import COLUMNS, Cell, cells

MAX_CELL_CHARS = 32_767
HEADER_FILL, HEADER_FONT = "1F4E78", "FFFFFF"
FILLS = {3: "F8CBAD", 2: "FFF2CC"}
"""Level of urgency -> colour of its rows."""


def write(rows: Iterator[Row], path: Path) -> None:
    """One sheet "Điểm báo": a header and one row an article. The caller minds the limit of rows (MAX_ROWS)."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Điểm báo")
    sheet.freeze_panes = "C2"
    for number, column in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    try:
        sheet.append(_header(sheet))
        moulds = {level: _mould(sheet, FILLS.get(level)) for level in range(4)}
        height = 1
        for row in rows:
            sheet.append(_filled(moulds[row.record()["urgency"]["level"]], cells(row)))
            height += 1
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{height}"
        with path.open("wb") as file:
            book.save(file)
    except SerialisationError as error:
        raise _os_error(error) from error
    finally:
        _forget(sheet)


def _header(sheet: Any) -> list[Any]:
    header = []
    for column in COLUMNS:
        cell = WriteOnlyCell(sheet, column.header)
        cell.font = Font(bold=True, color=HEADER_FONT)
        cell.fill = PatternFill("solid", fgColor=HEADER_FILL)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        header.append(cell)
    return header


def _mould(sheet: Any, fill: str | None) -> list[Any]:
    """Styled cells that every row of a level is poured into: a row leaves for the disk before the next one comes."""
    mould = []
    for column in COLUMNS:
        cell = WriteOnlyCell(sheet, "")
        cell.alignment = Alignment(vertical="top", wrap_text=column.wraps)
        if column.is_share:
            cell.number_format = "0%"
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        mould.append(cell)
    return mould


def _filled(mould: list[Any], values: list[Cell]) -> list[Any]:
    for cell, value in zip(mould, values, strict=True):
        if isinstance(value, str):
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL_CHARS]
            cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
        else:
            cell.value = value
    return mould


def _os_error(error: SerialisationError) -> OSError:
    """lxml names the number of the system's error, "IO_ENOSPC", and raises something of its own."""
    number = getattr(errno, str(error).removeprefix("IO_"), errno.EIO)
    return OSError(number, os.strerror(number))


def _forget(sheet: Any) -> None:
    """Close and remove the temporary file of a sheet that was not saved; openpyxl would complain of it much later."""
    writer = getattr(sheet, "_writer", None)
    if writer is not None:
        with suppress(SerialisationError, StopIteration):
            writer.xf.close()
        Path(writer.out).unlink(missing_ok=True)

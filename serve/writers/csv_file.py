"""CSV that Excel opens by a double click: UTF-8 with a byte order mark, and no cell that is run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from serve.rows import Row
from serve.writers.cells import COLUMNS, Cell, cells

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is run by some spreadsheet (OWASP, CSV Injection); Excel reads the full-width forms alike."""


def write(rows: Iterator[Row], path: Path) -> None:
    """A header and one line an article."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(column.header for column in COLUMNS)
        for row in rows:
            table.writerow([harmless(cell) for cell in cells(row)])


def harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers are ours and stay numbers."""
    if isinstance(cell, str):
        # A NUL ends the text for some readers, and the csv module of others refuses the file.
        cell = cell.replace("\0", "")
        return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell
    return cell

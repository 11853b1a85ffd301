"""Picked articles -> the spreadsheet that goes to the people who label: XLSX with drop-down lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from serve.labelling.columns import (
    ANSWERS,
    BODY_CHARS,
    BY_KEY,
    CODES_SHEET,
    COLUMNS,
    DRAW_SHEET,
    PROPOSAL,
    SHEET,
    Column,
)
from serve.writers.csv_file import FORMULA_STARTS
from serve.writers.xlsx_file import HEADER_FILL, HEADER_FONT, MAX_CELL_CHARS

ANSWER_FILL = "E2EFDA"
DRAWN = ("id", "stratum", "chance", "topic", "topic_p", "lead", "lead_p", "urgency", "tone", "model")
"""Columns of the hidden sheet: how each article was drawn, and what the model proposed (empty `lead`: out of scope)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One article to label. `shown` holds texts by the key of their column, `drawn` values by DRAWN."""

    shown: Mapping[str, str]
    drawn: Mapping[str, str | int | float]


def write_sheet(items: Sequence[Item], path: Path, *, with_proposals: bool = False) -> None:
    """The sheet to work in, the lists, and hidden how it was drawn. Text of articles is never run as a formula."""
    book = Workbook()
    columns = [*COLUMNS, PROPOSAL] if with_proposals else list(COLUMNS)
    sheet = book.active
    sheet.title = SHEET
    _head(sheet, columns)
    for row, item in enumerate(items, start=2):
        for position, column in enumerate(columns, start=1):
            cell = put(sheet.cell(row, position), item.shown.get(column.key, ""))
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if column.key in ANSWERS:
                cell.fill = PatternFill("solid", fgColor=ANSWER_FILL)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(items) + 1}"
    add_lists(book, sheet, {column.key: at for at, column in enumerate(columns)}, first=2, last=len(items) + 1)
    _write_draw(book, items)
    with path.open("wb") as file:
        book.save(file)


def put(cell: Any, value: object) -> Any:
    """Fill a cell; text stays text, also when a person opens the cell and presses Enter."""
    if not isinstance(value, str):
        cell.value = value
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL_CHARS]
    cell.value = text or None
    if text:
        cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
        cell.quotePrefix = text.lstrip(" ").startswith(FORMULA_STARTS)
    return cell


def add_lists(book: Any, sheet: Any, positions: Mapping[str, int], *, first: int, last: int) -> None:
    """The sheet of codes, and a drop-down list in rows `first` to `last` of every answer; old lists go.

    The lists are reached by defined names: of a list that refers to another sheet Excel writes an extension, which is
    lost on the way through other programs.
    """
    _write_codes(book)
    sheet.data_validations.dataValidation = []
    for key in ANSWERS:
        column = BY_KEY[key]
        if key not in positions:
            continue
        # A warning, for codes may be typed and pasted; what comes back is checked.
        rule = DataValidation("list", formula1=column.list_name, allow_blank=True, errorStyle="warning")
        rule.errorTitle, rule.error = "Không có trong danh mục", f"Hãy chọn trong danh sách ở trang “{CODES_SHEET}”."
        rule.showErrorMessage = True
        letter = get_column_letter(positions[key] + 1)
        rule.add(f"{letter}{first}:{letter}{max(first, last)}")
        sheet.add_data_validation(rule)


def _write_codes(book: Any) -> None:
    if CODES_SHEET in book.sheetnames:
        del book[CODES_SHEET]
    sheet = book.create_sheet(CODES_SHEET, 1)
    lists = {column.list_name: column for column in COLUMNS if column.names is not None}
    for position, (name, column) in enumerate(lists.items(), start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = 44
        style_header(put(sheet.cell(1, position), column.header))
        entries = column.entries()
        for row, entry in enumerate(entries, start=2):
            put(sheet.cell(row, position), entry)
        place = f"{quote_sheetname(CODES_SHEET)}!${letter}$2:${letter}${len(entries) + 1}"
        book.defined_names[name] = DefinedName(name, attr_text=place)


def _write_draw(book: Any, items: Iterable[Item]) -> None:
    sheet = book.create_sheet(DRAW_SHEET)
    sheet.sheet_state = "hidden"
    rows = [dict(zip(DRAWN, DRAWN, strict=True)), *(item.drawn for item in items)]
    for row, drawn in enumerate(rows, start=1):
        for position, key in enumerate(DRAWN, start=1):
            put(sheet.cell(row, position), drawn.get(key, ""))


def _head(sheet: Any, columns: Sequence[Column]) -> None:
    for position, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = column.width
        style_header(put(sheet.cell(1, position), column.header))


def style_header(cell: Any) -> None:
    """White on blue, as in the results of `diembao score`."""
    cell.font = Font(bold=True, color=HEADER_FONT)
    cell.fill = PatternFill("solid", fgColor=HEADER_FILL)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def start_of(body: str) -> str:
    """The start of a body, cut after BODY_CHARS."""
    return body if len(body) <= BODY_CHARS else body[:BODY_CHARS].rstrip() + " …"

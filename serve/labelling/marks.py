"""A copy of the sheet that came back, its errors coloured, commented and said in a column of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter

from serve.labelling.answers import Fault, Returned
from serve.labelling.columns import ANSWERS, BY_KEY, ERRORS
from serve.labelling.sheet import ANSWER_FILL, add_lists, put

WRONG_FILL = "FFC7CE"
AUTHOR = "diembao"


def write_marked(returned: Returned, path: Path) -> None:
    """Write the workbook as it came, with the marks of this reading and none of an earlier one."""
    sheet, positions = returned.sheet, dict(returned.positions)
    column = positions.setdefault(ERRORS.key, sheet.max_column) + 1
    _clear(returned, column)
    header = put(sheet.cell(returned.header, column), ERRORS.header)
    header._style = sheet.cell(returned.header, positions["id"] + 1)._style
    sheet.column_dimensions[get_column_letter(column)].width = ERRORS.width
    by_row: dict[int, list[Fault]] = {}
    for fault in returned.faults:
        by_row.setdefault(fault.row, []).append(fault)
        _mark(sheet, fault, positions)
    for row, faults in by_row.items():
        said = "; ".join(f"{BY_KEY[fault.key].header}: {fault.reason}" for fault in faults)
        put(sheet.cell(row, column), said).alignment = Alignment(vertical="top", wrap_text=True)
    add_lists(returned.book, sheet, positions, first=returned.header + 1, last=sheet.max_row)
    with path.open("wb") as file:
        returned.book.save(file)


def _mark(sheet: Any, fault: Fault, positions: dict[str, int]) -> None:
    cell = sheet.cell(fault.row, positions.get(fault.key, positions["id"]) + 1)
    cell.fill = PatternFill("solid", fgColor=WRONG_FILL)
    cell.comment = Comment(fault.reason, AUTHOR)


def _clear(returned: Returned, column: int) -> None:
    """Take away what an earlier reading left; comments of other people stay."""
    wanted = {key: at for key, at in returned.positions.items() if key in (*ANSWERS, "id")}
    for number in range(returned.header + 1, returned.sheet.max_row + 1):
        returned.sheet.cell(number, column).value = None
        for key, at in wanted.items():
            cell = returned.sheet.cell(number, at + 1)
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
            if cell.fill.fgColor.rgb == f"00{WRONG_FILL}":
                cell.fill = PatternFill("solid", fgColor=ANSWER_FILL) if key in ANSWERS else PatternFill()

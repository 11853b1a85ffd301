"""The spreadsheet that came back -> labels, and what is wrong with the rest, cell by cell, in Vietnamese."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

from nlp.errors import DiembaoError
from nlp.heads import NO_UNIT, OUT_OF_SCOPE
from nlp.reading.archives import check_archive
from nlp.reading.errors import FileUnreadable
from nlp.reading.xlsx_file import MAX_UNPACKED_BYTES
from serve.labelling.codes import UnreadCell, find_code, plain
from serve.labelling.columns import ANSWERS, BY_KEY, DRAW_SHEET, HEADER_ROWS, NEEDED, SHEET, find_columns

if TYPE_CHECKING:
    from models.data import Label

FORMULA = "f"
FEW = 10
"""Fewer random articles than this say nothing."""


class SheetUnreadable(DiembaoError):
    """A file that is no labelling sheet. Facts: `path`, `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: `row` as the spreadsheet counts, `key` of the column, `reason` in Vietnamese."""

    row: int
    key: str
    reason: str

    def __str__(self) -> str:
        return f"dòng {self.row}, cột “{BY_KEY[self.key].header}”: {self.reason}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One row that is right: its label, and the annotator's `note`."""

    row: int
    label: Label
    note: str


@dataclass(frozen=True, slots=True)
class Returned:
    """All that came back. `book` and `sheet` stay open for marking; `positions` are 0-based by key of the column.

    `drawn` says by id how the article was drawn; empty where the hidden sheet is gone. `untouched` rows bear no answer.
    """

    book: Any
    sheet: Any
    header: int
    positions: Mapping[str, int]
    drawn: Mapping[str, Mapping[str, Any]]
    answers: tuple[Answer, ...]
    faults: tuple[Fault, ...]
    untouched: int


@dataclass(slots=True)
class _Row:
    """The texts of one row by key, and the faults found in them so far."""

    number: int
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, key: str, reason: str) -> None:
        self.faults.append(Fault(self.number, key, reason))

    def code(self, key: str) -> str:
        """The code in a column with a list, "" where it is empty or wrong."""
        if not self.texts.get(key):
            return ""
        try:
            return find_code(self.texts[key], BY_KEY[key].names or {})
        except UnreadCell as error:
            self.fault(key, str(error))
            return ""


def read_answers(path: Path) -> Returned:
    """Read a labelling sheet row by row; a row with a fault gives no label, and the others stand.

    Raises SheetUnreadable where the file is no workbook, or holds no sheet with the columns NEEDED.
    """
    book = _open(path)
    sheet, header, positions = _find_sheet(book, path)
    drawn = _drawn(book)
    answers: list[Answer] = []
    faults: list[Fault] = []
    untouched = 0
    for row in _rows(sheet, header, positions):
        if not row.faults and not any(row.texts[key] for key in ANSWERS if key in row.texts):
            untouched += bool(row.texts["id"])
            continue
        label = _label(row, drawn)
        faults += row.faults
        if not row.faults:
            answers.append(Answer(row.number, label, row.texts.get("note", "")))
    kept, repeated = _one_an_article(answers)
    ordered = sorted([*faults, *repeated], key=lambda fault: fault.row)
    return Returned(book, sheet, header, positions, drawn, tuple(kept), tuple(ordered), untouched)


def to_line(answer: Answer, drawn: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The line of a label file (datasets/labels/README.md), with the note and, where known, the chance of the draw."""
    label = {name: value for name, value in asdict(answer.label).items() if name != "undecided"}  # all was asked
    line = {**label, "coord": list(answer.label.coord), "pass": "sheet"}
    chance = drawn.get(answer.label.id, {}).get("chance")
    if _is_chance(chance):
        line["chance"] = chance
    return {**line, "note": answer.note} if answer.note else line


def accuracy(returned: Returned) -> dict[str, tuple[float, float, float, int]]:
    """Share of the random articles whose topic and lead unit the model had right, its bounds of 95 %, and how many
    there are; empty where fewer than FEW came back. By words for the head.
    """
    from models.queue import RANDOM, estimate

    pairs = [
        (answer.label, drawn)
        for answer in returned.answers
        if (drawn := returned.drawn.get(answer.label.id, {})).get("stratum") == RANDOM
        and _is_chance(drawn.get("chance"))
    ]
    if len(pairs) < FEW:
        return {}
    chances = [float(drawn["chance"]) for _, drawn in pairs]
    right = {
        "chủ đề": [label.topic == drawn.get("topic") for label, drawn in pairs],
        "đơn vị chủ trì": [label.lead == (drawn.get("lead") or NO_UNIT) for label, drawn in pairs],
    }
    return {name: (*estimate(found, chances), len(pairs)) for name, found in right.items()}


def _is_chance(value: object) -> bool:
    """Whether a cell of the hidden sheet, which people can change, holds a probability that can be divided by."""
    return isinstance(value, int | float) and 0 < value <= 1


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            check_archive(stream, limit=MAX_UNPACKED_BYTES, part="[Content_Types].xml")
            return openpyxl.load_workbook(stream)
    except (OSError, FileUnreadable) as error:
        raise SheetUnreadable(path, f"không đọc được: {error}") from error
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:  # what openpyxl stumbles over
        raise SheetUnreadable(path, f"tệp Excel hỏng ({type(error).__name__}: {error})") from error


def _find_sheet(book: Any, path: Path) -> tuple[Any, int, dict[str, int]]:
    """The sheet, the row of its header and the places of its columns; the one called SHEET is tried first."""
    best: dict[str, int] = {}
    for sheet in sorted(book.worksheets, key=lambda sheet: sheet.title != SHEET):
        for number, cells in enumerate(islice(sheet.iter_rows(values_only=True), HEADER_ROWS), start=1):
            found = find_columns(["" if value is None else str(value) for value in cells])
            if all(key in found for key in NEEDED):
                return sheet, number, found
            best = max(best, found, key=len)
    missing = ", ".join(f"“{BY_KEY[key].header}”" for key in NEEDED if key not in best)
    raise SheetUnreadable(path, f"không có trang nào đủ cột để đọc nhãn; thiếu cột {missing}")


def _drawn(book: Any) -> dict[str, dict[str, Any]]:
    if DRAW_SHEET not in book.sheetnames:
        return {}
    header, *rows = [*book[DRAW_SHEET].iter_rows(values_only=True)] or [()]
    table = (dict(zip(map(str, header), cells, strict=False)) for cells in rows)
    return {str(row["id"]): row for row in table if row.get("id") is not None}


def _rows(sheet: Any, header: int, positions: Mapping[str, int]) -> Iterator[_Row]:
    """The rows below the header that hold anything in a column that is known."""
    wanted = {key: at for key, at in positions.items() if key in (*ANSWERS, "id", "note")}
    for cells in sheet.iter_rows(min_row=header + 1):
        row = _Row(cells[0].row)
        for key, at in wanted.items():
            cell = cells[at]
            try:
                if cell.data_type == FORMULA:
                    raise UnreadCell("ô chứa công thức; hãy dán lại dạng giá trị")
                row.texts[key] = str(cell.value or "").strip() if key == "note" else plain(cell.value)
            except UnreadCell as error:
                row.texts[key] = ""
                row.fault(key, str(error))
        if row.faults or any(row.texts.values()):
            yield row


def _label(row: _Row, drawn: Mapping[str, Mapping[str, Any]]) -> Label:
    """The label of a row; its faults go to the row."""
    from models.data import Label, breaches

    name = row.texts["id"]
    if name and drawn and name not in drawn:
        row.fault("id", f"mã {name!r} không có trong danh sách đã gửi đi")
    topic, lead = row.code("topic"), row.code("lead_unit")
    helpers = tuple(code for key in ANSWERS if key.startswith("helper") and (code := row.code(key)))
    unsure = bool(row.code("unsure"))
    label = Label(
        id=name,
        topic=topic,
        lead=lead or NO_UNIT,
        coord=helpers,
        urgency=_number(row, "urgency", needed=topic != OUT_OF_SCOPE),
        tone=_number(row, "tone", needed=topic != OUT_OF_SCOPE),
        unsure=unsure,
        stratum=str(drawn.get(name, {}).get("stratum") or ""),
    )
    if not row.texts["topic"]:
        row.fault("topic", "chưa chọn chủ đề")
    wrong = {BY_KEY[fault.key].field for fault in row.faults}
    for part, reason in breaches(label):
        # A cell that could not be read is said once, and not blamed on the rules that its absence breaks.
        if part not in wrong and not ({"topic", "lead"} & wrong and part in ("topic", "lead")):
            row.fault(_key_of(part), reason)
    return label


def _number(row: _Row, key: str, *, needed: bool) -> int:
    code = row.code(key)
    if not code and needed and not row.texts[key] and not any(fault.key == key for fault in row.faults):
        row.fault(key, "chưa chọn")
    return int(code or 0)


def _key_of(part: str) -> str:
    """The column that is blamed for a part of a label."""
    return next(column.key for column in BY_KEY.values() if column.field == part)


def _one_an_article(answers: Sequence[Answer]) -> tuple[list[Answer], list[Fault]]:
    """Each article once. Rows of one article that say the same count once; where they differ none counts."""
    by_id: dict[str, list[Answer]] = {}
    for answer in answers:
        by_id.setdefault(answer.label.id, []).append(answer)
    kept, faults = [], []
    for same in by_id.values():
        if all(answer.label == same[0].label for answer in same):
            kept.append(same[0])
            continue
        rows = ", ".join(str(answer.row) for answer in same)
        reason = f"bài này có ở các dòng {rows} với câu trả lời khác nhau"
        faults += [Fault(answer.row, "id", reason) for answer in same]
    return kept, faults

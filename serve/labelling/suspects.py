"""Doubtful labels -> a list for a person: XLSX, or JSON lines for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from nlp.heads import TONES, TOPICS, UNITS, URGENCY
from nlp.types import Article
from serve.labelling.sheet import put, start_of, style_header
from serve.labelling.texts import write_lines

if TYPE_CHECKING:
    from models.audit import Suspect

HEADS = {"topic": "chủ đề", "lead_unit": "đơn vị chủ trì", "coordinating": "phối hợp", "urgency": "mức khẩn",
         "tone": "sắc thái"}  # fmt: skip
NAMES: dict[str, Mapping[str, str]] = {
    "topic": TOPICS, "lead_unit": UNITS, "coordinating": UNITS, "urgency": URGENCY, "tone": TONES,
}  # fmt: skip
NONE = "(không có)"
HEADERS = (("Thứ hạng", 9), ("Phần", 16), ("Mã bài", 18), ("Tiêu đề", 48), ("Sapo", 48), ("Đầu bài", 60),
           ("Nhãn đã gán", 30), ("Có thể là", 30), ("Xác suất nhãn đã gán", 11), ("Xác suất nhãn kia", 11))  # fmt: skip


def write_suspects(suspects: Sequence[Suspect], articles: Mapping[str, Article], path: Path) -> None:
    """One row a doubt, head by head, ranked within each."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Nhãn đáng ngờ"
    for position, (header, width) in enumerate(HEADERS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
        style_header(put(sheet.cell(1, position), header))
    for number, (rank, suspect) in enumerate(_ranked(suspects), start=2):
        article = articles[suspect.id]
        values = (rank, HEADS[suspect.head], suspect.id, article.title, article.lead, start_of(article.body),
                  said(suspect.head, suspect.given), said(suspect.head, suspect.likely),
                  suspect.p_given, suspect.p_likely)  # fmt: skip
        for position, value in enumerate(values, start=1):
            cell = put(sheet.cell(number, position), value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            if isinstance(value, float):
                cell.number_format = "0%"
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADERS))}{len(suspects) + 1}"
    with path.open("wb") as file:
        book.save(file)


def write_suspect_lines(suspects: Sequence[Suspect], path: Path) -> None:
    """The same without texts."""
    write_lines(({"rank": rank, **asdict(suspect)} for rank, suspect in _ranked(suspects)), path)


def said(head: str, code: str) -> str:
    """ "EVN – Tập đoàn Điện lực Việt Nam"."""
    return f"{code} – {NAMES[head][code]}" if code else NONE


def _ranked(suspects: Sequence[Suspect]) -> list[tuple[int, Suspect]]:
    counts: dict[str, int] = {}
    ranked = []
    for suspect in suspects:
        counts[suspect.head] = counts.get(suspect.head, 0) + 1
        ranked.append((counts[suspect.head], suspect))
    return ranked

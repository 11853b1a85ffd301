"""DOCX: a press review of many items, or a single clipping. `press_review` knows the shapes, this file Word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from nlp.reading.archives import check_archive
from nlp.reading.columns import has_text_column, resolve
from nlp.reading.press_review import Block, items
from nlp.reading.rows import Context, Fault, Row

MAX_UNPACKED_BYTES = 64 << 20
_HEADING = re.compile(r"(?:heading|đề mục|đầu đề)\s*(\d)", re.IGNORECASE)
_TITLE = re.compile(r"title|tiêu đề|tên bài", re.IGNORECASE)


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """Items of the text in order, then the rows of tables that have a header of articles.

    Runs in legacy fonts (.VnTime, VNI-Times) keep their characters: `nlp.vietnamese` decodes them.
    """
    check_archive(stream, limit=MAX_UNPACKED_BYTES, part="word/document.xml")
    blocks: list[Block] = []
    tables: list[tuple[dict[str, int], Table]] = []
    for part in docx.Document(stream).iter_inner_content():
        if isinstance(part, Paragraph):
            blocks.extend(_blocks(part))
            continue
        header = _cells(part.rows[0]) if len(part.rows) else []
        if has_text_column(header, context.columns):
            tables.append((resolve(header, context.columns, file=context.file), part))
        else:
            blocks.extend(_blocks_of_layout(part))
    yield from _numbered(blocks, tables)


def _numbered(blocks: list[Block], tables: list[tuple[dict[str, int], Table]]) -> Iterator[Row]:
    number = 0
    # Beside a table of articles, text without items is the caption of the document.
    for values in items(blocks, is_caption_likely=bool(tables)):
        number += 1
        yield Row(number, values)
    for positions, table in tables:
        for row in table.rows[1:]:
            cells = _cells(row)
            if any(cells):
                number += 1
                yield Row(number, {f: cells[i] for f, i in positions.items() if i < len(cells)})


def _cells(row: Any) -> list[str]:
    return [cell.text.strip() for cell in row.cells]


def _blocks_of_layout(table: Table) -> Iterator[Block]:
    """A table without a header only arranges paragraphs. Merged cells appear once."""
    seen: set[Any] = set()
    for row in table.rows:
        for cell in row.cells:
            if cell._tc not in seen:
                seen.add(cell._tc)
                for paragraph in cell.paragraphs:
                    yield from _blocks(paragraph)


def _blocks(paragraph: Paragraph) -> Iterator[Block]:
    """A paragraph, cut at its manual line breaks unless it is a heading."""
    level = _level(paragraph)
    link = next((link.address for link in paragraph.hyperlinks if link.address), "")
    is_bold, is_italic = _is_styled(paragraph, "bold"), _is_styled(paragraph, "italic")
    is_numbered = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
    text = paragraph.text.strip()
    for line in [" ".join(text.split())] if level is not None else text.split("\n"):
        if line.strip():
            yield Block(
                line.strip(), level=level, is_bold=is_bold, is_italic=is_italic, is_numbered=is_numbered, link=link
            )


def _level(paragraph: Paragraph) -> int | None:
    """0 for a title style, 1 to 9 for headings, None for text."""
    style = paragraph.style
    name = style.name or "" if style is not None else ""
    heading = _HEADING.match(name)
    if heading:
        return int(heading[1])
    return 0 if _TITLE.match(name) else None


def _is_styled(paragraph: Paragraph, how: str) -> bool:
    """Whether every run of a paragraph is `how`: "bold" or "italic"."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    style = paragraph.style
    inherited = style is not None and bool(getattr(style.font, how))
    return bool(runs) and all(inherited if getattr(run, how) is None else getattr(run, how) for run in runs)

"""The formats diembao reads. A new format is one module with a `read_rows` and one row here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import cast

from nlp.reading.rows import Reader


@dataclass(frozen=True, slots=True)
class Format:
    """`module` holds `read_rows` and is imported on first use, for some libraries cost half a second to import."""

    module: str
    needs_seek: bool = False


FORMATS: dict[str, Format] = {
    ".csv": Format("nlp.reading.csv_file"),
    ".tsv": Format("nlp.reading.csv_file"),
    ".jsonl": Format("nlp.reading.jsonl_file"),
    ".ndjson": Format("nlp.reading.jsonl_file"),
    ".json": Format("nlp.reading.json_file"),
    ".parquet": Format("nlp.reading.parquet_file", needs_seek=True),
    ".xlsx": Format("nlp.reading.xlsx_file", needs_seek=True),
    ".xlsm": Format("nlp.reading.xlsx_file", needs_seek=True),
    ".docx": Format("nlp.reading.docx_file", needs_seek=True),
    ".html": Format("nlp.reading.html_file"),
    ".htm": Format("nlp.reading.html_file"),
    ".rss": Format("nlp.reading.feed_file"),
    ".atom": Format("nlp.reading.feed_file"),
    ".xml": Format("nlp.reading.feed_file"),
    ".txt": Format("nlp.reading.text_file"),
}
"""Ending, in lower case -> format."""

ADVICE: dict[str, str] = {
    ".xls": "hãy mở bằng Excel và lưu lại thành .xlsx",
    ".doc": "hãy mở bằng Word và lưu lại thành .docx",
    ".pdf": "hãy chuyển thành .docx hoặc .txt",
}
"""Ending of a format that cannot be read -> what to do about it."""


def format_of(name: str) -> Format | None:
    """The format by the ending of a file's name."""
    return FORMATS.get(PurePath(name).suffix.lower())


def load_reader(form: Format) -> Reader:
    """The `read_rows` of a format."""
    return cast(Reader, import_module(form.module).read_rows)

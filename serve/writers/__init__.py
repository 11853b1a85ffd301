"""Files of decisions, one module a format. A new format is one module with a `write` and one row here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import cast

from serve.rows import Row

ENDINGS = {
    ".jsonl": "serve.writers.jsonl_file",
    ".csv": "serve.writers.csv_file",
    ".parquet": "serve.writers.parquet_file",
    ".xlsx": "serve.writers.xlsx_file",
}
"""Ending, in lower case -> module; imported on first use, for two of them are slow to import."""

RECORD_ONLY = (".jsonl",)
"""Endings whose files hold nothing but records, so that title, source and date need not be kept."""

MAX_ROWS = {".xlsx": 1_048_575}
"""Ending -> most articles a file can hold. Excel: 2^20 rows, one of them the header."""

Write = Callable[[Iterator[Row], Path], None]
"""Writes a whole file from rows that stream by."""


def writer_of(path: Path) -> Write:
    """The `write` for the ending of `path`."""
    return cast(Write, import_module(ENDINGS[path.suffix.lower()]).write)

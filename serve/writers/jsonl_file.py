"""JSON lines: the record of each decision (nlp/record.schema.json) and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from serve.rows import Row


def write(rows: Iterator[Row], path: Path) -> None:
    """One record a line, in the order of the input."""
    with path.open("wb") as file:
        for row in rows:
            file.write(row.line)

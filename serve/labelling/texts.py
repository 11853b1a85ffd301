"""Files beside the sheet: labels as JSON lines, and the texts that a training on them needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from nlp.types import Article

COLUMNS = ("id", "title", "lead", "body")


def write_texts(articles: Iterable[Article], path: Path) -> None:
    """A Parquet file in the form of those that `diembao corpora import` writes."""
    chosen = list(articles)
    columns = {name: pa.array([getattr(article, name) for article in chosen], pa.string()) for name in COLUMNS}
    pq.write_table(pa.table(columns), path, compression="zstd")


def write_lines(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

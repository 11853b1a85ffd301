"""How many rows the inputs hold, where that is cheap to learn: for the progress bar's time left, nothing else."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

SAMPLE_BYTES = 16 << 20
"""Lines are counted in so much of a file, and the rest is taken to be like it."""


def count_rows(sources: Sequence[str]) -> int | None:
    """About how many rows there are; None where a source does not tell."""
    from nlp.reading.sources import inputs_of

    total = 0
    for source in sources:
        if source == "-":
            return None
        for found in inputs_of(Path(source)):
            count = COUNTERS.get(found.path.suffix.lower())
            try:
                rows = count(found.path) if count else 1
            except (OSError, ValueError, KeyError, zipfile.BadZipFile):
                return None
            if rows is None:
                return None
            total += rows
    return total


def _lines(path: Path) -> int:
    return _scaled(path, lambda sample: sample.count(b"\n"))


def _records_of_csv(path: Path) -> int:
    """Line ends outside quotation marks, without the header."""

    def count(sample: bytes) -> int:
        return sum(part.count(b"\n") for part in sample.split(b'"')[::2])

    return max(_scaled(path, count) - 1, 0)


def _scaled(path: Path, count: Callable[[bytes], int]) -> int:
    size = path.stat().st_size
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    found = count(sample)
    return round(found * size / len(sample)) if sample else 0


def _rows_of_parquet(path: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def _rows_of_xlsx(path: Path) -> int | None:
    """The height that sheets state at their beginning; many writers do not."""
    total = 0
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                with archive.open(name) as sheet:
                    stated = re.search(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d+)"', sheet.read(2048))
                if not stated:
                    return None
                total += max(int(stated[1]) - 1, 0)
    return total


def _unknown(_path: Path) -> None:
    return None


COUNTERS: dict[str, Callable[[Path], int | None]] = {
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".csv": _records_of_csv,
    ".tsv": _records_of_csv,
    ".parquet": _rows_of_parquet,
    ".xlsx": _rows_of_xlsx,
    ".xlsm": _rows_of_xlsx,
    ".json": _unknown,
    ".xml": _unknown,
    ".rss": _unknown,
    ".atom": _unknown,
}
"""Ending -> counter; a file of any other ending is taken for one article."""

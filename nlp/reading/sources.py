"""Files, folders and standard input: which inputs there are, in which order, and how each is opened."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nlp.reading.columns import has_text_column
from nlp.reading.csv_file import DELIMITERS, first_rows
from nlp.reading.encoding import SAMPLE_BYTES, as_utf8, peek
from nlp.reading.errors import SourceNotFound, UnknownFormat
from nlp.reading.formats import ADVICE, FORMATS, Format, format_of

STDIN_NAME = "stdin"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read. `label` begins the ids of its articles; `format` is None where no reader knows the ending.

    `is_named` says that the user named this very file, so that errors of setup stop the run.
    """

    path: Path
    label: str
    format: Format | None
    is_named: bool


def check_sources(sources: list[str | Path]) -> None:
    """Raise SourceNotFound or UnknownFormat for a source that cannot be read at all."""
    for source in sources:
        path = Path(source)
        if str(source) == "-" or path.is_dir():
            continue
        if not path.exists():
            raise SourceNotFound(str(source))
        if format_of(path.name) is None:
            raise UnknownFormat(_with_advice(path), tuple(FORMATS))


def inputs_of(source: Path) -> Iterator[Input]:
    """The file itself, or the files of a folder in the order of their names, without the hidden ones."""
    if not source.is_dir():
        yield Input(source, source.name, format_of(source.name), is_named=True)
        return
    for path in _walk(source):
        yield Input(path, path.relative_to(source).as_posix(), format_of(path.name), is_named=False)


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith((".", "~$")):
            continue  # "~$" are the lock files of an open Word or Excel
        # Links to folders are not followed: they may lead round in a circle.
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path)


def unknown_reason(path: Path) -> str:
    """Why a file of a folder was not read."""
    advice = ADVICE.get(path.suffix.lower())
    return f"không biết đọc định dạng “{path.suffix or path.name}”" + (f"; {advice}" if advice else "")


def _with_advice(path: Path) -> str:
    advice = ADVICE.get(path.suffix.lower())
    return f"{path} ({advice})" if advice else str(path)


def format_named(name: str) -> Format:
    """The format that the user named, with or without its dot. Raises UnknownFormat."""
    form = FORMATS.get("." + name.lower().removeprefix("."))
    if form is None:
        raise UnknownFormat(name, tuple(FORMATS))
    return form


def sniff(stream: BinaryIO, columns: Mapping[str, str]) -> tuple[Format, BinaryIO]:
    """The format of standard input by its beginning, JSON, CSV or text, and a stream that still has the beginning."""
    sample, stream = peek(as_utf8(stream))
    text = sample.decode("utf-8", "replace")
    begin = text.lstrip()[:1]
    if begin == "{":
        # A line that closes its brace is JSONL; an object over several lines is JSON.
        ending = ".jsonl" if text.lstrip().split("\n", 1)[0].rstrip().endswith("}") else ".json"
    elif begin == "[":
        ending = ".json"
    else:
        ending = ".csv" if _is_table(text, columns, is_whole=len(sample) < SAMPLE_BYTES) else ".txt"
    return FORMATS[ending], stream


def _is_table(text: str, columns: Mapping[str, str], *, is_whole: bool) -> bool:
    """A header of articles, or several lines all of the same three or more fields."""
    for delimiter in DELIMITERS:
        rows = first_rows(text, delimiter, is_whole=is_whole)
        if rows and has_text_column(rows[0], columns):
            return True
        if len(rows) > 1 and len(rows[0]) >= 3 and len({len(row) for row in rows}) == 1:
            return True
    return False


def seekable(stream: BinaryIO) -> BinaryIO:
    """The stream, or its copy on disk: ZIP and Parquet are read from their ends."""
    if stream.seekable():
        return stream
    copy = tempfile.TemporaryFile()  # noqa: SIM115  gone when the reader lets go of it
    shutil.copyfileobj(stream, copy)
    copy.seek(0)
    return copy

"""read(): the one way from files to articles."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from nlp.reading.articles import to_article
from nlp.reading.columns import check_fields
from nlp.reading.errors import FileUnreadable, ReadingError, RowRejected
from nlp.reading.formats import Format, load_reader
from nlp.reading.ids import SeenIds
from nlp.reading.rows import Context, Fault, Row
from nlp.reading.sources import (
    STDIN_NAME,
    Input,
    check_sources,
    format_named,
    inputs_of,
    seekable,
    sniff,
    unknown_reason,
)
from nlp.types import Article, Rejection

Results = Iterator[Article | Rejection]


def read(
    sources: Sequence[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    strict: bool = False,
    stdin: BinaryIO | None = None,
    stdin_format: str | None = None,
) -> Results:
    """Read files, folders and "-" (standard input) one article after another, in little memory.

    `columns` maps fields of an article to the headers of a table, before the usual headers are tried. What cannot be
    read becomes a Rejection and the run goes on; its row is 0 where the whole file is at fault. Errors of setup are
    raised: SourceNotFound, UnknownFormat and UnknownField at once; ColumnsMissing, ColumnNotFound and AmbiguousColumns
    when the file that was named is reached, while a file found in a folder is rejected. With `strict`, the first
    Rejection is raised as RowRejected.
    """
    sources = list(sources)
    columns = dict(columns or {})
    check_fields(columns)
    check_sources(sources)
    form = format_named(stdin_format) if stdin_format else None
    results = _Run(columns).read(sources, stdin=stdin, form=form)
    return _strictly(results) if strict else results


def _strictly(results: Results) -> Results:
    for result in results:
        if isinstance(result, Rejection):
            raise RowRejected(result)
        yield result


class _Run:
    """What one run keeps in mind between files: the ids it has given."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = columns
        self._seen, self._labels = SeenIds(), SeenIds()

    def read(self, sources: list[str | Path], *, stdin: BinaryIO | None, form: Format | None) -> Results:
        for source in sources:
            if str(source) == "-":
                yield from self._read_stdin(stdin or sys.stdin.buffer, form)
                continue
            is_empty = True
            for found in inputs_of(Path(source)):
                is_empty = False
                yield from self._read_input(found)
            if is_empty:
                yield Rejection(str(source), 0, "", "thư mục không có tệp nào")

    def _read_input(self, found: Input) -> Results:
        file = str(found.path)
        if found.format is None:
            yield Rejection(file, 0, "", unknown_reason(found.path))
            return
        try:
            stream = found.path.open("rb")
        except OSError as error:
            yield Rejection(file, 0, "", f"không mở được tệp: {error.strerror}")
            return
        with stream:
            try:
                yield from self._read_stream(stream, found.format, file=file, label=found.label)
            except ReadingError as error:
                if found.is_named:
                    raise
                yield Rejection(file, 0, "", str(error))

    def _read_stdin(self, stream: BinaryIO, form: Format | None) -> Results:
        if form is None:
            try:
                form, stream = sniff(stream, self._columns)
            except FileUnreadable as error:
                yield Rejection(STDIN_NAME, 0, "", f"{error}; hoặc nói rõ bằng --stdin-format")
                return
        stream = seekable(stream) if form.needs_seek else stream
        yield from self._read_stream(stream, form, file=STDIN_NAME, label=STDIN_NAME)

    def _read_stream(self, stream: BinaryIO, form: Format, *, file: str, label: str) -> Results:
        label = self._labels.unique(label)
        for row in _until_failure(stream, form, Context(file, self._columns)):
            if isinstance(row, Fault):
                yield Rejection(file, row.number, row.field, row.reason)
            else:
                yield to_article(row, file=file, label=label, seen=self._seen)


def _until_failure(stream: BinaryIO, form: Format, context: Context) -> Iterator[Row | Fault]:
    """The rows of a reader; where it fails, a last Fault instead of the rest. Errors of setup pass through."""
    read_rows = load_reader(form)
    last, is_empty = 0, True
    try:
        for row in read_rows(stream, context):
            last, is_empty = max(last, row.number), False
            yield row
    except (ReadingError, MemoryError):
        raise
    except FileUnreadable as error:
        yield Fault(last + 1 if last else 0, "", str(error))
    except Exception as error:  # parsers of broken files raise whatever they stumble over
        yield Fault(last + 1 if last else 0, "", f"tệp hỏng, không đọc tiếp được ({type(error).__name__}: {error})")
    else:
        if is_empty:
            yield Fault(0, "", "tệp trống, không có bài nào")

"""JSON lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from nlp.reading.columns import resolve_keys
from nlp.reading.encoding import as_utf8, lines
from nlp.reading.errors import ReadingError
from nlp.reading.rows import Context, Fault, Row
from nlp.types import MAX_ARTICLE_CHARS

MAX_LINE_BYTES = 8 * MAX_ARTICLE_CHARS
"""An article of Vietnamese written wholly in \\uXXXX escapes takes 6 bytes a character."""
PATIENCE = 100
"""So many rows may lack a title and a body before the columns, not the rows, are held to be wrong."""


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """One row a line; blank lines are no rows. Raises ColumnsMissing where no record has a title or a body key."""
    yield from rows_of_records(_records(as_utf8(stream)), context)


def _records(stream: BinaryIO) -> Iterator[object]:
    for line in lines(stream, limit=MAX_LINE_BYTES):
        if line.reason:
            yield Fault(0, "", line.reason)
        elif line.text.strip():
            try:
                # json, not orjson: three times as fast on Vietnamese text, and it keeps NaN and lone surrogates,
                # which are for the rules of rows to judge.
                yield json.loads(line.text)
            except (ValueError, RecursionError) as error:
                yield Fault(0, "", f"dòng không phải JSON: {error}")


def rows_of_records(records: Iterable[object], context: Context) -> Iterator[Row | Fault]:
    """Number the records and name their fields. A record that is a Fault only gets its number."""
    held: list[Fault] = []  # faults in front of the first good record: perhaps the columns are wrong
    wrong: ReadingError | None = None
    is_settled = False
    for number, record in enumerate(records, start=1):
        try:
            found = _to_row(number, record, context)
        except ReadingError as error:
            wrong, found = wrong or error, Fault(number, "", str(error))
        if is_settled:
            yield found
        elif isinstance(found, Row):
            is_settled = True
            yield from held
            yield found
        else:
            held.append(found)
            if wrong is not None and len(held) >= PATIENCE:
                raise wrong
            if len(held) >= PATIENCE:
                is_settled = True
                yield from held
    if not is_settled:
        if wrong is not None:
            raise wrong
        yield from held


def _to_row(number: int, record: object, context: Context) -> Row | Fault:
    if isinstance(record, Fault):
        return Fault(number, record.field, record.reason)
    if not isinstance(record, dict):
        return Fault(number, "", "không phải một đối tượng JSON {...}")
    keys = resolve_keys(tuple(record), tuple(context.columns.items()), file=context.file)
    return Row(number, {field: record[key] for field, key in keys.items()})

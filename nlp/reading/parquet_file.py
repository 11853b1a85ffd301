"""Parquet, by batches of rows and only the columns of articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nlp.errors import number
from nlp.reading.columns import resolve
from nlp.reading.errors import FileUnreadable
from nlp.reading.rows import Broken, Context, Fault, Row
from nlp.types import MAX_ARTICLE_CHARS

BATCH_ROWS = 128
MAX_TEXT_BYTES = 4 * MAX_ARTICLE_CHARS


def read_rows(stream: BinaryIO, context: Context) -> Iterator[Row | Fault]:
    """One row a row. A column of a type that cannot be its field refuses the file, once, with the field's name."""
    try:
        file = pq.ParquetFile(stream)
    except pa.ArrowException as error:
        raise FileUnreadable(f"tệp Parquet hỏng hoặc bị cắt cụt: {_first_line(error)}") from None
    names = list(file.schema_arrow.names)
    positions = resolve(names, context.columns, file=context.file)
    for field, i in positions.items():
        if not _suits(field, file.schema_arrow.types[i]):
            yield Fault(0, field, f"cột “{names[i]}” có kiểu {file.schema_arrow.types[i]}, không dùng được")
            return
    number = 0
    for batch in _batches(file, [names[i] for i in positions.values()]):
        for values in _records(batch, {field: names[i] for field, i in positions.items()}):
            number += 1
            yield Row(number, values)


def _batches(file: pq.ParquetFile, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    """Group by group, so that a broken group costs none of the rows before it."""
    try:
        for group in range(file.num_row_groups):
            yield from file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, row_groups=[group])
    except (pa.ArrowException, OSError) as error:
        raise FileUnreadable(f"tệp Parquet hỏng từ đây: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _suits(field: str, kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if _is_text(kind) or pa.types.is_null(kind):
        return True
    if field == "id":
        return bool(pa.types.is_integer(kind))
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return field == "published_at" and bool(is_number or pa.types.is_timestamp(kind) or pa.types.is_date(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _records(batch: pa.RecordBatch, names: Mapping[str, str]) -> Iterator[Mapping[str, object]]:
    columns = [_values(batch.column(batch.schema.names.index(name))) for name in names.values()]
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: pa.Array) -> list[object]:
    """The column as Python objects; a value that cannot be one, or that no article can hold, is Broken."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Nanoseconds would need pandas.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if _is_text(column.type) and not pa.types.is_string_view(column.type):
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest > MAX_TEXT_BYTES:
            return [_value(value, check_size=True) for value in column]
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return [_value(value, check_size=False) for value in column]


def _value(value: pa.Scalar, *, check_size: bool) -> object:
    if check_size and value.is_valid and value.as_buffer().size > MAX_TEXT_BYTES:
        return Broken(f"bài dài quá giới hạn {number(MAX_ARTICLE_CHARS)} ký tự")
    try:
        return value.as_py()
    except (ValueError, OverflowError):
        return Broken("giá trị không đọc được: sai bảng mã hoặc ngoài khoảng")

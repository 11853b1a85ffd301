"""Reading: files of every format a press office meets -> articles. The only place that opens input files."""

from nlp.reading.dates import parse_date
from nlp.reading.errors import (
    AmbiguousColumns,
    ColumnNotFound,
    ColumnsMissing,
    ReadingError,
    RowRejected,
    SourceNotFound,
    UnknownField,
    UnknownFormat,
)
from nlp.reading.streaming import read

__all__ = [
    "AmbiguousColumns",
    "ColumnNotFound",
    "ColumnsMissing",
    "ReadingError",
    "RowRejected",
    "SourceNotFound",
    "UnknownField",
    "UnknownFormat",
    "parse_date",
    "read",
]

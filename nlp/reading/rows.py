"""What a format reader yields: rows that are not articles yet, and faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Row:
    """One item of a file. `number` counts from 1; `values` maps article fields to values of any type."""

    number: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that the format itself could not give. `number` is 0 where the whole file is at fault."""

    number: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands in `Row.values` for a value that could not be read, and says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a reader knows of its file: the name shown to the user, and columns chosen by the user (field -> header)."""

    file: str
    columns: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[BinaryIO, Context], Iterator[Row | Fault]]
"""Reads one format. Raises ReadingError for setup, FileUnreadable (or anything else) to give up on the rest."""

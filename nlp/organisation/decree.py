"""One decree as it stands in its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nlp.datafiles import Row
from nlp.organisation.values import Decree

CHANGES = ("open", "rename", "keep", "close", "hold")
"""The tables of a decree's file besides `[decree]`."""


@dataclass(frozen=True, slots=True)
class DecreeFile:
    """One file of changes."""

    decree: Decree
    head: Row
    changes: Mapping[str, tuple[Row, ...]]

    def rows(self, table: str) -> tuple[Row, ...]:
        """The changes of one kind, as they stand in the file."""
        return self.changes.get(table, ())


def decree_file(rows: Sequence[Row]) -> DecreeFile:
    """The rows of one decree's file, `[decree]` among them."""
    (head,) = (row for row in rows if row.table == "decree")
    decree = Decree(
        id=head["id"],
        number=head["number"],
        title=head["title"],
        first_day=head["first_day"],
        units=head.values.get("units"),
        source=head["source"],
        confidence=head["confidence"],
        note=head.text_of("note"),
        file=head.file,
    )
    changes = {table: tuple(row for row in rows if row.table == table) for table in CHANGES}
    return DecreeFile(decree, head, changes)


def day_of(day: date | None) -> str:
    """25/12/2012, as messages say a day."""
    return day.strftime("%d/%m/%Y") if day else ""

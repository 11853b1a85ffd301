"""The ministry's units: the names they bear on a given day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nlp.heads import UNITS


@dataclass(frozen=True, slots=True)
class Organisation:
    """Names of the units by code. `renamed` lists, by code, (first day, name) in order of time."""

    renamed: Mapping[str, tuple[tuple[date, str], ...]]

    def names(self, day: date | None) -> Mapping[str, str]:
        """The name of every unit code on `day`; the guideline's names (2016) where no day is known."""
        if day is None or not self.renamed:
            return UNITS
        names = dict(UNITS)
        for code, periods in self.renamed.items():
            for first_day, name in periods:
                if day >= first_day:
                    names[code] = name
        return names

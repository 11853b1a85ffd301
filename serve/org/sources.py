"""Where the facts of the organisation come from: the rows of its files behind what was folded from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nlp.datafiles import Row
from nlp.organisation import Organisation, Tenure
from serve.org import words


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so, and how sure that is (A to D)."""

    text: str
    confidence: str

    @property
    def verified(self) -> bool:
        """Whether the instrument or the press was seen."""
        return words.sure(self.confidence)


@dataclass(frozen=True, slots=True)
class Sources:
    """Rows by what they are about; `holds` in order of time, `names` and `owners` of an enterprise likewise."""

    opens: Mapping[str, Row]
    closes: Mapping[str, Row]
    holds: Sequence[tuple[date, Row]]
    names: Mapping[str, Sequence[Row]]
    owners: Mapping[str, Sequence[Row]]

    def opened_from(self, unit: str) -> tuple[str, ...]:
        """The units that a unit came from when it was opened, not those that joined it later."""
        return self.opens[unit].texts("predecessors") if unit in self.opens else ()

    def moved(self, old: str, new: str) -> bool:
        """Whether the passing of one unit into another is verified, as far as a file says how sure it is."""
        rows = [row for row in (self.closes.get(old), self.opens.get(new)) if row is not None]
        return all(words.sure(row.text_of("confidence")) for row in rows if {old, new} <= _named(row))

    def of_tenure(self, competence: str, tenure: Tenure) -> Source:
        """Who says that a unit or enterprise held a competence."""
        for first_day, row in reversed(self.holds):
            if first_day > tenure.first_day or row["competence"] != competence or row["unit"] != tenure.holder.id:
                continue
            if (not tenure.topics and not row.texts("topics")) or set(tenure.topics) & set(row.texts("topics")):
                return _source(row)
        return self.of_owner(tenure.holder.id, tenure.first_day)

    def of_owner(self, enterprise: str, day: date) -> Source:
        """Who says who owned an enterprise on a day."""
        return _latest(self.owners.get(enterprise, ()), day)

    def of_name(self, enterprise: str, day: date) -> Source:
        """Who says what an enterprise was called on a day."""
        return _latest(self.names.get(enterprise, ()), day)


def sources_of(organisation: Organisation) -> Sources:
    """The rows that an organisation was read from, by what they are about."""
    first_day = {decree.file: decree.first_day for decree in organisation.decrees}
    rows = organisation.rows
    holds = [(first_day[row.file], row) for row in rows if row.table == "hold"]
    names: dict[str, list[Row]] = {}
    owners: dict[str, list[Row]] = {}
    enterprise = ""
    for row in rows:
        if row.table == "enterprise":
            enterprise = row.text_of("id")
        elif row.table == "enterprise.name":
            names.setdefault(enterprise, []).append(row)
        elif row.table == "enterprise.period":
            owners.setdefault(enterprise, []).append(row)
    return Sources(
        opens={row.text_of("unit"): row for row in rows if row.table == "open"},
        closes={row.text_of("unit"): row for row in rows if row.table == "close"},
        holds=sorted(holds, key=lambda one: one[0]),
        names=names,
        owners=owners,
    )


def _named(row: Row) -> set[str]:
    return {row.text_of("unit"), *row.texts("predecessors"), *row.texts("successors")}


def _source(row: Row) -> Source:
    return Source(row.text_of("source"), row.text_of("confidence"))


def _latest(rows: Sequence[Row], day: date) -> Source:
    found = [row for row in rows if row["from"] <= day]
    return _source(found[-1]) if found else Source("", "")

"""The organisation through time: built from texts, asked by day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from nlp.datafiles import VERIFIED, Fact, Row, unverified
from nlp.heads import UNITS
from nlp.organisation import checks, names
from nlp.organisation.decree import decree_file
from nlp.organisation.enterprises import Enterprise, read_enterprises
from nlp.organisation.errors import OrganisationError
from nlp.organisation.fold import State, fold
from nlp.organisation.holding import REST
from nlp.organisation.names import Index, Lookup, Mention, Use
from nlp.organisation.tables import COLLISIONS, DECREES, ENTERPRISES, kind_of, rows_of
from nlp.organisation.values import (
    OUTSIDE,
    Decree,
    Holder,
    Holding,
    Life,
    Structure,
    Tenure,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """All structures in order of time, the lives of units and enterprises, and the names they are called by.

    `days` are those on which anything changed: the first days of `structures`. `codes` says by id which code of the
    labels an enterprise bears; `rows` are the tables it was all read from.
    """

    structures: tuple[Structure, ...]
    days: tuple[date, ...]
    lives: Mapping[str, Life]
    index: Index = field(repr=False)
    rows: tuple[Row, ...] = field(repr=False)
    codes: Mapping[str, str]

    @property
    def first_day(self) -> date:
        """The day on which the first decree takes effect; nothing is known of any day before it."""
        return self.days[0]

    @property
    def decrees(self) -> tuple[Decree, ...]:
        """All decrees in order of time."""
        return self.structures[-1].decrees

    @property
    def latest_decree_day(self) -> date:
        """The first day of the latest decree: the newest structure that is known."""
        return self.decrees[-1].first_day

    def at(self, day: date) -> Structure:
        """The structure of a day. Raises OrganisationError before the first decree."""
        place = bisect_right(self.days, day) - 1
        if place < 0:
            first = self.decrees[0]
            raise OrganisationError(
                f"ngày {day.strftime('%d/%m/%Y')} trước nghị định đầu tiên trong dữ liệu ({first.number}, "
                f"có hiệu lực từ {self.first_day.strftime('%d/%m/%Y')}); chọn một ngày từ đó về sau"
            )
        return self.structures[place]

    def resolve(self, competence: str, topic: str, *, at: date) -> Holder:
        """Who holds a competence (a code of nlp.heads.UNITS) for a topic on a day.

        Raises:
            OrganisationError: the day is before the first decree, or the code is not known.
        """
        structure = self.at(at)
        _known(competence)
        return structure.holder(competence, topic)

    def named(self, code: str, zones: Sequence[str], *, at: date) -> Holder | None:
        """The enterprise of a code that one of the texts names, if the first that names any names exactly one."""
        for text in zones:
            found = {holder.id: holder for mention in self.mentions(text, at=at) if (holder := mention.lookup.sure)}
            among = [holder for holder in found.values() if self.codes.get(holder.id) == code]
            if among:
                return among[0] if len(among) == 1 else None
        return None

    def lookup(self, alias: str, *, at: date) -> Lookup:
        """Whom a name that stands alone means on a day; every candidate and a reason where that is not sure."""
        return names.lookup(self.index, alias, at=at)

    def mentions(self, text: str, *, at: date) -> tuple[Mention, ...]:
        """Names of units and enterprises in repaired text; see `nlp.organisation.names.mentions`."""
        return tuple(names.mentions(self.index, text, at=at))

    def lineage(self, unit: str) -> tuple[Life, ...]:
        """The unit with all that it came from and all that came of it, in the order in which they were opened.

        Raises OrganisationError for an id that is not known.
        """
        if unit not in self.lives:
            raise OrganisationError(f"không biết đơn vị {unit!r}")
        found = {unit}
        for next_of in ("predecessors", "successors"):
            waiting = [unit]
            while waiting:
                fresh = [one for one in getattr(self.lives[waiting.pop()], next_of) if one not in found]
                found.update(fresh)
                waiting += fresh
        return tuple(sorted((self.lives[one] for one in found), key=lambda life: (life.opened, life.id)))

    def history(self, competence: str) -> tuple[Tenure, ...]:
        """Who held a competence, in order of time; a row for every change of holder, name or owner."""
        _known(competence)
        return _tenures((one.first_day, one.holdings[competence].parts()) for one in self.structures)

    def ownership(self, enterprise: str) -> tuple[Tenure, ...]:
        """An enterprise under each name and owner, in order of time; nothing where there is none of this id."""
        return _ownership(self.structures, enterprise)

    def check(self) -> tuple[str, ...]:
        """What is wrong on any day, in Vietnamese: gaps, overlaps, cycles, codes of no holder. Empty: all is well."""
        return tuple(checks.findings(self.structures, self.lives))

    def unverified(self) -> tuple[Fact, ...]:
        """The facts of grades C and D, each with its place in the files."""
        return tuple(unverified(self.rows, said=checks.SAID))


def parse(files: Mapping[str, str]) -> Organisation:
    """The organisation of texts by file name: "decrees/*.toml", "enterprises.toml", "collisions.toml".

    Raises:
        OrganisationError: any fault of any file, with file, line, key and what to write; nothing is built by halves.
    """
    rows = {file: rows_of(file, text) for file, text in sorted(files.items())}
    decrees = [decree_file(found) for file, found in rows.items() if kind_of(file) == DECREES]
    if not decrees:
        raise OrganisationError("chưa có nghị định nào; thêm một tệp vào decrees/")
    for name in (ENTERPRISES, COLLISIONS):
        if name not in rows:
            raise OrganisationError("thiếu tệp này trong datasets/organisation", file=name)
    first_day = min(file.decree.first_day for file in decrees)
    enterprises = read_enterprises(rows[ENTERPRISES], first_day=first_day)
    states, lives = fold(decrees, enterprise_codes=frozenset(one.code for one in enterprises))
    _distinct(enterprises, lives)
    all_lives = lives | {one.id: one.life(enterprises) for one in enterprises}
    structures = _structures(states, enterprises)
    return Organisation(
        structures=structures,
        days=tuple(structure.first_day for structure in structures),
        lives=all_lives,
        index=_index(all_lives, structures, enterprises, rows[COLLISIONS]),
        rows=tuple(row for found in rows.values() for row in found),
        codes={one.id: one.code for one in enterprises if not one.generic},
    )


def _known(competence: str) -> None:
    if competence not in UNITS:
        raise OrganisationError(f"mã lạ: {competence!r}; các mã đúng: {', '.join(UNITS)}")


def _distinct(enterprises: Iterable[Enterprise], lives: Mapping[str, Life]) -> None:
    for one in enterprises:
        if one.id in lives:
            raise one.row.wrong("id", f"{one.id} đã là mã của một đơn vị; viết một mã khác")


def _structures(states: Sequence[State], enterprises: Sequence[Enterprise]) -> tuple[Structure, ...]:
    changes = {row["from"] for one in enterprises for row in (*one.names, *one.periods)}
    days = sorted(changes | {state.first_day for state in states})
    found = []
    for day in days:
        state = next(state for state in reversed(states) if state.first_day <= day)
        firms = {one.id: holder for one in enterprises if (holder := one.on(day))}
        holdings = {code: _holding(state, code) for code in state.holds}
        for one in enterprises:
            if one.id in firms and (one.generic or one.code not in holdings):
                holdings[one.code] = Holding(firms[one.id])
        found.append(Structure(day, state.decrees, state.units, firms, {code: holdings[code] for code in UNITS}))
    return tuple(found)


def _holding(state: State, code: str) -> Holding:
    def holder(row: Row) -> Holder:
        unit = state.units[row["unit"]]
        return unit_holder(unit, verified=row["confidence"] in VERIFIED and unit.confidence in VERIFIED)

    rows = state.holds[code]
    return Holding(holder(rows[REST]), {topic: holder(row) for topic, row in rows.items() if topic != REST})


def unit_holder(unit: Unit, *, verified: bool) -> Holder:
    """A unit as one who answers."""
    return Holder(unit.id, unit.name, unit.kind, unit.kind != OUTSIDE, "", verified)


def _tenures(standing: Iterable[tuple[date, Sequence[tuple[tuple[str, ...], Holder]]]]) -> tuple[Tenure, ...]:
    """Of the (topics, holder) that stand from each day on, how long each of them stood, by beginning."""
    tenures: list[Tenure] = []
    for day, parts in standing:
        for place, one in enumerate(tenures):
            if one.last_day is None and (one.topics, one.holder) not in parts:
                tenures[place] = replace(one, last_day=day - timedelta(days=1))
        going_on = [(one.topics, one.holder) for one in tenures if one.last_day is None]
        tenures += [Tenure(day, None, *part) for part in parts if part not in going_on]
    return tuple(tenures)


def _ownership(structures: Sequence[Structure], enterprise: str) -> tuple[Tenure, ...]:
    holders = ((structure.first_day, structure.enterprises.get(enterprise)) for structure in structures)
    return _tenures((day, [((), holder)] if holder else []) for day, holder in holders)


def _index(
    lives: Mapping[str, Life],
    structures: Sequence[Structure],
    enterprises: Sequence[Enterprise],
    collisions: Sequence[Row],
) -> Index:
    uses: list[tuple[str, Use, bool]] = []
    seen: dict[str, Unit] = {}
    for structure in structures:
        for unit in structure.units.values():
            if seen.get(unit.id) != unit:
                seen[unit.id] = unit
                uses += _unit_uses(unit, lives[unit.id], structures, structure.first_day)
    for one in enterprises:
        if one.generic:
            continue
        for row, later in zip(one.names, [*one.names[1:], None], strict=True):
            end = later["from"] - timedelta(days=1) if later else None
            uses += [(row["name"], use, True) for use in _firm_uses(one, structures, row["from"], end)]
        # The press goes on with a group's short name whatever its papers say.
        uses += [
            (alias, use, True)
            for alias in one.aliases
            for use in _firm_uses(one, structures, one.names[0]["from"], None)
        ]
    return names.make_index(uses, collisions=[(row["alias"], row.texts("meanings")) for row in collisions])


def _unit_uses(unit: Unit, life: Life, structures: Sequence[Structure], first: date) -> list[tuple[str, Use, bool]]:
    """The names of a unit as it is from `first` on, which a decree that keeps it as it was may have made more sure."""
    later = [s.first_day for s in structures if s.first_day > first and s.units.get(unit.id) != unit]
    end = min(later) - timedelta(days=1) if later else None
    use = Use(unit_holder(unit, verified=unit.confidence in VERIFIED), first, end)
    called = [(unit.name, True), *((alias, True) for alias in unit.aliases)]
    for short in unit.abbreviations:
        called.append((short, False))
        if unit.kind in names.PREFIXED:
            called.append((f"{life.kind} {short}", True))
    return [(name, use, in_text) for name, in_text in called]


def _firm_uses(one: Enterprise, structures: Sequence[Structure], first: date, last: date | None) -> list[Use]:
    """A use for every stretch of the days from `first` to `last` on which the enterprise is the same holder."""
    end = last or date.max
    return [
        Use(tenure.holder, max(tenure.first_day, first), min(tenure.last_day, end) if tenure.last_day else last)
        for tenure in _ownership(structures, one.id)
        if tenure.first_day <= end and (tenure.last_day or date.max) >= first
    ]

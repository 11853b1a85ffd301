"""Units through time as lanes: a column for every change, a lane for every unit, flows between columns.

A lane freed by a unit that ended is taken by what followed it, so that the picture is no higher than the most units
that ever stood side by side. Units that ever flow into one another lie together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations

from nlp.organisation import KINDS, Decree, Organisation, Structure, Unit
from serve.errors import OptionError
from serve.org import words
from serve.org.sources import sources_of

MINISTRY = "Bộ"
MOST_ORDERS = 5040
"""Orders of lanes that are tried for a family; a larger one keeps the order of the files."""


@dataclass(frozen=True, slots=True)
class Column:
    """The units of a day; `decrees` took effect on it."""

    day: date
    structure: Structure
    decrees: tuple[Decree, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of `old` in the column before `column`. `stays`: the same unit under the same name."""

    column: int
    old: str
    new: str
    verified: bool
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Lanes:
    """What is drawn up to the day `last`: `lanes` by unit from 0, lanes with which a family begins, flows in order."""

    columns: tuple[Column, ...]
    lanes: Mapping[str, int]
    starts: frozenset[int]
    flows: tuple[Flow, ...]
    left_out: tuple[Unit, ...]
    last: date

    @property
    def count(self) -> int:
        """How many lanes there are."""
        return max(self.lanes.values(), default=-1) + 1

    def units(self, column: int) -> list[Unit]:
        """The units of a column that are drawn, from the top."""
        drawn = [unit for one, unit in self.columns[column].structure.units.items() if one in self.lanes]
        return sorted(drawn, key=lambda unit: self.lanes[unit.id])


def lay(organisation: Organisation, *, first: date | None = None, last: date | None = None) -> Lanes:
    """Columns, lanes and flows between two days (default: all decrees).

    Raises:
        OptionError: the days stand the wrong way round.
        OrganisationError: a day before the first decree.
    """
    first, last = first or organisation.first_day, last or max(organisation.latest_decree_day, first or date.min)
    if last < first:
        raise OptionError(f"--from {words.day(first)} sau --to {words.day(last)}; đổi chỗ hai ngày")
    columns = tuple(_columns(organisation, first, last))
    flows = [flow for number in range(1, len(columns)) for flow in _flows(number, columns, organisation)]
    wanted = _wanted(columns, flows)
    flows = [flow for flow in flows if flow.old in wanted and flow.new in wanted]
    lanes: dict[str, int] = {}
    starts = []
    for family in _families(columns, flows, wanted):
        top = max(lanes.values(), default=-1) + 1
        starts.append(top)
        lanes |= {unit: top + lane for unit, lane in _arrange(family, columns, flows).items()}
    everyone = {unit.id: unit for column in columns for unit in column.structure.units.values()}
    left_out = tuple(unit for one, unit in everyone.items() if one not in wanted and unit.kind != MINISTRY)
    return Lanes(columns, lanes, frozenset(starts), tuple(flows), left_out, last)


def _columns(organisation: Organisation, first: date, last: date) -> Iterator[Column]:
    changes = {decree.first_day for decree in organisation.decrees if first < decree.first_day <= last}
    for day in sorted({first, *changes}):
        structure = organisation.at(day)
        decrees = tuple(decree for decree in structure.decrees if decree.first_day == day)
        yield Column(day, structure, decrees or structure.decrees[-1:])


def _flows(number: int, columns: Sequence[Column], organisation: Organisation) -> Iterator[Flow]:
    """Where each unit of a column comes from; the files are asked how sure that is."""
    sources = sources_of(organisation)
    before, after = columns[number - 1].structure.units, columns[number].structure.units
    for one, unit in before.items():
        if one in after:
            stays = after[one].name == unit.name
            yield Flow(number, one, one, stays or words.sure(after[one].confidence), stays)
        else:
            for new in organisation.lives[one].successors:
                if new in after:
                    yield Flow(number, one, new, sources.moved(one, new))
    for one in after:
        if one not in before:
            for old in sources.opened_from(one):
                if old in before and old in after:
                    yield Flow(number, old, one, sources.moved(old, one))


def _wanted(columns: Sequence[Column], flows: Sequence[Flow]) -> set[str]:
    """The units that a decree counts, and those that came from or went into one of them."""
    units = [unit for column in columns for unit in column.structure.units.values()]
    counted = {unit.id for unit in units if KINDS[unit.kind]}
    beside = {one for flow in flows for one in (flow.old, flow.new) if {flow.old, flow.new} & counted}
    return (counted | beside) - {unit.id for unit in units if unit.kind == MINISTRY}


def _families(columns: Sequence[Column], flows: Sequence[Flow], wanted: set[str]) -> list[list[str]]:
    """Units that flow into one another, in the order in which their first one stands in the files."""
    order = list(dict.fromkeys(one for column in columns for one in column.structure.units if one in wanted))
    counted = {one for column in columns for one, unit in column.structure.units.items() if KINDS[unit.kind]}
    leader = {one: one for one in order}

    def head(one: str) -> str:
        return one if leader[one] == one else head(leader[one])

    for flow in flows:
        leader[head(flow.new)] = head(flow.old)
    families: dict[str, list[str]] = {}
    for one in order:
        families.setdefault(head(one), []).append(one)
    # A body outside the list stands first in the files, but its family is known by the ministry's own units.
    place = {one: number for number, one in enumerate(order)}
    return sorted(families.values(), key=lambda family: min(place[one] for one in family if one in counted))


def _arrange(family: Sequence[str], columns: Sequence[Column], flows: Sequence[Flow]) -> dict[str, int]:
    """A lane for each unit of a family, from 0, with the least way for the flows to go."""
    standing = [[one for one in family if one in column.structure.units] for column in columns]
    height = max(len(units) for units in standing)
    moves = [(flow.column, flow.old, flow.new) for flow in flows if flow.old != flow.new and flow.old in family]
    first = standing[0]
    best: tuple[int, dict[str, int]] | None = None
    for order in _orders(height, len(first)):
        lanes = dict(zip(first, order, strict=True))
        way = sum(_place(lanes, before, after, height, number, moves)
                  for number, (before, after) in enumerate(pairwise(standing), 1))  # fmt: skip
        if best is None or way < best[0]:
            best = (way, lanes)
    return best[1] if best else {}


def _place(
    lanes: dict[str, int],
    before: Sequence[str],
    after: Sequence[str],
    height: int,
    number: int,
    moves: Sequence[tuple[int, str, str]],
) -> int:
    """Put the new units of a column on free lanes; how far its flows go in all."""
    new = [one for one in after if one not in before]
    free = [lane for lane in range(height) if lane not in {lanes[one] for one in after if one in before}]
    here = [(old, one) for column, old, one in moves if column == number]

    def way(order: Iterable[int]) -> int:
        placed = lanes | dict(zip(new, order, strict=False))
        return sum(abs(placed[old] - placed[one]) for old, one in here)

    best = min(_choices(free, len(new)), key=way)
    lanes.update(zip(new, best, strict=False))
    return way(best)


def _orders(height: int, length: int) -> Iterable[Sequence[int]]:
    return _choices(range(height), length)


def _choices(lanes: Sequence[int], length: int) -> Iterable[Sequence[int]]:
    """Every way to take so many lanes in order; the first one alone where there are too many."""
    ways = 1
    for taken in range(length):
        ways *= len(lanes) - taken
    return permutations(lanes, length) if ways <= MOST_ORDERS else [lanes[:length]]

"""Where everything lies on the page: columns, lanes and names, with the largest letters that find room.

No unit of length but the page's: PER_MM units are a millimetre of an A4 page on its side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.errors import number
from nlp.organisation import Unit
from serve.org import words
from serve.org.lanes import Column, Lanes
from serve.org.measure import narrowest, width, wrap
from serve.words import one_line

PER_MM = 4
PAGE = (297 * PER_MM, 210 * PER_MM)
MARGIN = 30
HEAD, FOOT = 116, 66
"""Room above the lanes (title, heads of columns) and below them (legend, sources)."""
GAP, MOST_GAPS = 38.0, 0.3
"""Between two columns, where flows run; and the most of the page's width that all gaps may take."""
PAD = 5.0
SIZES = tuple(size / 10 for size in range(92, 29, -2))
"""Sizes of labels that are tried, the largest first."""
LINE = 1.08
"""Height of a line in sizes of its letters."""
AROUND = 0.42
"""Above and below the lines of a label, in sizes of letters."""
MOST_STRETCH = 1.25
"""How much higher lanes may be than they need, where a page has room for more."""
LANE_GAP, FAMILY_GAP = 0.2, 0.33
"""Between lanes, and more of it between families of lanes, in sizes of letters."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies: left edges and widths of columns, tops and heights of lanes, labels by unit and column."""

    lanes: Lanes
    size: float
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    labels: dict[tuple[str, int], list[str]]

    @property
    def bottom(self) -> float:
        """Where the last lane ends."""
        return self.tops[-1] + self.heights[-1]


def _labelled(lanes: Lanes) -> list[tuple[Unit, int]]:
    """Units where their name is written: where it is new, and in the last column."""
    found = []
    for column in range(len(lanes.columns)):
        before = lanes.columns[column - 1].structure.units if column else {}
        for unit in lanes.units(column):
            known = unit.id in before and before[unit.id].name == unit.name
            if not known or column == len(lanes.columns) - 1:
                found.append((unit, column))
    return found


def lay_out(lanes: Lanes) -> Layout:
    """The largest letters with which everything finds room; the smallest, and names cut short, where nothing does."""
    labelled = _labelled(lanes)
    for size in SIZES:
        layout = _try(lanes, labelled, size)
        if layout is not None:
            return layout
    return _cramped(lanes, labelled, SIZES[-1])


def _try(lanes: Lanes, labelled: Sequence[tuple[Unit, int]], size: float) -> Layout | None:
    """A layout with letters of this size, if everything finds room."""
    widths, room = _widths(lanes, labelled, size), _room(lanes)
    if sum(widths) > room:
        return None
    layout = _laid(lanes, labelled, size, _widened(lanes, labelled, widths, room=room, size=size))
    return layout if layout.bottom <= PAGE[1] - FOOT + 0.01 else None


def _cramped(lanes: Lanes, labelled: Sequence[tuple[Unit, int]], size: float) -> Layout:
    """A layout for more than a page can hold: columns as the page is wide, names cut short, letters small."""
    widths, room = _widths(lanes, labelled, size), _room(lanes)
    layout = _laid(lanes, labelled, size, [one * min(1, room / sum(widths)) for one in widths])
    if layout.bottom <= PAGE[1] - FOOT:
        return layout
    shrunk = size * (PAGE[1] - FOOT - HEAD) / (layout.bottom - HEAD)
    return _laid(lanes, labelled, shrunk, [room / len(widths)] * len(widths))


def _laid(lanes: Lanes, labelled: Sequence[tuple[Unit, int]], size: float, widths: Sequence[float]) -> Layout:
    """Columns of these widths, and lanes as high as their labels need; spread over the page where there is room."""
    labels = {
        (unit.id, column): wrap(one_line(unit.name), room=widths[column] - 2 * PAD, size=size, most=2)
        for unit, column in labelled
    }
    lines = [1] * lanes.count
    for (unit, _), parts in labels.items():
        lines[lanes.lanes[unit]] = max(lines[lanes.lanes[unit]], len(parts))
    heights = [(count * LINE + AROUND) * size for count in lines]
    spaces = [(FAMILY_GAP * (lane in lanes.starts) + LANE_GAP) * size for lane in range(lanes.count)]
    stretch = min(max((PAGE[1] - HEAD - FOOT) / (sum(heights) + sum(spaces)), 1), MOST_STRETCH)
    tops, at = [], float(HEAD)
    for space, height in zip(spaces, heights, strict=True):
        tops.append(at + space * stretch)
        at = tops[-1] + height * stretch
    lefts = [MARGIN + sum(widths[:column]) + _gap(lanes) * column for column in range(len(widths))]
    return Layout(lanes, size, tuple(lefts), tuple(widths), tuple(tops),
                  tuple(height * stretch for height in heights), labels)  # fmt: skip


def _gap(lanes: Lanes) -> float:
    return min(GAP, MOST_GAPS * (PAGE[0] - 2 * MARGIN) / max(len(lanes.columns) - 1, 1))


def _room(lanes: Lanes) -> float:
    """The width that is left for columns."""
    return PAGE[0] - 2 * MARGIN - _gap(lanes) * (len(lanes.columns) - 1)


def _widths(lanes: Lanes, labelled: Sequence[tuple[Unit, int]], size: float) -> list[float]:
    """The least width of each column, for its head and for names on two lines."""
    widths = [_head_width(column) for column in lanes.columns]
    for unit, column in labelled:
        wanted = narrowest(one_line(unit.name), size=size, most=2) + 2 * PAD + 0.5
        widths[column] = max(widths[column], wanted)
    return widths


def _widened(
    lanes: Lanes, labelled: Sequence[tuple[Unit, int]], widths: Sequence[float], *, room: float, size: float
) -> list[float]:
    """Columns made wider until the room is used: so that lanes need one line only, the cheapest first."""
    needs: dict[int, dict[int, float]] = {}
    for unit, column in labelled:
        wanted = width(one_line(unit.name), size=size) + 2 * PAD + 0.5
        needs.setdefault(lanes.lanes[unit.id], {})[column] = wanted
    made = list(widths)
    while True:
        spare = room - sum(made)
        costs = {
            lane: sum(max(wanted - made[column], 0) for column, wanted in its.items()) for lane, its in needs.items()
        }
        lane = min((one for one in costs if 0 < costs[one] <= spare), key=lambda one: (costs[one], one), default=None)
        if lane is None:
            return [one + spare / len(made) for one in made]
        for column, wanted in needs[lane].items():
            made[column] = max(made[column], wanted)


def head(column: Column) -> tuple[str, str, str]:
    """Number of the decree, day and count of units, as they stand above a column."""
    numbers = " và ".join(decree.number for decree in column.decrees)
    begins = any(decree.first_day == column.day for decree in column.decrees)
    day = f"{'từ' if begins else 'ngày'} {words.day(column.day)}"
    return one_line(numbers), day, f"{number(len(column.structure.ministry_units()))} đơn vị"


def _head_width(column: Column) -> float:
    numbers, day, count = head(column)
    return (
        max(min(width(numbers, size=9.5, bold=True), 150), width(day, size=8.5), width(count, size=14, bold=True)) + 4
    )

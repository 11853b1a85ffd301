"""Decrees folded in order of time: what stands after each of them, and that each of them can follow the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from nlp.datafiles import Row
from nlp.organisation.decree import DecreeFile, day_of
from nlp.organisation.holding import hold
from nlp.organisation.values import KINDS, Decree, Life, Named, Unit


@dataclass(frozen=True, slots=True)
class State:
    """What stands from `first_day` on."""

    first_day: date
    decrees: tuple[Decree, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    holds: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)


def fold(files: Iterable[DecreeFile], *, enterprise_codes: frozenset[str]) -> tuple[list[State], dict[str, Life]]:
    """The state after each decree, and the life of every unit.

    Raises:
        OrganisationError: a change that cannot follow those before it, or a gap or overlap in who holds what.
    """
    ordered = sorted(files, key=lambda file: (file.decree.first_day, file.decree.file))
    _unlike(ordered)
    opened_in = {row["unit"]: row for file in reversed(ordered) for row in file.rows("open")}
    lives: dict[str, Life] = {}
    states: list[State] = []
    for file in ordered:
        before = states[-1] if states else State(file.decree.first_day)
        units = _units(file, before.units, lives, opened_in)
        holds = hold(file, before.holds, units, enterprise_codes)
        _count(file, units)
        states.append(State(file.decree.first_day, (*before.decrees, file.decree), units, holds))
    return states, lives


def _unlike(files: Sequence[DecreeFile]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        if file.decree.id in seen:
            raise file.head.wrong("id", f"mã {file.decree.id} đã dùng trong {seen[file.decree.id]}; viết một mã khác")
        seen[file.decree.id] = file.decree.file


def _units(
    file: DecreeFile, before: Mapping[str, Unit], lives: dict[str, Life], opened_in: Mapping[str, Row]
) -> dict[str, Unit]:
    """The units after the decree; `lives` is brought up to it."""
    _once(file)
    _no_cycle(file)
    day = file.decree.first_day
    units = dict(before)
    for row in file.rows("open"):
        _open(row, day, units, before, lives)
    for row in file.rows("rename"):
        _rename(row, day, units, before, lives, opened_in)
    for row in file.rows("keep"):
        _keep(row, file, units, before, lives, opened_in)
    for row in file.rows("close"):
        if row["unit"] not in before:
            raise row.wrong("unit", _not_there(row["unit"], lives, opened_in, "kết thúc"))
        del units[row["unit"]]
    for row in file.rows("close"):
        _close(row, day, units, lives)
    for row in file.rows("open"):
        _succession_agrees(row, file, units, lives)
    _parents(file, units)
    return units


def _open(row: Row, day: date, units: dict[str, Unit], before: Mapping[str, Unit], lives: dict[str, Life]) -> None:
    unit = row["unit"]
    if unit in lives:
        raise row.wrong("unit", f"{unit} đã được lập ngày {day_of(lives[unit].opened)}; viết một mã mới")
    for old in row.texts("predecessors"):
        if old not in before:
            what = "đã kết thúc" if old in lives and lives[old].closed else "chưa được lập"
            raise row.wrong("predecessors", f"{old} {what} khi {unit} được lập; sửa mã, hoặc bỏ khỏi danh sách")
    units[unit] = Unit(
        id=unit,
        name=row["name"],
        kind=row["kind"],
        parent=row.text_of("parent"),
        abbreviations=row.texts("abbreviations"),
        aliases=row.texts("aliases"),
        since=day,
        source=row["source"],
        confidence=row["confidence"],
    )
    lives[unit] = Life(
        id=unit,
        kind=row["kind"],
        opened=day,
        closed=None,
        names=(Named(day, row["name"]),),
        predecessors=row.texts("predecessors"),
        successors=(),
        how=row["how"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _rename(
    row: Row,
    day: date,
    units: dict[str, Unit],
    before: Mapping[str, Unit],
    lives: dict[str, Life],
    opened_in: Mapping[str, Row],
) -> None:
    unit = row["unit"]
    if unit not in before:
        raise row.wrong("unit", _not_there(unit, lives, opened_in, "đổi tên"))
    units[unit] = replace(
        units[unit],
        name=row["name"],
        abbreviations=row.texts("abbreviations"),
        aliases=row.texts("aliases"),
        since=day,
        source=row["source"],
        confidence=row["confidence"],
    )
    if lives[unit].names[-1].name != row["name"]:
        lives[unit] = replace(lives[unit], names=(*lives[unit].names, Named(day, row["name"])))


def _keep(
    row: Row,
    file: DecreeFile,
    units: dict[str, Unit],
    before: Mapping[str, Unit],
    lives: Mapping[str, Life],
    opened_in: Mapping[str, Row],
) -> None:
    """A unit that the decree names as it was: from now on it is as sure as the decree."""
    for unit in row.texts("units"):
        if unit not in before:
            raise row.wrong("units", _not_there(unit, lives, opened_in, "giữ nguyên"))
        if any(close["unit"] == unit for close in file.rows("close")):
            raise row.wrong("units", f"{unit} kết thúc trong chính tệp này; bỏ khỏi units, hoặc bỏ [[close]]")
        units[unit] = replace(units[unit], source=row["source"], confidence=row["confidence"])


def _close(row: Row, day: date, units: Mapping[str, Unit], lives: dict[str, Life]) -> None:
    unit, successors = row["unit"], row.texts("successors")
    for new in successors:
        if new not in units:
            what = "đã kết thúc" if new in lives else "chưa được lập"
            raise row.wrong("successors", f"{new} {what} ngày {day_of(day)}; viết mã của một đơn vị còn làm việc")
        if unit not in lives[new].predecessors:
            if lives[new].opened == day:
                raise row.wrong(
                    "successors", f"{new} không nhận {unit} là tiền thân; thêm {unit!r} vào predecessors của {new}"
                )
            lives[new] = replace(lives[new], predecessors=(*lives[new].predecessors, unit))
    lives[unit] = replace(lives[unit], closed=day, successors=successors)


def _succession_agrees(row: Row, file: DecreeFile, units: Mapping[str, Unit], lives: dict[str, Life]) -> None:
    """What was closed to make a new unit must name it; what goes on beside the new one gains a successor."""
    for old in row.texts("predecessors"):
        if old in units:
            lives[old] = replace(lives[old], successors=(*lives[old].successors, row["unit"]))
        elif row["unit"] not in lives[old].successors:
            close = next(close for close in file.rows("close") if close["unit"] == old)
            raise close.wrong("successors", f"thiếu {row['unit']!r}, đơn vị nhận {old} là tiền thân")


def _parents(file: DecreeFile, units: Mapping[str, Unit]) -> None:
    rows = {row["unit"]: row for row in (*file.rows("open"), *file.rows("close"))}
    for unit in units.values():
        if unit.parent and unit.parent not in units:
            row = rows.get(unit.id, rows.get(unit.parent, file.head))
            raise row.wrong(
                "parent", f"{unit.parent}, cấp trên của {unit.id}, không có ngày {day_of(file.decree.first_day)}"
            )
    for start in units:
        above, seen = start, list[str]()
        while above:
            seen.append(above)
            above = units[above].parent
            if above == start:
                row = rows.get(start, file.head)
                raise row.wrong("parent", f"vòng lặp: {' thuộc '.join([*seen, start])}; sửa parent của một đơn vị")
            if above in seen:
                break


def _once(file: DecreeFile) -> None:
    """A decree does one thing to a unit: opens, renames or closes it."""
    seen: dict[str, Row] = {}
    for row in (*file.rows("open"), *file.rows("rename"), *file.rows("close")):
        first = seen.setdefault(row["unit"], row)
        # One that ends on the day it begins is told with that, and one opened twice with its first opening.
        if first is not row and first.table != "open":
            raise row.wrong("unit", f"{row['unit']} đã có thay đổi trong tệp này ở dòng {first.line()}; hãy giữ một")


def _no_cycle(file: DecreeFile) -> None:
    """Within a decree no unit may come from itself over any number of steps."""
    rows: dict[tuple[str, str], Row] = {}
    for row in file.rows("open"):
        rows |= {(old, row["unit"]): row for old in row.texts("predecessors")}
    for row in file.rows("close"):
        rows |= {(row["unit"], new): row for new in row.texts("successors")}
    after: dict[str, list[str]] = {}
    for old, new in rows:
        after.setdefault(old, []).append(new)
    for start in after:
        path = _way_back(start, after)
        if path:
            row = rows[path[0], path[1]]
            key = "predecessors" if row.table == "open" else "successors"
            raise row.wrong(key, f"vòng lặp: {' → '.join(path)}; một đơn vị không thể là tiền thân của chính nó")


def _way_back(start: str, after: Mapping[str, Sequence[str]]) -> list[str]:
    paths = [[start]]
    seen: set[str] = set()
    while paths:
        path = paths.pop()
        for new in after.get(path[-1], ()):
            if new == start:
                return [*path, new]
            if new not in seen:
                seen.add(new)
                paths.append([*path, new])
    return []


def _count(file: DecreeFile, units: Mapping[str, Unit]) -> None:
    counted = sum(KINDS[unit.kind] for unit in units.values())
    stated = file.decree.units
    if stated is not None and stated != counted:
        raise file.head.wrong(
            "units",
            f"ghi {stated} đơn vị, nhưng cộng các thay đổi được {counted}; sửa số hoặc bổ sung [[open]], [[close]]",
        )


def _not_there(unit: str, lives: Mapping[str, Life], opened_in: Mapping[str, Row], what: str) -> str:
    if unit in lives and lives[unit].closed:
        return f"{unit} đã kết thúc ngày {day_of(lives[unit].closed)}, không thể {what} nữa"
    if unit in opened_in:
        row = opened_in[unit]
        return f"{unit} {what} trước khi được lập ({row.file}, dòng {row.line('unit')}); xem lại thứ tự các ngày"
    return f"không biết đơn vị {unit}; viết một mã đã có trong [[open]]"

"""Proof over what was built, apart from the rules that built it; and every fact in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nlp.heads import TOPICS, UNITS
from nlp.organisation.values import ENTERPRISE, Life, Structure

SAID = {
    "decree": lambda row: f"văn bản {row['number']}, hiệu lực từ {row['first_day'].isoformat()}",
    "open": lambda row: f"đơn vị {row['unit']}: {row['name']}",
    "rename": lambda row: f"{row['unit']} mang tên {row['name']}",
    "keep": lambda row: f"giữ nguyên {', '.join(row.texts('units'))}",
    "close": lambda row: f"kết thúc {row['unit']}, chuyển cho {', '.join(row.texts('successors')) or '(chưa rõ)'}",
    "hold": lambda row: (
        f"{row['competence']} ({', '.join(row.texts('topics')) or 'phần còn lại'}) do {row['unit']} giữ"
    ),
    "enterprise": lambda row: f"doanh nghiệp {row['id']}",
    "enterprise.name": lambda row: f"tên {row['name']} từ {row['from'].isoformat()}",
    "enterprise.period": lambda row: f"chủ sở hữu từ {row['from'].isoformat()}: {row['owner']}",
}
"""Table -> the fact in words."""


def findings(structures: Sequence[Structure], lives: Mapping[str, Life]) -> Iterator[str]:
    """What is wrong, in Vietnamese; nothing where all is well. Between two structures no day differs from the other."""
    for earlier, later in pairwise(structures):
        if earlier.first_day >= later.first_day:
            yield f"{later.first_day}: các cơ cấu không nối tiếp nhau"
    for structure in structures:
        yield from (f"{structure.first_day.isoformat()}: {fault}" for fault in _faults(structure, lives))
    yield from _cycles(lives)


def _faults(structure: Structure, lives: Mapping[str, Life]) -> Iterator[str]:
    for code in UNITS:
        if code not in structure.holdings:
            yield f"{code}: không ai giữ"
            continue
        for topic in TOPICS:
            holder = structure.holder(code, topic)
            known = structure.enterprises if holder.kind == ENTERPRISE else structure.units
            if holder.id not in known or known[holder.id].name != holder.name:
                yield f"{code}, {topic}: {holder.id} không có ngày này"
    for code in structure.holdings.keys() - UNITS.keys():
        yield f"{code}: mã lạ"
    stated = structure.decrees[-1].units
    counted = len(structure.ministry_units())
    if stated is not None and stated != counted:
        yield f"{counted} đơn vị, {structure.decrees[-1].number} ghi {stated}"
    bearers: dict[str, str] = {}
    for unit in structure.units.values():
        life = lives[unit.id]
        if life.opened > structure.first_day or (life.closed and life.closed <= structure.first_day):
            yield f"{unit.id}: ngoài thời gian làm việc"
        if unit.parent and unit.parent not in structure.units:
            yield f"{unit.id}: cấp trên {unit.parent} không có"
        if unit.name in bearers:
            yield f"{unit.id} và {bearers[unit.name]} cùng tên {unit.name}"
        bearers[unit.name] = unit.id


def _cycles(lives: Mapping[str, Life]) -> Iterator[str]:
    """A unit comes before those that follow it, so no unit can follow itself."""
    for life in lives.values():
        for new in life.successors:
            if new not in lives or life.id not in lives[new].predecessors:
                yield f"{life.id} → {new}: hai bên ghi không khớp"
        for start in life.successors:
            seen, waiting = set[str](), [start]
            while waiting:
                one = waiting.pop()
                if one == life.id:
                    yield f"{life.id}: vòng lặp tiền thân"
                    break
                if one not in seen:
                    seen.add(one)
                    waiting += lives[one].successors

"""Enterprises through time: their names, who owns them, and whether they are under the ministry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from nlp.datafiles import VERIFIED, Row
from nlp.organisation.tables import ENTERPRISES
from nlp.organisation.values import ENTERPRISE, Holder, Life, Named


@dataclass(frozen=True, slots=True)
class Enterprise:
    """An enterprise and its rows in order of time. `generic` stands for all that bear its code and are not known."""

    row: Row
    names: tuple[Row, ...]
    periods: tuple[Row, ...]

    @property
    def id(self) -> str:
        """Its stable id."""
        return str(self.row["id"])

    @property
    def code(self) -> str:
        """The code of the labels."""
        return str(self.row["code"])

    @property
    def generic(self) -> bool:
        """Whether it is the name for all others of its code."""
        return bool(self.row.values.get("generic", False))

    @property
    def aliases(self) -> tuple[str, ...]:
        """What the press calls it and its members."""
        return self.row.texts("aliases") + self.row.texts("members")

    def on(self, day: date) -> Holder | None:
        """The enterprise on a day, None before its first."""
        name, period = _last(self.names, day), _last(self.periods, day)
        if name is None or period is None:
            return None
        grades = {self.row["confidence"], name["confidence"], period["confidence"]}
        return Holder(
            self.id, name["name"], ENTERPRISE, period["under_ministry"], period["owner"], grades <= set(VERIFIED)
        )

    def life(self, all_of_them: Iterable[Enterprise]) -> Life:
        """The enterprise through time; successors are those that name it as their predecessor."""
        return Life(
            id=self.id,
            kind=ENTERPRISE,
            opened=self.names[0]["from"],
            closed=None,
            names=tuple(Named(row["from"], row["name"]) for row in self.names),
            predecessors=self.row.texts("predecessors"),
            successors=tuple(one.id for one in all_of_them if self.id in one.row.texts("predecessors")),
            how="split" if self.row.texts("predecessors") else "new",
            source=self.row["source"],
            confidence=self.row["confidence"],
        )


def read_enterprises(rows: Sequence[Row], *, first_day: date) -> tuple[Enterprise, ...]:
    """The enterprises of the file.

    Raises:
        OrganisationError: an id twice, periods that overlap or leave a gap, a code of its own that two enterprises
            bear or that begins late, or no generic entry among several of one code.
    """
    found: list[Enterprise] = []
    for at, row in enumerate(rows, 1):
        if row.table == "enterprise":
            if any(other.id == row["id"] for other in found):
                raise row.wrong("id", f"{row['id']} có hai lần; mỗi doanh nghiệp một [[enterprise]]")
            count_names, count_periods = len(row["name"]), len(row["period"])
            enterprise = Enterprise(
                row,
                tuple(rows[at : at + count_names]),
                tuple(rows[at + count_names : at + count_names + count_periods]),
            )
            _in_order(enterprise, first_day)
            found.append(enterprise)
    ids = {one.id for one in found}
    for one in found:
        for old in one.row.texts("predecessors"):
            if old not in ids or old == one.id:
                raise one.row.wrong("predecessors", f"không biết doanh nghiệp {old}; viết một id trong {ENTERPRISES}")
    _codes(found, first_day)
    return tuple(found)


def _in_order(enterprise: Enterprise, first_day: date) -> None:
    for rows in (enterprise.names, enterprise.periods):
        if rows[0]["from"] < first_day:
            raise rows[0].wrong("from", f"trước nghị định đầu tiên; viết {first_day.isoformat()} hoặc muộn hơn")
        for row, later in pairwise(rows):
            if later["from"] <= row["from"]:
                raise later.wrong("from", "chồng lấn: phải sau ngày from của mục trước; xếp theo thời gian")
            end = row.values.get("to")
            if end is not None and end != later["from"] - timedelta(days=1):
                what = "chồng lấn" if end >= later["from"] else "bỏ trống"
                day = later["from"] - timedelta(days=1)
                raise row.wrong("to", f"{what} với kỳ sau; viết {day.isoformat()}, hoặc bỏ khóa to")
        if rows[-1].values.get("to") is not None:
            raise rows[-1].wrong(
                "to", "bỏ trống: sau ngày này không có kỳ nào; thêm [[enterprise.period]] hoặc bỏ khóa to"
            )
    if enterprise.names[0]["from"] != enterprise.periods[0]["from"]:
        raise enterprise.periods[0].wrong(
            "from", f"kỳ đầu phải bắt đầu cùng tên đầu, {enterprise.names[0]['from'].isoformat()}"
        )


def _codes(enterprises: Sequence[Enterprise], first_day: date) -> None:
    by_code: dict[str, list[Enterprise]] = {}
    for one in enterprises:
        by_code.setdefault(one.code, []).append(one)
    for code, members in by_code.items():
        generic = [one for one in members if one.generic]
        if len(members) > 1 and len(generic) != 1:
            row = (generic or members)[-1].row
            raise row.wrong(
                "generic", f"chồng lấn: {len(members)} doanh nghiệp mang mã {code}; ghi generic = true ở đúng một mục"
            )
        holder = generic[0] if generic else members[0]
        if holder.names[0]["from"] != first_day:
            raise holder.names[0].wrong("from", f"bỏ trống: mã {code} phải có người giữ từ {first_day.isoformat()}")


def _last(rows: Sequence[Row], day: date) -> Row | None:
    return next((row for row in reversed(rows) if row["from"] <= day), None)

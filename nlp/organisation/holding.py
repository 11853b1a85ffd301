"""Which unit holds which competence after a decree: nothing twice, nothing left lying."""

from __future__ import annotations

from collections.abc import Mapping

from nlp.datafiles import Row
from nlp.heads import UNITS
from nlp.organisation.decree import DecreeFile, day_of
from nlp.organisation.values import Unit

REST = ""
"""Stands for the topics that no row names."""
Holds = dict[str, dict[str, Row]]
"""Competence -> topic, or REST -> the row that gave it away."""


def hold(
    file: DecreeFile,
    before: Mapping[str, Mapping[str, Row]],
    units: Mapping[str, Unit],
    enterprise_codes: frozenset[str],
) -> Mapping[str, Mapping[str, Row]]:
    """Who holds what after the decree; a row without topics changes only what no other row names.

    Raises:
        OrganisationError: a gap, an overlap, a holder that is not there, a code that an enterprise holds.
    """
    holds: Holds = {code: dict(topics) for code, topics in before.items()}
    fresh: set[tuple[str, str]] = set()
    for row in file.rows("hold"):
        code = row["competence"]
        if code in enterprise_codes:
            raise row.wrong("competence", f"{code} do doanh nghiệp giữ (enterprises.toml); bỏ [[hold]] này")
        if row["unit"] not in units:
            raise row.wrong(
                "unit",
                f"{row['unit']} không có ngày {day_of(file.decree.first_day)}; viết mã của một đơn vị còn làm việc",
            )
        for topic in row.texts("topics") or (REST,):
            if (code, topic) in fresh:
                what = f"chủ đề {topic}" if topic else "phần còn lại"
                raise row.wrong(
                    "topics" if topic else "competence",
                    f"chồng lấn: {code}, {what}, đã giao trong tệp này; bỏ một trong hai",
                )
            fresh.add((code, topic))
            holds.setdefault(code, {})[topic] = row
    _no_gap(file, holds, units, enterprise_codes)
    return holds


def _no_gap(file: DecreeFile, holds: Holds, units: Mapping[str, Unit], enterprise_codes: frozenset[str]) -> None:
    closes = {row["unit"]: row for row in file.rows("close")}
    for code in UNITS:
        if code in enterprise_codes:
            continue
        if REST not in holds.get(code, {}):
            raise file.head.wrong(
                "hold", f'bỏ trống: chưa đơn vị nào giữ {code}; thêm [[hold]] competence = "{code}" không nêu topics'
            )
        for topic, row in holds[code].items():
            if row["unit"] not in units:
                what = f', topics = ["{topic}"]' if topic else ""
                place = closes.get(row["unit"], file.head)
                raise place.wrong(
                    "unit",
                    f'bỏ trống: {row["unit"]} kết thúc khi còn giữ {code}; thêm [[hold]] competence = "{code}"{what}',
                )

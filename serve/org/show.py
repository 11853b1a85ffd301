"""The organisation of one day: as tables for people, as a document for tools."""

from __future__ import annotations

from datetime import date
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from nlp.errors import number
from nlp.heads import UNITS
from nlp.organisation import ENTERPRISE, KINDS, Decree, Holder, Organisation, Structure
from serve.org import words
from serve.words import NOT_UNDER_MINISTRY, UNVERIFIED


def tables(organisation: Organisation, *, at: date) -> list[RenderableType]:
    """Decrees, units, competences and enterprises of a day. Raises OrganisationError before the first decree."""
    structure = organisation.at(at)
    latest = structure.decrees[-1]
    counted = number(len(structure.ministry_units()))
    return [
        words.sentence(f"Bộ Công Thương ngày {words.day(at)}: {counted} đơn vị", style="bold"),
        words.sentence(f"Thay đổi gần nhất: {latest.number}, có hiệu lực từ {words.day(latest.first_day)}"),
        _decrees(structure),
        _units(structure),
        _competences(structure),
        _enterprises(organisation, structure),
    ]


def document(organisation: Organisation, *, at: date) -> dict[str, Any]:
    """The same for tools. Days are ISO 8601; a holder of no topics holds all that the others do not."""
    structure = organisation.at(at)
    codes = _codes(organisation, structure)
    return {
        "at": at.isoformat(),
        "units_counted": len(structure.ministry_units()),
        "decrees": [_decree(decree) for decree in structure.decrees],
        "units": [
            {
                "id": unit.id,
                "name": unit.name,
                "kind": unit.kind,
                "counted": KINDS[unit.kind],
                "parent": unit.parent or None,
                "abbreviations": list(unit.abbreviations),
                "since": unit.since.isoformat(),
                "source": unit.source,
                "confidence": unit.confidence,
                "verified": words.sure(unit.confidence),
            }
            for unit in words.by_kind(structure.units.values())
        ],
        "competences": [
            {
                "code": code,
                "name": UNITS[code],
                "holders": [{"topics": list(topics), **_holder(holder)} for topics, holder in holding.parts()],
            }
            for code, holding in structure.holdings.items()
        ],
        "enterprises": [{"code": codes[one.id], **_holder(one)} for one in structure.enterprises.values()],
    }


def _decree(decree: Decree) -> dict[str, Any]:
    return {
        "id": decree.id,
        "number": decree.number,
        "title": decree.title,
        "first_day": decree.first_day.isoformat(),
        "units": decree.units,
        "source": decree.source,
        "confidence": decree.confidence,
        "verified": words.sure(decree.confidence),
    }


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "id": holder.id,
        "name": holder.name,
        "kind": holder.kind,
        "under_ministry": holder.under_ministry,
        "owner": holder.owner or None,
        "verified": holder.verified,
    }


def _codes(organisation: Organisation, structure: Structure) -> dict[str, str]:
    """The code of each enterprise by id; that of all others of a code is told by what it holds."""
    held = {holding.rest.id: code for code, holding in structure.holdings.items()}
    return {one: organisation.codes.get(one) or held[one] for one in structure.enterprises}


def _decrees(structure: Structure) -> Table:
    made = words.table("Văn bản làm nên cơ cấu của ngày này, mới nhất trước", "Số", "Từ ngày", "Về việc", "Hạng")
    for decree in reversed(structure.decrees):
        latest = decree is structure.decrees[-1]
        words.add(made, decree.number, words.day(decree.first_day), decree.title, words.grade(decree.confidence),
                  style="bold" if latest else "")  # fmt: skip
    return made


def _units(structure: Structure) -> Table:
    made = words.table("Đơn vị", "Loại", "Tên", "Tên tắt", "Mã", "Mang tên này từ", "Hạng")
    before = ""
    for unit in words.by_kind(structure.units.values()):
        if before and unit.kind != before:
            made.add_section()
        short = ", ".join(unit.abbreviations)
        words.add(made, unit.kind if unit.kind != before else "", unit.name, short, unit.id, words.day(unit.since),
                  words.grade(unit.confidence))  # fmt: skip
        before = unit.kind
    return made


def _competences(structure: Structure) -> Table:
    made = words.table("Ai giữ việc của mã nào", "Mã", "Việc của (theo hướng dẫn gán nhãn)", "Chủ đề", "Đơn vị giữ", "")
    for code, holding in structure.holdings.items():
        if holding.rest.kind == ENTERPRISE:
            continue
        for topics, holder in holding.parts():
            name = holder.name if holder.under_ministry else f"{holder.name} ({NOT_UNDER_MINISTRY})"
            words.add(made, code if not topics else "", UNITS[code] if not topics else "",
                      words.topics(topics, split=bool(holding.topics)), name,
                      "" if holder.verified else UNVERIFIED)  # fmt: skip
    return made


def _enterprises(organisation: Organisation, structure: Structure) -> Table:
    made = words.table("Doanh nghiệp", "Mã", "Tên", "Chủ sở hữu", "Thuộc Bộ", "")
    codes = _codes(organisation, structure)
    for one in structure.enterprises.values():
        words.add(made, codes[one.id], one.name, one.owner, "thuộc Bộ" if one.under_ministry else NOT_UNDER_MINISTRY,
                  "" if one.verified else UNVERIFIED)  # fmt: skip
    return made

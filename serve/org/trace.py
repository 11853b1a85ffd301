"""One competence, unit or enterprise through time, with the source of every step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table

from nlp.heads import UNITS
from nlp.organisation import ENTERPRISE, Holder, Life, Organisation, Tenure, Unit
from serve.org import words
from serve.org.find import Found, find
from serve.org.sources import Sources, sources_of
from serve.words import NOT_UNDER_MINISTRY


def tables(organisation: Organisation, *, wanted: str) -> list[RenderableType]:
    """What is called `wanted` through time; where several are, one after the other. Raises UnknownName."""
    found = find(organisation, wanted)
    sources = sources_of(organisation)
    if found.code:
        return _competence(organisation, found.code, sources)
    shown = _doubts(wanted, found)
    for one in found.ids:
        life = organisation.lives[one]
        draw = _enterprise if life.kind == ENTERPRISE else _unit
        shown += draw(organisation, life, sources)
    return shown


def _doubts(wanted: str, found: Found) -> list[RenderableType]:
    shown: list[RenderableType] = []
    if len(found.ids) > 1:
        shown.append(words.sentence(f"“{wanted}” là {', '.join(found.ids)}", style="dim"))
    if found.meanings:
        shown.append(words.sentence(f"“{wanted}” còn có nghĩa: {', '.join(found.meanings)}", style="dim"))
    return shown


def _competence(organisation: Organisation, code: str, sources: Sources) -> list[RenderableType]:
    tenures = organisation.history(code)
    lives = [organisation.lives[one] for one in dict.fromkeys(tenure.holder.id for tenure in tenures)]
    title = f"{code} – {UNITS[code]} (mã của hướng dẫn gán nhãn)"
    shown: list[RenderableType] = [words.sentence(title, style="bold"), _tenures(code, tenures, sources)]
    if lives[0].kind == ENTERPRISE:
        others = [one for one, its in organisation.codes.items() if its == code and one != lives[0].id]
        if others:
            shown.append(words.sentence(f"Doanh nghiệp mang mã {code}: {', '.join(others)}"))
        return shown
    return [*shown, _lineage("Các đơn vị đã giữ", organisation, lives)]


def _tenures(code: str, tenures: Sequence[Tenure], sources: Sources) -> Table:
    made = words.table("Ai giữ, theo thời gian và chủ đề", "Thời gian", "Chủ đề", "Đơn vị", "Mã", "Nguồn", "Hạng")
    for tenure in tenures:
        source = sources.of_tenure(code, tenure)
        split = any(other.topics and _meet(tenure, other) for other in tenures)
        words.add(made, words.period(tenure.first_day, tenure.last_day), words.topics(tenure.topics, split=split),
                  _name(tenure.holder), tenure.holder.id, source.text,
                  words.grade(source.confidence, verified=tenure.holder.verified))  # fmt: skip
    return made


def _meet(one: Tenure, other: Tenure) -> bool:
    return (other.last_day or date.max) >= one.first_day and (one.last_day or date.max) >= other.first_day


def _name(holder: Holder) -> str:
    about = [holder.owner] if holder.owner else []
    if not holder.under_ministry:
        about.append(NOT_UNDER_MINISTRY)
    return f"{holder.name} ({', '.join(about)})" if about else holder.name


def _lineage(title: str, organisation: Organisation, lives: Iterable[Life], *, wanted: str = "") -> Table:
    made = words.table(title, "Thời gian", "Đơn vị", "Mã", "Hình thành", "Tiền thân", "Kế tục", "Nguồn", "Hạng")

    def names(ids: Iterable[str]) -> str:
        return "; ".join(organisation.lives[one].names[-1].name for one in ids) or words.NOBODY

    for life in lives:
        name = " → ".join(named.name for named in life.names)
        # The first decree is where the data begins; most of its units are older.
        how = words.HOWS[life.how] if life.opened > organisation.first_day else words.THERE_BEFORE
        words.add(made, words.life(life.opened, life.closed), name, life.id, how,
                  names(life.predecessors), names(life.successors), life.source, words.grade(life.confidence),
                  style="bold" if life.id == wanted else "")  # fmt: skip
    return made


def _unit(organisation: Organisation, life: Life, sources: Sources) -> list[RenderableType]:
    shown: list[RenderableType] = [words.sentence(f"{life.names[-1].name} ({life.id})", style="bold")]
    made = words.table("Tên", "Từ ngày", "Tên", "Tên tắt", "Nguồn", "Hạng")
    said: dict[Unit, date] = {}
    for structure in organisation.structures:
        if life.id in structure.units:
            said.setdefault(structure.units[life.id], structure.first_day)
    for unit, first in said.items():
        words.add(made, words.day(first), unit.name, ", ".join((*unit.abbreviations, *unit.aliases)), unit.source,
                  words.grade(unit.confidence))  # fmt: skip
    lineage = organisation.lineage(life.id)
    return [*shown, made, _lineage("Tiền thân và kế tục", organisation, lineage, wanted=life.id),
            _held(organisation, life.id, sources)]  # fmt: skip


def _held(organisation: Organisation, unit: str, sources: Sources) -> RenderableType:
    made = words.table("Đã giữ việc của mã", "Mã", "Việc của", "Thời gian", "Chủ đề", "Nguồn", "Hạng")
    for code in UNITS:
        tenures = organisation.history(code)
        for tenure in tenures:
            if tenure.holder.id != unit:
                continue
            source = sources.of_tenure(code, tenure)
            split = any(other.topics and _meet(tenure, other) for other in tenures)
            words.add(made, code, UNITS[code], words.period(tenure.first_day, tenure.last_day),
                      words.topics(tenure.topics, split=split), source.text,
                      words.grade(source.confidence, verified=tenure.holder.verified))  # fmt: skip
    return made if made.row_count else words.sentence("Không giữ việc của mã nào.", style="dim")


def _enterprise(organisation: Organisation, life: Life, sources: Sources) -> list[RenderableType]:
    code = organisation.codes.get(life.id, "")
    about = f"{life.id}, mã {code}" if code else life.id
    made = words.table("Tên và chủ sở hữu", "Thời gian", "Tên", "Chủ sở hữu", "Thuộc Bộ", "Nguồn", "Hạng")
    for tenure in organisation.ownership(life.id):
        first, holder = tenure.first_day, tenure.holder
        name, owner = sources.of_name(life.id, first), sources.of_owner(life.id, first)
        grade = max(name.confidence, owner.confidence)
        words.add(made, words.period(first, tenure.last_day), holder.name, holder.owner,
                  "thuộc Bộ" if holder.under_ministry else NOT_UNDER_MINISTRY,
                  "; ".join(dict.fromkeys((name.text, owner.text))),
                  words.grade(grade, verified=holder.verified))  # fmt: skip
    shown: list[RenderableType] = [words.sentence(f"{life.names[-1].name} ({about})", style="bold"), made]
    if life.predecessors or life.successors:
        shown.append(_lineage("Tiền thân và kế tục", organisation, organisation.lineage(life.id), wanted=life.id))
    return shown

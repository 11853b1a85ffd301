"""Two days compared: which units came, went or changed their name, whose work and which enterprises passed on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import RenderableType
from rich.table import Table

from nlp.errors import number
from nlp.heads import TOPICS, UNITS
from nlp.organisation import ENTERPRISE, Decree, Holder, Organisation, Structure, Unit
from serve.errors import OptionError
from serve.org import words
from serve.org.sources import sources_of
from serve.words import NOT_UNDER_MINISTRY, UNVERIFIED

NEW, ENDED, JOINED, FOLLOWED = "lập mới", "kết thúc", "nhập vào", "kế tục"


@dataclass(frozen=True, slots=True)
class Passed:
    """A competence that another holder has, for some `topics`; none of them: for all that are left."""

    code: str
    topics: tuple[str, ...]
    whole: bool
    before: Holder
    after: Holder


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between the days `first` and `last`. `ways`: unit of the first day -> units it went into."""

    first: date
    last: date
    before: Structure
    after: Structure
    decrees: tuple[Decree, ...]
    opened: tuple[Unit, ...]
    closed: tuple[Unit, ...]
    renamed: tuple[tuple[Unit, Unit], ...]
    ways: dict[str, tuple[str, ...]]
    hows: dict[str, str]
    passed: tuple[Passed, ...]
    enterprises: tuple[tuple[Holder | None, Holder], ...]

    def origins(self, unit: str) -> tuple[str, ...]:
        """The units of the first day that went into a unit of the last."""
        return tuple(old for old, new in self.ways.items() if unit in new)


def compare(organisation: Organisation, *, first: date, last: date) -> Diff:
    """What differs between two days.

    Raises:
        OptionError: the days stand the wrong way round.
        OrganisationError: a day before the first decree.
    """
    if last < first:
        raise OptionError(f"ngày đầu {words.day(first)} sau ngày cuối {words.day(last)}; đổi chỗ hai ngày")
    before, after = organisation.at(first), organisation.at(last)
    opened = tuple(unit for one, unit in after.units.items() if one not in before.units)
    return Diff(
        first=first,
        last=last,
        before=before,
        after=after,
        decrees=after.decrees[len(before.decrees) :],
        opened=opened,
        closed=tuple(unit for one, unit in before.units.items() if one not in after.units),
        renamed=tuple(
            (unit, after.units[one])
            for one, unit in before.units.items()
            if one in after.units and after.units[one].name != unit.name
        ),
        ways=_ways(organisation, before, after, opened),
        hows={unit.id: organisation.lives[unit.id].how for unit in opened},
        passed=tuple(_passed(before, after)),
        enterprises=tuple(_enterprises(before, after)),
    )


def _ways(
    organisation: Organisation, before: Structure, after: Structure, opened: Sequence[Unit]
) -> dict[str, tuple[str, ...]]:
    """Units that ended, through all that followed them; and those that go on beside a unit split off from them."""

    def ends(unit: str) -> Iterator[str]:
        if unit in after.units:
            yield unit
        else:
            for new in organisation.lives[unit].successors:
                yield from ends(new)

    ways = {one: tuple(dict.fromkeys(ends(one))) for one in before.units if one not in after.units}
    sources = sources_of(organisation)
    for unit in opened:
        for old in sources.opened_from(unit.id):
            if old in before.units and old in after.units:
                ways[old] = (*ways.get(old, ()), unit.id)
    return ways


def _passed(before: Structure, after: Structure) -> Iterator[Passed]:
    for code in UNITS:
        old, new = before.holdings[code], after.holdings[code]
        if old.rest.kind == ENTERPRISE:
            continue
        split = bool(old.topics or new.topics)
        pairs: dict[tuple[str, str], list[str]] = {}
        for topic in TOPICS:
            pairs.setdefault((before.holder(code, topic).id, after.holder(code, topic).id), []).append(topic)
        for (one, other), topics in pairs.items():
            if one == other:
                continue
            rest = (one, other) == (old.rest.id, new.rest.id)
            yield Passed(code, () if rest else tuple(topics), not split or len(pairs) == 1,
                         before.holder(code, topics[0]), after.holder(code, topics[0]))  # fmt: skip


def _enterprises(before: Structure, after: Structure) -> Iterator[tuple[Holder | None, Holder]]:
    for one, now in after.enterprises.items():
        then = before.enterprises.get(one)
        if then is None or (then.name, then.owner, then.under_ministry) != (now.name, now.owner, now.under_ministry):
            yield then, now


def tables(diff: Diff) -> list[RenderableType]:
    """The differences; tables without rows are left out."""
    old, new = len(diff.before.ministry_units()), len(diff.after.ministry_units())
    change = f" ({new - old:+d})".replace("-", "−") if new != old else ""
    head = f"Từ {words.day(diff.first)} đến {words.day(diff.last)}: {number(old)} → {number(new)} đơn vị{change}"
    shown = [_decrees(diff), _opened(diff), _closed(diff), _renamed(diff), _competences(diff), _owners(diff)]
    found = [made for made in shown if made.row_count]
    if not found:
        return [words.sentence(head, style="bold"), words.sentence("Không có gì thay đổi giữa hai ngày này.")]
    return [words.sentence(head, style="bold"), *found]


def _decrees(diff: Diff) -> Table:
    made = words.table("Văn bản có hiệu lực trong thời gian này", "Số", "Từ ngày", "Về việc", "Hạng")
    for decree in diff.decrees:
        words.add(made, decree.number, words.day(decree.first_day), decree.title, words.grade(decree.confidence))
    return made


def _opened(diff: Diff) -> Table:
    made = words.table(f"Lập mới ({len(diff.opened)})", "Loại", "Đơn vị", "Mã", "Cách", "Từ", "Hạng")
    for unit in words.by_kind(diff.opened):
        origins = diff.origins(unit.id)
        words.add(made, unit.kind, unit.name, unit.id, _how_opened(diff, unit.id, origins),
                  _names(diff.before, origins), words.grade(unit.confidence))  # fmt: skip
    return made


def _closed(diff: Diff) -> Table:
    made = words.table(f"Kết thúc ({len(diff.closed)})", "Loại", "Đơn vị", "Mã", "Cách", "Chuyển cho")
    for unit in words.by_kind(diff.closed):
        went = diff.ways.get(unit.id, ())
        words.add(made, unit.kind, unit.name, unit.id, _how_closed(diff, went), _names(diff.after, went))
    return made


def _renamed(diff: Diff) -> Table:
    made = words.table(f"Đổi tên, giữ nguyên đơn vị ({len(diff.renamed)})", "Mã", "Tên trước", "Tên sau", "Hạng")
    for old, new in diff.renamed:
        words.add(made, new.id, old.name, new.name, words.grade(new.confidence))
    return made


def _competences(diff: Diff) -> Table:
    title = f"Việc đổi người giữ ({len({one.code for one in diff.passed})} mã)"
    made = words.table(title, "Mã", "Việc của", "Chủ đề", "Trước", "Sau", "")
    for one in diff.passed:
        words.add(made, one.code, UNITS[one.code], words.topics(one.topics, split=not one.whole),
                  one.before.name, one.after.name, "" if one.after.verified else UNVERIFIED)  # fmt: skip
    return made


def _owners(diff: Diff) -> Table:
    title = f"Doanh nghiệp đổi chủ sở hữu hoặc tên ({len(diff.enterprises)})"
    made = words.table(title, "Doanh nghiệp", "Chủ trước", "Chủ sau", "")
    for old, new in diff.enterprises:
        name = new.name if old is None or old.name == new.name else f"{old.name} → {new.name}"
        words.add(made, name, _owner(old) if old else NEW, _owner(new),
                  "" if new.verified else UNVERIFIED)  # fmt: skip
    return made


def _owner(holder: Holder) -> str:
    return holder.owner if holder.under_ministry else f"{holder.owner} ({NOT_UNDER_MINISTRY})"


def _how_opened(diff: Diff, unit: str, origins: Sequence[str]) -> str:
    if not origins:
        return NEW
    if len(origins) > 1:
        return words.HOWS["merge"]
    if len(diff.ways[origins[0]]) > 1 or origins[0] in diff.after.units:
        return words.HOWS["split"]
    how = diff.hows[unit]
    return words.HOWS[how] if how in ("rename", "upgrade") else FOLLOWED


def _how_closed(diff: Diff, went: Sequence[str]) -> str:
    if not went:
        return f"{ENDED}, nơi nhận chưa rõ"
    if len(went) > 1:
        return words.HOWS["split"]
    if went[0] in diff.before.units:
        return JOINED
    return _how_opened(diff, went[0], diff.origins(went[0]))


def _names(structure: Structure, ids: Sequence[str]) -> str:
    return "; ".join(structure.units[one].name for one in ids) or words.NOBODY

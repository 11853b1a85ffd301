"""Whether the files of the organisation hold together, and what in them nobody has verified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType

from nlp.datafiles import Fact
from nlp.errors import number
from serve.org import words
from serve.words import UNVERIFIED


@dataclass(frozen=True, slots=True)
class Checked:
    """One part of the files that could be read: what is wrong in it, what is not verified, and its size in words."""

    name: str
    size: str
    findings: Sequence[str]
    unverified: Sequence[Fact]


def check(folder: Path | None) -> tuple[Checked, ...]:
    """Every part. A file that cannot be read raises the error of its part, with its line."""
    return tuple(part(folder) for part in PARTS)


def tables(checked: Sequence[Checked], *, unverified: bool) -> list[RenderableType]:
    """A line a part, its findings, and, if wanted, the list of what is not verified."""
    shown: list[RenderableType] = []
    for part in checked:
        found = f"{number(len(part.findings))} chỗ sai" if part.findings else "không có gì sai"
        line = f"{part.name}: {part.size}; {found}; {number(len(part.unverified))} điều {UNVERIFIED}"
        shown.append(words.sentence(line, style="bold red" if part.findings else "bold"))
        shown += [words.sentence(f"  {finding}", style="red") for finding in part.findings]
    if unverified:
        facts = [fact for part in checked for fact in part.unverified]
        shown.append(_unverified(facts))
    elif any(part.unverified for part in checked):
        shown.append(words.sentence("Thêm --unverified để xem từng điều chưa kiểm chứng.", style="dim"))
    return shown


def _unverified(facts: Sequence[Fact]) -> RenderableType:
    title = f"Điều chưa kiểm chứng ({number(len(facts))})"
    made = words.table(title, "Tệp", "Dòng", "Hạng", "Điều", "Nguồn", "Ghi chú")
    made.columns[1].justify = "right"
    for fact in facts:
        words.add(made, fact.file, str(fact.line), fact.confidence, fact.what, fact.source, fact.note)
    return made


def _organisation(folder: Path | None) -> Checked:
    from models.artifacts import load_organisation

    organisation = load_organisation(folder)
    size = f"{number(len(organisation.decrees))} văn bản, {number(len(organisation.lives))} đơn vị và doanh nghiệp"
    return Checked("Tổ chức", size, organisation.check(), organisation.unverified())


def _deadlines(folder: Path | None) -> Checked:
    """Due times: days that the rules leave open, and what nobody has verified."""
    from models.artifacts import load_deadlines

    deadlines = load_deadlines(folder)
    return Checked(
        "Thời hạn", f"{number(len(deadlines.rules.rules))} quy định", deadlines.check(), deadlines.unverified()
    )


PARTS: tuple[Callable[[Path | None], Checked], ...] = (_organisation, _deadlines)
"""What `org check` goes through, in this order."""

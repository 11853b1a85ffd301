"""Stored corrections as rulings, and how cases are shown to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from nlp.heads import OUT_OF_SCOPE, TOPICS, URGENCY
from nlp.reading.articles import to_article
from nlp.reading.ids import SeenIds
from nlp.reading.rows import Row
from nlp.types import Article
from serve.words import TONES, one_line

if TYPE_CHECKING:
    from rich.table import Table

    from models.rulings import Case, Ruling
    from serve.store import Correction, Store

FIELDS = {
    "topic": "chủ đề",
    "lead_unit": "chủ trì",
    "coordinating_units": "phối hợp",
    "urgency": "mức độ",
    "tone": "sắc thái",
}
"""What can be decided -> how it is said."""
MOST_ROWS = 300
WIDTH_OF_TITLE = 44
_LEVELS = {int(level): name for level, name in URGENCY.items()}


@dataclass(frozen=True, slots=True)
class Decided:
    """All that the store holds and nobody chose against.

    `orphans` counts corrections whose article was not kept, which can teach nothing.
    """

    rulings: tuple[Ruling, ...]
    cases: tuple[Case, ...]
    orphans: int

    @property
    def settled(self) -> list[Case]:
        """The cases that are labels."""
        return [case for case in self.cases if case.is_settled]

    @property
    def open(self) -> list[Case]:
        """The cases that somebody has to look at."""
        return [case for case in self.cases if not case.is_settled]


def read_decided(store: Store) -> Decided:
    """The corrections of a store, one case an article."""
    from models.rulings import settle

    names = {key.id: key.name for key in store.all_keys()}
    overruled = {lost for choice in store.choices() for lost in choice.overruled}
    kept = [one for one in store.corrections() if one.id not in overruled]
    rulings = [_ruling(one, article, names) for one in kept if (article := _article(one))]
    return Decided(tuple(rulings), tuple(settle(rulings)), len(kept) - len(rulings))


def _article(kept: Correction) -> Article | None:
    if not kept.article:
        return None
    found = to_article(Row(1, orjson.loads(kept.article)), file="", label="", seen=SeenIds())
    return replace(found, id=kept.article_id, origin=None) if isinstance(found, Article) else None


def _ruling(kept: Correction, article: Article, names: Mapping[str, str]) -> Ruling:
    from models.rulings import Ruling

    decided, record = orjson.loads(kept.decided), orjson.loads(kept.prediction)
    unit = record["lead_unit"]
    predicted = {
        "topic": record["topic"]["code"],
        "lead_unit": unit["code"] if unit else None,
        "coordinating_units": [one["code"] for one in record["coordinating_units"]],
        "urgency": record["urgency"]["level"],
        "tone": record["tone"]["value"],
    }
    return Ruling(
        id=kept.id,
        article=article,
        decided=decided,
        predicted={field: value for field, value in predicted.items() if field in decided},
        model=kept.model,
        reason=kept.reason,
        actor=kept.actor,
        key=names.get(kept.key_id, kept.key_id),
        at=kept.created_at,
    )


def conflicts(cases: Iterable[Case]) -> Table | None:
    """Who says what where people differ, or None."""
    from rich.table import Table

    table = Table(
        "Bài", "Điều", "Ai", "Quyết là", "Vì sao", "Mã sửa đổi", title="Ý kiến trái nhau", title_justify="left"
    )
    for case in cases:
        for clash in case.clashes:
            for number, (who, ruling, value) in enumerate(clash.sides):
                article = "" if number else one_line(case.article.title)
                words = (article, "" if number else FIELDS[clash.field], who, said(clash.field, value), ruling.reason)
                table.add_row(*map(one_line, words), ruling.id)
            table.add_section()
    return table if table.row_count else None


def faults(cases: Iterable[Case]) -> Table | None:
    """Decisions that break the guideline, or None."""
    from rich.table import Table

    table = Table("Bài", "Đã quyết", "Vướng", title="Chưa hợp hướng dẫn gán nhãn", title_justify="left")
    for case in cases:
        if case.fault:
            table.add_row(one_line(case.article.title), _summary(case.decided), one_line(case.fault))
    return table if table.row_count else None


def overview(cases: Sequence[Case]) -> Table:
    """One row a decided article, the newest MOST_ROWS first; what the model had said stands before an arrow."""
    from rich.table import Table

    table = Table()
    table.add_column("Bài", max_width=WIDTH_OF_TITLE)
    for header in ("Mô hình → người", "Chưa quyết", "Ai", "Lúc", "Tình trạng"):
        table.add_column(header)
    for case in sorted(cases, key=lambda case: case.rulings[-1].at, reverse=True)[:MOST_ROWS]:
        missing = [words for field, words in FIELDS.items() if field not in case.decided]
        state = "trái nhau" if case.clashes else "vướng" if case.fault else "dùng được"
        people = one_line(", ".join(dict.fromkeys(ruling.who for ruling in case.rulings)))
        moment = datetime.fromisoformat(case.rulings[-1].at).strftime("%H:%M %d/%m/%Y")
        undecided = "" if case.clashes else ", ".join(missing)
        table.add_row(one_line(case.article.title), _changes(case), undecided, people, moment, state)
    return table


def said(field: str, value: Any) -> str:
    """A decided value in words."""
    if field == "coordinating_units":
        return ", ".join(value) or "không đơn vị nào"
    names: dict[str, Mapping[Any, str]] = {"topic": TOPICS, "urgency": _LEVELS, "tone": TONES}
    return names.get(field, {}).get(value) or value or "không đơn vị nào"


def _changes(case: Case) -> str:
    """ "chủ đề: Điện lực → Xăng dầu; chủ trì: TTTN (như mô hình)", of the last ruling on each field."""
    model = {field: value for ruling in case.rulings for field, value in ruling.predicted.items()}
    parts = []
    for field, value in case.decided.items():
        if case.decided.get("topic") == OUT_OF_SCOPE and field != "topic":
            continue
        before = said(field, model[field]) if field in model else ""
        now = said(field, value)
        parts.append(f"{FIELDS[field]}: {now} (như mô hình)" if before == now else f"{FIELDS[field]}: {before} → {now}")
    return "\n".join(parts)


def _summary(decided: Mapping[str, Any]) -> str:
    return "; ".join(f"{FIELDS[field]}: {said(field, value)}" for field, value in decided.items())

"""Decisions of the office as training data: their file, and how they join the labels that there are.

The file has one line of JSON an article and holds the article, because the corpora do not have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.data import Label, LabelError, breaches, read_lines
from models.rulings import FIELDS, Case, label_of, text_key
from nlp.heads import TOPICS
from nlp.organisation import Structure
from nlp.reading.articles import to_article, to_row
from nlp.reading.ids import SeenIds
from nlp.reading.rows import Row
from nlp.types import Article


@dataclass(frozen=True, slots=True)
class Corrected:
    """A label that people of the office decided, with its article, which bears the id that its sender gave it."""

    label: Label
    article: Article


@dataclass(frozen=True, slots=True)
class Joined:
    """Labels and articles with the corrections among them.

    `replaced` are ids of labels that a correction took the place of; `of_dev` those of the dev split that a correction
    speaks of: such a correction is left out, because what is measured on stays as it is.
    """

    labels: list[Label]
    articles: dict[str, Article]
    replaced: tuple[str, ...]
    of_dev: tuple[str, ...]


def corrected(cases: Iterable[Case]) -> list[Corrected]:
    """The settled cases as training data."""
    return [Corrected(case.label, case.article) for case in cases if case.is_settled]


def to_line(case: Case, *, structure: Structure | None = None) -> dict[str, Any]:
    """A case as a line of the file: what stands, all it rests on, the article; and why it is no label yet.

    With `structure`, `units` names who holds the decided codes in it; the codes stay, so that no way is lost back.
    """
    line: dict[str, Any] = {"id": case.id, "decided": dict(case.decided)}
    if structure is not None:
        line["units"] = _units(case.decided, structure)
    if case.clashes:
        line["conflicts"] = {clash.field: {who: value for who, _, value in clash.sides} for clash in case.clashes}
    if case.fault:
        line["fault"] = case.fault
    line["corrections"] = [
        {
            "id": one.id,
            "decided": dict(one.decided),
            "predicted": dict(one.predicted),
            "model": one.model,
            "reason": one.reason,
            "actor": one.actor,
            "key": one.key,
            "at": one.at,
        }
        for one in case.rulings
    ]
    line["article"] = to_row(case.article)
    return line


def load_corrections(path: Path) -> list[Corrected]:
    """Read what `to_line` made.

    Raises:
        LabelError: the file cannot be read, or a line is not of that form, breaks the guideline or is not settled.
    """
    found: dict[str, Corrected] = {}
    for number, text in read_lines(path):
        try:
            one = _corrected(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LabelError(path, number, f"không phải một sửa đổi đã xuất: {error}") from error
        if one.label.id in found:
            raise LabelError(path, number, f"trùng bài {one.label.id}")
        found[one.label.id] = one
    return list(found.values())


def join(labels: Sequence[Label], articles: Mapping[str, Article], found: Iterable[Corrected]) -> Joined:
    """Put corrections among labels. One of an article that has a label (the same id or the same words) replaces it.

    What such a correction leaves undecided stays as the label had it, unless the two do not go together.
    """
    by_id = {label.id: label for label in labels}
    by_text: dict[str, list[str]] = {}
    for label in labels:
        by_text.setdefault(text_key(articles[label.id]), []).append(label.id)
    texts = {label.id: articles[label.id] for label in labels}
    replaced: list[str] = []
    of_dev: list[str] = []
    for one in found:
        before = by_text.get(text_key(one.article), [])
        before = [*before, *(name for name in [one.article.id] if name in by_id and name not in before)]
        tested = [name for name in before if by_id[name].split == "dev"]
        if tested:
            of_dev += tested
            continue
        for name in before:
            by_id[name] = _over(by_id[name], one.label)
        replaced += before
        if not before:
            by_id[one.label.id], texts[one.label.id] = one.label, replace(one.article, id=one.label.id)
    return Joined(list(by_id.values()), texts, tuple(replaced), tuple(of_dev))


def _over(label: Label, decision: Label) -> Label:
    """A label after people have decided some or all of it."""
    names = [name for name in FIELDS.values() if name not in decision.undecided]
    both = replace(label, stratum=decision.stratum, unsure=False, **{name: getattr(decision, name) for name in names})
    return replace(decision, id=label.id) if breaches(both) else both


def _corrected(line: Mapping[str, Any]) -> Corrected:
    if line.get("conflicts") or line.get("fault"):
        raise ValueError("bài này chưa ngã ngũ, chưa dùng làm nhãn được")
    strange = [field for field in line["decided"] if field not in FIELDS]
    if strange or not line["decided"]:
        raise ValueError(f"decided cần ít nhất một trong {', '.join(FIELDS)}, và chỉ những trường ấy")
    label = label_of(line["id"], line["decided"])
    for _, reason in breaches(label):
        raise ValueError(reason)
    article = to_article(Row(1, line["article"]), file="", label="", seen=SeenIds())
    if not isinstance(article, Article):
        raise ValueError(f"article: {article.reason}")
    return Corrected(label, replace(article, origin=None))


def _units(decided: Mapping[str, Any], structure: Structure) -> dict[str, Any]:
    """Who holds the codes of a decision, in the form of the decision."""
    topics = [decided["topic"]] if "topic" in decided else list(TOPICS)
    lead, helpers = decided.get("lead_unit"), decided.get("coordinating_units")
    said: dict[str, Any] = {"since": structure.first_day.isoformat()}
    if "lead_unit" in decided:
        said["lead_unit"] = _unit(lead, topics, structure) if lead else None
    if helpers is not None:
        said["coordinating_units"] = [_unit(code, topics, structure) for code in helpers]
    return said


def _unit(code: str, topics: Iterable[str], structure: Structure) -> dict[str, Any]:
    """`unit` and `name` are null where the competence was split by topic and nobody has decided the topic."""
    holders = {holder.id: holder for holder in _holders(code, topics, structure)}
    only = next(iter(holders.values())) if len(holders) == 1 else None
    return {"code": code, "unit": only.id if only else None, "name": only.name if only else None}


def _holders(code: str, topics: Iterable[str], structure: Structure) -> Iterator[Any]:
    for topic in topics:
        yield structure.holder(code, topic)

"""A table of the labelled articles: what there is to learn from, one row an article, without its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.corpora import SOURCES
from models.data import Label, groups
from nlp.clean import clean
from nlp.types import Article

CORPORA = tuple(source.corpus for source in SOURCES)
"""The public corpora name no newspaper; the id names the corpus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One labelled article. `chars` counts title, lead and body; `repairs` names the faults that were mended in it.

    `month` is "" where the article bears no date. `story` numbers stories, `told` says how often its story is told.
    """

    id: str
    topic: str
    lead: str
    helpers: int
    urgency: int
    tone: int
    unsure: bool
    stratum: str
    split: str
    source: str
    month: str
    chars: int
    repairs: tuple[str, ...]
    story: int
    told: int


def rows(labels: Sequence[Label], articles: Mapping[str, Article]) -> list[Row]:
    """One row a label, in their order."""
    chosen = [articles[label.id] for label in labels]
    stories = groups(chosen)
    told = Counter(stories)
    return [
        _row(label, article, story=story, told=told[story])
        for label, article, story in zip(labels, chosen, stories, strict=True)
    ]


def _row(label: Label, article: Article, *, story: int, told: int) -> Row:
    corpus = label.id.partition("-")[0]
    return Row(
        id=label.id, topic=label.topic, lead=label.lead, helpers=len(label.coord), urgency=label.urgency,
        tone=label.tone, unsure=label.unsure, stratum=label.stratum, split=label.split,
        source=article.source or (corpus if corpus in CORPORA else ""),
        month=f"{article.published_at:%Y-%m}" if article.published_at else "",
        chars=article.chars,
        repairs=tuple(sorted({repair.kind for repair in clean(article).repairs})),
        story=story, told=told,
    )  # fmt: skip

"""Articles of any input -> the items of a labelling round: scored, picked, with the reasons in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from models.queue import NOVEL, RANDOM, RARE, UNCERTAIN, Pick, Pool, QueueSettings, pick
from nlp.clean import clean
from nlp.features import featurize
from nlp.heads import TONES, TOPICS, UNITS, URGENCY
from nlp.router import propose
from nlp.score import score
from nlp.types import Article, Proposal
from serve.labelling.sheet import Item, start_of
from serve.words import percent

if TYPE_CHECKING:
    from nlp.pipeline import Engine

CHUNK = 256
STRATA = {RANDOM: "ngẫu nhiên", UNCERTAIN: "chưa chắc", RARE: "hiếm", NOVEL: "lạ"}
REASONS = {
    RANDOM: "chọn ngẫu nhiên, để đo độ đúng của mô hình",
    RARE: "có thể thuộc chủ đề hoặc đơn vị còn ít mẫu",
    NOVEL: "nhiều cụm từ mô hình chưa gặp",
    UNCERTAIN: "không còn bài nào phân vân hơn, lấy cho đủ số",
}
"""Why an article was picked. No reason names what the model thinks, which would lead the reader to agree."""
DOUBTS = {"topic": "chủ đề", "lead_unit": "đơn vị chủ trì"}
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn from `seen` articles. `left_out`: articles whose id a spreadsheet cannot hold unchanged."""

    items: tuple[Item, ...]
    articles: tuple[Article, ...]
    seen: int
    labelled: int
    left_out: int


def draw(
    articles: Sequence[Article], *, engine: Engine, labelled: Collection[str], count: int, settings: QueueSettings
) -> Draw:
    """Pick `count` of `articles` to label; those called `labelled`, and all of their stories, are passed over."""
    from models.data import groups

    kept = [article for article in articles if _fits(article.id)]
    if not kept:
        return Draw((), (), len(articles), 0, len(articles))
    chunks = list(_scored(kept, engine))
    done = np.array([article.id in labelled for article in kept])
    pool = Pool(
        topic=np.vstack([scores.topic for scores, _ in chunks]),
        lead_unit=np.vstack([scores.lead_unit for scores, _ in chunks]),
        known_share=np.concatenate([scores.known_share for scores, _ in chunks]),
        story=np.asarray(groups(kept)),
        labelled=done,
        topic_prior=engine.priors["topic"],
        lead_prior=engine.priors["lead_unit"],
    )
    proposals = [proposal for _, some in chunks for proposal in some]
    picks = pick(pool, count=count, settings=settings)
    items = [_item(kept[one.row], proposals[one.row], one, engine.model.version) for one in picks]
    chosen = tuple(kept[one.row] for one in picks)
    return Draw(tuple(items), chosen, len(articles), int(done.sum()), len(articles) - len(kept))


def _fits(name: str) -> bool:
    """Whether an id comes back from a spreadsheet as it went: control characters and Excel's own escapes do not."""
    return not ILLEGAL_CHARACTERS_RE.search(name) and not _ESCAPED.search(name) and name == " ".join(name.split())


def _scored(articles: Sequence[Article], engine: Engine) -> Iterator[tuple[Any, list[Proposal]]]:
    """Scores and proposals of a chunk at a time; decisions would hide all but the best two answers."""
    for start in range(0, len(articles), CHUNK):
        matrix = featurize([clean(article) for article in articles[start : start + CHUNK]])
        scores, _ = score(matrix, model=engine.model)
        yield scores, propose(scores, policy=engine.policy, priors=engine.priors)


def _item(article: Article, proposal: Proposal, one: Pick, version: str) -> Item:
    lead = proposal.lead_unit
    shown = {
        "id": article.id,
        "title": article.title,
        "lead": article.lead,
        "body": start_of(article.body),
        "source": article.source,
        "published_at": article.published_at.strftime("%d/%m/%Y %H:%M") if article.published_at else "",
        "reason": _reason(one),
        "stratum": STRATA[one.stratum],
        # The random share measures: whoever labels it must not see what the model thinks.
        "proposal": "" if one.stratum == RANDOM else _words(proposal),
    }
    drawn = {
        "id": article.id,
        "stratum": one.stratum,
        "chance": "" if one.chance is None else one.chance,
        "topic": proposal.topic.code,
        "topic_p": round(proposal.topic.p, 4),
        "lead": lead.code if lead else "",
        "lead_p": round(lead.p, 4) if lead else "",
        "urgency": proposal.urgency,
        "tone": proposal.tone,
        "model": version,
    }
    return Item(shown, drawn)


def _reason(one: Pick) -> str:
    doubts = " và ".join(DOUBTS[head] for head in one.doubt)
    return f"mô hình phân vân về {doubts}" if one.stratum == UNCERTAIN and doubts else REASONS[one.stratum]


def _words(proposal: Proposal) -> str:
    """Điện lực (72 %); EVN – Tập đoàn Điện lực Việt Nam (65 %); cần xử lý; tiêu cực"""
    lead = proposal.lead_unit
    said = [f"{TOPICS[proposal.topic.code]} ({percent(proposal.topic.p)})"]
    if lead:
        said += [f"{lead.code} – {UNITS[lead.code]} ({percent(lead.p)})"]
        said += [URGENCY[str(proposal.urgency)], TONES[str(proposal.tone)]]
    return "; ".join(said)

"""What to label next: scores of a pool of articles -> the batch that teaches most, with a share that measures.

Four strata. `random` is a sample with known chances, so that accuracy can be estimated without bias. `uncertain` holds
the smallest margins between the best and the second answer, of topic and lead unit together. `rare` expects classes of
which few labels exist, `novel` words that the model does not know. No story is labelled twice, and no proposed topic
takes more than its share of what is chosen. Which shares and why: docs/decisions/0009-what-to-label-next.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.errors import DiembaoError

RANDOM, UNCERTAIN, RARE, NOVEL = STRATA = ("random", "uncertain", "rare", "novel")
"""How an article came into a batch; the words are those of `stratum` in label files."""
CLEAR = 0.5
"""A head with a larger margin than this is not named as the one in doubt."""

Floats = npt.NDArray[Any]


class QueueError(DiembaoError):
    """Shares or a count that no batch can be drawn by."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """`random` is a share of the batch; `rare` and `novel` are shares of what it leaves, the rest is `uncertain`.

    `topic_cap` is the largest share of a batch that one proposed topic may have, random picks apart.
    """

    random: float = 0.15
    rare: float = 0.1
    novel: float = 0.05
    topic_cap: float = 0.4
    seed: int = 0

    def __post_init__(self) -> None:
        shares = (self.random, self.rare, self.novel, 1 - self.rare - self.novel)
        if not all(0 <= share <= 1 for share in shares) or not 0 < self.topic_cap <= 1:
            raise QueueError(f"các phần của một đợt phải từ 0 đến 1, “hiếm” và “lạ” cộng lại không quá 1: {self}")


@dataclass(frozen=True, slots=True)
class Pool:
    """n articles that could be labelled: probabilities of `topic` (n, 19) and `lead_unit` (n, 34) and `known_share`
    (n,) as in `nlp.types.Scores`, the `story` (n,) of each (`models.data.groups`), whether it is `labelled` (n,)
    already, and the class shares `topic_prior` (19,) and `lead_prior` (34,) of the labels that there are.
    """

    topic: Floats
    lead_unit: Floats
    known_share: Floats
    story: npt.NDArray[np.int64]
    labelled: npt.NDArray[np.bool_]
    topic_prior: Floats
    lead_prior: Floats


@dataclass(frozen=True, slots=True)
class Pick:
    """One article to label: its `row` in the pool, its `stratum`, the heads in `doubt`.

    `chance` is the probability with which the random share would draw it; None where it was chosen on purpose.
    """

    row: int
    stratum: str
    doubt: tuple[str, ...] = ()
    chance: float | None = None


@dataclass(slots=True)
class _Batch:
    """What is picked so far, and how many more picks a topic may have."""

    picks: list[Pick] = field(default_factory=list)
    stories: set[int] = field(default_factory=set)
    room: dict[int, int] = field(default_factory=dict)


def pick(pool: Pool, *, count: int, settings: QueueSettings | None = None) -> list[Pick]:
    """At most `count` articles, in random order, so that whoever stops early has labelled a fair part of each stratum.

    The same pool, count and settings give the same picks. Fewer come where fewer stories are left.
    """
    settings = settings or QueueSettings()
    if count < 1:
        raise QueueError(f"cần chọn ít nhất 1 bài, không phải {count}")
    chance = np.random.default_rng(settings.seed)
    margins = {"topic": _margin(pool.topic), "lead_unit": _margin(pool.lead_unit)}
    batch = _Batch(stories={int(story) for story in np.unique(pool.story[pool.labelled])})
    for drawn in _at_random(pool, round(settings.random * count), chance, batch.stories):
        batch.picks.append(drawn)
        batch.stories.add(int(pool.story[drawn.row]))
    rarity = _rarity(pool.topic, pool.topic_prior) + _rarity(pool.lead_unit, pool.lead_prior)
    doubt = 2 - margins["topic"] - margins["lead_unit"]
    topics = pool.topic.argmax(axis=1)
    batch.room = dict.fromkeys(range(pool.topic.shape[1]), max(1, round(settings.topic_cap * count)))
    left = count - len(batch.picks)
    for stratum, worth, wanted in (
        (RARE, rarity, round(settings.rare * left)),
        (NOVEL, -pool.known_share, round(settings.novel * left)),
        (UNCERTAIN, doubt, count),
    ):
        _take(batch, pool, topics, np.argsort(-worth, kind="stable"), stratum, wanted=wanted, count=count)
    batch.room = dict.fromkeys(batch.room, count)  # rather a common topic than a batch that is too small
    _take(batch, pool, topics, np.argsort(-doubt, kind="stable"), UNCERTAIN, wanted=count, count=count)
    picks = [batch.picks[i] for i in chance.permutation(len(batch.picks))]
    return [Pick(p.row, p.stratum, _in_doubt(margins, p.row), p.chance) for p in picks]


def estimate(right: Sequence[bool], chances: Sequence[float]) -> tuple[float, float, float]:
    """Share right in the whole pool, from its random share, with the bounds of 95 %.

    Each answer counts by the inverse of its chance (Hájek 1971); the bounds are Wilson's (1927) for the number of
    equal answers that would be worth as much (Kish 1965).
    """
    weights = 1 / np.asarray(chances, float)
    share = min(1.0, float(weights @ np.asarray(right, float) / weights.sum()))
    n, z = float(weights.sum() ** 2 / (weights**2).sum()), 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    # Where all or none are right a bound is the share itself, which rounding must not put on its other side.
    return share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def _at_random(pool: Pool, count: int, chance: np.random.Generator, taken: set[int]) -> list[Pick]:
    """Stories with equal chances, and of each one article with equal chances."""
    rows_of: dict[int, list[int]] = {}
    for row, story in enumerate(pool.story.tolist()):
        if story not in taken:
            rows_of.setdefault(story, []).append(row)
    stories = sorted(rows_of)
    count = min(count, len(stories))
    drawn = chance.permutation(len(stories))[:count].tolist()
    picks = []
    for at in drawn:
        rows = rows_of[stories[at]]
        picks.append(Pick(rows[chance.integers(len(rows))], RANDOM, chance=count / len(stories) / len(rows)))
    return picks


def _take(
    batch: _Batch,
    pool: Pool,
    topics: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    stratum: str,
    *,
    wanted: int,
    count: int,
) -> None:
    """Add the first `wanted` of `order` whose story is new and whose topic has room, until the batch holds `count`."""
    for row in order.tolist():
        if wanted <= 0 or len(batch.picks) >= count:
            return
        story, topic = int(pool.story[row]), int(topics[row])
        if story not in batch.stories and batch.room[topic] > 0:
            batch.picks.append(Pick(row, stratum))
            batch.stories.add(story)
            batch.room[topic] -= 1
            wanted -= 1


def _margin(p: Floats) -> Floats:
    """The best probability less the second best, by row."""
    best: Floats = np.partition(p, -2, axis=1)[:, -2:]
    return best[:, 1] - best[:, 0]


def _rarity(p: Floats, prior: Floats) -> Floats:
    """How many times rarer than even a class is to be expected, damped by a root: common topics stay near 1."""
    expected: Floats = p @ (1 / np.sqrt(np.maximum(prior, 1e-4) * len(prior)))
    return expected


def _in_doubt(margins: dict[str, Floats], row: int) -> tuple[str, ...]:
    return tuple(head for head, margin in margins.items() if margin[row] < CLEAR)

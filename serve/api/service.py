"""What the routes share: the model, the settings, the counters; and the one place where they call the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from models.drift import Traffic, of_decision
from nlp.deadlines import local
from nlp.pipeline import run
from nlp.record import to_record
from nlp.types import Article, Decision
from serve.api.access import Access
from serve.api.bodies import Asked
from serve.api.limits import Limits
from serve.api.loaded import Loaded, Refusal
from serve.api.metrics import Metrics
from serve.api.predictions import Predictions
from serve.api.together import AT_ONCE, Together
from serve.settings import Settings
from serve.store import Store

LONG_CHARS = 8_000
"""A longer article is routed alone: sixteen of them would keep others waiting."""
LARGE_CHARS = 100_000
"""As many in one call take 4 ms; what takes longer goes to a thread."""


@dataclass(slots=True, kw_only=True)
class Service:
    """One server; `clock` says when an article was received.

    `loaded` may be another at every look: a request takes it once and hands it on. `refused` is the newer model that
    must not answer, `outage` why the source of models cannot be asked; `serve.api.watch` sets all three.
    """

    settings: Settings
    loaded: Loaded
    clock: Callable[[], datetime]
    metrics: Metrics
    store: Store
    access: Access
    limits: Limits
    ready: bool = False
    refused: Refusal | None = None
    outage: str = ""
    predictions: Predictions = field(default_factory=Predictions)
    traffic: Traffic = field(default_factory=Traffic)
    together: Together[tuple[Asked, Loaded]] = field(init=False)

    def __post_init__(self) -> None:
        self.together = Together(self._records_now)

    async def record(self, article: Article, asked: Asked, *, loaded: Loaded, key_id: str) -> bytes:
        """The record of one article as JSON, remembered for the corrections of `key_id`."""
        if article.chars > LONG_CHARS:
            (line,) = await self.records([article], asked, loaded=loaded, received=self.clock(), key_id=key_id)
            return line
        line = await self.together.record(article, (asked, loaded))
        self.predictions.add(key_id, article, line)
        return line

    async def records(
        self, articles: Sequence[Article], asked: Asked, *, loaded: Loaded, received: datetime, key_id: str = ""
    ) -> list[bytes]:
        """The records of articles, each as JSON, order kept, all of one model; other clients get their turn in between.

        They are remembered for the corrections of `key_id`, and counted as served, if one is given.
        """
        lines: list[bytes] = []
        for start in range(0, len(articles), AT_ONCE):
            part = articles[start : start + AT_ONCE]
            if sum(article.chars for article in part) > LARGE_CHARS:
                decisions, made = await asyncio.to_thread(self._records, part, asked, loaded, received)
            else:
                decisions, made = self._records(part, asked, loaded, received)
                if len(articles) > AT_ONCE:
                    await asyncio.sleep(0)
            lines += made
            if key_id:  # what is routed for a correction was served before
                self._count(decisions, received)
        if key_id:
            for article, line in zip(articles, lines, strict=True):
                self.predictions.add(key_id, article, line)
        return lines

    def _records_now(self, articles: Sequence[Article], call: tuple[Asked, Loaded]) -> list[bytes]:
        received = self.clock()
        decisions, lines = self._records(articles, *call, received)
        self._count(decisions, received)
        return lines

    def _count(self, decisions: Sequence[Decision], received: datetime) -> None:
        day = local(received).date()
        for decision in decisions:
            self.traffic.add(of_decision(decision, day=day))

    def _records(
        self, articles: Sequence[Article], asked: Asked, loaded: Loaded, received: datetime
    ) -> tuple[list[Decision], list[bytes]]:
        decisions = run(articles, engine=loaded.engine, at=asked.at, received=received, evidence=asked.evidence)
        self.metrics.decided(decisions)
        return decisions, [orjson.dumps(to_record(decision)) for decision in decisions]

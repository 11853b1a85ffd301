"""What the routes share: the engine, the settings, the counters; and the one place where they call the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from nlp.organisation import OrganisationError
from nlp.pipeline import Engine, run
from nlp.record import to_record
from nlp.types import Article
from serve.api.access import Access
from serve.api.bodies import Asked
from serve.api.limits import Limits
from serve.api.logs import LOG
from serve.api.metrics import Metrics
from serve.api.predictions import Predictions
from serve.api.problems import Fault, invalid
from serve.api.together import AT_ONCE, Together
from serve.settings import Settings
from serve.store import Store

LONG_CHARS = 8_000
"""A longer article is routed alone: sixteen of them would keep others waiting."""
LARGE_CHARS = 40_000
"""From here on an article takes milliseconds, and goes to a thread."""


@dataclass(slots=True, kw_only=True)
class Service:
    """One server. `manifest` and `card` describe the engine's model; `clock` says when an article was received."""

    settings: Settings
    engine: Engine
    manifest: dict[str, Any]
    card: str
    clock: Callable[[], datetime]
    metrics: Metrics
    store: Store
    access: Access
    limits: Limits
    ready: bool = False
    predictions: Predictions = field(default_factory=Predictions)
    units: dict[date, bytes] = field(default_factory=dict)
    together: Together = field(init=False)

    def __post_init__(self) -> None:
        self.together = Together(self._records_now)

    def warm_up(self) -> None:
        """Route one article, so that nobody waits for compiled code or the calendar of days off."""
        article = Article(id="warm", title="Giá xăng tăng từ chiều nay", body="Quy\u0301 I, nhu cầu xăng dầu tăng nhẹ.")
        try:
            run([article], engine=self.engine, received=self.clock())
        except Exception:
            LOG.exception("not warm")  # the server lives, and says to all that it is not ready
            return
        self.ready = True

    def check(self, asked: Asked) -> None:
        """Raise Problem where the organisation of the day asked for is not known."""
        if asked.at is not None:
            try:
                self.engine.organisation.at(asked.at)
            except OrganisationError as error:
                raise invalid([Fault("?at", str(error))]) from None

    async def record(self, article: Article, asked: Asked, *, key_id: str) -> bytes:
        """The record of one article as JSON, remembered for the corrections of `key_id`."""
        if _size(article) > LONG_CHARS:
            (line,) = await self.records([article], asked, received=self.clock())
        else:
            line = await self.together.record(article, asked)
        self.predictions.add(key_id, article.id, line)
        return line

    async def records(
        self, articles: Sequence[Article], asked: Asked, *, received: datetime, key_id: str = ""
    ) -> list[bytes]:
        """The records of articles, each as JSON, order kept; other clients get their turn in between.

        They are remembered for the corrections of `key_id`, if one is given.
        """
        lines: list[bytes] = []
        for start in range(0, len(articles), AT_ONCE):
            part = articles[start : start + AT_ONCE]
            if sum(map(_size, part)) > LARGE_CHARS:
                lines += await asyncio.to_thread(self._records, part, asked, received)
            else:
                lines += self._records(part, asked, received)
                if len(articles) > AT_ONCE:
                    await asyncio.sleep(0)
        if key_id:
            for article, line in zip(articles, lines, strict=True):
                self.predictions.add(key_id, article.id, line)
        return lines

    def _records_now(self, articles: Sequence[Article], asked: Asked) -> list[bytes]:
        return self._records(articles, asked, self.clock())

    def _records(self, articles: Sequence[Article], asked: Asked, received: datetime) -> list[bytes]:
        decisions = run(articles, engine=self.engine, at=asked.at, received=received, evidence=asked.evidence)
        self.metrics.decided(decisions)
        return [orjson.dumps(to_record(decision)) for decision in decisions]


def _size(article: Article) -> int:
    return len(article.title) + len(article.lead) + len(article.body)

"""Client and AsyncClient: the same steps, driven with and without waiting."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from datetime import date
from types import TracebackType
from typing import Self, TypeVar, cast

import httpx2

from nlp.record_types import Record
from serve.client.core import Outcome, Send, Steps
from serve.client.errors import ItemError
from serve.client.options import Options
from serve.client.routes import Asked, Routes, Windows, encoded, on_day
from serve.client.types import Article, Correction, Decided, ModelFacts, Topics, Units

TIMEOUT, WINDOW = 60.0, 100
Value = TypeVar("Value")


class Client:
    """The API at `url`, e.g. "https://may-chu.example"; threads may share it. Close it, or use it in a `with`.

    key: else that of DIEMBAO_KEY; a demo server needs none.
    timeout: seconds for one call with all its tries. Passing faults are tried again: no connection, silence, 429, 502,
        503 and 504, after what Retry-After asks for and a wait by chance that doubles from 0.25 to 8 seconds.
    allow_http: let the key travel unencrypted to another machine.
    transport: one of httpx2, for a proxy or certificates of one's own.
    Every method raises ClientError: ApiError, ConnectionFailed, NotDiembao or BadOption.
    """

    def __init__(
        self, url: str, *, key: str | None = None, timeout: float = TIMEOUT, allow_http: bool = False,
        transport: httpx2.BaseTransport | None = None, chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        """Connects to nothing yet. Raises BadOption."""
        options = Options(url=url, key=key, timeout=timeout, allow_http=allow_http, chance=chance, clock=clock)
        self._routes, self._sleep = Routes(options), sleep
        self._http = httpx2.Client(**options.for_http(), transport=transport)

    def route(
        self, article: Article, *, at: date | str | None = None, evidence: bool = True, request_id: str | None = None
    ) -> Record:
        """The record of one article, with the units of the day `at`. `request_id` stands in the server's log."""
        return self._run(self._routes.route(article, Asked(at=at, evidence=evidence), request_id))

    def batch(
        self, articles: Iterable[Article], *, at: date | str | None = None, evidence: bool = True,
        request_id: str | None = None,
    ) -> list[Record | ItemError]:  # fmt: skip
        """A record or an error for each article, in their order; up to 1,000 at once."""
        return self._run(self._routes.batch(map(encoded, articles), Asked(at=at, evidence=evidence), request_id))

    def stream(
        self, articles: Iterable[Article], *, at: date | str | None = None, evidence: bool = True, window: int = WINDOW
    ) -> Iterator[Record | ItemError]:
        """The same for any number, as batches of `window` one after the other: no more than one is in memory.

        Each batch has the whole `timeout` and its own tries, so that a long stream outlives a restart of the server.
        """
        windows, asked = Windows(window), Asked(at=at, evidence=evidence)
        for article in articles:
            for full in windows.add(article):
                yield from self._run(self._routes.batch(full, asked, None))
        for last in windows.rest():
            yield from self._run(self._routes.batch(last, asked, None))

    def correct(
        self, article: Article | str, *, decided: Decided, reason: str, actor: str = "",
        idempotency_key: str | None = None, request_id: str | None = None,
    ) -> Correction:  # fmt: skip
        """Keep what a person decided about an article, or the id of one that this key had routed lately.

        It is kept once however often it is sent; name an `idempotency_key` to hold that over calls of your own too.
        """
        return self._run(
            self._routes.correct(
                article, decided=decided, reason=reason, actor=actor, idempotency_key=idempotency_key,
                request_id=request_id,
            )
        )  # fmt: skip

    def topics(self) -> Topics:
        """The topics and levels of urgency. This, units and model are fetched again only when they have changed."""
        return cast(Topics, self._run(self._routes.reference("/v1/topics", {})))

    def units(self, *, at: date | str | None = None) -> Units:
        """The organisation of a day, else of today."""
        return cast(Units, self._run(self._routes.reference("/v1/units", on_day(at))))

    def model(self) -> ModelFacts:
        """The model that answers."""
        return cast(ModelFacts, self._run(self._routes.reference("/v1/model", {})))

    def ready(self) -> bool:
        """Whether the server takes requests now; asks once. Raises ApiError where something else answers."""
        return self._run(self._routes.ready())

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._routes.options.url!r})"

    def _run(self, steps: Steps[Value]) -> Value:
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                return cast(Value, done.value)
            outcome = self._send(step) if isinstance(step, Send) else self._sleep(step.seconds)

    def _send(self, step: Send) -> Outcome:
        try:
            return self._http.request(**step.for_http())
        except httpx2.RequestError as error:
            return error


class AsyncClient:
    """Client with methods to await; `stream` takes plain and asynchronous iterables. See there for what they do."""

    def __init__(
        self, url: str, *, key: str | None = None, timeout: float = TIMEOUT, allow_http: bool = False,
        transport: httpx2.AsyncBaseTransport | None = None, chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        """Connects to nothing yet. Raises BadOption."""
        options = Options(url=url, key=key, timeout=timeout, allow_http=allow_http, chance=chance, clock=clock)
        self._routes, self._sleep = Routes(options), sleep
        self._http = httpx2.AsyncClient(**options.for_http(), transport=transport)

    async def route(
        self, article: Article, *, at: date | str | None = None, evidence: bool = True, request_id: str | None = None
    ) -> Record:
        """See Client.route."""
        return await self._run(self._routes.route(article, Asked(at=at, evidence=evidence), request_id))

    async def batch(
        self, articles: Iterable[Article], *, at: date | str | None = None, evidence: bool = True,
        request_id: str | None = None,
    ) -> list[Record | ItemError]:  # fmt: skip
        """See Client.batch."""
        return await self._run(self._routes.batch(map(encoded, articles), Asked(at=at, evidence=evidence), request_id))

    async def stream(
        self, articles: Iterable[Article] | AsyncIterable[Article], *, at: date | str | None = None,
        evidence: bool = True, window: int = WINDOW,
    ) -> AsyncIterator[Record | ItemError]:  # fmt: skip
        """See Client.stream."""
        windows, asked = Windows(window), Asked(at=at, evidence=evidence)
        async for article in _each(articles):
            for full in windows.add(article):
                for result in await self._run(self._routes.batch(full, asked, None)):
                    yield result
        for last in windows.rest():
            for result in await self._run(self._routes.batch(last, asked, None)):
                yield result

    async def correct(
        self, article: Article | str, *, decided: Decided, reason: str, actor: str = "",
        idempotency_key: str | None = None, request_id: str | None = None,
    ) -> Correction:  # fmt: skip
        """See Client.correct."""
        return await self._run(
            self._routes.correct(
                article, decided=decided, reason=reason, actor=actor, idempotency_key=idempotency_key,
                request_id=request_id,
            )
        )  # fmt: skip

    async def topics(self) -> Topics:
        """See Client.topics."""
        return cast(Topics, await self._run(self._routes.reference("/v1/topics", {})))

    async def units(self, *, at: date | str | None = None) -> Units:
        """See Client.units."""
        return cast(Units, await self._run(self._routes.reference("/v1/units", on_day(at))))

    async def model(self) -> ModelFacts:
        """See Client.model."""
        return cast(ModelFacts, await self._run(self._routes.reference("/v1/model", {})))

    async def ready(self) -> bool:
        """See Client.ready."""
        return await self._run(self._routes.ready())

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._routes.options.url!r})"

    async def _run(self, steps: Steps[Value]) -> Value:
        outcome: Outcome = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                return cast(Value, done.value)
            outcome = await (self._send(step) if isinstance(step, Send) else self._sleep(step.seconds))

    async def _send(self, step: Send) -> Outcome:
        try:
            return await self._http.request(**step.for_http())
        except httpx2.RequestError as error:
            return error


async def _each(articles: Iterable[Article] | AsyncIterable[Article]) -> AsyncIterator[Article]:
    if isinstance(articles, AsyncIterable):
        async for article in articles:
            yield article
    else:
        for article in articles:
            yield article

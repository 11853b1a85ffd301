"""Both clients under one face, and a made-up server and clock for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from serve.client import AsyncClient, Client

URL = "https://diembao.example"
KEY = "db_0123456789ab_biMatKhongDuocLo"


class Awaited:
    """AsyncClient as if it were Client: awaits every method to its end. A stream comes one by one."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.client, name)
        if name == "stream":
            return lambda *given, **named: one_by_one(method(*given, **named))
        return lambda *given, **named: asyncio.run(method(*given, **named))

    def __repr__(self) -> str:
        return repr(self.client)


def one_by_one(values: AsyncIterator[Any]) -> Iterator[Any]:
    """The values of an asynchronous iterator, each taken when it is asked for."""
    with asyncio.Runner() as runner:
        while True:
            try:
                yield runner.run(anext(values))  # type: ignore[arg-type]
            except StopAsyncIteration:
                return


Either = Client | Awaited


@dataclass
class World:
    """A server that gives `answers` in turn, the last for ever; a clock that moves by sleeping alone."""

    answers: list[httpx2.Response | Exception]
    requests: list[httpx2.Request] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    now: float = 0.0

    def client(self, kind: str, *, url: str = URL, chance: float = 0.5, **options: Any) -> Either:
        """A client of this world; `kind` is "sync" or "async"."""
        given = {
            "key": KEY, "transport": httpx2.MockTransport(self._answer), "chance": lambda: chance,
            "clock": lambda: self.now, **options,
        }  # fmt: skip
        if kind == "sync":
            return Client(url, sleep=self._sleep, **given)
        return Awaited(AsyncClient(url, sleep=self._sleep_async, **given))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    async def _sleep_async(self, seconds: float) -> None:
        self._sleep(seconds)


def problem(status: int, *, headers: dict[str, str] | None = None, **facts: Any) -> httpx2.Response:
    """An answer as the API refuses."""
    said = {"type": "urn:diembao:problem:x", "title": "Không được", "status": status, "detail": "vì thế", **facts}
    return httpx2.Response(status, headers=headers, json=said)

"""Single articles that came in at the same time, routed in one call: among sixteen an article costs half as much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from nlp.types import Article
from serve.api.bodies import Asked

AT_ONCE = 16
"""Articles routed between two looks at other clients: about 3 ms."""

Answer = Callable[[Sequence[Article], Asked], list[bytes]]
Waiting = tuple[Article, "asyncio.Future[bytes]"]


class Together:
    """Hands articles to `answer`, at most AT_ONCE a call, all of a call asked alike.

    Nobody waits for others to come: a call takes those that were read in the same round of the event loop.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._waiting: dict[Asked, list[Waiting]] = {}

    async def record(self, article: Article, asked: Asked) -> bytes:
        """The record of one article. Raises what `answer` raises for this article, not what it raises for another."""
        loop = asyncio.get_running_loop()
        record: asyncio.Future[bytes] = loop.create_future()
        if asked not in self._waiting:
            self._waiting[asked] = []
            loop.call_soon(self._go, asked)
        self._waiting[asked].append((article, record))
        return await record

    def _go(self, asked: Asked) -> None:
        waiting = self._waiting.pop(asked)
        group, rest = waiting[:AT_ONCE], waiting[AT_ONCE:]
        if rest:
            self._waiting[asked] = rest
            asyncio.get_running_loop().call_soon(self._go, asked)
        self._settle([one for one in group if not one[1].done()], asked)  # done: its request was cancelled

    def _settle(self, group: list[Waiting], asked: Asked) -> None:
        try:
            lines = self._answer([article for article, _ in group], asked)
        except Exception as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for one in group:
                self._settle([one], asked)
            return
        for (_, record), line in zip(group, lines, strict=True):
            record.set_result(line)

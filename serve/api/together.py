"""Single articles that came in at the same time, routed in one call: among sixteen an article costs half as much."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

from nlp.types import Article

AT_ONCE = 16
"""Articles routed between two looks at other clients: about 3 ms."""

Call = TypeVar("Call", bound=Hashable)
Waiting = tuple[Article, "asyncio.Future[bytes]"]


class Together(Generic[Call]):
    """Hands articles to `answer`, at most AT_ONCE a time, all of one `call`: what was asked, of which model.

    Nobody waits for others to come: each time takes those that were read in the same round of the event loop.
    """

    def __init__(self, answer: Callable[[Sequence[Article], Call], list[bytes]]) -> None:
        self._answer = answer
        self._waiting: dict[Call, list[Waiting]] = {}

    async def record(self, article: Article, call: Call) -> bytes:
        """The record of one article. Raises what `answer` raises for this article, not what it raises for another."""
        loop = asyncio.get_running_loop()
        record: asyncio.Future[bytes] = loop.create_future()
        if call not in self._waiting:
            self._waiting[call] = []
            loop.call_soon(self._go, call)
        self._waiting[call].append((article, record))
        return await record

    def _go(self, call: Call) -> None:
        waiting = self._waiting.pop(call)
        group, rest = waiting[:AT_ONCE], waiting[AT_ONCE:]
        if rest:
            self._waiting[call] = rest
            asyncio.get_running_loop().call_soon(self._go, call)
        self._settle([one for one in group if not one[1].done()], call)  # done: its request was cancelled

    def _settle(self, group: list[Waiting], call: Call) -> None:
        try:
            lines = self._answer([article for article, _ in group], call)
        except Exception as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for one in group:
                self._settle([one], call)
            return
        for (_, record), line in zip(group, lines, strict=True):
            record.set_result(line)

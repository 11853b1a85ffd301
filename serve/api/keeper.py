"""Writes the sums of served articles to the store, once a minute and off the way of any request, for `diembao drift`.

What a process that is killed had not yet written is lost: a minute's articles, more only where the disk took nothing
for longer. A server that ends in order loses nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from serve.api.logs import LOG
from serve.api.service import Service
from serve.store import StoreError

SECONDS = 60.0


class Keeper:
    """Keeps `service.traffic`. Sums that the disk does not take stay in memory, and are tried again."""

    def __init__(self, service: Service, *, seconds: float = SECONDS) -> None:
        self._service, self._seconds = service, seconds
        self._ending = asyncio.Event()
        self._is_failing = False

    def stop(self) -> None:
        """Let `run` write once more and end."""
        self._ending.set()

    async def run(self) -> None:
        """Until it is stopped."""
        while not self._ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), self._seconds)
            await self.write()

    async def write(self) -> None:
        """Write what was counted since the last time. Never raises."""
        service = self._service
        cells = service.traffic.take()
        if not cells:
            return
        try:
            await asyncio.to_thread(service.store.add_served, cells)
        except StoreError as error:
            service.traffic.put(cells)
            if not self._is_failing:
                LOG.error("served articles not kept", extra={"facts": {"reason": type(error.__cause__).__name__}})
            self._is_failing = True
        else:
            self._is_failing = False

"""The life of the model: the first is proven before the server is ready, the next is loaded aside and swapped in.

A later model never ends the server. One that cannot be loaded or fails the golden articles is refused, once, and the
one that answers goes on.
"""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Callable
from dataclasses import replace

from models import golden
from models.registry import NoChampion, RegistryError
from nlp.errors import DiembaoError
from nlp.pipeline import run
from nlp.types import Article
from serve.api.loaded import Candidate, Loaded, Refusal
from serve.api.logs import LOG
from serve.api.service import Service
from serve.api.sources import Source

WARM = Article(id="warm", title="Giá xăng tăng từ chiều nay", body="Quy\u0301 I, nhu cầu xăng dầu tăng nhẹ.")
"""Takes the ways that no golden article takes: a repair, and the days off of this year."""
_FOLDERS = re.compile(r"/\S*/")


class Watcher:
    """Keeps `service.loaded` the newest sound model of `source`; without a source, the first one for good.

    `give_up` is called with the reason where the first model must not answer; `seconds` lie between looks, 0: never.
    """

    def __init__(
        self, service: Service, source: Source | None, *, seconds: float, give_up: Callable[[str], None]
    ) -> None:
        self._service, self._source, self._seconds, self._give_up = service, source, seconds, give_up
        self._suspect: Candidate | None = None
        self._bad_looks = 0

    async def run(self) -> None:
        """Until it is cancelled."""
        await self.begin()
        while self._service.ready and self._source and self._seconds:
            await asyncio.sleep(self._seconds)
            await self.look()

    async def begin(self) -> None:
        """Prove the first model, look once, and only then let requests in: nobody waits for compiled code."""
        first = self._service.loaded
        try:
            await asyncio.to_thread(self._prove, first)
        except Exception as error:
            LOG.error("first model refused", extra={"facts": {"reason": _reason(error)}})
            self._give_up(str(error))
            return
        self._service.metrics.model(None, first)
        LOG.info("model ready", extra={"facts": first.document()})
        await self.look()
        gc.freeze()  # what a loaded server is made of stays: the collector need not walk over it again and again
        self._service.ready = True

    async def look(self) -> None:
        """Look once: nothing new, a swap, a refusal, or a source that cannot be asked. Never raises."""
        service, outage = self._service, ""
        try:
            if self._source is not None:
                await self._consider(await asyncio.to_thread(self._source))
        except Exception as error:
            outage = _reason(error)
            if outage != service.outage:
                detail = getattr(error, "detail", "")
                facts = {"reason": outage, "detail": detail}
                if isinstance(error, NoChampion):  # before the first promotion nothing is lost
                    LOG.info("no champion", extra={"facts": facts})
                else:
                    LOG.error("model source lost", extra={"facts": facts})
        if service.outage and not outage:
            LOG.info("model source back")
        service.outage = outage
        service.metrics.newest(answers=not outage and service.refused is None)

    async def _consider(self, candidate: Candidate) -> None:
        """Take a candidate or refuse it. Raises RegistryError where it could not be got, no fault of its own."""
        service = self._service
        if candidate == service.loaded.origin:
            service.refused = None
            return
        if service.refused is not None and candidate == service.refused.candidate:
            return
        try:
            loaded = await asyncio.to_thread(self._load, candidate)
        except RegistryError:
            raise
        except Exception as error:
            self._doubt(candidate, _reason(error))
        else:
            self._take(loaded)

    def _load(self, candidate: Candidate) -> Loaded:
        loaded = candidate.load(at=self._service.clock())
        if loaded.fingerprint != self._service.loaded.fingerprint:
            self._prove(loaded)
        return loaded

    def _prove(self, loaded: Loaded) -> None:
        golden.prove(loaded.engine)
        run([WARM], engine=loaded.engine, received=self._service.clock())

    def _take(self, loaded: Loaded) -> None:
        """The swap: one assignment in the event loop. Requests on their way keep the model that they took."""
        service, old = self._service, self._service.loaded
        service.refused = None
        if loaded.fingerprint == old.fingerprint:  # written again, or changed back: the same bytes
            service.loaded = replace(old, origin=loaded.origin)
            return
        service.loaded = loaded
        service.metrics.model(old, loaded)
        LOG.info("model swapped", extra={"facts": {**loaded.document(), "before": old.document()}})

    def _doubt(self, candidate: Candidate, reason: str) -> None:
        """Refuse a candidate that so many looks in a row found bad as its kind asks for."""
        self._bad_looks = self._bad_looks + 1 if candidate == self._suspect else 1
        self._suspect = candidate
        if self._bad_looks < candidate.looks:
            return
        service = self._service
        service.refused = Refusal(candidate, reason, service.clock())
        service.metrics.model_refused()
        LOG.error("model refused", extra={"facts": {"candidate": candidate.name, "reason": reason}})


def _reason(error: Exception) -> str:
    """What an error says, without the folders of this machine: it is shown to whoever may ask whether we are ready."""
    text = str(error) if isinstance(error, DiembaoError) else f"{type(error).__name__}: {error}"
    return _FOLDERS.sub("", text)

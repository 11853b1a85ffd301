"""Models swapped under load: does a request fail, does an answer mix two models?"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import orjson

from benchmarks.serving.clients import Connection, request
from benchmarks.serving.servers import Server, diembao
from models.artifacts import ARRAYS, CARD, POLICY, RELEASE, read_manifest, save

CLIENTS = 4
"""Of each kind: with single articles, with batches."""
PATIENCE = 60.0


@dataclass(slots=True)
class Seen:
    """What the clients saw. `versions`: answers by model."""

    answers: int = 0
    records: int = 0
    failed: int = 0
    mixed: int = 0
    versions: Counter[str] = field(default_factory=Counter)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, status: int, body: bytes, wanted: int) -> None:
        """Count one answer; `wanted` is how many records it should have."""
        self.answers += 1
        answer = orjson.loads(body) if status == 200 else {}
        records = [one.get("record", {}) for one in answer["results"]] if "results" in answer else [answer]
        models = {record.get("model", "") for record in records}
        self.records += len(records)
        self.failed += status != 200 or len(records) != wanted or "" in models
        self.mixed += len(models) > 1
        if not models <= self.versions.keys():
            self.changed.set()
        self.versions.update(models)


def measure(folder: Path, singles: Sequence[bytes], batches: Sequence[bytes], *, swaps: int) -> Seen:
    """Swap the model `swaps` times while clients ask; ends when each new version has answered."""
    model = Path(tempfile.mkdtemp(dir=folder, prefix="model-"))
    shutil.copytree(RELEASE, model, dirs_exist_ok=True)
    with diembao("swapped", folder, DIEMBAO_MODEL=str(model), DIEMBAO_MODEL_SECONDS="0.5") as server:
        return asyncio.run(_measure(server, model, singles, batches, swaps=swaps))


async def _measure(
    server: Server, model: Path, singles: Sequence[bytes], batches: Sequence[bytes], *, swaps: int
) -> Seen:
    seen, over = Seen(), asyncio.Event()
    size = len(orjson.loads(batches[0])["articles"])

    async def client(bodies: Sequence[bytes], first: int, path: str, wanted: int) -> None:
        connection = await Connection.open(server)
        for content in islice(cycle([request(server, body, path=path) for body in bodies]), first, None):
            if over.is_set():
                return connection.close()
            try:
                seen.note(*await connection.ask(content), wanted)
            except (OSError, asyncio.IncompleteReadError):
                seen.failed += 1
                connection = await Connection.open(server)
        return None

    tasks = [asyncio.create_task(client(singles, 97 * i, "/v1/route", 1)) for i in range(CLIENTS)]
    tasks += [asyncio.create_task(client(batches, 7 * i, "/v1/route/batch", size)) for i in range(CLIENTS)]
    await _another(seen)
    for number in range(swaps):
        seen.changed.clear()
        await asyncio.to_thread(_write, model, f"swap-{number + 1}")
        await _another(seen)
    over.set()
    await asyncio.gather(*tasks)
    return seen


async def _another(seen: Seen) -> None:
    """Until a model answers that has not answered before, and a second more."""
    try:
        await asyncio.wait_for(seen.changed.wait(), PATIENCE)
    except TimeoutError:
        raise RuntimeError(f"no new model within {PATIENCE:g} seconds; so far: {dict(seen.versions)}") from None
    await asyncio.sleep(1)


def _write(folder: Path, version: str) -> None:
    """The released model under another name, over the one that is watched."""
    with np.load(RELEASE / "model.npz") as data:
        arrays = {name: data[name] for name in ARRAYS}
    policy, card = ((RELEASE / name).read_text("utf-8") for name in (POLICY, CARD))
    save(folder, arrays=arrays, manifest={**read_manifest(RELEASE), "version": version}, policy=policy, card=card)

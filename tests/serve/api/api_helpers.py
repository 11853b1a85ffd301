"""Apps of a given engine, and articles for them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

from models.artifacts import read_manifest
from nlp.pipeline import Engine
from nlp.types import VIETNAM
from serve.api.app import create_app
from serve.api.loaded import Loaded
from serve.api.sources import folder
from serve.keys import make_key
from serve.settings import Settings
from serve.store import Store

NOW = datetime(2025, 4, 2, 9, 30, tzinfo=VIETNAM)


def make_app(engine: Engine, model: Path, database: Path, **settings: object) -> FastAPI:
    """An app, in demo mode unless told otherwise, whose clock stands still, and which looks for no other model."""
    loaded = Loaded(
        engine=engine, manifest=read_manifest(model), card="# Thẻ", fingerprint="0", origin=folder(model), loaded_at=NOW
    )
    chosen = Settings(**{"demo": True, **settings})
    return create_app(chosen, loaded=loaded, store=Store(database), clock=lambda: NOW)


def until_ready(client: TestClient | httpx2.Client) -> TestClient | httpx2.Client:
    """The client, once its server is warm."""
    for _ in range(600):
        if client.get("/readyz").status_code == 200:
            return client
        time.sleep(0.05)
    raise AssertionError("the server does not get ready")


@dataclass
class Server:
    """`diembao serve` with the tiny model, as a process of its own."""

    model: Path
    folder: Path
    demo: bool = True

    def __post_init__(self) -> None:
        self.database = self.folder / "diembao.db"
        mode = ["--demo"] if self.demo else []
        words = ["-m", "serve.cli", "serve", *mode, "--model", str(self.model), "--database", str(self.database)]
        self.command = [sys.executable, *words]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen([*self.command, "--port", str(self.port)], stderr=self._log)
        for _ in range(1200):
            assert self.process.poll() is None, self.log()
            try:
                if httpx2.get(f"{self.url}/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server does not get ready")

    def make_key(self, *scopes: str) -> str:
        """A key of its database, as `diembao keys create` makes it."""
        key, text = make_key(name="Cổng thử", scopes=scopes, at=NOW.isoformat())
        store = Store(self.database)
        store.add_key(key)
        store.close()
        return text

    def stop(self, number: int) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def log(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def close(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait(60)
        self._log.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

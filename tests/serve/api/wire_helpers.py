"""A server behind a real socket, asked in bytes."""

from __future__ import annotations

import json
import logging
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import uvicorn
from api_helpers import make_app, until_ready
from fastapi import FastAPI

from nlp.pipeline import Engine
from serve.api.wire import configuration
from serve.commands.serve import listen
from serve.settings import Settings

HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /v1/route HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST
CLOSE = b"Connection: close\r\n"


@contextmanager
def serving(app: FastAPI, listener: socket.socket, *, loop: str = "asyncio") -> Iterator[uvicorn.Server]:
    """The app behind a real socket, in a thread, warm."""
    config = configuration(app, app.state.service.settings)
    config.loop = loop
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            until_ready(client)
        yield running
    finally:
        running.should_exit = True
        thread.join(60)
        listener.close()


@dataclass(frozen=True)
class Wire:
    """A server behind a socket with small buffers."""

    app: FastAPI
    server: uvicorn.Server
    port: int

    def connect(self) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        client.settimeout(60)
        client.connect(("127.0.0.1", self.port))
        return client

    def answer(self, sent: bytes) -> bytes:
        """Everything that comes back until the server closes."""
        with self.connect() as client:
            client.sendall(sent)
            return client.makefile("rb").read()


@contextmanager
def wired(engine: Engine, model: Path, folder: Path, *, loop: str, **patience: float) -> Iterator[Wire]:
    pytest.importorskip(loop)
    app = make_app(engine, model, folder / "d.db", rate=0, **patience)
    listener = listen(Settings(port=0, **patience))
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        listener.setsockopt(socket.SOL_SOCKET, option, 65_536)
    with serving(app, listener, loop=loop) as server:
        yield Wire(app, server, listener.getsockname()[1])


def taken_apart(answer: bytes) -> tuple[int, dict[str, str], dict[str, object]]:
    """Status, headers and JSON of one answer."""
    head, _, content = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert len(content) == int(headers["content-length"])
    return int(first.split()[1]), headers, json.loads(content)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Requests(logging.Handler):
    """What the server logs: `next` waits for the next request or refusal; `tracebacks` should stay empty."""

    def __init__(self) -> None:
        super().__init__()
        self.tracebacks: list[logging.LogRecord] = []
        self._facts: queue.Queue[dict[str, object]] = queue.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        """One line of the log."""
        if record.exc_info:
            self.tracebacks.append(record)
        if facts := getattr(record, "facts", None):
            self._facts.put(facts)

    def next(self, route: str) -> int:
        """The status of the next request of a route."""
        while (facts := self._facts.get(timeout=60)).get("route") != route:
            pass
        return int(str(facts["status"]))

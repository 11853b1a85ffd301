"""The connection below the app: broken HTTP gets a problem for an answer, and nobody holds a connection idly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serve.api.envelope import new_request_id
from serve.api.headers import WHOLE
from serve.api.logs import LOG
from serve.api.problems import HEAD_TOO_LARGE, MEDIA_TYPE, NOT_HTTP, SLOW_HEAD, Problem, body
from serve.settings import Settings

MAX_HEAD_BYTES = 65_536
"""Request line and headers; also what may come between two pieces of a body. llhttp, the parser, has no limit."""
IDLE_SECONDS = 75
"""How long a connection may rest between two requests: longer than the 60 s of usual proxies, which would otherwise
send the next request into a connection that is being closed."""
LINGER_SECONDS = 2.0
"""How long a refused connection is still read: closing over unread bytes resets it, and the answer would be lost."""
OTHER = "other"

Observe = Callable[[str, str, int, float], None]


def configuration(app: FastAPI, settings: Settings) -> Config:
    """How uvicorn serves the app of `create_app`."""
    connection: Any = partial(Connection, settings=settings, observe=app.state.service.metrics.request)
    return Config(
        app,
        http=connection,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # who asks is known by the key, not by the address
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=settings.drain_seconds,
    )


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with a limit of time and size for the head of a request, and refusals as problems.

    It inherits because uvicorn answers broken HTTP here, below any app, and offers no other place to say how.
    """

    def __init__(self, *given: Any, settings: Settings, observe: Observe, **more: Any) -> None:
        super().__init__(*given, **more)
        self._seconds, self._observe = settings.head_seconds, observe
        self._clock: asyncio.TimerHandle | None = None
        self._is_in_head = self._is_refused = False
        self._loose = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self._clock = self.loop.call_later(self._seconds, self._end_patience)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse. While no request is being answered, the next one has `head_seconds` to get whole."""
        if self._is_refused:
            return
        self._loose += len(data)
        super().data_received(data)
        if self._is_refused:
            return
        if self._loose > MAX_HEAD_BYTES:
            self._refuse(_head_too_large())
        elif self.cycle is not None and not self.cycle.response_complete:
            self._stop_clock()
        elif self._clock is None:
            self._clock = self.loop.call_later(self._seconds, self._end_patience)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._is_in_head, self._loose = False, 0
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > MAX_HEAD_BYTES:
            self._refuse(_head_too_large())
            raise ValueError("the head is too large")  # stops the parser
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._loose = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self.scope[WHOLE] = True  # type: ignore[literal-required]
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 — uvicorn's own words are for nobody
        """The parser has given up."""
        if not self._is_refused:
            self._refuse(Problem(NOT_HTTP, "dòng đầu, tiêu đề hoặc cách chia nội dung không đúng HTTP/1.1"))

    def _end_patience(self) -> None:
        if self._is_in_head:
            self._refuse(Problem(SLOW_HEAD, f"chưa nhận đủ phần đầu của yêu cầu sau {self._seconds:g} giây"))
        else:  # nothing was asked, or the rest of a body that has its answer already is still coming
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        """Answer below the app, and close; but what waits for its own answer gets that first, or none."""
        self._is_refused = True
        self._stop_clock()
        request_id, status = new_request_id().decode(), problem.kind.status
        LOG.warning("refused", extra={"facts": {"request_id": request_id, "status": status}})
        self._observe(OTHER, OTHER, status, 0.0)
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            self._end_with(_answer(problem, request_id))
        elif not cycle.more_body:  # bytes too many after a request, often a Content-Length in characters
            cycle.keep_alive = False
        elif cycle.response_started or self.pipeline:
            self.transport.close()
        else:
            self._end_with(_answer(problem, request_id))
            cycle.disconnected = True
            cycle.message_event.set()

    def _end_with(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.transport.write_eof()
        self._clock = self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None


def _head_too_large() -> Problem:
    return Problem(HEAD_TOO_LARGE, f"dòng đầu và các tiêu đề nhiều nhất {MAX_HEAD_BYTES} byte")


def _answer(problem: Problem, request_id: str) -> bytes:
    content = body(problem, request_id)
    head = (
        f"HTTP/1.1 {problem.kind.status} {HTTPStatus(problem.kind.status).phrase}\r\n"
        f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(content)}\r\nX-Request-ID: {request_id}\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + content

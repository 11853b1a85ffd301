"""Around every request: its id, its line in the log, its place in the metrics, and an answer to what nobody foresaw."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from itertools import count
from typing import Any

from serve.api import problems
from serve.api.bodies import ClientGone
from serve.api.headers import by_name
from serve.api.logs import LOG
from serve.api.problems import INTERNAL, Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Observe = Callable[[str, str, int, float], None]

_GOOD_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_PROCESS, _NUMBERS = os.urandom(10).hex().encode(), count(1)
"""An id of ours must be found again in the logs, and need not be a secret."""
NO_ROUTE = "other"
CLIENT_GONE = 499
"""The status under which logs and metrics count a client that left; nobody sees it as an answer."""


class Envelope:
    """The outermost ASGI layer. `observe` gets route, method, status and seconds of every request."""

    def __init__(self, app: App, *, observe: Observe) -> None:
        self.app, self.observe = app, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other protocols pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status, method = time.perf_counter(), 0, scope["method"]
        if method == "HEAD":  # as GET; the server still sees HEAD, and sends no body
            scope = {**scope, "method": "GET"}
        request_id = _request_id(scope)
        scope["request_id"] = request_id.decode()

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers.append((b"x-request-id", request_id))
                headers.append((b"x-content-type-options", b"nosniff"))
            await send(message)

        try:
            await self.app(scope, receive, send_named)
        except ClientGone:
            status = CLIENT_GONE
        except Exception:
            LOG.exception("unforeseen", extra={"facts": {"request_id": scope["request_id"]}})
            if status:
                raise  # the answer has begun; only breaking it off tells the client
            await _answer_unforeseen(scope, send_named)
        finally:
            self._note(scope, method, status, time.perf_counter() - start)

    def _note(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", NO_ROUTE)
        self.observe(route, method, status, seconds)
        facts = {
            "request_id": scope["request_id"],
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "key": scope.get("key_id", ""),
            "articles": scope.get("articles", 0),
        }
        LOG.info("request", extra={"facts": facts})


def _request_id(scope: Scope) -> bytes:
    """The client's own where it is harmless, else a new one."""
    given = by_name(scope).get(b"x-request-id", b"")
    return given if _GOOD_ID.fullmatch(given) else new_request_id()


def new_request_id() -> bytes:
    """An id of ours: 32 hexadecimal digits."""
    return b"%b%012x" % (_PROCESS, next(_NUMBERS))


async def _answer_unforeseen(scope: Scope, send: Send) -> None:
    problem = Problem(INTERNAL, "lỗi không lường trước; hãy báo lại mã yêu cầu (request_id)")
    content = problems.body(problem, scope["request_id"])
    headers = [(b"content-type", problems.MEDIA_TYPE.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": INTERNAL.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})

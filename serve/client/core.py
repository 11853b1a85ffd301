"""One call to the API from the request to its answer, without sending anything: both clients drive these steps.

Steps are a generator: it yields what to do next, is sent what came of it, and returns the answer. Every call may be
sent again, because reading changes nothing and a correction carries its idempotency key.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2

from serve.client.errors import (
    OF_STATUS,
    ApiError,
    ClientError,
    ConnectionFailed,
    NotDiembao,
    Problem,
    TooManyRequests,
    Unavailable,
)
from serve.client.options import Options

LOG = logging.getLogger("diembao.client")
FIRST_WAIT, LONGEST_WAIT = 0.25, 8.0
"""Seconds: bounds of the chance wait before the second try, and before any."""
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 35.0
"""Longer than the 30 after which the server gives up a batch itself."""
PASSING = (ConnectionFailed, TooManyRequests, Unavailable)
"""What may be over at the next try."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be sent. One that is not `patient` is tried once."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    is_patient: bool = True


@dataclass(frozen=True, slots=True)
class Send:
    """Do: send this, and wait in silence for `seconds` at most."""

    call: Call
    seconds: float

    def for_http(self) -> dict[str, Any]:
        """The arguments of httpx2's `request`."""
        call = self.call
        return {
            "method": call.method, "url": call.path, "params": call.params, "content": call.content,
            "headers": call.headers,
            "timeout": httpx2.Timeout(self.seconds, connect=min(CONNECT_SECONDS, self.seconds)),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wait:
    """Do: nothing, for so many seconds."""

    seconds: float


Outcome = httpx2.Response | httpx2.RequestError | None
Value = TypeVar("Value")
Steps = Generator[Send | Wait, Outcome, Value]


def ask(call: Call, options: Options) -> Steps[httpx2.Response]:
    """The answer to a call, of status 2xx or 304, tried again while that may help and time is left.

    Raises ApiError and ConnectionFailed: the last one, with a note of how often it was tried.
    """
    end, tries = options.clock() + options.timeout, 0
    while True:
        outcome = yield Send(call, max(0.1, min(SILENCE_SECONDS, end - options.clock())))
        tries += 1
        try:
            return judged(outcome, options.url)
        except ClientError as error:
            wait = _seconds_to_wait(error, tries, options)
            if not (call.is_patient and isinstance(error, PASSING) and options.clock() + wait < end):
                if tries > 1:
                    error.add_note(f"số lần đã thử: {tries}")
                raise
            LOG.info("thử lại sau %.1f giây: %s", wait, error)
        yield Wait(wait)


def _seconds_to_wait(error: ClientError, tries: int, options: Options) -> float:
    """What the server asks for, and on top a wait by chance, so that many clients do not come back at once."""
    asked = error.retry_after if isinstance(error, ApiError) else None
    return (asked or 0.0) + options.chance() * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tries - 1, 16))


def judged(outcome: Outcome, url: str) -> httpx2.Response:
    """The response, if it is a good one. Raises ApiError or ConnectionFailed."""
    if not isinstance(outcome, httpx2.Response):
        raise ConnectionFailed(url, f"{type(outcome).__name__}: {outcome}".rstrip(": ")) from outcome
    if outcome.is_success or outcome.status_code == httpx2.codes.NOT_MODIFIED:
        return outcome
    given = outcome.headers.get("retry-after", "")
    seconds = float(given) if given.isascii() and given.isdigit() else None
    raise OF_STATUS.get(outcome.status_code, ApiError)(_problem(outcome), seconds)


def _problem(response: httpx2.Response) -> Problem:
    try:
        return Problem.of({**response.json(), "status": response.status_code})
    except (ValueError, TypeError, KeyError, AttributeError):
        where = response.headers.get("location")
        detail = f"chuyển hướng đến {where}" if where else "không phải problem+json, nên có lẽ không phải của diembao"
        return Problem(response.status_code, "about:blank", response.reason_phrase, detail)


def parsed(response: httpx2.Response, url: str) -> Any:
    """The JSON object of a good response. Raises NotDiembao: a page to log in at, or another service."""
    try:
        value = response.json()
    except ValueError:
        raise NotDiembao(url, f"không phải JSON ({response.headers.get('content-type', 'không rõ kiểu')})") from None
    if not isinstance(value, dict):
        raise NotDiembao(url, "JSON không phải một đối tượng")
    return value

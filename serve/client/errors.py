"""What can go wrong between a program and the API: one tree under ClientError. No message ever holds the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from nlp.errors import DiembaoError


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of what was sent. `pointer` is #/title within the body, ?at within the query."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What the API says is wrong (RFC 9457). `type` is stable; the words are Vietnamese."""

    status: int
    type: str
    title: str
    detail: str
    errors: tuple[Fault, ...] = ()
    request_id: str = ""

    @classmethod
    def of(cls, document: dict[str, Any], *, seen_from: str = "") -> Self:
        """The problem of its JSON; unknown fields are left out. `seen_from`: the pointer that becomes "#"."""

        def near(text: object) -> str:
            return str(text).replace(seen_from, "#", 1) if seen_from else str(text)

        faults = [Fault(near(one["pointer"]), str(one["detail"])) for one in document.get("errors", [])]
        return cls(
            status=int(document["status"]),
            type=str(document.get("type", "about:blank")),
            title=str(document.get("title", "")),
            detail=near(document.get("detail", "")),
            errors=tuple(faults),
            request_id=str(document.get("request_id", "")),
        )

    def __str__(self) -> str:
        """For a traceback: all that one needs at night, in one line."""
        said = [self.detail, *(f"{fault.pointer}: {fault.detail}" for fault in self.errors)]
        number = f" [mã yêu cầu {self.request_id}]" if self.request_id else ""
        return f"{self.status} {self.title}: {'; '.join(dict.fromkeys(said))}{number}"


class ItemError(Problem):
    """One article of many that the API could not take. It stands at its place; pointers are seen from it: #/title."""

    __slots__ = ()


class ClientError(DiembaoError):
    """The root of all below."""


class BadOption(ClientError):
    """An option of the client that cannot be used; nothing was sent. Fact: `name`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name

    def __str__(self) -> str:
        """Name and reason."""
        return f"{self.args[0]}: {self.args[1]}"


class ConnectionFailed(ClientError):
    """No answer: no connection, or silence for too long. Facts: `url` of the server, `reason`."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url, self.reason = url, reason

    def __str__(self) -> str:
        """Where and why."""
        return f"không nhận được trả lời từ {self.url}: {self.reason}"


class NotDiembao(ClientError):
    """An answer that the API never gives: another server answers at this address. Facts: `url`, `reason`."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url, self.reason = url, reason

    def __str__(self) -> str:
        """Where and why."""
        return f"{self.url} không trả lời như diembao: {self.reason}"


class ApiError(ClientError):
    """The API refused. Facts: those of Problem, and `retry_after` in seconds where the server names it."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem, retry_after)
        self.problem, self.retry_after = problem, retry_after
        self.status, self.type, self.title = problem.status, problem.type, problem.title
        self.detail, self.errors, self.request_id = problem.detail, problem.errors, problem.request_id

    def __str__(self) -> str:
        """The problem in one line."""
        return str(self.problem)


class AccessDenied(ApiError):
    """401: the key is missing, wrong or revoked; 403: it may not do this."""


class NotFound(ApiError):
    """404: no such route, or an article that the server no longer remembers."""


class InvalidRequest(ApiError):
    """422: what was sent is wrong at `errors`."""


class TooManyRequests(ApiError):
    """429: the key asks more than its rate, and waiting longer than `timeout` would be needed."""


class Unavailable(ApiError):
    """502, 503, 504: not ready, too slow, or the proxy before it does not reach it."""


OF_STATUS: dict[int, type[ApiError]] = {
    401: AccessDenied, 403: AccessDenied, 404: NotFound, 422: InvalidRequest, 429: TooManyRequests,
    502: Unavailable, 503: Unavailable, 504: Unavailable,
}  # fmt: skip
"""Any other status is an ApiError."""

"""Every error of the API, in one form: problem+json, RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from nlp.errors import DiembaoError

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:diembao:problem:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: stable name, HTTP status, title for people."""

    name: str
    status: int
    title: str


MALFORMED = Kind("malformed", 400, "Yêu cầu không phải JSON đọc được")
NOT_HTTP = Kind("not-http", 400, "Yêu cầu không đúng HTTP")
UNAUTHORIZED = Kind("unauthorized", 401, "Cần một khóa API còn hiệu lực")
FORBIDDEN = Kind("forbidden", 403, "Khóa này không có quyền đó")
NOT_FOUND = Kind("not-found", 404, "Không có địa chỉ hoặc dữ liệu này")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, "Địa chỉ này không nhận phương thức đó")
SLOW_BODY = Kind("slow-body", 408, "Nội dung gửi quá chậm")
SLOW_HEAD = Kind("slow-head", 408, "Phần đầu yêu cầu gửi quá chậm")
TOO_LARGE = Kind("too-large", 413, "Yêu cầu quá lớn")
MEDIA_NOT_SUPPORTED = Kind("media-not-supported", 415, "Kiểu nội dung không được nhận")
INVALID = Kind("invalid", 422, "Dữ liệu không hợp lệ")
KEY_REUSED = Kind("idempotency-key-reused", 422, "Idempotency-Key đã dùng cho một nội dung khác")
TOO_MANY = Kind("too-many-requests", 429, "Quá nhiều bài trong một lúc")
HEAD_TOO_LARGE = Kind("head-too-large", 431, "Phần đầu yêu cầu quá lớn")
INTERNAL = Kind("internal", 500, "Lỗi của máy chủ")
NOT_READY = Kind("not-ready", 503, "Máy chủ chưa sẵn sàng")
TOO_SLOW = Kind("too-slow", 503, "Xử lý quá lâu")

KINDS = (MALFORMED, NOT_HTTP, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, SLOW_BODY, SLOW_HEAD, TOO_LARGE,
         MEDIA_NOT_SUPPORTED, INVALID, KEY_REUSED, TOO_MANY, HEAD_TOO_LARGE, INTERNAL, NOT_READY, TOO_SLOW)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a body or query. `pointer` is a JSON Pointer as a URI fragment; "#" is the whole."""

    pointer: str
    detail: str

    def below(self, prefix: str) -> Fault:
        """The same fault, seen from a document in which this one lies at `prefix`."""
        return Fault(f"#{prefix}{self.pointer[1:]}", self.detail)


class Problem(DiembaoError):
    """A request that is refused. Facts: `kind`, `detail`, `faults`, `headers` of the answer."""

    def __init__(
        self, kind: Kind, detail: str, *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.faults, self.headers = kind, detail, tuple(faults), dict(headers or {})

    def document(self, request_id: str = "") -> dict[str, Any]:
        """The problem as the client sees it; text of an article never enters it."""
        document: dict[str, Any] = {
            "type": TYPE_PREFIX + self.kind.name,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.faults:
            document["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults]
        if request_id:
            document["request_id"] = request_id
        return document


def invalid(faults: Sequence[Fault]) -> Problem:
    """The problem of a body or query that reads well and is wrong."""
    first = faults[0]
    return Problem(INVALID, f"{first.pointer}: {first.detail}", faults=faults)


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901) as a URI fragment; keys longer than any of ours are cut."""
    escaped = (str(part)[:80].replace("~", "~0").replace("/", "~1") for part in parts)
    return "#" + "".join(f"/{part}" for part in escaped)


def body(problem: Problem, request_id: str = "") -> bytes:
    """UTF-8 of the document; a lone surrogate of a key that the client made up becomes "?"."""
    return json.dumps(problem.document(request_id), ensure_ascii=False).encode("utf-8", "replace")


def answer(problem: Problem, request_id: str = "") -> Response:
    """The response of a problem."""
    return Response(body(problem, request_id), problem.kind.status, media_type=MEDIA_TYPE, headers=problem.headers)


async def answer_problem(request: Request, error: Exception) -> Response:
    """Exception handler for Problem."""
    assert isinstance(error, Problem)  # noqa: S101 — the app registers it for nothing else
    return answer(error, request.scope.get("request_id", ""))


async def answer_not_found(request: Request, _error: Exception) -> Response:
    """Exception handler for 404 of the router."""
    return answer(Problem(NOT_FOUND, "không có địa chỉ này; xem /docs"), request.scope.get("request_id", ""))


async def answer_not_allowed(request: Request, error: Exception) -> Response:
    """Exception handler for 405 of the router. Where GET is, HEAD is (serve.api.envelope)."""
    allowed = (getattr(error, "headers", None) or {}).get("Allow", "").replace("GET", "GET, HEAD")
    problem = Problem(METHOD_NOT_ALLOWED, f"phương thức được nhận: {allowed}", headers={"Allow": allowed})
    return answer(problem, request.scope.get("request_id", ""))

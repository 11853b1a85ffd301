"""The table of routes: one row a route, with the scope that it asks for and what OpenAPI says of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response

from serve.api.answers import DAY, TEXT, TRUE_OR_FALSE
from serve.api.openapi import answer, answer_header, body, header, parameter, problem
from serve.api.routes import corrections, health, reading, reference, stream
from serve.api.service import Service
from serve.keys import SCOPES

Handle = Callable[[Request, Service], Awaitable[Response]]
ROUTE, CORRECT, ADMIN = SCOPES

ASKED = {
    "parameters": [
        parameter(
            "at",
            "Đơn vị theo tổ chức ngày này, từ 2012-12-26; mặc định theo ngày đăng của bài, bài không ngày thì hôm nay",
            DAY,
        ),
        parameter("evidence", "Có tìm những từ ngữ dẫn đến kết luận không", {**TRUE_OR_FALSE, "default": True}),
    ]
}
KNOWN = header("If-None-Match", "ETag đã có; dữ liệu chưa đổi thì trả lời 304", TEXT)
AT = parameter("at", "Ngày cần xem, từ 2012-12-26; mặc định là hôm nay, giờ Việt Nam", DAY)
REPEATED = header("Idempotency-Key", "Gửi lại cùng khóa và cùng nội dung thì chỉ giữ một lần",
                  {"type": "string", "pattern": "^[!-~]{1,200}$"})  # fmt: skip
TAG = answer_header("ETag", "Gửi lại trong If-None-Match", {"type": "string", "pattern": '^"[0-9a-f]{32}"$'})
BODY_PROBLEMS = (400, 408, 413, 415, 422)


@dataclass(frozen=True, slots=True)
class Route:
    """A route. `scope` is None where no key is needed. `problems` are its statuses besides those that all have."""

    method: str
    path: str
    handle: Handle
    scope: str | None
    summary: str
    ok: dict[int | str, dict[str, Any]]
    problems: tuple[int, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    def responses(self) -> dict[int | str, dict[str, Any]]:
        """All answers, for OpenAPI."""
        keyed = (401, 403, 429, 503) if self.scope else ()
        return {**self.ok, **problem(*sorted({*self.problems, *keyed, 500}))}

    def openapi(self) -> dict[str, Any]:
        """What FastAPI cannot know."""
        return {**self.extra, **({"security": [{"key": []}], "x-scope": self.scope} if self.scope else {})}


def _reference(schema: str, description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {**answer(schema, description), **TAG}, 304: {"description": "Chưa đổi", **TAG}}


CORRECTED_BY_ID = {
    "links": {
        "correct": {
            "operationId": "correct",
            "description": "Sửa kết luận này, chỉ nêu mã",
            "requestBody": {"id": "$response.body#/id"},
        }
    }
}


ROUTES = (
    Route("POST", "/v1/route", reading.route, ROUTE, "Phân một bài: chủ đề, đơn vị chủ trì, mức khẩn, hạn",
          {200: {**answer("Record", "Kết luận; cùng dạng với diembao score"), **CORRECTED_BY_ID}}, BODY_PROBLEMS,
          {**ASKED, **body("ArticleIn")}),
    Route("POST", "/v1/route/batch", reading.batch, ROUTE, "Phân nhiều bài, nhiều nhất 1.000; thứ tự giữ nguyên",
          {200: answer("BatchOut", "Mỗi bài một kết luận hoặc một lỗi")}, BODY_PROBLEMS, {**ASKED, **body("BatchIn")}),
    Route("POST", "/v1/route/stream", stream.stream, ROUTE, "Phân một luồng bài: mỗi dòng JSON vào một dòng JSON ra",
          {200: answer("RecordOrStreamError", "Mỗi dòng một kết luận hoặc {error}; hãy đọc trong khi gửi",
                       media=stream.MEDIA_TYPES[0])},
          (415, 422), {**ASKED, **body("ArticleIn", media=stream.MEDIA_TYPES[0])}),
    Route("POST", "/v1/corrections", corrections.correct, CORRECT, "Gửi điều cán bộ đã quyết, để sửa kết luận của máy",
          {201: answer("CorrectionOut", "Đã ghi xuống đĩa")}, (*BODY_PROBLEMS, 404),
          {"parameters": [REPEATED], **body("CorrectionIn")}),
    Route("GET", "/v1/topics", reference.topics, ROUTE, "Các chủ đề và mức khẩn", _reference("TopicsOut", "Mã và tên"),
          (422,), {"parameters": [KNOWN]}),
    Route("GET", "/v1/units", reference.units, ROUTE, "Cơ cấu của Bộ trong một ngày",
          _reference("UnitsOut", "Như diembao org show --json"), (422,), {"parameters": [AT, KNOWN]}),
    Route("GET", "/v1/model", reference.model, ROUTE, "Mô hình đang trả lời: phiên bản, thẻ, số đo",
          _reference("ModelOut", "Phiên bản, dữ liệu, số đo, thẻ mô hình"), (422,), {"parameters": [KNOWN]}),
    Route("GET", "/healthz", health.healthz, None, "Tiến trình còn sống", {200: answer("HealthOut", "ok")}),
    Route("GET", "/readyz", health.readyz, None, "Mô hình đã sẵn sàng", {200: answer("ReadyOut", "ready")}, (503,)),
    Route("GET", "/metrics", health.metrics, ADMIN, "Số đo cho Prometheus",
          {200: {"description": "Dạng chữ của Prometheus", "content": {"text/plain": {"schema": {"type": "string"}}}}}),
)  # fmt: skip

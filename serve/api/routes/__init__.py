"""The table of routes: one row a route, with the scope that it asks for and what OpenAPI says of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response

from serve.api.openapi import answer, body, header, parameter, problem
from serve.api.routes import corrections, health, reading, reference, stream
from serve.api.service import Service
from serve.keys import SCOPES

Handle = Callable[[Request, Service], Awaitable[Response]]
ROUTE, CORRECT, ADMIN = SCOPES

DAY = {"type": "string", "format": "date"}
ASKED = {
    "parameters": [
        parameter(
            "at", "Đơn vị theo tổ chức ngày này; mặc định theo ngày đăng của bài, bài không ngày thì hôm nay", DAY
        ),
        parameter("evidence", "Có tìm những từ ngữ dẫn đến kết luận không", {"type": "boolean", "default": True}),
    ]
}
AT = {"parameters": [parameter("at", "Ngày cần xem; mặc định là hôm nay, giờ Việt Nam", DAY)]}
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


def _json(description: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": description, "content": {"application/json": {"schema": {"type": "object"}}}}}


ROUTES = (
    Route("POST", "/v1/route", reading.route, ROUTE, "Phân một bài: chủ đề, đơn vị chủ trì, mức khẩn, hạn",
          {200: answer("Record", "Kết luận; cùng dạng với diembao score")}, BODY_PROBLEMS,
          {**ASKED, **body("ArticleIn")}),
    Route("POST", "/v1/route/batch", reading.batch, ROUTE, "Phân nhiều bài, nhiều nhất 1.000; thứ tự giữ nguyên",
          {200: answer("BatchOut", "Mỗi bài một kết luận hoặc một lỗi")}, BODY_PROBLEMS, {**ASKED, **body("BatchIn")}),
    Route("POST", "/v1/route/stream", stream.stream, ROUTE, "Phân một luồng bài: mỗi dòng JSON vào một dòng JSON ra",
          {200: answer("RecordOrStreamError", "Mỗi dòng một kết luận hoặc {error}; hãy đọc trong khi gửi",
                       media=stream.MEDIA_TYPES[0])},
          (415, 422), {**ASKED, **body("ArticleIn", media=stream.MEDIA_TYPES[0])}),
    Route("POST", "/v1/corrections", corrections.correct, CORRECT, "Gửi điều cán bộ đã quyết, để sửa kết luận của máy",
          {201: answer("CorrectionOut", "Đã ghi xuống đĩa")}, (*BODY_PROBLEMS, 404),
          {"parameters": [header("Idempotency-Key", "Gửi lại cùng khóa và cùng nội dung thì chỉ giữ một lần")],
           **body("CorrectionIn")}),
    Route("GET", "/v1/topics", reference.topics, ROUTE, "Các chủ đề và mức khẩn", _json("Mã và tên"), (422,)),
    Route("GET", "/v1/units", reference.units, ROUTE, "Cơ cấu của Bộ trong một ngày",
          _json("Như diembao org show --json"), (422,), AT),
    Route("GET", "/v1/model", reference.model, ROUTE, "Mô hình đang trả lời: phiên bản, thẻ, số đo",
          _json("version, fingerprint, loaded_at, data_fingerprint, metrics, card, refused"), (422,)),
    Route("GET", "/healthz", health.healthz, None, "Tiến trình còn sống", _json("ok")),
    Route("GET", "/readyz", health.readyz, None, "Mô hình đã sẵn sàng",
          _json("status, model, loaded_at; refused: mô hình mới bị từ chối; outage: không hỏi được nguồn"), (503,)),
    Route("GET", "/metrics", health.metrics, ADMIN, "Số đo cho Prometheus",
          {200: {"description": "Dạng chữ của Prometheus", "content": {"text/plain": {"schema": {"type": "string"}}}}}),
)  # fmt: skip

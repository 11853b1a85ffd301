"""The OpenAPI document: what FastAPI knows of the routes, with the bodies and records of our own schemas."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from serve.api.answers import ANSWERS, PLACE, TEXT, ref
from serve.api.problems import KINDS, MEDIA_TYPE
from serve.api.schemas import ArticleIn, BatchIn, CorrectionIn

BODIES = (ArticleIn, BatchIn, CorrectionIn)
DESCRIPTION = """Gửi bài báo tiếng Việt, nhận chủ đề, đơn vị chủ trì và phối hợp của Bộ Công Thương, mức khẩn, sắc thái,
hạn trả lời, những từ ngữ đã dẫn đến kết luận, và khi nào cần người xem. Lỗi nào cũng có dạng problem+json (RFC 9457);
`errors[].pointer` chỉ đúng chỗ sai. Gửi `X-Request-ID` để dò lại một yêu cầu; máy chủ trả lại đúng mã đó."""


def answer_header(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A header of an answer."""
    return {"headers": {name: {"description": description, "required": True, "schema": schema}}}


_WAIT = answer_header("Retry-After", "Số giây nên đợi", {"type": "integer", "minimum": 1})
HEADERS = {
    401: answer_header("WWW-Authenticate", "Cách xưng danh", TEXT),
    429: _WAIT,
    503: _WAIT,
}


def problem(*kinds: int) -> dict[int | str, dict[str, Any]]:
    """The answers of these statuses, as FastAPI's `responses`."""
    content = {MEDIA_TYPE: {"schema": ref("Problem")}}
    said = {status: " / ".join(kind.title for kind in KINDS if kind.status == status) for status in kinds}
    return {status: {"description": said[status], "content": content, **HEADERS.get(status, {})} for status in kinds}


def body(schema: str, *, media: str = "application/json") -> dict[str, Any]:
    """A required body of a schema, as FastAPI's `openapi_extra`."""
    return {"requestBody": {"required": True, "content": {media: {"schema": ref(schema)}}}}


def answer(schema: str, description: str, *, media: str = "application/json") -> dict[str, Any]:
    """An answer of a schema."""
    return {"description": description, "content": {media: {"schema": ref(schema)}}}


def parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def header(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A request header."""
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document; made once and kept by the app."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, openapi_version="3.1.0"
        )
        made.setdefault("components", {})["schemas"] = schemas()
        made["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "Khóa tạo bằng `diembao keys create`"}
        }
        app.openapi_schema = made
    return app.openapi_schema


def schemas() -> dict[str, Any]:
    """All component schemas: bodies of pydantic, the record of nlp/record.schema.json, problems."""
    _, made = models_json_schema([(model, "validation") for model in BODIES], ref_template=PLACE + "{model}")
    found: dict[str, Any] = {**made["$defs"], **record_schemas(), **ANSWERS}
    found["BatchIn"]["properties"]["articles"]["items"] = ref("ArticleIn")
    found["CorrectionIn"]["properties"]["article"] = ref("ArticleIn")
    return found


def record_schemas() -> dict[str, Any]:
    """nlp/record.schema.json and its $defs, under the names Record and Record-*."""
    text = files("nlp").joinpath("record.schema.json").read_text("utf-8").replace("#/$defs/", f"{PLACE}Record-")
    record: dict[str, Any] = json.loads(text)
    parts = record.pop("$defs")
    for name in ("$schema", "$id"):
        record.pop(name)
    return {"Record": record, **{f"Record-{name}": part for name, part in parts.items()}}

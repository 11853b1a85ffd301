"""/docs: the OpenAPI document as one page that needs nothing from elsewhere, for offices without a network."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from serve.api.openapi import document

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
code,pre{font:14px/1.4 ui-monospace,monospace;background:#f4f4f4}pre{padding:.8rem;overflow:auto}
h2{border-top:1px solid #ccc;padding-top:1rem}b{color:#06c}
td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}code,pre{background:#262626}b{color:#6bf}}"""
HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def add(app: FastAPI) -> None:
    """Give the app /docs and /openapi.json."""

    async def openapi(_request: Request) -> Response:
        return Response(json.dumps(document(app), ensure_ascii=False).encode(), media_type="application/json")

    async def docs(_request: Request) -> Response:
        return HTMLResponse(page(document(app)), headers=HEADERS)

    app.add_api_route("/openapi.json", openapi, include_in_schema=False, response_model=None)
    app.add_api_route("/docs", docs, include_in_schema=False, response_model=None)


def page(openapi: dict[str, Any]) -> str:
    """The page."""
    info = openapi["info"]
    routes = "".join(
        _operation(method, path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    )
    schemas = "".join(
        f"<h3 id='{escape(name)}'>{escape(name)}</h3><pre>{_json(schema)}</pre>"
        for name, schema in openapi["components"]["schemas"].items()
    )
    return (
        f"<!doctype html><html lang=vi><meta charset=utf-8><title>{escape(info['title'])}</title><style>{STYLE}</style>"
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
        f"<p><a href=openapi.json>openapi.json</a></p>{routes}<h2>Các dạng dữ liệu</h2>{schemas}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    scope = operation.get("x-scope")
    access = f"quyền <code>{escape(scope)}</code>" if scope else "không cần khóa"
    parameters = "".join(
        f"<li><code>{escape(one['name'])}</code> {escape(one['description'])}</li>"
        for one in operation.get("parameters", [])
    )
    bodies = "".join(
        f"<p>Gửi: {_content(media, content)}</p>"
        for media, content in operation.get("requestBody", {}).get("content", {}).items()
    )
    answers = "".join(
        f"<tr><th>{escape(str(status))}<td>{escape(one['description'])}<td>"
        + " ".join(_content(media, content) for media, content in one.get("content", {}).items())
        for status, one in sorted(operation["responses"].items())
    )
    return (
        f"<h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2><p>{escape(operation['summary'])} ({access})</p>"
        f"<p>{escape(operation.get('description', ''))}</p><ul>{parameters}</ul>{bodies}<table>{answers}</table>"
    )


def _content(media: str, content: dict[str, Any]) -> str:
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    link = f" <a href='#{escape(name)}'>{escape(name)}</a>" if name else ""
    return f"<code>{escape(media)}</code>{link}"


def _json(value: object) -> str:
    return escape(json.dumps(value, ensure_ascii=False, indent=1))

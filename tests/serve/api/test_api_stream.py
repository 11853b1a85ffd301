"""POST /v1/route/stream, and the metrics that all routing moves."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from api_helpers import make_app
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_items import item

from nlp.pipeline import Engine

NDJSON = {"Content-Type": "application/x-ndjson"}
SCOPE = {
    "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/v1/route/stream",
    "raw_path": b"/v1/route/stream", "query_string": b"", "scheme": "http", "root_path": "", "client": None,
    "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/x-ndjson")],
}  # fmt: skip


def lines_of(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def answers(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]


@pytest.fixture
def warm(engine: Engine, model: Path, tmp_path: Path) -> FastAPI:
    app = make_app(engine, model, tmp_path / "d.db", body_seconds=0.2)
    app.state.service.ready = True
    return app


def test_a_line_in_is_a_line_out_in_the_same_order(client: TestClient) -> None:
    content = lines_of(*map(item, range(40)))
    cuts = [content[start : start + 1000] for start in range(0, len(content), 1000)]

    streamed = client.post("/v1/route/stream", content=iter(cuts), headers=NDJSON)

    assert streamed.headers["content-type"] == "application/x-ndjson"
    assert answers(streamed.content) == [client.post("/v1/route", json=item(number)).json() for number in range(40)]


def test_a_wrong_line_becomes_an_error_and_the_stream_goes_on(client: TestClient) -> None:
    content = lines_of(item(0), {"title": 3}) + b"not json\n\n" + lines_of(item(1)).rstrip()

    first, wrong, broken, last = answers(client.post("/v1/route/stream", content=content, headers=NDJSON).content)

    assert (first["id"], last["id"]) == ("bai-00000", "bai-00001")
    assert wrong["error"]["errors"][0]["pointer"] == "#/2/title"
    assert (broken["error"]["type"], broken["error"]["errors"][0]["pointer"]) == (
        "urn:diembao:problem:malformed",
        "#/3",
    )


def test_a_line_without_an_end_is_refused_as_the_last_answer(client: TestClient) -> None:
    content = lines_of(item(0)) + b" " * 9_000_000 + lines_of(item(1))

    first, last = answers(
        client.post(
            "/v1/route/stream",
            content=(content[i : i + 65_536] for i in range(0, len(content), 65_536)),
            headers=NDJSON,
        ).content
    )

    assert first["id"] == "bai-00000"
    assert last["error"]["type"] == "urn:diembao:problem:too-large"


def test_an_empty_stream_has_an_empty_answer(client: TestClient) -> None:
    answer = client.post("/v1/route/stream", content=b"", headers=NDJSON)

    assert (answer.status_code, answer.content) == (200, b"")


def test_nothing_more_is_read_while_the_client_does_not_read(warm: FastAPI) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": lines_of(item(read)), "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    async def ask() -> None:
        await asyncio.wait_for(warm(dict(SCOPE), receive, send), 0.5)

    with pytest.raises(TimeoutError):
        asyncio.run(ask())
    assert read == 1


def test_a_stream_that_falls_silent_ends_with_a_problem(warm: FastAPI) -> None:
    messages = [{"type": "http.request", "body": lines_of(item(0)), "more_body": True}]
    sent = bytearray()

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.sleep(3600)
        return messages.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.extend(message.get("body", b""))

    asyncio.run(warm(dict(SCOPE), receive, send))

    first, last = answers(bytes(sent))
    assert first["id"] == "bai-00000"
    assert last["error"]["type"] == "urn:diembao:problem:slow-body"


def number_of(text: str, name: str) -> float:
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE))


def test_metrics_move_with_what_is_asked(client: TestClient) -> None:
    before = client.get("/metrics").text
    client.post("/v1/route", json=item(1))
    client.post("/v1/route/batch", json={"articles": [item(2), {"title": 3}]})
    client.post("/v1/route/stream", content=lines_of(item(3)), headers=NDJSON)
    client.get("/nowhere")
    after = client.get("/metrics").text

    moved = {
        name: number_of(after, name) - number_of(before, name)
        for name in ("diembao_decisions_total", "diembao_known_share_count", "diembao_articles_refused_total")
    }
    assert list(moved.values()) == [3, 3, 1]
    assert 'diembao_requests_total{method="GET",route="other",status="404"}' in after
    assert 'diembao_model{version="tiny-1"} 1.0' in after
    assert "nowhere" not in after

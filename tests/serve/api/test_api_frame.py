"""What holds for every route: problems, request ids, limits, reference data, documents."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from api_helpers import NOW, make_app, until_ready
from fastapi import FastAPI
from fastapi.testclient import TestClient

from nlp.heads import TOPICS
from nlp.pipeline import Engine
from serve.api.logs import JsonLines
from serve.api.problems import KINDS
from serve.api.routes import ROUTES, reading

ROOT = Path(__file__).parents[3]
JSON = {"Content-Type": "application/json"}
REFERENCE = ("/v1/topics", "/v1/units", "/v1/units?at=2018-11-11", "/v1/model")


async def asked(app: FastAPI, messages: list[dict[str, Any]], *, headers: dict[str, str] | None = None) -> list[Any]:
    """What the app sends to one POST of /v1/route whose body comes in `messages`, which then says nothing more."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1", "content-type": "application/json", **(headers or {})}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/v1/route",
        "raw_path": b"/v1/route", "query_string": b"", "scheme": "http", "root_path": "", "client": None,
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/v1/topics/", 404), ("GET", "/v1/route", 405), ("DELETE", "/v1/topics", 405)],
)
def test_an_address_or_method_that_is_not_there_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_the_clients_request_id_comes_back_and_a_dangerous_one_does_not(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "van-phong.42"}).headers["x-request-id"] == "van-phong.42"
    for bad in ("a b", "x" * 65, "<script>"):
        assert re.fullmatch(
            "[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": bad}).headers["x-request-id"]
        )


def test_what_nobody_foresaw_is_a_problem_without_its_message(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("câu mật của bài báo")

    monkeypatch.setattr(reading, "article_of", broken)
    answer = client.post("/v1/route", json={"title": "a"})

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:diembao:problem:internal")
    assert "mật" not in answer.text
    (record,) = (record for record in caplog.records if record.getMessage() == "unforeseen")
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "RuntimeError"
    assert line["request_id"] == answer.json()["request_id"]
    assert "mật" not in json.dumps(line, ensure_ascii=False)


def test_the_log_has_a_line_for_a_request_and_no_text(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "diembao.api")
    client.post("/v1/route?evidence=false", json={"id": "bai-mat", "title": "Tin mật", "body": "câu mật"})

    (record,) = (record for record in caplog.records if record.getMessage() == "request")
    line = json.loads(JsonLines().format(record))
    assert {name: line[name] for name in ("method", "route", "status", "articles")} == {
        "method": "POST", "route": "/v1/route", "status": 200, "articles": 1,
    }  # fmt: skip
    assert "mật" not in JsonLines().format(record)


@pytest.mark.parametrize("says_length", [True, False])
def test_a_body_over_the_limit_is_refused_before_it_is_read(client: TestClient, says_length: bool) -> None:
    def parts():
        for _ in range(10):
            yield b" " * 1_000_000

    content = b" " * 10_000_000 if says_length else parts()
    answer = client.post("/v1/route", content=content, headers=JSON)

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:diembao:problem:too-large")


def test_a_client_that_sends_too_slowly_is_told_so(engine: Engine, model: Path, tmp_path: Path) -> None:
    app = make_app(engine, model, tmp_path / "d.db", body_seconds=0.05)
    app.state.service.ready = True

    start, body = asyncio.run(asked(app, [{"type": "http.request", "body": b'{"ti', "more_body": True}]))

    assert start["status"] == 408
    assert json.loads(body["body"])["type"] == "urn:diembao:problem:slow-body"


def test_a_client_that_leaves_is_counted_and_not_answered(engine: Engine, model: Path, tmp_path: Path) -> None:
    app = make_app(engine, model, tmp_path / "d.db")
    app.state.service.ready = True
    messages = [{"type": "http.request", "body": b'{"ti', "more_body": True}, {"type": "http.disconnect"}]

    assert asyncio.run(asked(app, messages)) == []
    assert b'status="499"' in app.state.service.metrics.text()


def test_no_article_is_taken_before_the_model_is_warm(engine: Engine, model: Path, tmp_path: Path) -> None:
    cold = TestClient(make_app(engine, model, tmp_path / "d.db"), base_url="http://127.0.0.1")

    assert cold.get("/healthz").status_code == 200
    assert cold.get("/readyz").status_code == 503
    answer = cold.post("/v1/route", json={"title": "a"})
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:diembao:problem:not-ready")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("path", REFERENCE)
def test_reference_data_that_the_client_has_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]

    assert first.status_code == 200
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_topics_and_model_say_what_the_engine_knows(client: TestClient) -> None:
    assert {topic["code"]: topic["name"] for topic in client.get("/v1/topics").json()["topics"]} == TOPICS
    assert client.get("/v1/model").json()["version"] == "tiny-1"


def test_units_are_those_of_the_day(client: TestClient) -> None:
    then = client.get("/v1/units", params={"at": "2018-11-11"}).json()

    assert (then["at"], client.get("/v1/units").json()["at"]) == ("2018-11-11", "2025-04-02")
    assert {unit["id"] for unit in then["units"]} != {unit["id"] for unit in client.get("/v1/units").json()["units"]}
    assert client.get("/v1/units", params={"at": "1950-01-01"}).status_code == 422


def test_other_sites_are_not_let_in_by_the_browser(client: TestClient) -> None:
    answer = client.get("/v1/topics", headers={"Origin": "https://example.invalid"})

    assert [name for name in answer.headers if name.startswith("access-control")] == []


def test_openapi_describes_every_route_and_every_answer(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    assert {(method.upper(), path) for path, methods in document["paths"].items() for method in methods} == {
        (route.method, route.path) for route in ROUTES
    }
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        assert operation["summary"]
        assert ("requestBody" in operation) == (route.method == "POST")
        assert ({"401", "403", "429"} <= set(operation["responses"])) == (route.scope is not None)


def test_openapi_gives_the_record_the_form_of_its_schema(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    own = json.loads((ROOT / "nlp/record.schema.json").read_text(encoding="utf-8"))

    assert schemas["Record"]["required"] == own["required"]
    assert set(schemas["Record"]["properties"]) == set(own["properties"])
    assert schemas["Record-unit"]["required"] == own["$defs"]["unit"]["required"]
    assert len(schemas["Problem"]["properties"]["type"]["enum"]) == len({kind.name for kind in KINDS})


def test_the_docs_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")

    assert all(route.path in page.text for route in ROUTES)
    assert re.findall(r"<script|<link|<img|https?://", page.text) == []
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_server_gets_ready_by_itself(engine: Engine, model: Path, tmp_path: Path) -> None:
    with TestClient(make_app(engine, model, tmp_path / "d.db"), base_url="http://127.0.0.1") as client:
        assert until_ready(client).get("/readyz").json() == {
            "status": "ready", "model": "tiny-1", "fingerprint": "0", "source": "model", "loaded_at": NOW.isoformat(),
            "refused": None, "outage": None, "demo": True,
        }  # fmt: skip

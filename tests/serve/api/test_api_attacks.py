"""What somebody might send to break the API, case by case: each is answered clearly, and the next one is served."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from made_items import item

from nlp.types import MAX_ARTICLE_CHARS
from serve.api.routes import ROUTES
from serve.api.schemas import MAX_FAULTS, MAX_KEYS, surrogates
from serve.settings import MAX_BATCH

JSON = {"Content-Type": "application/json"}
READING = [route.path for route in ROUTES if route.method == "GET"]
WRITING = [route.path for route in ROUTES if route.method == "POST"]


@pytest.fixture(autouse=True)
def next_one_is_served(client: TestClient) -> Iterator[None]:
    yield
    assert client.post("/v1/route", json=item(1)).status_code == 200


def refused(answer, status: int, pointer: str = "") -> str:
    """The detail of a refusal, which is a problem of this status at this place."""
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer:
        assert pointer in [error["pointer"] for error in problem["errors"]]
    return problem["detail"]


@pytest.mark.parametrize("path", READING)
def test_head_is_get_without_its_body(client: TestClient, path: str) -> None:
    got, asked = client.get(path), client.head(path)

    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("etag", "content-type", "cache-control"):
        assert asked.headers.get(name) == got.headers.get(name)
    if path != "/metrics":  # it has moved meanwhile
        assert asked.headers["content-length"] == got.headers["content-length"]


def test_head_knows_what_the_client_has_and_is_counted_as_head(client: TestClient) -> None:
    tag = client.head("/v1/topics").headers["etag"]

    assert client.head("/v1/topics", headers={"If-None-Match": tag}).status_code == 304
    assert 'method="HEAD",route="/v1/topics",status="304"' in client.get("/metrics").text


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "GET"])
@pytest.mark.parametrize("path", WRITING)
def test_a_method_that_is_not_taken_is_told_which_is(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "POST"])
@pytest.mark.parametrize("path", READING)
def test_where_get_is_taken_head_is_too(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", WRITING)
def test_a_compressed_body_is_not_unpacked(client: TestClient, path: str) -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    media = "application/x-ndjson" if path.endswith("stream") else "application/json"

    answer = client.post(path, content=bomb, headers={"Content-Type": media, "Content-Encoding": "gzip"})

    assert "không nén" in refused(answer, 415)
    assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1e999", "0." + "1" * 10_000, "1" * 5_000, "1" * 1_000_000])
def test_a_number_without_measure_is_refused(client: TestClient, number: str) -> None:
    answer = client.post("/v1/route", content=f'{{"title": {number}}}', headers=JSON)

    assert answer.status_code in (400, 422)
    assert refused(answer, answer.status_code) in (
        "#/title: cần chữ nhưng gặp số", "dòng 1 cột 11: không đúng cú pháp JSON",
    )  # fmt: skip


def test_of_a_field_that_comes_twice_the_last_counts_as_in_a_file(client: TestClient) -> None:
    answer = client.post("/v1/route", content=b'{"id": "a", "title": 3, "title": "b", "id": "c"}', headers=JSON)

    assert (answer.status_code, answer.json()["id"]) == (200, "c")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "lồng nhau quá sâu"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "lồng nhau quá sâu"),
        (b'{"title": "\xff"}', "không phải UTF-8 ở byte 11"),
        ('{"title": "a"}'.encode("utf-16"), "không phải UTF-8 ở byte 0"),
        (b'\xef\xbb\xbf{"title": "a"}', "dòng 1 cột 1: không đúng cú pháp JSON"),
        (b'{"title": "a",\n "body": }', "dòng 2 cột 10: không đúng cú pháp JSON"),
    ],
    ids=["arrays", "objects", "byte", "utf-16", "byte order mark", "hole"],
)
def test_what_is_no_json_is_told_where(client: TestClient, content: bytes, said: str) -> None:
    assert refused(client.post("/v1/route", content=content, headers=JSON), 400) == said


@pytest.mark.parametrize("place", ["#", "#/decided"])
def test_fields_without_number_are_refused_without_telling_each(client: TestClient, place: str) -> None:
    many = {f"field{number}": 1 for number in range(200_000)}
    body = many if place == "#" else {"id": "a", "reason": "a", "decided": many}

    answer = client.post("/v1/route" if place == "#" else "/v1/corrections", json=body)

    assert "200000 trường" in refused(answer, 422, place)
    assert len(answer.content) < 500


def test_a_wrong_field_of_a_decision_is_told_the_fields_of_a_decision(client: TestClient) -> None:
    answer = client.post("/v1/corrections", json={"id": "a", "reason": "a", "decided": {"topik": "khac"}})

    assert "các trường: topic, lead_unit" in refused(answer, 422, "#/decided/topik")


def test_surrogates_are_found_in_what_is_both_deep_and_wide() -> None:
    value: object = {"wide": [0] * 300_000, "\udc00": 1, "word": "\ud800"}
    for _ in range(900):
        value = [value]

    found = sorted(surrogates(value), key=str)

    assert [place[:900] for place in found] == [(0,) * 900] * 2
    assert [place[900:] for place in found] == [("\udc00",), ("word",)]


def test_a_batch_of_nothing_but_faults_has_an_answer_of_bounded_size(client: TestClient) -> None:
    wrong = {f"{number}" + "ă" * 100: number for number in range(MAX_KEYS)}

    answer = client.post("/v1/route/batch", json={"articles": [wrong] * (MAX_BATCH // 10)})
    results = answer.json()["results"]

    assert answer.status_code == 200
    assert {len(result["error"]["errors"]) for result in results} == {MAX_FAULTS}
    assert len(answer.content) / len(results) < 20_000


def test_an_article_of_a_million_characters_is_the_longest(client: TestClient) -> None:
    most = "Giá xăng " * (MAX_ARTICLE_CHARS // 9)
    body = most + "x" * (MAX_ARTICLE_CHARS - len(most))

    assert client.post("/v1/route", json={"body": body}).status_code == 200
    assert "1.000.000" in refused(client.post("/v1/route", json={"body": body + "x"}), 422, "#/body")
    assert "1.000.001" in refused(client.post("/v1/route", json={"title": "x", "body": body}), 422)


def test_control_characters_are_text_but_nul_is_not(client: TestClient) -> None:
    controls = "".join(map(chr, [*range(1, 32), *range(127, 160), 0x202E, 0xFEFF, 0xFFFF]))

    assert client.post("/v1/route", json={"title": f"Giá{controls}xăng", "id": controls + "a"}).status_code == 200
    assert "NUL" in refused(client.post("/v1/route", json={"title": "Giá\0xăng"}), 422, "#/title")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("at=2018-11-11&at=2018-11-11", "?at"),
        ("at=20181111", "?at"),
        ("at=2018-W45-7", "?at"),
        ("at=2018-11-11%00", "?at"),
        ("at=\u0662\u0660\u0661\u0668-11-11", "?at"),
        ("at", "?at"),
        ("evidence=", "?evidence"),
        ("evidence=True", "?evidence"),
        ("at%5B%5D=2018-11-11", "?at[]"),
        ("%ff=1", "?\ufffd"),
        ("x" * 5000, "?" + "x" * 80),
    ],
)
def test_a_query_is_as_strict_as_a_body(client: TestClient, query: str, pointer: str) -> None:
    refused(client.post(f"/v1/route?{query}", json=item(1)), 422, pointer)


@pytest.mark.parametrize(
    "path",
    ["//v1/topics", "/v1//topics", "/v1/topics/", "/v1/./topics/..", "/v1/topics%00", "/v1/topics;a=b", "/V1/topics",
     "/v1/%2e%2e/healthz", "/docs/..%2f..%2fetc/passwd", "/%ff", "/" + "a" * 5000],
)  # fmt: skip
def test_a_path_that_is_nearly_one_of_ours_is_none(client: TestClient, path: str) -> None:
    refused(client.get(path), 404)


@pytest.mark.parametrize("host", ["[::1]", "[::1]:8600", "127.0.0.1:1", "127.8.9.10", "LOCALHOST", "localhost:8600"])
def test_demo_mode_answers_under_every_name_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/v1/topics", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["[::1].rebound.example", "[::1]x", "[::1", "::1", "[2001:db8::1]", "127.0.0.1.rebound.example",
     "localhost.rebound", "localhost@rebound.example", "127.0.0.1:80@rebound", "2130706433", "127.1", "0x7f.0.0.1",
     "[::]", "localhost:port", "127.0.0.1:8600:1", " ", "ă".encode()],
)  # fmt: skip
def test_demo_mode_does_not_believe_a_name_that_lies(client: TestClient, host: str | bytes) -> None:
    refused(client.get("/v1/topics", headers={"Host": host}), 403)


@pytest.mark.parametrize("given", [b"", b"a b", b"x" * 65, b"\xc4\x83", b"a\tb", b"<script>", b'{"a":1}', b"a,b"])
def test_a_request_id_that_is_none_is_replaced(client: TestClient, given: bytes) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": given})

    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("given", [b"", b" ", b"a b", b"x" * 201, b"\xc4\x83", b"a\tb"])
def test_an_idempotency_key_that_is_none_is_refused(client: TestClient, given: bytes) -> None:
    body = {"article": item(1), "decided": {"tone": 0}, "reason": "a"}

    refused(client.post("/v1/corrections", json=body, headers={"Idempotency-Key": given}), 422, "Idempotency-Key")
    assert client.post("/v1/corrections", json=body, headers={"Idempotency-Key": "x" * 200}).status_code == 201


@pytest.mark.parametrize("content", [b"null", b"[]", b"3", b'"a"', b"NaN", b'{"article": null, "id": null}'])
@pytest.mark.parametrize("path", ["/v1/route", "/v1/route/batch", "/v1/corrections"])
def test_another_type_than_an_object_is_refused(client: TestClient, path: str, content: bytes) -> None:
    refused(client.post(path, content=content, headers=JSON), 422)


@pytest.mark.parametrize("line", [b"null", b"[]", b"NaN", b'{"title": NaN}', b'"\\ud800"', b"[" * 100_000, b"\xff"])
def test_a_bad_line_of_a_stream_is_an_error_in_its_place(client: TestClient, line: bytes) -> None:
    good = json.dumps(item(1)).encode()

    answer = client.post(
        "/v1/route/stream", content=b"\n".join([good, line, good]), headers={"Content-Type": "application/x-ndjson"}
    )
    first, wrong, last = map(json.loads, answer.content.splitlines())

    assert (first["id"], last["id"]) == ("bai-00001", "bai-00001~2")
    assert wrong["error"]["status"] in (400, 422)
    assert wrong["error"]["errors"][0]["pointer"].startswith("#/2")

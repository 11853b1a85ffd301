"""POST /v1/route and /v1/route/batch."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
from fastapi.testclient import TestClient
from made_items import item

from nlp.types import MAX_ARTICLE_CHARS, Article
from serve.api.schemas import ArticleIn

SCHEMA = json.loads((Path(__file__).parents[3] / "nlp/record.schema.json").read_text(encoding="utf-8"))
JSON = {"Content-Type": "application/json"}


def pointers(answer) -> list[str]:
    return [error["pointer"] for error in answer["errors"]]


def test_one_article_becomes_a_valid_record(client: TestClient) -> None:
    answer = client.post("/v1/route", json=item(1))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    jsonschema.validate(answer.json(), SCHEMA)
    assert answer.json()["id"] == "bai-00001"


def test_a_client_may_send_the_fields_of_an_article_and_no_other() -> None:
    assert list(ArticleIn.model_fields) == [field.name for field in fields(Article) if field.name != "origin"]


def test_an_article_without_an_id_is_named_by_its_place(client: TestClient) -> None:
    assert client.post("/v1/route", json={"title": "Giá xăng tăng"}).json()["id"] == "api#1"
    results = client.post("/v1/route/batch", json={"articles": [{"title": "Một"}, {"title": "Hai"}]}).json()["results"]
    assert [result["record"]["id"] for result in results] == ["api#1", "api#2"]


def test_the_day_asked_for_decides_who_holds_a_unit(client: TestClient) -> None:
    answer = client.post("/v1/route", params={"at": "2018-11-11"}, json=item(1))

    assert answer.json()["as_of"] == "2018-11-11"


def test_evidence_can_be_spared(client: TestClient) -> None:
    assert client.post("/v1/route", json=item(1)).json()["evidence"]
    assert client.post("/v1/route", params={"evidence": "false"}, json=item(1)).json()["evidence"] == []


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ('{"title": 3}', "#/title", "cần chữ nhưng gặp số"),
        ('{"title": NaN}', "#/title", "cần chữ nhưng gặp số"),
        ('{"title": null}', "#/title", "cần chữ nhưng gặp null"),
        ('{"title": true}', "#/title", "cần chữ nhưng gặp đúng/sai"),
        ('{"title": ["a"]}', "#/title", "cần chữ nhưng gặp danh sách"),
        ('{"title": "a", "titel": "b"}', "#/titel", "trường lạ"),
        ('{"title": "a", "x/y~": "b"}', "#/x~1y~0", "trường lạ"),
        ('{"title": "a", "\\ud800": "b"}', "#/?", "lone surrogate"),
        ('{"title": "\\udfff"}', "#/title", "lone surrogate"),
        ('{"title": "a\\u0000b"}', "#/title", "byte NUL"),
        ('{"title": "a", "published_at": "hôm qua"}', "#/published_at", "ngày tương đối"),
        ('{"title": "a", "published_at": 42514}', "#/published_at", "cần chữ nhưng gặp số"),
        ('{"title": "a", "id": 7}', "#/id", "cần chữ nhưng gặp số"),
        ('{"lead": "a"}', "#", "không có tiêu đề và nội dung"),
        ("[]", "#", "cần một đối tượng JSON {...} nhưng gặp danh sách"),
        ("null", "#", "cần một đối tượng JSON {...} nhưng gặp null"),
    ],
)
def test_a_wrong_article_is_refused_at_its_field(client: TestClient, body: str, pointer: str, detail: str) -> None:
    answer = client.post("/v1/route", content=body.encode(), headers=JSON)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:diembao:problem:invalid"
    assert pointers(answer.json()) == [pointer]
    assert detail in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("depth", [100, 900, 990])
@pytest.mark.parametrize("path", ["/v1/route", "/v1/route/batch", "/v1/corrections"])
@pytest.mark.parametrize("inmost", ["1", "NaN", '"\\ud800"'])
def test_what_is_nested_deep_is_refused_and_breaks_nothing(
    client: TestClient, path: str, depth: int, inmost: str
) -> None:
    for nested in ("[" * depth + inmost + "]" * depth, '{"a":' * depth + inmost + "}" * depth):
        for name in ("title", "articles", "article", "\\ud800"):
            body = f'{{"{name}": {nested}}}'
            answer = client.post(path, content=body.encode(), headers=JSON)
            assert answer.status_code in (200, 400, 422)


def test_an_article_over_the_limit_is_refused_whole(client: TestClient) -> None:
    answer = client.post("/v1/route", json={"title": "x" * MAX_ARTICLE_CHARS, "body": "yz"})

    assert answer.status_code == 422
    assert "1.000.002 ký tự" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"title": "\xff"}', b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 100_000, b"not json"],
    ids=["empty", "half", "not utf-8", "byte order mark", "nested lists", "nested objects", "words"],
)
def test_a_body_that_is_no_json_is_malformed(client: TestClient, body: bytes) -> None:
    answer = client.post("/v1/route", content=body, headers=JSON)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:diembao:problem:malformed")


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_another_site_could_post_is_not_taken(client: TestClient, media: str) -> None:
    answer = client.post("/v1/route", content=b'{"title": "a"}', headers={"Content-Type": media})

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("at=2018-02-30", "?at"),
        ("at=1900-01-01", "?at"),
        ("at=2018-11-11&at=2018-11-12", "?at"),
        ("evidence=maybe", "?evidence"),
        ("evidense=false", "?evidense"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/route", "/v1/route/batch"])
def test_a_wrong_query_is_refused(client: TestClient, path: str, query: str, pointer: str) -> None:
    answer = client.post(f"{path}?{query}", json=item(1))

    assert answer.status_code == 422
    assert pointers(answer.json()) == [pointer]


def test_an_error_stands_beside_the_results_and_the_order_is_kept(client: TestClient) -> None:
    articles = [item(0), {"title": 3}, item(2), "words", {"title": "\ud800"}, item(5)]
    body = json.dumps({"articles": articles}).encode()

    results = client.post("/v1/route/batch", content=body, headers=JSON).json()["results"]

    assert [result.get("record", {}).get("id") for result in results] == [
        "bai-00000", None, "bai-00002", None, None, "bai-00005",
    ]  # fmt: skip
    assert [pointers(result["error"]) for result in results if "error" in result] == [
        ["#/articles/1/title"], ["#/articles/3"], ["#/articles/4/title"],
    ]  # fmt: skip


def test_a_batch_may_hold_a_thousand_articles_and_no_more(client: TestClient) -> None:
    articles = [{"id": str(number), "title": f"Tin {number}"} for number in range(1001)]

    full = client.post("/v1/route/batch", json={"articles": articles[:1000]})
    over = client.post("/v1/route/batch", json={"articles": articles})

    assert [result["record"]["id"] for result in full.json()["results"]] == [str(number) for number in range(1000)]
    assert (over.status_code, pointers(over.json())) == (422, ["#/articles"])


@pytest.mark.parametrize("body", [{}, {"articles": []}, {"articles": {}}, {"articles": [], "x": 1}, []])
def test_a_batch_that_is_none_is_refused(client: TestClient, body: object) -> None:
    assert client.post("/v1/route/batch", json=body).status_code == 422


def test_an_id_that_comes_twice_is_numbered_as_in_a_file(client: TestClient) -> None:
    results = client.post("/v1/route/batch", json={"articles": [item(1), item(1)]}).json()["results"]

    assert [result["record"]["id"] for result in results] == ["bai-00001", "bai-00001~2"]

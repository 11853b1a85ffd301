"""The Python client against the API itself: in process for both clients, and over a socket."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import httpx2
import jsonschema
import pytest
from api_helpers import Server
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_clients import Awaited, Either
from made_items import item

from serve.client import (
    AccessDenied,  # fmt: skip
    AsyncClient,
    Client,
    InvalidRequest,
    ItemError,
    ModelFacts,
    NotFound,
    Topics,
    Units,
)

SCHEMA = json.loads((Path(__file__).parents[3] / "nlp/record.schema.json").read_text(encoding="utf-8"))
URL = "http://127.0.0.1"


@pytest.fixture(params=["sync", "async"])
def ours(request: pytest.FixtureRequest, app: FastAPI, client: TestClient) -> Either:
    """Either client before the app, without a network; the app is ready, and demands no key."""
    if request.param == "sync":
        return Client(URL, key="", transport=client._transport)
    return Awaited(AsyncClient(URL, key="", transport=httpx2.ASGITransport(app)))


def misfits(value: Any, hint: Any, place: str = "#") -> list[str]:
    """Where a value is not of a type; fields that the type does not know are no fault."""
    if is_typeddict(hint):
        fields = get_type_hints(hint)
        found = [f"{place}/{name}: missing" for name in fields.keys() - value.keys()]
        return found + [
            x for name in fields if name in value for x in misfits(value[name], fields[name], f"{place}/{name}")
        ]
    if get_origin(hint) is list:
        return [x for one in value for x in misfits(one, get_args(hint)[0], f"{place}[]")]
    kinds = tuple(get_origin(one) or one for one in (get_args(hint) if isinstance(hint, UnionType) else [hint]))
    return [] if isinstance(value, kinds) else [f"{place}: {value!r}"]


def test_an_article_becomes_the_record_of_the_schema(ours: Either) -> None:
    record = ours.route(item(1), at="2018-11-11", evidence=False)

    jsonschema.validate(record, SCHEMA)
    assert (record["id"], record["as_of"], record["evidence"]) == ("bai-00001", "2018-11-11", [])


def test_errors_stand_in_their_place_and_point_into_their_own_article(ours: Either) -> None:
    given = [item(0), {"title": 3}, {"title": "\ud800"}, item(3)]

    for results in (ours.batch(given), list(ours.stream(given, window=2))):
        first, wrong, broken, last = results
        assert (first["id"], last["id"]) == ("bai-00000", "bai-00003")
        assert isinstance(wrong, ItemError)
        assert (wrong.status, wrong.type) == (422, "urn:diembao:problem:invalid")
        assert [(fault.pointer, fault.detail) for fault in wrong.errors] == [("#/title", "cần chữ nhưng gặp số")]
        assert wrong.detail == "#/title: cần chữ nhưng gặp số"
        assert [fault.pointer for fault in broken.errors] == ["#/title"]


def test_a_refusal_is_an_error_with_its_pointers(ours: Either) -> None:
    with pytest.raises(InvalidRequest, match="#/title: cần chữ nhưng gặp số") as caught:
        ours.route({"title": 3}, request_id="tin-7")
    assert (caught.value.errors[0].pointer, caught.value.request_id) == ("#/title", "tin-7")
    with pytest.raises(NotFound, match="hãy gửi cả bài trong article"):
        ours.correct("chua-thay", decided={"tone": 0}, reason="a")


def test_a_correction_is_kept_for_an_article_or_its_id(ours: Either, app: FastAPI) -> None:
    record = ours.route(item(7))

    by_id = ours.correct("bai-00007", decided={"urgency": 3}, reason="Có người bị thương.", actor="chị Lan")
    whole = ours.correct(item(7), decided={"topic": "ngoai-pham-vi", "lead_unit": None}, reason="Ngoài ngành.")

    assert by_id["prediction"] == whole["prediction"] == record
    assert (by_id["decided"], whole["decided"]) == ({"urgency": 3}, {"topic": "ngoai-pham-vi", "lead_unit": None})
    last, before = list(app.state.service.store.corrections())[:-3:-1]
    assert (before.id, before.actor, last.id) == (by_id["id"], "chị Lan", whole["id"])


def test_a_correction_whose_answer_was_lost_is_kept_once(app: FastAPI, client: TestClient) -> None:
    before = len(list(app.state.service.store.corrections()))
    lost = []

    def lose_the_first(request: httpx2.Request) -> httpx2.Response:
        answer = client._transport.handle_request(request)
        if not lost:
            lost.append(answer.read())
            raise httpx2.ReadError("connection reset")
        return answer

    ours = Client(URL, key="", transport=httpx2.MockTransport(lose_the_first), sleep=lambda _: None)
    kept = ours.correct(item(8), decided={"tone": 0}, reason="a")

    assert kept == json.loads(lost[0])
    assert len(list(app.state.service.store.corrections())) == before + 1


def test_reference_data_have_their_types_and_are_sent_once(app: FastAPI, client: TestClient) -> None:
    statuses = []

    def count(request: httpx2.Request) -> httpx2.Response:
        answer = client._transport.handle_request(request)
        statuses.append(answer.status_code)
        return answer

    ours = Client(URL, key="", transport=httpx2.MockTransport(count))
    for ask, hint in ((ours.topics, Topics), (lambda: ours.units(at="2018-11-11"), Units), (ours.model, ModelFacts)):
        first = ask()
        assert misfits(first, hint) == []
        first.clear()  # what a caller does to its own copy
        assert misfits(ask(), hint) == []
    ours.units(at="2019-11-11")

    assert statuses == [200, 304, 200, 304, 200, 304, 200]
    assert misfits({"topics": [{"code": 1}], "urgency": []}, Topics) != []


def test_a_server_of_its_own_is_asked_by_threads_past_any_proxy(
    guarded_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # nobody listens there

    with Client(guarded_server.url, timeout=30) as ours:
        assert ours.ready()
        with pytest.raises(AccessDenied, match="gửi khóa trong Authorization"):
            ours.topics()
    with Client(guarded_server.url, key=guarded_server.make_key("route"), timeout=30) as ours:
        together = threading.Barrier(4, timeout=30)

        def route(number: int) -> str:
            if number < 4:
                together.wait()
            return ours.route(item(number))["id"]

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(route, range(40))) == [f"bai-{number:05d}" for number in range(40)]

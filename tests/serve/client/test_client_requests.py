"""What the client sends, what it refuses to send, and what it makes of answers."""

from __future__ import annotations

import inspect
import json
import logging
import pickle
from datetime import UTC, date, datetime
from importlib.metadata import version

import httpx2
import pytest
from made_clients import KEY, World, problem

from serve.client import (  # fmt: skip
    ApiError,
    AsyncClient,
    BadOption,
    Client,
    ClientError,
    ConnectionFailed,
    Fault,
    ItemError,
    NotDiembao,
    Unavailable,
)
from serve.client.routes import WINDOW_BYTES

OK = httpx2.Response(200, json={"id": "a"})
HTML = httpx2.Response(
    200, headers={"Content-Type": "text/html"}, content=b"<h1>Xin \xc4\x91\xc4\x83ng nh\xe1\xba\xadp"
)


def batch(*results: object) -> httpx2.Response:
    return httpx2.Response(200, json={"results": list(results)})


def sent(request: httpx2.Request) -> list[dict]:
    return json.loads(request.content)["articles"]


def test_both_clients_have_the_same_methods_and_options() -> None:
    def face(kind: type) -> dict[str, list[str]]:
        methods = inspect.getmembers(kind, inspect.isfunction)
        return {name: list(inspect.signature(method).parameters) for name, method in methods if name.isidentifier()}

    same = face(Client)
    assert {name.replace("__a", "__"): names for name, names in face(AsyncClient).items()} == same
    assert {"route", "batch", "stream", "correct", "topics", "units", "model", "ready", "close"} <= set(same)


def test_a_request_names_key_client_query_and_its_own_id(kind: str) -> None:
    world = World([OK])
    world.client(kind, url="https://bo.example/diembao/").route(
        {"title": "Cháy", "published_at": datetime(2018, 3, 26, 14, 5, tzinfo=UTC)},
        at=date(2018, 11, 11), evidence=False, request_id="tin-7",
    )  # fmt: skip

    (request,) = world.requests
    assert str(request.url) == "https://bo.example/diembao/v1/route?at=2018-11-11&evidence=false"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["user-agent"] == f"diembao-client/{version('diembao')}"
    assert request.headers["x-request-id"] == "tin-7"
    assert request.headers["content-type"] == "application/json"
    assert request.content == '{"title":"Cháy","published_at":"2018-03-26T14:05:00+00:00"}'.encode()


@pytest.mark.parametrize(("at", "query"), [(None, ""), ("2018-11-11", "at=2018-11-11"),
                                           (datetime(2018, 11, 11, 9, tzinfo=UTC), "at=2018-11-11")])  # fmt: skip
def test_a_day_may_be_given_in_every_form(kind: str, at: date | str | None, query: str) -> None:
    world = World([OK])
    world.client(kind).units(at=at)

    assert world.requests[0].url.query.decode() == query


def test_a_lone_surrogate_reaches_the_server_that_names_its_field(kind: str) -> None:
    world = World([OK])
    world.client(kind).route({"title": "đ\ud800"})

    assert world.requests[0].content == b'{"title": "\\u0111\\ud800"}'


def test_what_is_no_json_is_not_sent(kind: str) -> None:
    world = World([OK])

    with pytest.raises(TypeError, match="không gửi được bytes"):
        world.client(kind).route({"title": b"a"})
    assert world.requests == []


def test_the_key_of_the_environment_counts_where_none_is_given(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMBAO_KEY", "db_1_cuaMoiTruong\n")
    world = World([OK])
    world.client(kind, key=None).topics()
    world.client(kind, key="").topics()

    assert [request.headers.get("authorization") for request in world.requests] == ["Bearer db_1_cuaMoiTruong", None]


def test_the_key_is_shown_nowhere(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = World([httpx2.ConnectError("refused"), problem(401)])
    client = world.client(kind)

    with pytest.raises(ClientError) as caught:
        client.topics()
    with pytest.raises(BadOption, match=r"^key: ") as bad:
        world.client(kind, key=f"{KEY}\nX: y")
    shown = [repr(client), str(client), caplog.text, repr(caught.value), repr(bad.value), str(bad.value)]
    assert "thử lại sau 0.1 giây: không nhận được trả lời" in caplog.text
    assert [text for text in shown if "biMat" in text] == []


@pytest.mark.parametrize("url", ["http://may-chu.example", "http://192.168.1.5:8600", "http://127.0.0.1.example"])
def test_the_key_does_not_leave_the_machine_unencrypted_unless_told_so(kind: str, url: str) -> None:
    world = World([OK])

    with pytest.raises(BadOption, match="khóa không gửi qua http ra ngoài máy này"):
        world.client(kind, url=url)
    world.client(kind, url=url, key="").topics()
    world.client(kind, url=url, allow_http=True).topics()
    for local in ("http://localhost:8600", "http://127.0.0.1", "http://[::1]:8600"):
        world.client(kind, url=local).topics()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"url": "may-chu.example:8600"}, "^url: cần một địa chỉ như https://"),
        ({"url": "http://[::1"}, "^url: cần một địa chỉ"),
        ({"url": "https://a.example?x=1"}, "^url: cần một địa chỉ"),
        ({"url": "https://a:b@a.example"}, "^url: không để mật khẩu"),
        ({"timeout": 0}, "^timeout: cần một số giây"),
        ({"timeout": float("nan")}, "^timeout: cần một số giây"),
    ],
)
def test_an_option_that_cannot_be_is_told_before_anything_is_sent(kind: str, options: dict, reason: str) -> None:
    with pytest.raises(BadOption, match=reason):
        World([OK]).client(kind, **options)


def test_a_header_that_could_smuggle_another_is_not_sent(kind: str) -> None:
    client = World([OK]).client(kind)

    with pytest.raises(BadOption, match=r"^request_id: "):
        client.route({"title": "a"}, request_id="a\r\nX: y")
    with pytest.raises(BadOption, match=r"^idempotency_key: "):
        client.correct("a", decided={"tone": 0}, reason="b", idempotency_key="")
    with pytest.raises(BadOption, match=r"^window: cần từ 1 đến 1000"):
        list(client.stream([{"title": "a"}], window=1001))


def test_an_error_tells_all_that_one_needs_at_night(kind: str) -> None:
    faults = [{"pointer": "#/title", "detail": "cần chữ nhưng gặp số", "more": 1}, {"pointer": "#/x", "detail": "lạ"}]
    answer = problem(422, detail="#/title: cần chữ nhưng gặp số", errors=faults, request_id="9f1c2a", since="2.0")

    with pytest.raises(ApiError) as caught:
        World([answer]).client(kind).route({"title": "a"})
    error = caught.value
    assert str(error) == "422 Không được: #/title: cần chữ nhưng gặp số; #/x: lạ [mã yêu cầu 9f1c2a]"
    assert (error.status, error.type, error.title) == (422, "urn:diembao:problem:x", "Không được")
    assert error.errors == (Fault("#/title", "cần chữ nhưng gặp số"), Fault("#/x", "lạ"))
    assert (error.request_id, error.retry_after) == ("9f1c2a", None)


@pytest.mark.parametrize(
    "error", [ConnectionFailed("https://a", "b"), NotDiembao("https://a", "b"), BadOption("a", "b")]
)
def test_an_error_comes_through_a_pool_of_processes(error: ClientError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own bytes

    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)


def test_an_answer_of_something_before_the_server_is_told_apart(kind: str) -> None:
    gateway = httpx2.Response(502, content=b"<html>Bad Gateway</html>")
    moved = httpx2.Response(301, headers={"Location": "https://bo.example/v1/topics"})

    with pytest.raises(Unavailable, match=r"^502 Bad Gateway: không phải problem"):
        World([gateway]).client(kind, timeout=0.1).topics()
    with pytest.raises(ApiError, match=r"^301 .*chuyển hướng đến https://bo.example/v1/topics"):
        World([moved]).client(kind).topics()


@pytest.mark.parametrize(
    "answer", [HTML, httpx2.Response(200, json=[]), httpx2.Response(200)], ids=["page", "list", "-"]
)
def test_a_good_answer_that_is_not_ours_is_told(kind: str, answer: httpx2.Response) -> None:
    client = World([answer]).client(kind)

    for ask in (client.topics, lambda: client.route({"title": "a"}), lambda: client.batch([{"title": "a"}])):
        with pytest.raises(NotDiembao, match=r"^https://diembao\.example không trả lời như diembao"):
            ask()


@pytest.mark.parametrize("results", [[], [{}], [{"error": {}}], [{"error": "x"}], [3], [{"record": {}}] * 2], ids=str)
def test_results_that_do_not_fit_what_was_sent_are_told(kind: str, results: list) -> None:
    with pytest.raises(NotDiembao, match="kết quả"):
        World([batch(*results)]).client(kind).batch([{"title": "a"}])


def test_an_empty_batch_asks_nothing(kind: str) -> None:
    world = World([OK])

    assert world.client(kind).batch([]) == list(world.client(kind).stream([])) == []
    assert world.requests == []


def test_fields_of_a_later_server_come_through(kind: str) -> None:
    record = {"id": "a", "since": "2.0", "topic": {"code": "x", "color": "red"}}
    error = {"type": "t", "title": "T", "status": 422, "detail": "d", "since": "2.0"}
    world = World([batch({"record": record, "took": 3}, {"error": error, "took": 3})])

    assert world.client(kind).batch([{}, {}]) == [record, ItemError(422, "t", "T", "d")]


def test_a_stream_holds_one_window_and_reads_no_further_than_it_must(kind: str) -> None:
    taken = []

    def articles():
        for number in range(7):
            taken.append(number)
            yield {"id": str(number), "title": "a"}

    world = World([batch({"record": {}}, {"record": {}}, {"record": {}})] * 2 + [batch({"record": {}})])
    results = world.client(kind).stream(articles(), window=3, evidence=False)
    assert world.requests == taken == []
    next(results)

    assert (len(world.requests), taken) == (1, [0, 1, 2])
    assert len(list(results)) == 6
    assert [[one["id"] for one in sent(request)] for request in world.requests] == [
        ["0", "1", "2"], ["3", "4", "5"], ["6"],
    ]  # fmt: skip
    assert {request.url.query for request in world.requests} == {b"evidence=false"}


def test_a_window_is_smaller_where_articles_are_long(kind: str) -> None:
    long, record = {"id": "a", "body": "x" * (WINDOW_BYTES // 2)}, {"record": {}}
    world = World([batch(record), batch(record, record, record)])

    assert len(list(world.client(kind).stream([long, long, {"id": "b"}, {"id": "c"}], window=10))) == 4
    assert [[one["id"] for one in sent(request)] for request in world.requests] == [["a"], ["a", "b", "c"]]


def test_an_article_without_an_id_is_named_by_its_place_in_the_stream(kind: str) -> None:
    world = World([batch({"record": {}}, {"record": {}})])
    given = [{"title": "a"}, {"id": "b"}, {"id": ""}, {"title": "d"}]
    list(world.client(kind).stream(given, window=2))

    assert [[one["id"] for one in sent(request)] for request in world.requests] == [["api#1", "b"], ["api#3", "api#4"]]
    assert given[0] == {"title": "a"}

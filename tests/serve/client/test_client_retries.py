"""What is tried again, when, and for how long. No test sleeps: the clock moves by sleeping."""

from __future__ import annotations

import httpx2
import pytest
from made_clients import World, problem

from serve.client import (  # fmt: skip
    AccessDenied,
    ApiError,
    ClientError,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    TooManyRequests,
    Unavailable,
)

OK = httpx2.Response(200, json={"id": "a"})
LOST = [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow"), httpx2.ReadTimeout("silent"),
        httpx2.ReadError("reset"), httpx2.RemoteProtocolError("server disconnected")]  # fmt: skip


@pytest.mark.parametrize(
    "fault", [*map(problem, (429, 502, 503, 504)), *LOST], ids=lambda fault: getattr(fault, "status_code", repr(fault))
)
def test_a_fault_that_may_pass_is_tried_again(kind: str, fault: httpx2.Response | Exception) -> None:
    world = World([fault, OK])

    assert world.client(kind).route({"title": "a"}) == {"id": "a"}
    assert len(world.requests) == 2
    assert world.requests[0].content == world.requests[1].content == b'{"title":"a"}'
    assert world.sleeps == [0.125]


@pytest.mark.parametrize(
    ("status", "error"),
    [(301, ApiError), (400, ApiError), (401, AccessDenied), (403, AccessDenied), (404, NotFound), (405, ApiError),
     (408, ApiError), (413, ApiError), (415, ApiError), (422, InvalidRequest), (500, ApiError)],
)  # fmt: skip
def test_what_will_not_pass_is_told_at_once(kind: str, status: int, error: type[ApiError]) -> None:
    world = World([problem(status)])

    with pytest.raises(error, match=f"^{status} Không được: vì thế$") as caught:
        world.client(kind).route({"title": "a"})
    assert type(caught.value) is error
    assert (len(world.requests), world.sleeps) == (1, [])


def test_waits_double_up_to_eight_seconds_until_the_time_is_over(kind: str) -> None:
    world = World([problem(503)])

    with pytest.raises(Unavailable) as caught:
        world.client(kind, chance=1.0, timeout=30).route({"title": "a"})
    assert world.sleeps == [0.25, 0.5, 1, 2, 4, 8, 8]
    assert caught.value.__notes__ == ["số lần đã thử: 8"]


def test_chance_spreads_the_waits_from_nothing_to_all(kind: str) -> None:
    world = World([problem(503), problem(503), OK])
    world.client(kind, chance=0.0).route({"title": "a"})

    assert world.sleeps == [0, 0]


def test_the_wait_that_the_server_asks_for_is_kept(kind: str) -> None:
    world = World([problem(429, headers={"Retry-After": "3"}), OK])
    world.client(kind).topics()

    assert world.sleeps == [3.125]


@pytest.mark.parametrize("given", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "²"])
def test_a_wait_that_is_no_number_of_seconds_is_left_to_chance(kind: str, given: str) -> None:
    world = World([problem(503, headers=httpx2.Headers([(b"retry-after", given.encode())])), OK])
    world.client(kind).topics()

    assert world.sleeps == [0.125]


def test_a_wait_longer_than_the_time_left_is_not_begun(kind: str) -> None:
    world = World([problem(429, headers={"Retry-After": "61"})])

    with pytest.raises(TooManyRequests) as caught:
        world.client(kind).topics()
    assert (caught.value.retry_after, world.sleeps, len(world.requests)) == (61, [], 1)


def test_no_try_waits_in_silence_for_longer_than_the_time_left(kind: str) -> None:
    world = World([problem(503, headers={"Retry-After": "40"}), OK])
    world.client(kind, chance=0.0).topics()

    silences = [request.extensions["timeout"] for request in world.requests]
    assert [(limits["connect"], limits["read"]) for limits in silences] == [(5, 35), (5, 20)]


def test_a_server_that_is_not_there_is_named_with_the_reason(kind: str) -> None:
    world = World([httpx2.ConnectError("Connection refused")])

    with pytest.raises(ConnectionFailed, match=r"https://diembao\.example: ConnectError: Connection refused") as caught:
        world.client(kind, timeout=1).topics()
    assert isinstance(caught.value.__cause__, httpx2.ConnectError)


def test_readiness_is_asked_once_and_only_a_strange_answer_is_an_error(kind: str) -> None:
    for answer, ready in ((OK, True), (problem(503), False), (httpx2.ConnectError("refused"), False)):
        world = World([answer])
        assert world.client(kind).ready() is ready
        assert (len(world.requests), world.sleeps) == (1, [])
    with pytest.raises(ClientError, match="404"):
        World([problem(404)]).client(kind).ready()


def test_a_correction_sent_again_is_the_same_one(kind: str) -> None:
    world = World([httpx2.ReadError("reset"), problem(503), httpx2.Response(201, json={"id": "x"})])
    client = world.client(kind)
    client.correct("a", decided={"urgency": 1}, reason="b")
    client.correct("a", decided={"urgency": 1}, reason="b")
    client.correct("a", decided={"urgency": 1}, reason="b", idempotency_key="sua-1")

    first, again, last, other, named = world.requests
    keys = [request.headers["idempotency-key"] for request in (first, again, last)]
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert first.content == again.content == last.content
    assert other.headers["idempotency-key"] not in keys
    assert named.headers["idempotency-key"] == "sua-1"

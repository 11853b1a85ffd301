"""Below the app: broken HTTP, heads without measure, heads and bodies that come too slowly. All over real sockets."""

from __future__ import annotations

import pytest
from wire_helpers import CHUNKED, CLOSE, GET, HOST, POST, Wire, chunk, taken_apart


@pytest.mark.parametrize(
    "sent",
    [
        b"junk\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"FOO /healthz HTTP/1.1\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\xc4\x83 HTTP/1.1\r\n" + HOST + b"\r\n",
        GET + b"X: a\x00b\r\n\r\n",
        GET + b"Authorization: Bearer db_a\r\n folded\r\n\r\n",
        POST + b"Content-Length: abc\r\n\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        POST + b"Content-Length: 4\r\n" + CHUNKED + b"0\r\n\r\n",
        POST + CHUNKED + b"zz\r\n",
    ],
    ids=["words", "tls", "http/2", "method", "connect", "path", "nul", "folded", "length of words", "negative length",
         "endless length", "two lengths", "length and chunks", "bad chunk"],
)  # fmt: skip
def test_broken_http_is_a_problem_and_the_end_of_the_connection(wire: Wire, sent: bytes) -> None:
    status, headers, problem = taken_apart(wire.answer(sent))

    assert (status, headers["content-type"], headers["connection"]) == (400, "application/problem+json", "close")
    assert (problem["type"], problem["status"]) == ("urn:diembao:problem:not-http", 400)
    assert problem["request_id"] == headers["x-request-id"]
    assert "không đúng HTTP/1.1" in str(problem["detail"])
    assert b'method="other",route="other",status="400"' in wire.app.state.service.metrics.text()


@pytest.mark.parametrize("sent", [
    GET + b"X: " + b"a" * 65_536 + b"\r\n\r\n",
    GET + b"X: a\r\n" * 20_000 + b"\r\n",
    GET + b"X: " + b"a" * 5_000_000,
    b"GET /" + b"a" * 65_536 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    POST + CHUNKED + chunk(b"{") + b"0\r\nX: " + b"a" * 1_000_000,
    POST + CHUNKED + b"1;" + b"a" * 1_000_000,
], ids=["header", "headers", "endless header", "path", "endless trailer", "endless extension"])  # fmt: skip
def test_a_head_without_measure_is_refused(wire: Wire, sent: bytes) -> None:
    status, _, problem = taken_apart(wire.answer(sent))

    assert (status, problem["type"]) == (431, "urn:diembao:problem:head-too-large")


def test_head_is_answered_without_a_body_and_the_connection_goes_on(wire: Wire) -> None:
    ask = b" /v1/topics HTTP/1.1\r\n" + HOST
    head, got = wire.answer(b"HEAD" + ask + b"\r\n" + b"GET" + ask + CLOSE + b"\r\n").split(b"HTTP/1.1 200 OK\r\n")[1:]

    length = b"content-length: %d\r\n" % len(got.partition(b"\r\n\r\n")[2])
    assert length in head
    assert length in got
    assert head.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("sent", [b"GET /heal", GET, b"\r\nG"])
def test_a_head_that_does_not_get_whole_in_time_is_refused(hasty: Wire, sent: bytes) -> None:
    status, headers, problem = taken_apart(hasty.answer(sent))

    assert (status, headers["connection"]) == (408, "close")
    assert problem["type"] == "urn:diembao:problem:slow-head"


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n"], ids=["nothing", "blank lines"])
def test_a_connection_that_asks_nothing_is_closed(hasty: Wire, sent: bytes) -> None:
    assert hasty.answer(sent) == b""


def test_a_second_head_has_no_more_time_than_the_first(hasty: Wire) -> None:
    with hasty.connect() as client:
        client.sendall(GET + b"\r\n")
        first = client.recv(65_536)
        client.sendall(GET)
        second = client.makefile("rb").read()

    assert first.startswith(b"HTTP/1.1 200")
    assert taken_apart(second)[0] == 408


def test_a_body_that_is_longer_than_it_said_is_answered_and_the_connection_ends(wire: Wire) -> None:
    content = '{"title": "Giá xăng tăng"}'.encode()

    status, _, record = taken_apart(wire.answer(POST + b"Content-Length: %d\r\n\r\n" % len(content) + content + b"}"))

    assert (status, record["id"]) == (200, "api#1")


@pytest.mark.parametrize("says_length", [True, False])
def test_a_client_that_sends_ten_megabytes_before_it_reads_is_told_that_it_is_too_much(
    wire: Wire, says_length: bool
) -> None:
    content = b" " * 10_000_000
    said = b"Content-Length: 10000000\r\n\r\n" + content if says_length else CHUNKED + chunk(content) + chunk(b"")

    refused, answered = wire.answer(POST + said + GET + CLOSE + b"\r\n").split(b"HTTP/1.1 ")[1:]

    assert refused.startswith(b"413")
    assert b"urn:diembao:problem:too-large" in refused
    assert answered.startswith(b"200")


def test_a_body_that_comes_too_slowly_is_refused(hasty: Wire) -> None:
    status, headers, problem = taken_apart(hasty.answer(POST + b"Content-Length: 100\r\n\r\n{"))

    assert (status, headers["connection"]) == (408, "close")
    assert problem["type"] == "urn:diembao:problem:slow-body"

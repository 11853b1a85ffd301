"""Below the app: broken HTTP, slow heads, clients that do not read, clients that leave. All over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from api_helpers import Requests, make_app, serving
from fastapi import FastAPI
from made_items import item

from nlp.pipeline import Engine
from serve.api.service import Service
from serve.commands.serve import listen
from serve.settings import Settings

HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST /v1/route HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
STREAM = b"POST /v1/route/stream?evidence=false HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-ndjson\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\n" + HOST
CLOSE = b"Connection: close\r\n"
LINES = 20_000


@dataclass(frozen=True)
class Wire:
    """A server behind a socket, with little patience and small buffers."""

    app: FastAPI
    server: uvicorn.Server
    port: int

    def connect(self) -> socket.socket:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        client.settimeout(60)
        client.connect(("127.0.0.1", self.port))
        return client

    def answer(self, sent: bytes) -> bytes:
        """Everything that comes back until the server closes."""
        with self.connect() as client:
            client.sendall(sent)
            return client.makefile("rb").read()


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def wire(
    request: pytest.FixtureRequest, engine: Engine, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wire]:
    pytest.importorskip(request.param)
    app = make_app(engine, model, tmp_path_factory.mktemp("wire") / "d.db", rate=0, head_seconds=0.3, body_seconds=1.0)
    listener = listen(Settings(port=0, body_seconds=1.0))
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        listener.setsockopt(socket.SOL_SOCKET, option, 65_536)
    with serving(app, listener, loop=request.param) as server:
        yield Wire(app, server, listener.getsockname()[1])


def taken_apart(answer: bytes) -> tuple[int, dict[str, str], dict[str, object]]:
    """Status, headers and JSON of one answer."""
    head, _, content = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert len(content) == int(headers["content-length"])
    return int(first.split()[1]), headers, json.loads(content)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


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


@pytest.mark.parametrize("sent", [b"GET /heal", GET, b"\r\nG"])
def test_a_head_that_does_not_get_whole_in_time_is_refused(wire: Wire, sent: bytes) -> None:
    status, headers, problem = taken_apart(wire.answer(sent))

    assert (status, headers["connection"]) == (408, "close")
    assert problem["type"] == "urn:diembao:problem:slow-head"


@pytest.mark.parametrize("sent", [b"", b"\r\n\r\n"], ids=["nothing", "blank lines"])
def test_a_connection_that_asks_nothing_is_closed(wire: Wire, sent: bytes) -> None:
    assert wire.answer(sent) == b""


def test_a_second_head_has_no_more_time_than_the_first(wire: Wire) -> None:
    with wire.connect() as client:
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


def test_chunks_that_break_in_the_midst_of_an_answer_break_it_off(wire: Wire, requests: Requests) -> None:
    with wire.connect() as client:
        client.sendall(STREAM + CHUNKED + chunk(json.dumps(item(1)).encode() + b"\n"))
        answer = client.makefile("rb")
        while b"bai-00001" not in answer.readline():
            pass
        client.sendall(b"zz\r\n")
        rest = answer.read()

    assert b"HTTP/1.1" not in rest
    assert requests.next("/v1/route/stream") == 499
    assert requests.tracebacks == []


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


def test_a_body_that_comes_too_slowly_is_refused(wire: Wire) -> None:
    status, headers, problem = taken_apart(wire.answer(POST + b"Content-Length: 100\r\n\r\n{"))

    assert (status, headers["connection"]) == (408, "close")
    assert problem["type"] == "urn:diembao:problem:slow-body"


@pytest.mark.parametrize("sent", [
    POST + b'Content-Length: 100\r\n\r\n{"title": "half',
    POST + CHUNKED + b"5\r\n{",
], ids=["length", "chunks"])  # fmt: skip
def test_a_client_that_leaves_in_its_body_is_counted(wire: Wire, requests: Requests, sent: bytes) -> None:
    with wire.connect() as client:
        client.sendall(sent)

    assert requests.next("/v1/route") == 499
    assert requests.tracebacks == []
    assert wire.answer(GET + CLOSE + b"\r\n").startswith(b"HTTP/1.1 200")


def test_a_client_that_leaves_ends_the_work_on_its_batch(
    wire: Wire, requests: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def endless(*_: object, **__: object) -> list[bytes]:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()
        return []

    monkeypatch.setattr(Service, "records", endless)
    body = json.dumps({"articles": [item(1), item(2)]}).encode()
    with wire.connect() as client:
        client.sendall(POST.replace(b"route", b"route/batch") + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert begun.wait(60)

    assert requests.next("/v1/route/batch") == 499
    assert ended.wait(60)
    assert requests.tracebacks == []


def test_a_client_that_leaves_its_stream_is_counted(wire: Wire, requests: Requests) -> None:
    with wire.connect() as client:
        client.sendall(STREAM + CHUNKED + chunk(json.dumps(item(1)).encode() + b"\n"))
        answer = client.makefile("rb")
        while b"bai-00001" not in answer.readline():
            pass
        answer.close()

    assert requests.next("/v1/route/stream") == 499
    assert requests.tracebacks == []


def stream_until_stuck(wire: Wire, client: socket.socket, sent: bytes) -> int:
    """Send, never read; how much was taken when the server had stopped both to read and to write."""
    client.setblocking(False)
    done = 0
    while done < len(sent):
        try:
            done += client.send(sent[done : done + 65_536])
        except BlockingIOError:
            flows = [connection.flow for connection in wire.server.server_state.connections]
            if any(flow.read_paused and flow.write_paused for flow in flows):
                break
    client.settimeout(60)
    return done


def long_lines() -> bytes:
    lines = (json.dumps({"id": str(number), "title": "Tin", "url": "u" * 700}) for number in range(LINES))
    return "\n".join(lines).encode()


def test_a_stream_is_read_no_faster_than_its_answer_and_loses_nothing(wire: Wire) -> None:
    sent = long_lines()
    with wire.connect() as client:
        client.sendall(STREAM + CLOSE + b"Content-Length: %d\r\n\r\n" % len(sent))
        taken = stream_until_stuck(wire, client, sent)
        held = max(len(one.cycle.body) for one in wire.server.server_state.connections if one.cycle)
        sender = threading.Thread(target=client.sendall, args=[sent[taken:]])
        sender.start()
        answer = client.makefile("rb").read()
        sender.join(60)

    ids = [line.partition(b'"id":"')[2].partition(b'"')[0] for line in answer.split(b"\n") if b'"id":"' in line]
    assert taken < len(sent) / 4
    assert held < 1_000_000
    assert ids == [b"%d" % number for number in range(LINES)]


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such limit")
def test_a_client_that_never_reads_is_left(wire: Wire, requests: Requests) -> None:
    with wire.connect() as client:
        sent = long_lines()
        client.sendall(STREAM + b"Content-Length: %d\r\n\r\n" % len(sent))
        assert stream_until_stuck(wire, client, sent) < len(sent)

        assert requests.next("/v1/route/stream") == 499
    assert requests.tracebacks == []

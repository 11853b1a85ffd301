"""Clients that leave in the midst of it, and clients that do not read. All over real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import threading

import pytest
from made_items import item
from wire_helpers import CHUNKED, CLOSE, GET, HOST, POST, Requests, Wire, chunk

from serve.api.service import Service

STREAM = b"POST /v1/route/stream?evidence=false HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-ndjson\r\n"
LINES = 20_000


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
        except ConnectionError:  # it was left already
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
def test_a_client_that_never_reads_is_left(hasty: Wire, requests: Requests) -> None:
    sent = long_lines()
    with hasty.connect() as client:
        client.sendall(STREAM + b"Content-Length: %d\r\n\r\n" % len(sent))
        assert stream_until_stuck(hasty, client, sent) < len(sent)

        assert requests.next("/v1/route/stream") == 499
    assert requests.tracebacks == []

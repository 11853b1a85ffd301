"""Load that wrk cannot make: requests at given times, and answers that are read. Raw HTTP/1.1 over asyncio."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

from benchmarks.serving.servers import Server

CONNECTIONS = 256


class Connection:
    """One kept-alive connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, server: Server) -> Connection:
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", server.port, limit=2**20))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises OSError or asyncio.IncompleteReadError where the server breaks off."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(None, 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()


def request(server: Server, body: bytes, *, path: str | None = None) -> bytes:
    """A POST of JSON."""
    headers = {"Host": "127.0.0.1", "Content-Type": "application/json", **server.headers, "Content-Length": len(body)}
    lines = [
        f"POST {path or server.route} HTTP/1.1",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(slots=True)
class Times:
    """Seconds from when each request was due to its answer; `late`: from then to when it was sent."""

    answered: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)


async def paced(server: Server, bodies: Sequence[bytes], *, rate: float, seconds: float) -> Times:
    """Ask `rate` times a second at moments of chance, whether the answers to earlier requests are there or not.

    Times count from when a request was due, so that a server that stalls pays for all whom it kept waiting.
    """
    loop, chance, times = asyncio.get_running_loop(), random.Random(4), Times()  # noqa: S311 — no secret
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        idle.put_nowait(await Connection.open(server))

    async def one(content: bytes, due: float) -> None:
        connection = await idle.get()
        times.late.append(loop.time() - due)
        status, body = await connection.ask(content)
        times.answered.append(loop.time() - due)
        if status != 200:
            raise RuntimeError(f"{server.name} answers {status}: {body[:500]!r}")
        idle.put_nowait(connection)

    requests, tasks = cycle([request(server, body) for body in bodies]), []
    due = loop.time() + 0.1
    end = due + seconds
    while (due := due + chance.expovariate(rate)) < end:
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(one(next(requests), due)))
    await asyncio.gather(*tasks)
    while not idle.empty():
        idle.get_nowait().close()
    return times

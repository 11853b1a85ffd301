"""POST /v1/route/stream: JSON lines in, JSON lines out, no faster than the client reads them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import orjson
from fastapi import Request, Response

from nlp.reading.ids import SeenIds
from nlp.types import Article
from serve.api.bodies import asked, next_part, parse, require_media
from serve.api.problems import SLOW_BODY, TOO_LARGE, Fault, Problem
from serve.api.routes.reading import beside_errors, error_of
from serve.api.schemas import Invalid, article_of
from serve.api.service import Service
from serve.api.together import AT_ONCE

MEDIA_TYPES = ("application/x-ndjson", "application/jsonl")
Records = Callable[..., Awaitable[list[bytes]]]
"""`Service.records` with the model and the options of one stream."""


async def stream(request: Request, service: Service) -> Response:
    """A line for a line: a record, or {"error": ...}. A fault of the stream itself is its last line.

    A stream is one answer: the model that it began with answers to its end.
    """
    loaded, options = service.loaded, asked(request)
    loaded.check(options)
    require_media(request, *MEDIA_TYPES)
    route = partial(service.records, asked=options, loaded=loaded, received=service.clock())
    return Lines(_answers(request, service, route), headers={"content-type": MEDIA_TYPES[0]})


class Lines(Response):
    """Sends lines as they are made, and makes none while the one before waits to be sent.

    Not starlette's StreamingResponse: it listens for the client's leave and so swallows the rest of the body.
    """

    def __init__(self, lines: AsyncIterator[bytes], *, headers: dict[str, str]) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._lines = lines

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        """Answer."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for line in self._lines:
            await send({"type": "http.response.body", "body": line, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _answers(request: Request, service: Service, route: Records) -> AsyncIterator[bytes]:
    seen, number = SeenIds(), 0
    try:
        async for lines in _groups(request, service):
            results: list[Article | bytes] = []
            for line in lines:
                number += 1
                results.append(_article(line, number, seen, limit=service.settings.max_body_bytes))
            yield await _routed(results, request, service, route)
    except Problem as problem:
        yield b'{"error":%b}\n' % orjson.dumps(problem.document(request.scope["request_id"]))


async def _routed(results: list[Article | bytes], request: Request, service: Service, route: Records) -> bytes:
    articles = [result for result in results if isinstance(result, Article)]
    while wait := service.limits.wait(request.scope["key_id"], len(results)):
        await asyncio.sleep(wait)
    records = await route(articles, key_id=request.scope["key_id"])
    request.scope["articles"] = request.scope.get("articles", 0) + len(articles)
    return b"".join(part + b"\n" for part in beside_errors(results, records, service))


def _article(line: bytes, number: int, seen: SeenIds, *, limit: int) -> Article | bytes:
    try:
        if len(line) > limit:
            raise _line_too_long(limit)
        given = parse(line)
        return article_of(given.value, number=number, seen=seen, is_suspect=given.is_suspect)
    except Invalid as error:
        return error_of(error, prefix=f"/{number}")
    except Problem as problem:
        return orjson.dumps(
            Problem(problem.kind, problem.detail, faults=[Fault(f"#/{number}", problem.detail)]).document()
        )


async def _groups(request: Request, service: Service) -> AsyncIterator[list[bytes]]:
    """Whole lines, blank ones left out, up to AT_ONCE together. Raises Problem for a long line or a long silence."""
    limit, rest = service.settings.max_body_bytes, bytearray()
    is_whole = False
    while not is_whole:
        try:
            part, is_whole = await asyncio.wait_for(next_part(request), service.settings.body_seconds)
        except TimeoutError:
            raise Problem(SLOW_BODY, f"không nhận được gì trong {service.settings.body_seconds:g} giây") from None
        end = part + b"\n" if is_whole else part
        rest += end
        if b"\n" in end:  # a long line may come byte by byte
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            whole = [line for line in lines if line.strip()]
            for start in range(0, len(whole), AT_ONCE):
                yield whole[start : start + AT_ONCE]
        if len(rest) > limit:
            raise _line_too_long(limit)


def _line_too_long(limit: int) -> Problem:
    return Problem(TOO_LARGE, f"một dòng nhiều nhất {limit} byte")

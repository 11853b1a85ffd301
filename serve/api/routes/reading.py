"""POST /v1/route and /v1/route/batch: articles in, records out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import orjson
from fastapi import Request, Response

from nlp.reading.ids import SeenIds
from nlp.types import Article
from serve.api.bodies import asked, json_body, unless_gone
from serve.api.problems import TOO_SLOW, Problem, invalid
from serve.api.schemas import BatchIn, Invalid, article_of, checked
from serve.api.service import Service

JSON = "application/json"


async def route(request: Request, service: Service) -> Response:
    """One article -> its record."""
    loaded, options = service.loaded, asked(request)
    loaded.check(options)
    given = await json_body(request, service.settings)
    try:
        article = article_of(given.value, number=1, seen=SeenIds(), is_suspect=given.is_suspect)
    except Invalid as error:
        raise invalid(error.faults) from None
    record = await service.record(article, options, loaded=loaded, key_id=request.scope["key_id"])
    request.scope["articles"] = 1
    return Response(record, media_type=JSON)


async def batch(request: Request, service: Service) -> Response:
    """Many articles -> {"results": [{"record": ...} or {"error": ...}]}, in the order given."""
    loaded, options = service.loaded, asked(request)
    loaded.check(options)
    given = await json_body(request, service.settings)
    try:
        values = checked(BatchIn, given.value, is_suspect=False).articles
    except Invalid as error:
        raise invalid(error.faults) from None
    service.limits.take(request.scope["key_id"], len(values) - 1)  # one was taken at the door
    results = articles_or_errors(values, is_suspect=given.is_suspect)
    articles = [result for result in results if isinstance(result, Article)]
    try:
        async with asyncio.timeout(service.settings.request_seconds):
            work = service.records(
                articles, options, loaded=loaded, received=service.clock(), key_id=request.scope["key_id"]
            )
            records = await unless_gone(request, work)
    except TimeoutError:
        raise Problem(TOO_SLOW, "hãy gửi lô nhỏ hơn", headers={"Retry-After": "1"}) from None
    request.scope["articles"] = len(articles)
    parts = beside_errors(results, records, service, form=b'{"record":%b}')
    return Response(b'{"results":[%b]}' % b",".join(parts), media_type=JSON)


def articles_or_errors(values: list[object], *, is_suspect: bool) -> list[Article | bytes]:
    """Each value as an article, or the problem that it is as JSON, pointers seen from the whole body."""
    seen = SeenIds()
    results: list[Article | bytes] = []
    for place, value in enumerate(values):
        try:
            results.append(article_of(value, number=place + 1, seen=seen, is_suspect=is_suspect))
        except Invalid as error:
            results.append(error_of(error, prefix=f"/articles/{place}"))
    return results


def beside_errors(
    results: Sequence[Article | bytes], records: Sequence[bytes], service: Service, *, form: bytes = b"%b"
) -> list[bytes]:
    """Records of the articles among `results`, each in `form`, with the errors where they stand; errors are counted."""
    left = iter(records)
    parts = []
    for result in results:
        if isinstance(result, Article):
            parts.append(form % next(left))
        else:
            service.metrics.refused()
            parts.append(b'{"error":%b}' % result)
    return parts


def error_of(error: Invalid, *, prefix: str = "") -> bytes:
    """The problem of one article among many, as JSON."""
    document = invalid([fault.below(prefix) for fault in error.faults]).document()
    return orjson.dumps(document)

"""From the wire to a JSON value, within limits of size and time; and the query, as strict as the body."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import orjson
from fastapi import Request

from serve.api.headers import WHOLE, header
from serve.api.problems import MALFORMED, MEDIA_NOT_SUPPORTED, SLOW_BODY, TOO_LARGE, Fault, Problem, invalid
from serve.settings import Settings

CLOSE = {"Connection": "close"}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
Done = TypeVar("Done")
PLAIN = "identity"
"""The only Content-Encoding taken."""


class ClientGone(Exception):
    """The client left before its body was whole. There is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Json:
    """A parsed body. `is_suspect`: it is JSON only for a lenient parser, so it may hold NaN or lone surrogates."""

    value: Any
    is_suspect: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of the routes that route articles."""

    at: date | None = None
    evidence: bool = True


async def json_body(request: Request, settings: Settings) -> Json:
    """The body as JSON. Raises Problem: other media type, too large, too slow, not JSON; and ClientGone."""
    require_media(request, "application/json")
    return parse(await whole_body(request, settings))


def require_media(request: Request, *wanted: str) -> None:
    """Raise Problem unless the body says it is one of `wanted`.

    A page of another site can post text/plain without asking first; it cannot post this.
    """
    given = header(request.scope, b"content-type").partition(";")[0].strip().lower()
    if given not in wanted:
        raise Problem(MEDIA_NOT_SUPPORTED, f"cần Content-Type: {' hoặc '.join(wanted)}")
    if (header(request.scope, b"content-encoding") or PLAIN).lower() != PLAIN:
        raise Problem(MEDIA_NOT_SUPPORTED, "hãy gửi nội dung không nén, không có Content-Encoding",
                      headers={"Accept-Encoding": PLAIN})  # fmt: skip


async def whole_body(request: Request, settings: Settings) -> bytes:
    """All bytes of the body, at most `max_body_bytes`, within `body_seconds`."""
    limit = settings.max_body_bytes
    if int(header(request.scope, b"content-length") or 0) > limit:
        raise _too_large(limit)
    if WHOLE in request.scope:  # nearly always; starting and stopping a clock takes longer than parsing
        return await _at_most(limit, request)
    try:
        async with asyncio.timeout(settings.body_seconds):
            return await _at_most(limit, request)
    except TimeoutError:
        raise Problem(SLOW_BODY, f"chưa nhận đủ sau {settings.body_seconds:g} giây", headers=CLOSE) from None


async def _at_most(limit: int, request: Request) -> bytes:
    parts, size, is_whole = [], 0, False
    while not is_whole:
        part, is_whole = await next_part(request)
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def next_part(request: Request) -> tuple[bytes, bool]:
    """A piece of the body, which may be empty, and whether it was the last. Raises ClientGone."""
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message.get("body", b""), not message.get("more_body", False)


async def unless_gone(request: Request, work: Coroutine[Any, Any, Done]) -> Done:
    """The result of `work` for a request whose body is read. Where the client leaves, work ends: ClientGone."""

    async def leave() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    working, leaving = asyncio.create_task(work), asyncio.create_task(leave())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


def _too_large(limit: int) -> Problem:
    return Problem(TOO_LARGE, f"nhiều nhất {limit} byte; hãy chia thành nhiều lô")


def parse(body: bytes) -> Json:
    """Parse strictly; where that fails, leniently, so that the fault can be shown at its field. Raises Problem."""
    try:
        return Json(orjson.loads(body), is_suspect=False)
    except orjson.JSONDecodeError as error:
        reason = f"dòng {error.lineno} cột {error.colno}: không đúng cú pháp JSON"
    try:
        return Json(json.loads(body.decode("utf-8")), is_suspect=True)
    except UnicodeDecodeError as error:
        reason = f"không phải UTF-8 ở byte {error.start}"
    except RecursionError:
        reason = "lồng nhau quá sâu"
    except ValueError:
        pass  # what orjson says is right
    raise Problem(MALFORMED, reason)


def query(request: Request, *known: str) -> dict[str, str]:
    """The query parameters, each at most once. Raises Problem for one that is not known or comes twice."""
    if not request.scope["query_string"]:
        return {}
    given = request.query_params.multi_items()
    names = [name for name, _ in given]
    for name in names:
        if name not in known:
            raise invalid([Fault(f"?{name[:80]}", f"tham số lạ; các tham số: {', '.join(known) or 'không có'}")])
        if names.count(name) > 1:
            raise invalid([Fault(f"?{name}", "nêu hai lần")])
    return dict(given)


def day(given: str | None) -> date | None:
    """A day as 2023-05-01. Raises Problem."""
    if given is None:
        return None
    try:
        if _DAY.fullmatch(given):  # fromisoformat takes other forms too
            return date.fromisoformat(given)
    except ValueError:
        pass
    raise invalid([Fault("?at", "cần một ngày có thật, viết như 2023-05-01")])


def asked(request: Request) -> Asked:
    """?at= and ?evidence=. Raises Problem."""
    given = query(request, "at", "evidence")
    if not given:
        return ALL_DEFAULTS
    if given.get("evidence", "true") not in ("true", "false"):
        raise invalid([Fault("?evidence", "cần true hoặc false")])
    return Asked(at=day(given.get("at")), evidence=given.get("evidence") != "false")


ALL_DEFAULTS = Asked()

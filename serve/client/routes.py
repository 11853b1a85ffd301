"""Each route of the API as steps: what it is asked with, what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import uuid4

import httpx2

from nlp.record_types import Record
from serve.agreed import MAX_BATCH
from serve.client.core import Call, Steps, ask, parsed
from serve.client.errors import BadOption, ConnectionFailed, ItemError, NotDiembao, Unavailable
from serve.client.options import Options, visible
from serve.client.types import Article, Correction, Decided

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
JSON = {"Content-Type": "application/json"}
WINDOW_BYTES = 4_000_000
"""Half of what the server takes at once unless it is set otherwise."""
KEPT = 64
"""Reference answers kept for their ETag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How articles are to be routed: with the units of the day `at`, with or without evidence."""

    at: date | str | None = None
    evidence: bool = True

    def params(self) -> dict[str, str]:
        """As a query."""
        return {**on_day(self.at), **({} if self.evidence else {"evidence": "false"})}


def on_day(at: date | str | None) -> dict[str, str]:
    """The query ?at=, if any."""
    return {} if at is None else {"at": at if isinstance(at, str) else f"{at:%Y-%m-%d}"}


class Routes:
    """The routes, and the reference answers that are kept."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._kept: dict[tuple[str, str], tuple[str, httpx2.Response]] = {}

    def _json(self, call: Call) -> Steps[Any]:
        return parsed((yield from ask(call, self.options)), self.options.url)

    def route(self, article: Article, asked: Asked, request_id: str | None) -> Steps[Record]:
        """POST /v1/route."""
        call = Call("POST", "/v1/route", asked.params(), encoded(article), {**JSON, **_named(request_id)})
        return cast(Record, (yield from self._json(call)))

    def batch(self, articles: Iterable[bytes], asked: Asked, request_id: str | None) -> Steps[list[Record | ItemError]]:
        """POST /v1/route/batch, of articles already encoded. None of them: no request."""
        given = list(articles)
        if not given:
            return []
        content = b'{"articles":[%b]}' % b",".join(given)
        call = Call("POST", "/v1/route/batch", asked.params(), content, {**JSON, **_named(request_id)})
        results = (yield from self._json(call)).get("results")
        if not isinstance(results, list) or len(results) != len(given):
            raise NotDiembao(self.options.url, f"cần {len(given)} kết quả")
        return [self._result(result, place) for place, result in enumerate(results)]

    def _result(self, result: Any, place: int) -> Record | ItemError:
        try:
            if "record" in result:
                return cast(Record, result["record"])
            return ItemError.of(result["error"], seen_from=f"#/articles/{place}")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NotDiembao(self.options.url, f"kết quả thứ {place + 1} không có dạng đã hẹn") from None

    def correct(
        self, article: Article | str, *, decided: Decided, reason: str, actor: str, idempotency_key: str | None,
        request_id: str | None,
    ) -> Steps[Correction]:  # fmt: skip
        """POST /v1/corrections, under the same idempotency key however often it is sent."""
        what = {"id": article} if isinstance(article, str) else {"article": article}
        content = encoded({**what, "decided": decided, "reason": reason, "actor": actor})
        key = visible("idempotency_key", uuid4().hex if idempotency_key is None else idempotency_key)
        call = Call("POST", "/v1/corrections", {}, content, {**JSON, "Idempotency-Key": key, **_named(request_id)})
        return cast(Correction, (yield from self._json(call)))

    def reference(self, path: str, params: dict[str, str]) -> Steps[Any]:
        """A reference route, sent again only where it has changed; the value is a new one each time."""
        place = (path, params.get("at", ""))
        tag, kept = self._kept.get(place, ("", None))
        call = Call("GET", path, params, headers={"If-None-Match": tag} if kept else {})
        response = yield from ask(call, self.options)
        if kept is not None and response.status_code == httpx2.codes.NOT_MODIFIED:
            return parsed(kept, self.options.url)
        value = parsed(response, self.options.url)
        if tag := response.headers.get("etag", ""):
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[place] = (tag, response)
        return value

    def ready(self) -> Steps[bool]:
        """GET /readyz, once."""
        try:
            yield from ask(Call("GET", "/readyz", is_patient=False), self.options)
        except (Unavailable, ConnectionFailed):
            return False
        return True


class Windows:
    """Gathers the articles of a stream into batches. An article without an id is named by its place in the stream."""

    def __init__(self, size: int) -> None:
        """Raises BadOption."""
        if not 1 <= size <= MAX_BATCH:
            raise BadOption("window", f"cần từ 1 đến {MAX_BATCH} bài")
        self._size, self._number, self._bytes = size, 0, 0
        self._held: list[bytes] = []

    def add(self, article: Article) -> Iterator[list[bytes]]:
        """Take an article; gives the windows that are full now."""
        self._number += 1
        given = encoded(article if article.get("id") else {**article, "id": f"api#{self._number}"})
        if self._bytes + len(given) > WINDOW_BYTES:
            yield from self.rest()
        self._held.append(given)
        self._bytes += len(given)
        if len(self._held) == self._size:
            yield from self.rest()

    def rest(self) -> Iterator[list[bytes]]:
        """What is held, if anything."""
        held, self._held, self._bytes = self._held, [], 0
        if held:
            yield held


def encoded(value: object) -> bytes:
    """UTF-8 of JSON; dates as ISO 8601. Lone surrogates, which are no UTF-8, go escaped, for the server to name."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_iso)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, default=_iso).encode("ascii")


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"không gửi được {type(value).__name__} dưới dạng JSON")


def _named(request_id: str | None) -> dict[str, str]:
    return {} if request_id is None else {"X-Request-ID": visible("request_id", request_id, form=_REQUEST_ID)}

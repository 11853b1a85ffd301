"""POST /v1/corrections: what a person decided, kept with the prediction that it corrects."""

from __future__ import annotations

import asyncio
import re
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from fastapi import Request, Response

from nlp.reading.articles import to_row
from nlp.reading.ids import SeenIds
from serve.api.bodies import Asked, parse, query, require_media, whole_body
from serve.api.headers import by_name, header
from serve.api.predictions import Predicted
from serve.api.problems import INTERNAL, KEY_REUSED, NOT_FOUND, Fault, Problem, invalid
from serve.api.schemas import CorrectionIn, Invalid, article_of, checked
from serve.api.service import Service
from serve.store import Correction, StoreError

_GOOD_KEY = re.compile(r"[\x21-\x7e]{1,200}")


async def correct(request: Request, service: Service) -> Response:
    """Keep a correction; answers when it is on disk. The same Idempotency-Key again gets the same answer."""
    query(request)
    require_media(request, "application/json")
    repeated = _idempotency_key(request)
    content = await whole_body(request, service.settings)
    digest, key_id = sha256(content).digest(), request.scope["key_id"]
    if repeated and (earlier := await asyncio.to_thread(service.store.repeated, key_id, repeated)):
        return _said(earlier, digest, service, is_new=False)  # before anything that may have changed since
    body = parse(content)
    try:
        given = checked(CorrectionIn, body.value, is_suspect=body.is_suspect)
        article, prediction = await _corrected(given, key_id, service)
    except Invalid as error:
        raise invalid(error.faults) from None
    correction = Correction(
        id=uuid4().hex,
        article_id=article.id,
        article=orjson.dumps(to_row(article)),
        prediction=prediction,
        model=orjson.loads(prediction)["model"],
        decided=orjson.dumps(given.decided.model_dump(exclude_unset=True)),
        reason=given.reason,
        actor=given.actor,
        key_id=key_id,
        created_at=service.clock().isoformat(),
        idempotency_key=repeated,
        request_digest=digest,
    )
    try:
        kept = await asyncio.to_thread(service.store.add_correction, correction)
    except StoreError as error:
        raise Problem(INTERNAL, "không ghi được vào cơ sở dữ liệu; sửa đổi chưa được giữ") from error
    return _said(kept, digest, service, is_new=kept is correction)


def _said(kept: Correction, digest: bytes, service: Service, *, is_new: bool) -> Response:
    """The answer to a correction that is kept, now or from an earlier request."""
    if kept.request_digest != digest:
        raise Problem(KEY_REUSED, "hãy dùng một Idempotency-Key mới cho mỗi sửa đổi mới")
    headers = {} if is_new else {"Idempotent-Replayed": "true"}
    if is_new:
        service.metrics.corrected()
    return Response(_answer(kept), 201, media_type="application/json", headers=headers)


async def _corrected(given: CorrectionIn, key_id: str, service: Service) -> Predicted:
    """The article sent, routed now; or that of an id which the same key had routed lately, with what it got then."""
    if given.article is None:
        predicted = service.predictions.get(key_id, given.id)
        if predicted is None:
            raise Problem(NOT_FOUND, "máy chủ không còn nhớ bài mang mã này; hãy gửi cả bài trong article",
                          faults=[Fault("#/id", "không còn nhớ")])  # fmt: skip
        return predicted
    try:
        article = article_of(given.article, number=1, seen=SeenIds(), is_suspect=False)
    except Invalid as error:
        raise Invalid([fault.below("/article") for fault in error.faults]) from None
    (record,) = await service.records([article], Asked(), loaded=service.loaded, received=service.clock())
    return Predicted(article, record)


def _answer(kept: Correction) -> bytes:
    said: dict[str, Any] = {
        "id": kept.id,
        "article_id": kept.article_id,
        "created_at": kept.created_at,
        "model": kept.model,
        "prediction": orjson.Fragment(kept.prediction),
        "decided": orjson.Fragment(kept.decided),
    }
    return orjson.dumps(said)


def _idempotency_key(request: Request) -> str:
    if b"idempotency-key" not in by_name(request.scope):
        return ""
    given = header(request.scope, b"idempotency-key")
    if not _GOOD_KEY.fullmatch(given):
        raise invalid([Fault("Idempotency-Key", "cần 1 đến 200 ký tự ASCII in được, không dấu cách")])
    return given

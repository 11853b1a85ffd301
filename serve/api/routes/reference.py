"""What changes rarely: topics, units of a day, the model. Each with an ETag, so that asking again costs nothing."""

from __future__ import annotations

from hashlib import sha256

import orjson
from fastapi import Request, Response

from nlp.heads import OUT_OF_SCOPE, TOPICS, URGENCY
from nlp.organisation import OrganisationError
from serve.api.bodies import day, query
from serve.api.headers import header
from serve.api.problems import Fault, invalid
from serve.api.service import Service
from serve.org.show import document

KEPT_DAYS = 64
TOPIC_LIST = orjson.dumps(
    {
        "topics": [{"code": code, "name": name, "in_scope": code != OUT_OF_SCOPE} for code, name in TOPICS.items()],
        "urgency": [{"level": int(level), "name": name} for level, name in URGENCY.items()],
    }
)


async def topics(request: Request, _service: Service) -> Response:
    """The topics and the levels of urgency."""
    query(request)
    return reference(request, TOPIC_LIST)


async def units(request: Request, service: Service) -> Response:
    """The organisation on a day, as `diembao org show --json` tells it."""
    at = day(query(request, "at").get("at")) or service.clock().date()
    loaded = service.loaded
    if at not in loaded.units:
        try:
            content = orjson.dumps(document(loaded.engine.organisation, at=at))
        except OrganisationError as error:
            raise invalid([Fault("?at", str(error))]) from None
        if len(loaded.units) >= KEPT_DAYS:
            loaded.units.clear()
        loaded.units[at] = content
    return reference(request, loaded.units[at])


async def model(request: Request, service: Service) -> Response:
    """The model that answers: version, fingerprints of its bytes and its data, metrics, card; a newer one refused."""
    query(request)
    loaded = service.loaded
    facts = {
        **loaded.document(),
        **{name: loaded.manifest.get(name) for name in ("data_fingerprint", "metrics")},
        "card": loaded.card,
        "refused": service.refused and service.refused.document(),
    }
    return reference(request, orjson.dumps(facts))


def reference(request: Request, content: bytes) -> Response:
    """`content` with its ETag; 304 where the client has it."""
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [one.strip().removeprefix("W/") for one in header(request.scope, b"if-none-match").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)

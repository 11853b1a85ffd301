"""For those who watch over the server."""

from __future__ import annotations

import orjson
from fastapi import Request, Response

from serve.api.metrics import MEDIA_TYPE
from serve.api.problems import NOT_READY, Problem
from serve.api.service import Service


async def healthz(_request: Request, _service: Service) -> Response:
    """The process lives."""
    return Response(b'{"status":"ok"}', media_type="application/json")


async def readyz(_request: Request, service: Service) -> Response:
    """The model is loaded, proven and warm. Says which it is, and where a newer one does not answer, why."""
    if not service.ready:
        raise not_ready()
    loaded = service.loaded.document()
    said = {
        "status": "ready",
        "model": loaded.pop("version"),
        **loaded,
        "refused": service.refused and service.refused.document(),
        "outage": service.outage or None,
        "demo": service.settings.demo,
    }
    return Response(orjson.dumps(said), media_type="application/json")


async def metrics(_request: Request, service: Service) -> Response:
    """The metrics of Prometheus."""
    return Response(service.metrics.text(), headers={"content-type": MEDIA_TYPE})


def not_ready() -> Problem:
    """The problem of a server that is still warming up."""
    return Problem(NOT_READY, "mô hình đang được chuẩn bị", headers={"Retry-After": "1"})

"""create_app(): the table of routes as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI, Request, Response

from serve.api import docs_page, problems
from serve.api.access import Access
from serve.api.direct import Direct, Handle
from serve.api.envelope import App, Envelope
from serve.api.keeper import Keeper
from serve.api.limits import Limits
from serve.api.loaded import Loaded
from serve.api.metrics import Metrics
from serve.api.openapi import document
from serve.api.problems import Problem
from serve.api.routes import ROUTES, Route
from serve.api.routes.health import not_ready
from serve.api.service import Service
from serve.api.sources import Source
from serve.api.watch import Watcher
from serve.commands.options import now_in_vietnam
from serve.settings import Settings
from serve.store import Store


def create_app(
    settings: Settings,
    *,
    loaded: Loaded,
    store: Store,
    source: Source | None = None,
    give_up: Callable[[str], None] = lambda _reason: None,
    clock: Callable[[], datetime] = now_in_vietnam,
) -> FastAPI:
    """The application. It begins with the model `loaded` and goes on with what `source` offers, see `serve.api.watch`.

    `give_up` is called with the reason where the first model must not answer; the app is then never ready.
    Keys are read over a connection of their own, so that no request waits for a correction on its way to the disk.
    """
    service = Service(
        settings=settings,
        loaded=loaded,
        clock=clock,
        metrics=Metrics(),
        store=store,
        access=Access(None if settings.demo else Store(store.path)),
        limits=Limits(rate=settings.rate, burst=settings.burst),
    )
    watcher = Watcher(service, source, seconds=settings.model_seconds, give_up=give_up)
    keeper = Keeper(service)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        watching, counting = asyncio.create_task(watcher.run()), asyncio.create_task(keeper.run())
        yield
        watching.cancel()
        keeper.stop()
        await counting

    app = Api(
        title="diembao", version=version("diembao"), lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # else looked for at every request
    )  # fmt: skip
    app.state.service, app.state.watcher = service, watcher
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    app.add_exception_handler(Problem, problems.answer_problem)
    app.add_exception_handler(404, problems.answer_not_found)
    app.add_exception_handler(405, problems.answer_not_allowed)
    table = {(route.method, route.path): (route, _handler(route, service)) for route in ROUTES}
    for route, handle in table.values():
        _add(app, route, handle)
    app.front = Envelope(Direct(app.own, table=table), observe=service.metrics.request)
    docs_page.add(app)
    return app


class Api(FastAPI):
    """FastAPI, asked last: our layers stand before its own, which a request of the table then never sees.

    It inherits because FastAPI puts every layer that it is given behind four of its own, 10 µs.
    """

    front: App

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        await self.front(scope, receive, send)

    async def own(self, scope: Any, receive: Any, send: Any) -> None:
        """FastAPI's own way."""
        await super().__call__(scope, receive, send)


def _add(app: FastAPI, route: Route, handle: Handle) -> None:
    app.add_api_route(
        route.path,
        handle,
        methods=[route.method],
        summary=route.summary,
        operation_id=route.handle.__name__,
        response_model=None,
        response_class=Response,
        responses=route.responses(),
        openapi_extra=route.openapi(),
    )


def _handler(route: Route, service: Service) -> Handle:
    """The route behind its guard; no route can be added without naming its scope."""

    async def handle(request: Request) -> Response:
        if route.scope:
            request.scope["key_id"] = service.access.admit(request, route.scope)
            if not service.ready:
                raise not_ready()
            service.limits.take(request.scope["key_id"], 1)
        return await route.handle(request, service)

    return handle

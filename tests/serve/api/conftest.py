"""A server of the tiny model, asked without a network."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_helpers import Server, make_app, until_ready
from fastapi import FastAPI
from fastapi.testclient import TestClient
from wire_helpers import Requests, Wire, wired

from models.artifacts import load_engine
from nlp.pipeline import Engine

LOOPS = ("asyncio", "uvloop")


@pytest.fixture(scope="session")
def engine(model: Path) -> Engine:
    return load_engine(model)


@pytest.fixture(scope="session")
def app(engine: Engine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return make_app(engine, model, tmp_path_factory.mktemp("store") / "diembao.db", rate=0)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield until_ready(client)


@pytest.fixture(scope="module", params=LOOPS)
def wire(request: Any, engine: Engine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wired(engine, model, tmp_path_factory.mktemp("wire"), loop=request.param) as made:
        yield made


@pytest.fixture(scope="module", params=LOOPS)
def hasty(request: Any, engine: Engine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("hasty")
    with wired(engine, model, folder, loop=request.param, head_seconds=0.5, body_seconds=0.5) as made:
        yield made


@pytest.fixture
def requests() -> Iterator[Requests]:
    handler = Requests()
    loggers = [logging.getLogger(name) for name in ("diembao.api", "uvicorn.error", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel("INFO")
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def server(model: Path, tmp_path: Path) -> Iterator[Server]:
    running = Server(model, tmp_path)
    yield running
    running.close()


@pytest.fixture
def guarded_server(model: Path, tmp_path: Path) -> Iterator[Server]:
    running = Server(model, tmp_path, demo=False)
    yield running
    running.close()

"""What a server routes is counted for `diembao drift`: off the way of requests, and safe but for the last minute."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from collections import Counter
from datetime import date
from pathlib import Path

import httpx2
import pytest
from api_helpers import NOW, Server, make_app, until_ready
from fastapi.testclient import TestClient
from made_items import item

from models.drift import Cell
from nlp.pipeline import Engine
from serve.api.keeper import Keeper
from serve.store import Store, StoreError

DAY = date(2025, 4, 2)
ONE = Cell(DAY, "Báo A", "m", "articles", 2.0)


def articles(store: Store) -> Counter[tuple[date, str, str]]:
    found: Counter[tuple[date, str, str]] = Counter()
    for day, source, model, name, amount in store.served():
        if name == "articles":
            found[day, source, model] += int(amount)
    return found


def test_articles_of_every_route_are_counted_once_on_the_day_they_came(
    engine: Engine, model: Path, tmp_path: Path
) -> None:
    app = make_app(engine, model, tmp_path / "a.db", rate=0)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        until_ready(client)
        client.post("/v1/route", json=item(1))
        client.post("/v1/route/batch", json={"articles": [item(2), {"title": 3}, item(3)]})
        lines = "".join(json.dumps(item(number)) + "\n" for number in (4, 5))
        client.post("/v1/route/stream", content=lines, headers={"Content-Type": "application/jsonl"})
        client.post("/v1/route", json={"title": "Cháy lớn", "body": "cháy " * 20_000, "source": "Báo Dài"})
        correction = {"article": item(1), "decided": {"urgency": 0}, "reason": "Tin cũ."}
        assert client.post("/v1/corrections", json=correction).status_code == 201

    assert articles(Store(tmp_path / "a.db")) == {
        (NOW.date(), "Báo Thử", "tiny-1"): 5,
        (NOW.date(), "Báo Dài", "tiny-1"): 1,
    }


def test_nothing_of_a_text_is_kept(engine: Engine, model: Path, tmp_path: Path) -> None:
    app = make_app(engine, model, tmp_path / "a.db")
    with TestClient(app, base_url="http://127.0.0.1") as client:
        until_ready(client).post("/v1/route", json=item(1))

    rows = sqlite3.connect(tmp_path / "a.db").execute("SELECT * FROM served").fetchall()
    words = {str(value) for row in rows for value in row}
    assert rows
    assert not any(piece in word for word in words for piece in (item(1)["id"], item(1)["title"], item(1)["url"]))


def test_a_server_that_ends_in_order_loses_no_article(server: Server) -> None:
    for number in range(3):
        httpx2.post(f"{server.url}/v1/route", json=item(number))

    assert server.stop(signal.SIGTERM) == 0
    assert sum(articles(Store(server.database)).values()) == 3


def test_a_server_that_is_killed_loses_no_more_than_what_was_not_yet_written(server: Server) -> None:
    Store(server.database).add_served([ONE])
    httpx2.post(f"{server.url}/v1/route", json=item(1))

    server.stop(signal.SIGKILL)

    assert articles(Store(server.database)) == {(DAY, "Báo A", "m"): 2}
    assert sqlite3.connect(server.database).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_sums_that_the_disk_does_not_take_are_tried_again_and_counted_once(
    engine: Engine, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(engine, model, tmp_path / "a.db")
    service = app.state.service
    service.traffic.put([ONE])
    keeper = Keeper(service)

    def full(_cells: object) -> None:
        raise StoreError(tmp_path, "hết chỗ") from sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "add_served", lambda _self, cells: full(cells))
        asyncio.run(keeper.write())
    assert service.store.served() == []

    asyncio.run(keeper.write())
    asyncio.run(keeper.write())

    assert service.store.served() == [ONE]


def test_sums_are_written_while_the_server_runs(engine: Engine, model: Path, tmp_path: Path) -> None:
    service = make_app(engine, model, tmp_path / "a.db").state.service
    written = asyncio.Event()

    async def one_round() -> None:
        keeper = Keeper(service, seconds=0.001)
        write = keeper.write

        async def tell() -> None:
            await write()
            written.set()

        keeper.write = tell  # type: ignore[method-assign]
        service.traffic.put([ONE])
        running = asyncio.create_task(keeper.run())
        await asyncio.wait_for(written.wait(), 30)
        keeper.stop()
        await running

    asyncio.run(one_round())

    assert service.store.served() == [ONE]

"""Keys, scopes, limits."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_helpers import make_app, until_ready
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from made_items import item

from nlp.pipeline import Engine
from serve.api.limits import Limits
from serve.api.problems import Problem
from serve.api.routes import ROUTES
from serve.cli import main
from serve.store import Store, StoreError

Ask = Callable[..., Result]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "diembao.db"


@pytest.fixture
def keys(database: Path) -> Ask:
    return lambda *words: CliRunner().invoke(main, ["keys", *words, "--database", str(database)])


@pytest.fixture
def guarded(engine: Engine, model: Path, database: Path) -> Iterator[TestClient]:
    with TestClient(make_app(engine, model, database, demo=False, burst=1000, rate=0.001)) as client:
        yield until_ready(client)


def made(keys: Ask, *scopes: str) -> dict[str, str]:
    done = keys("create", "--name", "Cổng thử", *(word for scope in scopes for word in ("--scope", scope)))
    assert done.exit_code == 0
    return {"Authorization": f"Bearer {done.stdout.strip()}"}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.scope], ids=lambda route: route.path)
def test_no_route_with_a_scope_answers_without_the_right_key(guarded: TestClient, keys: Ask, route) -> None:
    others = [scope for scope in ("route", "correct", "admin") if scope != route.scope]

    without = guarded.request(route.method, route.path)
    wrong = guarded.request(route.method, route.path, headers=made(keys, *others))

    assert (without.status_code, without.headers["www-authenticate"]) == (401, 'Bearer realm="diembao"')
    assert (wrong.status_code, wrong.json()["type"]) == (403, "urn:diembao:problem:forbidden")
    assert route.scope in wrong.json()["detail"]


def test_a_key_opens_what_its_scope_names_until_it_is_revoked(guarded: TestClient, keys: Ask) -> None:
    key = made(keys, "route")
    assert guarded.post("/v1/route", json=item(1), headers=key).status_code == 200

    assert keys("revoke", key["Authorization"].split("_")[1]).exit_code == 0

    assert guarded.post("/v1/route", json=item(1), headers=key).status_code == 401


def test_a_key_that_is_nearly_right_is_wrong(guarded: TestClient, keys: Ask) -> None:
    right = made(keys, "route")["Authorization"]
    last = "A" if right[-1] != "A" else "B"

    for wrong in (right[:-1] + last, right[:-1], right + "A", right.removeprefix("Bearer "), "Bearer", "Bearer db__",
                  "Bearer " + "x" * 10_000, right.replace("Bearer", "Basic"), "Bearer db_\u00e9_\u00e9"):  # fmt: skip
        answer = guarded.get("/v1/topics", headers={"Authorization": wrong.encode()})
        assert (answer.status_code, wrong[:40]) == (401, wrong[:40])
    assert guarded.get("/v1/topics", headers={"Authorization": right.replace("Bearer", "bearer")}).status_code == 200


@pytest.mark.parametrize("header", ["X-API-Key", "Api-Key", "Cookie", "Proxy-Authorization", "X-Authorization"])
def test_a_key_counts_in_its_own_header_only(guarded: TestClient, keys: Ask, header: str) -> None:
    key = made(keys, "route")["Authorization"]

    assert guarded.get("/v1/topics", headers={header: key}).status_code == 401
    assert guarded.get(f"/v1/topics?key={key}").status_code == 401


def test_who_watches_over_the_server_needs_no_key(guarded: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/docs", "/openapi.json"):
        assert guarded.get(path).status_code == 200


def test_a_key_is_shown_once_and_its_secret_kept_nowhere(keys: Ask, database: Path) -> None:
    text = made(keys, "route", "admin")["Authorization"].removeprefix("Bearer ")
    secret = text.split("_", 2)[2]

    shown = keys("list")

    assert text.split("_")[1] in shown.stdout
    assert secret not in shown.stdout
    assert len(secret) == 43
    assert all(secret.encode() not in path.read_bytes() for path in database.parent.iterdir())
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("create", "--name", "a", "--scope", "root"), "--scope"),
        (("create", "--name", " ", "--scope", "route"), "--name: cần một tên đọc được"),
        (("revoke", "khong-co"), "không có khóa khong-co còn hiệu lực"),
    ],
)
def test_a_wrong_key_command_says_why(keys: Ask, words: tuple[str, ...], message: str) -> None:
    done = keys(*words)

    assert done.exit_code == 2
    assert message in done.stderr


def test_a_key_that_asks_too_much_is_told_when_to_come_back(guarded: TestClient, keys: Ask) -> None:
    key, other = made(keys, "route"), made(keys, "route")
    articles = {"articles": [{"title": "a"}] * 999}

    assert guarded.post("/v1/route/batch", json=articles, headers=key).status_code == 200
    assert guarded.post("/v1/route", json=item(1), headers=key).status_code == 200
    refused = guarded.post("/v1/route", json=item(1), headers=key)

    assert (refused.status_code, refused.json()["type"]) == (429, "urn:diembao:problem:too-many-requests")
    assert 0 < int(refused.headers["retry-after"]) <= 1000
    assert guarded.post("/v1/route", json=item(1), headers=other).status_code == 200


def test_a_bucket_fills_with_time_and_never_over() -> None:
    now = [0.0]
    limits = Limits(rate=10, burst=20, clock=lambda: now[0])

    limits.take("a", 20)
    with pytest.raises(Problem, match="thử lại sau 1 giây"):
        limits.take("a", 5)
    now[0] = 0.5
    limits.take("a", 5)
    now[0] = 3600
    limits.take("a", 20)
    assert limits.wait("a", 1) == pytest.approx(0.1)


def test_demo_mode_answers_only_under_a_name_of_this_machine(client: TestClient) -> None:
    for host in ("127.0.0.1", "localhost:8600", "[::1]:8600"):
        assert client.get("/v1/topics", headers={"Host": host}).status_code == 200
    for host in ("rebound.example", "127.0.0.1.example", ""):
        assert client.get("/v1/topics", headers={"Host": host}).status_code == 403


def test_a_database_of_another_version_or_kind_is_not_touched(tmp_path: Path) -> None:
    newer, words = tmp_path / "newer.db", tmp_path / "words.db"
    sqlite3.connect(newer).execute("PRAGMA user_version=99")
    words.write_text("không phải cơ sở dữ liệu " * 100, encoding="utf-8")

    with pytest.raises(StoreError, match=r"phiên bản diembao khác \(dạng 99"):
        Store(newer)
    with pytest.raises(StoreError, match="không mở được cơ sở dữ liệu"):
        Store(words)

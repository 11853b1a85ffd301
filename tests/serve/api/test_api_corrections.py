"""POST /v1/corrections: what a person decided is kept, once, whatever happens to the server."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
from itertools import count
from pathlib import Path

import httpx2
import pytest
from api_helpers import Server
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_items import item

from nlp.types import Article
from serve.api.predictions import Predictions
from serve.api.schemas import CORRECTION_EXAMPLE
from serve.store import Store

DECIDED = {"topic": "dien-luc", "lead_unit": "DTDL", "coordinating_units": ["EVN"], "urgency": 2}


def correction(**changes: object) -> dict[str, object]:
    return {"article": item(3), "decided": DECIDED, "reason": "Bài nói về điện.", "actor": "chị Lan", **changes}


def kept(app: FastAPI) -> list:
    return list(app.state.service.store.corrections())


def test_a_correction_is_kept_with_the_prediction_and_the_model_that_it_corrects(
    app: FastAPI, client: TestClient
) -> None:
    answer = client.post("/v1/corrections", json=correction())

    assert answer.status_code == 201
    row = kept(app)[-1]
    assert (row.id, row.article_id, row.model) == (answer.json()["id"], "bai-00003", "tiny-1")
    assert (row.reason, row.actor, row.key_id) == ("Bài nói về điện.", "chị Lan", "demo")
    assert json.loads(row.article) == item(3)
    assert json.loads(row.decided) == DECIDED
    assert json.loads(row.prediction) == answer.json()["prediction"] == client.post("/v1/route", json=item(3)).json()


def test_an_article_that_was_just_routed_is_named_by_its_id(app: FastAPI, client: TestClient) -> None:
    record = client.post("/v1/route", json=item(4)).json()

    answer = client.post("/v1/corrections", json={"id": "bai-00004", "decided": {"urgency": 0}, "reason": "Tin cũ."})

    assert answer.json()["prediction"] == record
    assert (json.loads(kept(app)[-1].article), json.loads(kept(app)[-1].decided)) == (item(4), {"urgency": 0})


def test_an_article_named_by_its_id_is_kept_as_it_was_read(app: FastAPI, client: TestClient) -> None:
    client.post("/v1/route", json={"id": " a ", "title": "Giá xăng", "published_at": "26/3/2018"})

    client.post("/v1/corrections", json={"id": "a", "decided": {"urgency": 0}, "reason": "Tin cũ."})

    assert json.loads(kept(app)[-1].article) == {
        "id": "a", "title": "Giá xăng", "published_at": "2018-03-26T00:00:00",
    }  # fmt: skip


def test_an_id_that_is_not_remembered_asks_for_the_article(client: TestClient) -> None:
    answer = client.post("/v1/corrections", json={"id": "chua-thay", "decided": {"tone": 0}, "reason": "a"})

    assert answer.status_code == 404
    assert "gửi cả bài" in answer.json()["detail"]


def test_predictions_are_remembered_for_their_own_key_and_not_for_ever() -> None:
    predictions = Predictions(kept=2)
    articles = [Article(str(number), title=f"Bài {number}") for number in range(3)]
    for article in articles:
        predictions.add("one", article, article.id.encode())

    assert [predictions.get("one", id_) for id_ in "012"] == [None, (articles[1], b"1"), (articles[2], b"2")]
    assert predictions.get("other", "2") is None


def test_long_articles_push_others_out_so_that_memory_stays_bounded() -> None:
    predictions = Predictions(max_bytes=10_000)
    for number in range(4):
        predictions.add("one", Article(str(number), body="ă" * 2_000), b"{}")
    predictions.add("one", Article("3", body="ngắn"), b"{}")
    predictions.add("one", Article("4", body="ngắn"), b"{}")

    assert [predictions.get("one", str(number)) is not None for number in range(5)] == [False, False, True, True, True]
    predictions.add("one", Article("5", body="ă" * 10_000), b"{}")
    assert predictions.get("one", "5") is None


def test_a_repeated_request_needs_nothing_that_was_forgotten_since(app: FastAPI, client: TestClient) -> None:
    client.post("/v1/route", json=item(6))
    body = {"id": "bai-00006", "decided": {"tone": 0}, "reason": "a"}
    first = client.post("/v1/corrections", json=body, headers={"Idempotency-Key": "sua-2"})
    app.state.service.predictions = Predictions()

    again = client.post("/v1/corrections", json=body, headers={"Idempotency-Key": "sua-2"})

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())


def test_the_same_idempotency_key_keeps_one_correction(app: FastAPI, client: TestClient) -> None:
    before = len(kept(app))
    headers = {"Idempotency-Key": "sua-1"}

    first = client.post("/v1/corrections", json=correction(), headers=headers)
    again = client.post("/v1/corrections", json=correction(), headers=headers)
    other = client.post("/v1/corrections", json=correction(reason="Khác."), headers=headers)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert (other.status_code, other.json()["type"]) == (422, "urn:diembao:problem:idempotency-key-reused")
    assert len(kept(app)) == before + 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (correction(decided={}), "#/decided"),
        (correction(decided={"topic": "bong-da"}), "#/decided/topic"),
        (correction(decided={"urgency": 4}), "#/decided/urgency"),
        (correction(decided={"urgency": True}), "#/decided/urgency"),
        (correction(decided={"lead_unit": "HC", "coordinating_units": ["HC"]}), "#/decided"),
        (correction(decided={"topic": "ngoai-pham-vi", "lead_unit": "HC"}), "#/decided"),
        (correction(decided={"topic": "ngoai-pham-vi", "urgency": 1}), "#/decided"),
        (correction(decided={"topic": "dien-luc", "lead_unit": None}), "#/decided"),
        (correction(decided={"lead_unit": None}), "#/decided"),
        (correction(decided={"coordinating_units": ["HC", "KH", "PC", "TC"]}), "#/decided/coordinating_units"),
        (correction(reason=""), "#/reason"),
        (correction(reason="\ud800"), "#/reason"),
        (correction(article={"title": 3}), "#/article/title"),
        (correction(id="a"), "#"),
        ({"decided": DECIDED, "reason": "a"}, "#"),
    ],
)
def test_a_wrong_correction_is_refused_at_its_field(client: TestClient, body: dict, pointer: str) -> None:
    answer = client.post(
        "/v1/corrections", content=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_bad_idempotency_key_is_refused(client: TestClient) -> None:
    assert client.post("/v1/corrections", json=correction(), headers={"Idempotency-Key": "a b"}).status_code == 422


def test_the_example_of_the_documents_is_taken(client: TestClient) -> None:
    client.post("/v1/route", json={"id": "vd-1", "title": "Cháy kho hóa chất"})

    assert client.post("/v1/corrections", json=CORRECTION_EXAMPLE).status_code == 201


def test_a_disk_that_does_not_take_it_is_said(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(app.state.service.store, "_add_correction", full)
    answer = client.post("/v1/corrections", json=correction())

    assert (answer.status_code, answer.json()["detail"]) == (
        500, "không ghi được vào cơ sở dữ liệu; sửa đổi chưa được giữ",
    )  # fmt: skip


def test_what_was_acknowledged_survives_kill_9(server: Server) -> None:
    acknowledged: list[str] = []
    numbers = count()
    enough = threading.Event()

    def send() -> None:
        with httpx2.Client() as client:
            while True:
                body = correction(article=item(next(numbers)))
                try:
                    answer = client.post(f"{server.url}/v1/corrections", json=body)
                except httpx2.TransportError:
                    return
                acknowledged.append(answer.json()["id"])
                if len(acknowledged) >= 40:
                    enough.set()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    assert enough.wait(60)
    server.stop(signal.SIGKILL)
    for sender in senders:
        sender.join(60)

    found = [row.id for row in Store(Path(server.database)).corrections()]
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))
    assert sqlite3.connect(server.database).execute("PRAGMA integrity_check").fetchall() == [("ok",)]

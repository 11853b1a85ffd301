"""`diembao learn`, end to end: a correction through the API, one command, and the running server acts on it."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from api_helpers import until_ready
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from models import gate
from models.artifacts import read_manifest
from models.golden import golden
from serve.api.app import create_app
from serve.api.sources import folder
from serve.cli import main
from serve.commands.options import now_in_vietnam
from serve.settings import Settings
from serve.store import Store

ARTICLE = {
    "id": "moi",
    "title": "Mất điện diện rộng ở khu công nghiệp",
    "lead": "Tập đoàn Điện lực đang khắc phục sự cố lưới điện.",
    "body": "Sự cố trạm biến áp làm mất điện nhiều giờ, điện lực địa phương xin lỗi khách hàng dùng điện.",
}
VARIANTS = 8
"""Of each golden article, in other orders of its words; every fourth is measured on."""


def run(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), standalone_mode=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """Options that name labels and articles, from which even a tiny model learns what golden articles ask for."""
    place = tmp_path_factory.mktemp("data")
    chance = random.Random(3)  # noqa: S311
    labels, texts = [], []
    for one in golden():
        inside = one.lead_unit is not None
        words = f"{one.article.title} {one.article.lead} {one.article.body}".split()
        for number in range(VARIANTS):
            name = f"{one.article.id}-{number}"
            level = (one.urgency or 1) if inside else 0
            split, tone = "train" if number % 4 else "dev", number % 3 - 1 if inside else 0
            labels.append({"id": name, "topic": one.topic, "lead": one.lead_unit or "", "coord": [], "urgency": level,
                           "tone": tone, "stratum": "random", "split": split})  # fmt: skip
            chance.shuffle(words)
            texts.append((name, one.article.title, " ".join(words[:20]), " ".join(words)))
    (place / "nhan.jsonl").write_text("\n".join(map(json.dumps, labels)), "utf-8")
    (place / "corpora").mkdir()
    columns = dict(zip(("id", "title", "lead", "body"), map(list, zip(*texts, strict=True)), strict=True))
    pq.write_table(pa.table(columns), place / "corpora" / "bai.parquet")
    return ["--labels", place / "nhan.jsonl", "--corpora", place / "corpora", "--jobs", 1]


@pytest.fixture(scope="module")
def release(data: list[object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("champion") / "release"
    done = run("train", *data, "--no-track", "--out", out)
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine either model may seem slow; here the gate judges all else."""
    limits = replace(gate.read_limits(), speed=1000.0)
    monkeypatch.setattr(gate, "read_limits", lambda: limits)


@pytest.fixture
def client(release: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A server that watches a copy of the champion, and looks again when it is told to."""
    place = shutil.copytree(release, tmp_path / "release")
    source = partial(folder, place)
    settings = Settings(demo=True, rate=0, model_seconds=0)
    store = Store(tmp_path / "d.db")
    app = create_app(settings, loaded=source().load(at=now_in_vietnam()), store=store, source=source)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield until_ready(client)


def learn(data: list[object], tmp_path: Path) -> Result:
    return run("learn", *data, "--database", tmp_path / "d.db", "--release", tmp_path / "release", "--by", "chị Hoa")


def correct(client: TestClient, decided: dict[str, object], *, actor: str = "chị Lan") -> None:
    """Route ARTICLE and say what it should have been, by its id alone."""
    client.post("/v1/route", json=ARTICLE)
    body = {"id": ARTICLE["id"], "decided": decided, "reason": "Vì thế.", "actor": actor}
    assert client.post("/v1/corrections", json=body).status_code == 201


def version(tmp_path: Path) -> str:
    return str(read_manifest(tmp_path / "release")["version"])


def test_a_correction_through_the_api_becomes_a_model_that_acts_on_it(
    client: TestClient, data: list[object], tmp_path: Path
) -> None:
    before = client.post("/v1/route", json=ARTICLE).json()
    correct(client, {"topic": "phong-ve-thuong-mai", "lead_unit": "QLCT"})

    done = learn(data, tmp_path)

    assert done.exit_code == 0, done.output
    assert "Đã học 1 bài do cán bộ quyết" in done.stderr
    client.portal.call(client.app.state.watcher.look)
    after = client.post("/v1/route", json=ARTICLE).json()
    assert after["model"] == version(tmp_path) != before["model"]
    assert (after["topic"]["code"], after["lead_unit"]["code"]) == ("phong-ve-thuong-mai", "QLCT")
    assert before["topic"]["code"] != "phong-ve-thuong-mai"

    again = learn(data, tmp_path)
    assert (again.exit_code, "không có gì mới để học" in again.stderr) == (0, True)


def test_people_who_differ_are_shown_and_not_learnt(client: TestClient, data: list[object], tmp_path: Path) -> None:
    correct(client, {"urgency": 3})
    correct(client, {"urgency": 0}, actor="anh Minh")
    before = version(tmp_path)

    done = learn(data, tmp_path)

    assert "anh Minh" in done.stdout
    assert "không có gì mới để học" in done.stderr
    assert version(tmp_path) == before


def test_a_model_that_the_gate_refuses_is_kept_aside_and_the_champion_stays(
    client: TestClient, data: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(gate.read_limits(), size=0.0)
    monkeypatch.setattr(gate, "read_limits", lambda: limits)
    correct(client, {"urgency": 3})
    before = version(tmp_path)

    done = learn(data, tmp_path)

    assert (done.return_value, "(size)" in done.stderr) == (1, True)
    assert version(tmp_path) == before != read_manifest(tmp_path / "candidate")["version"]

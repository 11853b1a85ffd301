"""A newer model is loaded aside, proven, and swapped in between requests; a bad one is refused and the old goes on."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from api_helpers import NOW, until_ready
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_items import item

from models import registry
from models.registry import MlflowMissing, RegistryError
from serve.api.app import create_app
from serve.api.loaded import Loaded
from serve.api.logs import JsonLines
from serve.api.service import AT_ONCE, Service
from serve.api.sources import folder
from serve.commands.serve import make_app
from serve.settings import Settings
from serve.store import Store

Make = Callable[..., Path]
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def place(model: Path, tmp_path: Path) -> Path:
    """A folder of the tiny model that a server watches."""
    return shutil.copytree(model, tmp_path / "models" / "dang-dung")


@pytest.fixture
def next_model(make_model: Make, tmp_path: Path) -> Loaded:
    """Another model, loaded."""
    return folder(make_model(tmp_path / "next", version="tiny-2")).load(at=NOW)


@pytest.fixture
def app(place: Path, tmp_path: Path) -> FastAPI:
    return app_of(place, tmp_path)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A server that looks once, at its start; later looks are the test's."""
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield until_ready(client)


def app_of(place: Path, tmp_path: Path, *, seconds: float = 0, **others: Any) -> FastAPI:
    source = partial(folder, place)
    given = {"source": source, "clock": lambda: NOW, **others}
    settings = Settings(demo=True, rate=0, model_seconds=seconds)
    return create_app(settings, loaded=source().load(at=NOW), store=Store(tmp_path / "d.db"), **given)


def look(client: TestClient, *, times: int = 1) -> dict[str, Any]:
    """Look as the watcher does, in the server's own loop; what /readyz then says."""
    for _ in range(times):
        client.portal.call(client.app.state.watcher.look)
    return client.get("/readyz").json()


def routed(client: TestClient) -> str:
    """The version that answers."""
    return client.post("/v1/route", json=item(1)).json()["model"]


def metric(client: TestClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.split("{")[0].split()[0] == name)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def swap_once(service: Service, new: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Swap as soon as the first articles of a request are routed."""
    count = service.metrics.decided

    def decided(decisions: Any) -> None:
        count(decisions)
        service.loaded = new

    monkeypatch.setattr(service.metrics, "decided", decided)


def test_a_new_model_in_the_folder_answers_after_a_look(client: TestClient, place: Path, make_model: Make) -> None:
    tag = client.get("/v1/model").headers["etag"]
    assert routed(client) == "tiny-1"
    make_model(place, version="tiny-2")

    ready = look(client)

    assert (ready["model"], ready["refused"], ready["source"]) == ("tiny-2", None, "dang-dung")
    assert routed(client) == "tiny-2"
    answer = client.get("/v1/model", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["card"]) == (200, "# Thẻ tiny-2")
    text = client.get("/metrics").text
    assert 'diembao_model{version="tiny-2"} 1.0' in text
    assert "tiny-1" not in text
    assert metric(client, "diembao_model_swaps_total") == metric(client, "diembao_model_is_newest") == 1


def test_nothing_is_loaded_where_nothing_changed(client: TestClient, app: FastAPI) -> None:
    before = app.state.service.loaded

    look(client, times=3)

    assert app.state.service.loaded is before


def test_the_same_bytes_written_again_are_no_swap(client: TestClient, app: FastAPI, place: Path) -> None:
    before = app.state.service.loaded
    (place / "model.npz").write_bytes((place / "model.npz").read_bytes())

    look(client, times=2)

    assert app.state.service.loaded.engine is before.engine
    assert app.state.service.loaded.origin == folder(place)
    assert metric(client, "diembao_model_swaps_total") == 0


def test_new_thresholds_alone_are_taken_over(client: TestClient, place: Path) -> None:
    first = look(client)
    assert client.post("/v1/route", json=item(1)).json()["coordinating_units"]
    edit(place / "policy.toml", "coordinating_p = 0.6", "coordinating_p = 1.0")

    ready = look(client)

    assert ready["model"] == first["model"]
    assert ready["fingerprint"] != first["fingerprint"]
    assert client.post("/v1/route", json=item(1)).json()["coordinating_units"] == []


def altered(place: Path, _make: Make) -> None:
    content = bytearray((place / "model.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (place / "model.npz").write_bytes(content)


def without_weights(place: Path, make: Make) -> None:
    make(place, version="tiny-bad", weights=np.zeros_like(np.load(place / "model.npz")["weights"]))


def unknown_threshold(place: Path, _make: Make) -> None:
    edit(place / "policy.toml", "scope_p", "scope_q")


def no_archive(place: Path, _make: Make) -> None:
    (place / "model.npz").write_bytes(b"PK")
    sums = (place / "SHA256SUMS").read_text()
    (place / "SHA256SUMS").write_text(sha256(b"PK").hexdigest() + sums[64:])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (altered, "model.npz: nội dung không khớp SHA256SUMS"),
        (without_weights, "mô hình tiny-bad sai"),
        (unknown_threshold, "có khóa lạ: auto_scope_q, scope_q"),
        (no_archive, "BadZipFile"),
        (lambda place, _make: shutil.rmtree(place), "không phải thư mục mô hình"),
    ],
)
def test_a_bad_model_is_refused_once_with_its_reason_and_the_old_one_goes_on(
    spoil: Callable[[Path, Make], None], reason: str, client: TestClient, place: Path, make_model: Make,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    spoil(place, make_model)

    ready = look(client, times=5)

    assert (ready["model"], ready["refused"]["candidate"]) == ("tiny-1", "dang-dung")
    assert reason in ready["refused"]["reason"]
    assert str(place.parent) not in json.dumps(ready)
    assert client.get("/v1/model").json()["refused"] == ready["refused"]
    assert routed(client) == "tiny-1"
    (record,) = (record for record in caplog.records if record.getMessage() == "model refused")
    assert reason in json.loads(JsonLines().format(record))["reason"]
    assert metric(client, "diembao_model_refusals_total") == 1
    assert metric(client, "diembao_model_is_newest") == 0


def test_a_sound_model_after_a_refused_one_is_taken(client: TestClient, place: Path, make_model: Make) -> None:
    altered(place, make_model)
    assert look(client, times=2)["refused"]
    make_model(place, version="tiny-3")

    ready = look(client)

    assert (ready["model"], ready["refused"]) == ("tiny-3", None)
    assert metric(client, "diembao_model_is_newest") == 1


def test_a_folder_that_is_half_copied_is_waited_for(client: TestClient, place: Path, make_model: Make) -> None:
    whole = make_model(place.parent / "moi", version="tiny-2")
    states = [look(client)]
    for name in ("SHA256SUMS", "CARD.md", "manifest.json"):
        shutil.copy(whole / name, place / name)
        states.append(look(client))

    assert [state["model"] for state in states] == ["tiny-1", "tiny-1", "tiny-1", "tiny-2"]
    assert all(state["refused"] is None for state in states)
    assert metric(client, "diembao_model_refusals_total") == 0


def test_a_batch_that_a_swap_overtakes_is_of_one_model(
    client: TestClient, app: FastAPI, next_model: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap_once(app.state.service, next_model, monkeypatch)

    answer = client.post("/v1/route/batch", json={"articles": [item(n) for n in range(3 * AT_ONCE)]}).json()

    assert {result["record"]["model"] for result in answer["results"]} == {"tiny-1"}
    assert routed(client) == "tiny-2"


def test_a_stream_keeps_the_model_that_it_began_with(
    client: TestClient, app: FastAPI, next_model: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap_once(app.state.service, next_model, monkeypatch)
    lines = (json.dumps(item(number)).encode() + b"\n" for number in range(3 * AT_ONCE))

    answer = client.post("/v1/route/stream", content=lines, headers=NDJSON)

    assert {json.loads(line)["model"] for line in answer.content.splitlines()} == {"tiny-1"}
    assert routed(client) == "tiny-2"


def test_a_correction_names_the_model_that_was_corrected(client: TestClient, app: FastAPI, next_model: Loaded) -> None:
    said = client.post("/v1/route", json={**item(1), "id": "bai-sua"}).json()
    app.state.service.loaded = next_model

    given = {"id": "bai-sua", "decided": {"urgency": 3}, "reason": "nóng"}
    kept = client.post("/v1/corrections", json=given).json()

    assert (kept["model"], kept["prediction"]) == ("tiny-1", said)


def test_the_units_of_a_day_are_those_of_the_organisation_that_came_with_the_model(
    client: TestClient, app: FastAPI, next_model: Loaded
) -> None:
    client.get("/v1/units", params={"at": "2018-11-11"})
    app.state.service.loaded = next_model

    assert next_model.units == {}
    assert client.get("/v1/units", params={"at": "2018-11-11"}).status_code == 200


def test_requests_on_their_way_are_all_answered_while_the_server_swaps_by_itself(
    place: Path, tmp_path: Path, make_model: Make
) -> None:
    articles = {"articles": [item(number) for number in range(2 * AT_ONCE)]}
    seen: list[set[str]] = []
    with TestClient(app_of(place, tmp_path, seconds=0.001), base_url="http://127.0.0.1") as client:
        until_ready(client)
        make_model(place, version="tiny-2")
        for _ in range(3000):
            answer = client.post("/v1/route/batch", json=articles)
            assert answer.status_code == 200
            seen.append({result["record"]["model"] for result in answer.json()["results"]})
            if seen[-1] == {"tiny-2"}:
                break

    assert all(len(versions) == 1 for versions in seen)
    assert seen[-1] == {"tiny-2"}


def test_the_model_before_is_forgotten(client: TestClient, app: FastAPI, place: Path, make_model: Make) -> None:
    weights = weakref.ref(app.state.service.loaded.engine.model.weights)
    assert routed(client) == "tiny-1"
    make_model(place, version="tiny-2")

    look(client)

    assert weights() is None


def test_a_first_model_that_fails_the_golden_articles_never_answers(
    place: Path, tmp_path: Path, make_model: Make
) -> None:
    without_weights(place, make_model)
    reasons: list[str] = []
    app = app_of(place, tmp_path, give_up=reasons.append)

    asyncio.run(app.state.watcher.run())

    assert len(reasons) == 1
    assert reasons[0].startswith("mô hình tiny-bad sai")
    assert TestClient(app, base_url="http://127.0.0.1").get("/readyz").status_code == 503


class Registry:
    """A source that can be lost, or that can be asked and not be loaded from."""

    def __init__(self, candidate: Any) -> None:
        self.candidate, self.lost = candidate, ""

    def __call__(self) -> Any:
        if self.lost:
            raise RegistryError(self.lost, "chi tiết")
        return self.candidate


def test_a_source_that_cannot_be_asked_is_said_once_and_the_model_goes_on(
    place: Path, tmp_path: Path, make_model: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "diembao.api")
    source = Registry(folder(make_model(tmp_path / "moi", version="tiny-2")))
    source.lost = "không hỏi được sổ mô hình"
    with TestClient(app_of(place, tmp_path, source=source), base_url="http://127.0.0.1") as client:
        assert until_ready(client).get("/readyz").json()["model"] == "tiny-1"
        assert look(client, times=3)["outage"] == "không hỏi được sổ mô hình"
        assert metric(client, "diembao_model_is_newest") == 0
        source.lost = ""
        ready = look(client)

    assert (ready["model"], ready["outage"]) == ("tiny-2", None)
    said = [record.getMessage() for record in caplog.records if record.getMessage() != "request"]
    assert said == ["model ready", "model source lost", "model swapped", "model source back"]


def test_a_champion_that_goes_back_to_the_one_that_answers_clears_the_refusal(
    client: TestClient, app: FastAPI, place: Path, make_model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = folder(place), tmp_bad(place, make_model)
    source = Registry(bad)
    monkeypatch.setattr(app.state.watcher, "_source", source)
    assert look(client, times=2)["refused"]["candidate"] == "xau"
    source.candidate = good

    assert look(client)["refused"] is None


def tmp_bad(place: Path, make: Make) -> Any:
    where = shutil.copytree(place, place.parent / "xau")
    without_weights(where, make)
    return folder(where)


WITHOUT_REGISTRY = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from serve.commands.serve import make_app
from serve.settings import Settings
from serve.store import Store

folder, database = map(Path, sys.argv[1:])
app = make_app(Settings(demo=True, model=folder), Store(database), give_up=print)
with TestClient(app, base_url="http://127.0.0.1") as client:
    while client.get("/readyz").status_code != 200:
        pass
    print(client.post("/v1/route", json={"title": "Giá xăng tăng"}).json()["model"])
    print(*{"mlflow", "sklearn", "pandas", "matplotlib"} & set(sys.modules))
"""


def test_a_folder_that_is_named_is_served_without_training_libraries_whatever_the_environment_says(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    words = [sys.executable, "-c", WITHOUT_REGISTRY, str(model), str(tmp_path / "d.db")]

    done = subprocess.run(words, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["tiny-1"]


def test_a_registry_without_mlflow_is_an_error_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    monkeypatch.setattr(registry, "find_spec", lambda _name: None)

    with pytest.raises(MlflowMissing, match="cần mlflow để hỏi sổ mô hình"):
        make_app(Settings(demo=True), Store(tmp_path / "d.db"), give_up=print)

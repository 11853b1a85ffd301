"""The champion of a real registry in an empty folder: which it is, and its release, without any of MLflow's loading."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models import registry
from models.artifacts import RELEASE, ArtifactError, load_release
from models.registry import NoChampion, RegistryError
from serve.api import sources
from serve.api.app import create_app
from serve.commands.options import now_in_vietnam
from serve.settings import Settings
from serve.store import Store

mlflow = pytest.importorskip("mlflow")
tracking = pytest.importorskip("models.tracking")
NAME = "diembao"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A registry with three versions: the release, what diembao did not write, the release with other thresholds."""
    folder = tmp_path_factory.mktemp("registry")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{(folder / 'mlflow.db').as_posix()}")
        mlflow.set_tracking_uri(None)
        mlflow.set_experiment(experiment_id=mlflow.create_experiment("e", (folder / "artefacts").as_uri()))
        with mlflow.start_run() as run:
            tracking.log_model(RELEASE, register=NAME)
            mlflow.log_text("không phải mô hình", "other/data/a.txt")
        client = mlflow.MlflowClient()
        client.create_model_version(NAME, f"{run.info.artifact_uri}/other")
        other = shutil.copytree(RELEASE, folder / "other")
        with (other / "policy.toml").open("a", encoding="utf-8") as policy:
            policy.write("# như cũ, viết lại\n")
        with mlflow.start_run():
            tracking.log_model(other, register=NAME)
        yield client


@pytest.fixture
def unnamed(client: Any) -> Any:
    """The registry without a champion."""
    client.delete_registered_model_alias(NAME, registry.ALIAS)
    return client


def test_a_registry_without_a_champion_says_so(unnamed: Any) -> None:
    with pytest.raises(NoChampion, match="chưa đặt bí danh champion của mô hình diembao"):
        registry.champion(NAME)
    with pytest.raises(NoChampion, match="chưa đặt bí danh champion của mô hình khac"):
        registry.champion("khac")


def test_the_champion_is_the_version_that_bears_the_alias_now(unnamed: Any) -> None:
    unnamed.set_registered_model_alias(NAME, registry.ALIAS, "1")
    first = registry.champion(NAME)
    unnamed.set_registered_model_alias(NAME, registry.ALIAS, "2")

    assert (str(first), str(registry.champion(NAME))) == ("diembao 1", "diembao 2")


def test_the_release_of_a_version_is_the_release_that_was_logged(unnamed: Any, tmp_path: Path) -> None:
    unnamed.set_registered_model_alias(NAME, registry.ALIAS, "1")

    copy = registry.download(registry.champion(NAME), tmp_path)

    assert load_release(copy).fingerprint == load_release().fingerprint


def test_a_version_that_diembao_did_not_write_is_no_release(unnamed: Any, tmp_path: Path) -> None:
    unnamed.set_registered_model_alias(NAME, registry.ALIAS, "2")

    with pytest.raises(ArtifactError, match="mô hình diembao 2 không do diembao ghi"):
        registry.download(registry.champion(NAME), tmp_path)


def test_the_server_follows_the_champion_and_refuses_a_bad_one(
    unnamed: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = sources.folder(RELEASE).load(at=now_in_vietnam())
    app = create_app(
        Settings(demo=True, model_seconds=0),
        loaded=first,
        store=Store(tmp_path / "d.db"),
        source=partial(sources.champion, NAME),
    )
    said = []
    with TestClient(app, base_url="http://127.0.0.1") as client:
        while client.get("/readyz").status_code != 200:
            pass
        said.append(client.get("/readyz").json())
        for number in ("3", "2", "1"):
            unnamed.set_registered_model_alias(NAME, registry.ALIAS, number)
            client.portal.call(app.state.watcher.look)
            said.append(client.get("/readyz").json())

    assert "champion" in said[0]["outage"]
    lost = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert lost == ["model refused"], "an alias that is not yet set is no error"
    assert [one["outage"] for one in said[1:]] == [None] * 3
    assert [one["source"] for one in said] == ["release", "diembao 3", "diembao 3", "diembao 1"]
    assert [one["refused"] and one["refused"]["candidate"] for one in said] == [None, None, "diembao 2", None]
    assert said[3]["fingerprint"] == first.fingerprint != said[1]["fingerprint"]


def test_a_registry_that_is_down_is_an_error_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri("http://van-phong:mat-khau@127.0.0.1:9")
    try:
        with pytest.raises(RegistryError, match="INTERNAL_ERROR") as caught:
            registry.champion(NAME)
        assert not isinstance(caught.value, NoChampion)
    finally:
        mlflow.set_tracking_uri(before)
    assert "mat-khau" not in caught.value.detail
    assert "127.0.0.1:9" in caught.value.detail


def test_asking_for_the_registry_is_what_imports_mlflow() -> None:
    code = "import sys, models.registry; models.registry.require_mlflow(); print('mlflow' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"

"""`diembao search`: within its budget, to be stopped and gone on with, tracked as runs within a run."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from test_training import write_data

from models.layers import Settings
from models.search import Trial, values_of
from serve.commands.base import Group
from serve.commands.search import search

mlflow = pytest.importorskip("mlflow")


@click.group(cls=Group)
def main() -> None:
    """Stands for the diembao command."""


main.add_command(search)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture
def here(data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DIEMBAO_LABELS", str(data[0]))
    monkeypatch.setenv("DIEMBAO_CORPORA", str(data[1]))
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, float]]:
    """Trials that cost nothing: the loss is C. What was judged, in order; the third is stopped by Ctrl-C, once."""
    import numpy as np

    judged: list[dict[str, float]] = []

    def judge(ground: Any, values: dict[str, float], **_: object) -> Trial:
        if len(judged) == 2:
            judged.append({})
            raise KeyboardInterrupt
        judged.append(values)
        return Trial(values, {"loss": values["c"], "topic_acc": 0.5, "lead_acc": 0.4},
                     np.full(len(ground.labels), values["c"]))  # fmt: skip

    monkeypatch.setattr("models.search.judge", judge)
    return judged


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["search", *map(str, args)])


def test_a_search_writes_the_best_settings_and_tells_how_it_compares(here: Path) -> None:
    result = run("--trials", 2, "--no-track", "--jobs", 1)
    assert result.exit_code == 0, result.output
    assert "2 lượt thử" in result.output
    assert "mặc định" in result.output
    assert set(tomllib.loads((here / "out/search/settings.toml").read_text("utf-8"))) == set(values_of(Settings()))
    assert not (here / "mlflow.db").exists()


def test_ctrl_c_keeps_what_is_finished_and_the_next_run_goes_on(here: Path, quick: list[dict[str, float]]) -> None:
    stopped = run("--trials", 5, "--no-track")
    assert stopped.exit_code == 130
    assert (here / "out/search/settings.toml").exists()

    result = run("--trials", 5, "--no-track")
    assert result.exit_code == 0, result.output
    assert "Đã có 2 lượt thử" in result.output
    tried = [values for values in quick if values]
    assert len(tried) == len({tuple(values.items()) for values in tried}) == 5
    best = tomllib.loads((here / "out/search/settings.toml").read_text("utf-8"))
    assert best["c"] == min(values["c"] for values in tried)


def test_a_budget_of_no_minutes_tries_nothing(here: Path, quick: list[dict[str, float]]) -> None:
    result = run("--minutes", 0, "--no-track")
    assert result.exit_code == 0, result.output
    assert "hết thời gian" in result.output
    assert quick == []


def test_trials_are_runs_within_one_run_which_a_resumed_search_goes_on_with(
    here: Path, quick: list[dict[str, float]]
) -> None:
    assert run("--trials", 4).exit_code == 130
    mlflow.set_tracking_uri(f"sqlite:///{here / 'mlflow.db'}")
    (stopped,) = mlflow.search_runs(filter_string="attributes.status = 'KILLED'", output_format="list",
                                    search_all_experiments=True)  # fmt: skip
    assert run("--trials", 4).exit_code == 0
    mlflow.set_tracking_uri(f"sqlite:///{here / 'mlflow.db'}")
    parent = mlflow.get_run(stopped.info.run_id)
    assert parent.info.status == "FINISHED"
    (data,) = parent.inputs.dataset_inputs
    assert data.dataset.name == "labels-train"
    assert parent.data.tags["data_fingerprint"].startswith(data.dataset.digest)
    children = mlflow.search_runs(
        filter_string=f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'", output_format="list",
        search_all_experiments=True,
    )  # fmt: skip
    tried = [values for values in quick if values]
    assert sorted(child.data.metrics["loss"] for child in children) == sorted(values["c"] for values in tried)
    assert {child.data.params["c"] for child in children} == {str(values["c"]) for values in tried}
    assert parent.data.metrics["loss"] == min(values["c"] for values in tried)

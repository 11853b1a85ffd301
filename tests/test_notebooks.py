"""The notebooks run on the samples, define nothing and hold no outputs; a cell that fails is named."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def executed(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`python -m notebooks`, as CI runs it: in an empty folder, on the samples, without the user's servers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DIEMBAO_", "MLFLOW_"))}
    environment |= {"PYTHONPATH": str(ROOT), "DIEMBAO_DATABASE": str(folder / "none.db")}
    return subprocess.run(
        [sys.executable, "-m", "notebooks", "--out", "out", *options],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    answer = executed(folder)
    assert answer.returncode == 0, answer.stderr
    return folder


def outputs(finished: Path, name: str) -> list[Any]:
    notebook = nbformat.read(finished / "out" / f"{name}.ipynb", nbformat.NO_CONVERT)
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def said(finished: Path, name: str) -> str:
    return "\n".join(output["text"] for output in outputs(finished, name) if output["output_type"] == "stream")


def definitions(source: str) -> list[int]:
    return [node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, DEFINITIONS)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing(path: Path) -> None:
    assert definitions(path.read_text("utf-8")) == []


@pytest.mark.parametrize("source", ["def f(): pass", "class A: pass", "x = sorted([], key=lambda y: y)"])
def test_a_definition_is_found(source: str) -> None:
    assert definitions(f"import x\n{source}\n") == [2]


def test_git_holds_no_outputs() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=(ROOT / ".git").exists()
    )
    assert listed.stdout == ""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_samples_and_shows_pictures(path: Path, finished: Path) -> None:
    kinds = [set(output.get("data", {})) for output in outputs(finished, path.stem)]

    assert sum("image/png" in kind for kind in kinds) >= 2
    assert (finished / "out" / f"{path.stem}.html").stat().st_size > 100_000
    assert "samples" in said(finished, path.stem) or "sample clippings" in said(finished, path.stem)


def test_a_page_fetches_nothing(finished: Path) -> None:
    page = (finished / "out" / "01_explore.html").read_text("utf-8")

    assert re.findall(r"""(?:src=|href=|import\()["']?https?:""", page) == []


def test_a_model_of_the_samples_is_refused_with_reasons_and_nothing_is_promoted(finished: Path) -> None:
    words = said(finished, "02_retrain")

    assert "FAILS; not shown to be better" in words
    assert "nothing was promoted; the gate says: FAILS" in words


def test_the_run_in_mlflow_says_what_the_gate_said_and_why(finished: Path) -> None:
    mlflow = pytest.importorskip("mlflow")

    client = mlflow.MlflowClient(f"sqlite:///{finished / 'mlflow.db'}")
    (run,) = client.search_runs([client.get_experiment_by_name("diembao-samples").experiment_id])

    assert run.data.tags["gate"] == "fails"
    assert "golden" in run.data.tags["gate_stopped_by"].split(", ")
    assert run.data.metrics["gate/lead_acc.low"] <= run.data.metrics["gate/lead_acc"] < 0
    kept = {path.name for path in (finished / "mlartifacts").glob(f"**/{run.info.run_id}/artifacts/*")}
    assert {"gate.html", "changes.json", "CARD.md"} <= kept


def test_the_planted_faults_are_called(finished: Path) -> None:
    shown = [output["data"] for output in outputs(finished, "04_drift") if "data" in output]
    alarms = next(data["text/html"] for data in shown if "im lặng" in data.get("text/html", ""))

    assert "báo C: im lặng" in alarms
    assert "báo B: tỷ lệ bài lỗi phông hoặc mất dấu" in alarms
    assert "Ngoài phạm vi" in alarms


def test_a_cell_that_fails_is_named_with_its_notebook_and_what_ran_before_is_written(tmp_path: Path) -> None:
    broken = "# %% [markdown]\n# Broken\n\n# %%\nprint('before')\n\n# %%\ntotal = 1\ntotal / 0\n"
    (tmp_path / "09_broken.py").write_text(broken, encoding="utf-8")

    answer = executed(tmp_path, "--folder", str(tmp_path))

    assert answer.returncode == 1
    assert "09_broken.py, cell 3 (total = 1): ZeroDivisionError: division by zero" in answer.stderr
    assert "before" in said(tmp_path, "09_broken")

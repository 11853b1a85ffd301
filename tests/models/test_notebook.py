"""Notebooks run on the samples, and on real articles only where DIEMBAO_CORPORA names them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models import notebook
from models.notebook import begin


@pytest.fixture(autouse=True)
def no_corpora(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DIEMBAO_CORPORA", "DIEMBAO_LABELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def corpora(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of articles and a label file, named by the environment."""
    rows = [{"id": one.id, "title": one.title, "lead": one.lead, "body": one.body} for one in world.articles.values()]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "news.parquet")
    names = ("id", "topic", "lead", "coord", "urgency", "tone", "split", "stratum")
    lines = [json.dumps({name: getattr(label, name) for name in names}) for label in world.labels]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("DIEMBAO_CORPORA", str(tmp_path))
    monkeypatch.setenv("DIEMBAO_LABELS", str(tmp_path / "labels.jsonl"))
    return tmp_path


def test_without_corpora_the_samples_are_taken_and_said_to_be_samples() -> None:
    bench = begin()

    assert (bench.is_real, len(bench.labels)) == (False, 189)
    assert {label.id for label in bench.labels} == bench.articles.keys()
    assert str(bench) == "189 labelled sample clippings (DIEMBAO_CORPORA is not set)"


def test_the_latest_samples_are_held_out() -> None:
    bench = begin()
    moments = {split: [bench.articles[label.id].published_at for label in bench.labels if label.split == split]
               for split in ("train", "dev")}  # fmt: skip

    dated = [moment.date() for moment in moments["train"] if moment]
    assert len(moments["dev"]) == 38
    assert max(dated) <= min(moment.date() for moment in moments["dev"] if moment)


def test_all_samples_are_unseen_because_no_release_learnt_from_them() -> None:
    assert len(begin().unseen) == 189


def test_with_corpora_the_real_articles_are_taken_and_only_dev_is_unseen(corpora: Path) -> None:
    bench = begin()

    assert (bench.is_real, len(bench.labels)) == (True, 240)
    assert {label.split for label in bench.unseen} == {"dev"}
    assert bench.files == [corpora / "labels.jsonl"]


def test_a_model_of_the_samples_is_kept_apart_from_one_of_real_articles(corpora: Path) -> None:
    real = begin()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DIEMBAO_CORPORA")
        samples = begin()

    assert real.candidate != samples.candidate
    assert real.experiment != samples.experiment


def test_corrections_join_the_labels_but_for_those_of_the_dev_split(corpora: Path, world: Any) -> None:
    learnt = next(label for label in world.labels if label.split == "train" and label.topic == "xang-dau")
    tested = next(label for label in world.labels if label.split == "dev" and label.topic == "xang-dau")
    lines = []
    for label in (learnt, tested):
        article = world.articles[label.id]
        row = {"id": label.id, "title": article.title, "lead": article.lead, "body": article.body}
        lines.append(json.dumps({"id": f"correction-{label.id}", "decided": {"urgency": 3}, "article": row}))
    (corpora / "corrections.jsonl").write_text("\n".join(lines), encoding="utf-8")

    bench = begin(corrections=corpora / "corrections.jsonl")

    by_id = {label.id: label for label in bench.labels}
    assert (bench.corrected, bench.left_out) == (1, 1)
    assert by_id[learnt.id] == replace(learnt, urgency=3, stratum="correction")
    assert by_id[tested.id] == tested
    assert bench.files[-1].name == "corrections.jsonl"


def test_a_notebook_that_an_editor_starts_in_its_own_folder_writes_beside_the_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(notebook.NOTEBOOKS)
    begin()

    assert Path.cwd() == notebook.ROOT


def test_elsewhere_the_current_folder_stays(tmp_path: Path) -> None:
    begin()

    assert Path.cwd() == tmp_path

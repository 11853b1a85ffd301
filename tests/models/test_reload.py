"""A model in a clean process gives what it gives here, and what goes wrong there is told here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models import reload
from models.artifacts import load_release
from models.reload import ReloadError
from nlp.pipeline import run
from nlp.record import to_record
from nlp.types import Article

ARTICLES = [Article(id=str(n), title=f"Giá xăng tăng kỳ {n}", body="Cây xăng bán lẻ, quỹ bình ổn.") for n in range(3)]


def test_a_clean_process_says_what_the_release_says_here(release: Path) -> None:
    found, loaded = reload.reload(release, ARTICLES), load_release(release)

    decisions = run(ARTICLES, engine=loaded.engine, evidence=False)
    assert found.records == {decision.article.id: to_record(decision) for decision in decisions}
    assert (found.version, found.fingerprint) == (loaded.engine.model.version, loaded.fingerprint)
    assert found.size == sum(path.stat().st_size for path in release.iterdir())
    assert found.golden_total == 24
    assert not found.golden_passed, "the tiny model knows four topics"


def test_an_error_there_is_an_error_here(tmp_path: Path) -> None:
    with pytest.raises(ReloadError, match="không phải thư mục mô hình đã phát hành"):
        reload.reload(tmp_path, ARTICLES)


def test_a_process_that_does_not_end_is_an_error(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "SECONDS", 0.001)

    with pytest.raises(ReloadError, match="không xong sau 0 giây"):
        reload.reload(release, ARTICLES)


def test_two_releases_are_timed_in_turns(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "_run", lambda _folder, folders, _lines: f"[{[1.0] * len(folders)}]")

    assert reload.time_both(release, release, ARTICLES).tolist() == [[1.0, 1.0]]


def test_every_round_times_both_models(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(reload, "load_engine", lambda folder: folder.name)
    monkeypatch.setattr(reload, "run", lambda _articles, engine, evidence: seen.append(engine))

    rounds = reload._timed([Path("a"), Path("b")], ARTICLES)

    assert len(rounds) == reload.ROUNDS
    assert seen[:4] == ["b", "a", "a", "b"], "neither is always the first"

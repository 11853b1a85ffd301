"""`diembao corrections`: from stored corrections to labels, with what is left for people to settle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from models.corrections import load_corrections
from serve.cli import main
from serve.store import Correction, Store

WHOLE = {"topic": "dien-luc", "lead_unit": "EVN", "coordinating_units": ["DTDL"], "urgency": 2, "tone": -1}
RECORD = {
    "topic": {"code": "xang-dau"}, "lead_unit": {"code": "TTTN"}, "coordinating_units": [{"code": "KH"}],
    "urgency": {"level": 1}, "tone": {"value": 0}, "model": "r2-abc",
}  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "d.db"


def keep(
    database: Path, name: str, decided: dict[str, Any], *, actor: str = "chị Lan", title: str = "Mất điện"
) -> None:
    article = json.dumps({"id": "a", "title": title}).encode() if title else b""
    Store(database).add_correction(
        Correction(name, "a", article, json.dumps(RECORD).encode(), "r2-abc", json.dumps(decided).encode(),
                   "Vì thế.", actor, "demo", "2025-04-02T09:30:00+07:00")
    )  # fmt: skip


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["corrections", *map(str, words)], standalone_mode=False)


def export(database: Path, out: Path, *words: str) -> Result:
    return run("export", "--database", database, "--out", out, *words)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_settled_corrections_are_exported_with_what_the_model_said(database: Path, tmp_path: Path) -> None:
    keep(database, "s1", WHOLE)

    done = export(database, tmp_path / "out.jsonl", "--at", "2025-03-01")

    (line,) = lines(tmp_path / "out.jsonl")
    assert (done.return_value, line["decided"], line["article"]) == (0, WHOLE, {"id": "a", "title": "Mất điện"})
    (source,) = line["corrections"]
    assert source["predicted"] == {
        "topic": "xang-dau", "lead_unit": "TTTN", "coordinating_units": ["KH"], "urgency": 1, "tone": 0,
    }  # fmt: skip
    assert (source["model"], source["actor"], source["key"]) == ("r2-abc", "chị Lan", "demo")
    assert line["units"]["lead_unit"]["code"] == "EVN"
    assert [one.label.topic for one in load_corrections(tmp_path / "out.jsonl")] == ["dien-luc"]


def test_only_the_owner_may_read_what_holds_articles(database: Path, tmp_path: Path) -> None:
    keep(database, "s1", WHOLE)
    export(database, tmp_path / "out.jsonl")

    assert (tmp_path / "out.jsonl").stat().st_mode & 0o077 == 0


def test_a_conflict_is_shown_with_both_sides_and_is_no_label_until_one_is_chosen(
    database: Path, tmp_path: Path
) -> None:
    out, rest = tmp_path / "out.jsonl", tmp_path / "out.jsonl.unsettled.jsonl"
    keep(database, "s1", WHOLE)
    keep(database, "s2", {**WHOLE, "urgency": 3}, actor="anh Minh")

    open_ = export(database, out)

    assert open_.return_value == 1
    assert all(words in open_.stdout for words in ("chị Lan", "anh Minh", "cần xử lý", "nóng", "s1", "s2"))
    assert lines(out) == []
    assert lines(rest)[0]["conflicts"] == {"urgency": {"chị Lan": 2, "anh Minh": 3}}

    run("choose", "s2", "--actor", "chị Hoa", "--reason", "Có người chết.", "--database", database)
    settled = export(database, out)

    assert (settled.return_value, lines(out)[0]["decided"]["urgency"], rest.exists()) == (0, 3, False)
    (choice,) = Store(database).choices()
    assert (choice.correction_id, choice.overruled, choice.actor, choice.reason) == (
        "s2", ("s1",), "chị Hoa", "Có người chết.",
    )  # fmt: skip


def test_a_correction_that_is_in_no_conflict_cannot_be_chosen(database: Path) -> None:
    keep(database, "s1", WHOLE)

    done = run("choose", "s1", "--actor", "chị Hoa", "--reason", "Đúng.", "--database", database)

    assert "không phải một trong các ý kiến đang trái nhau" in str(done.exception)


def test_a_correction_without_its_article_is_counted_and_asked_for_again(database: Path, tmp_path: Path) -> None:
    keep(database, "s1", WHOLE, title="")

    done = export(database, tmp_path / "out.jsonl")

    assert (done.return_value, lines(tmp_path / "out.jsonl")) == (1, [])
    assert "1 sửa đổi cũ không kèm bài" in done.stdout


def test_the_list_says_what_model_and_people_said_and_what_is_undecided(database: Path) -> None:
    keep(database, "s1", {"topic": "dien-luc", "urgency": 1})
    keep(database, "s2", {"topic": "ngoai-pham-vi"}, title="Bóng đá")

    shown = run("list", "--database", database).stdout

    assert "chủ đề: Xăng dầu → Điện lực" in shown
    assert "mức độ: theo dõi (như mô hình)" in shown
    assert "chủ trì, phối hợp" in shown
    assert "Ngoài phạm vi" in shown
    assert shown.count("dùng được") == 2


def test_an_empty_store_says_how_to_send_corrections(database: Path) -> None:
    assert "POST /v1/corrections" in run("list", "--database", database).stdout

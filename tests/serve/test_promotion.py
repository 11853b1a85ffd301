"""`diembao promote` and `rollback`, from a candidate folder to the release that a server watches."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from test_training import write_data

from models import artifacts, registry
from models.artifacts import load_engine, load_release
from nlp.heads import columns
from nlp.types import Article
from serve.commands import promotion
from serve.commands.base import Group

pytest.importorskip("sklearn")
from models import gate, reload
from models.gate_policy import read_limits

MakeModel = Callable[..., Path]


@click.group(cls=Group)
def main() -> None:
    """Stands for the diembao command."""


main.add_command(promotion.promote)
main.add_command(promotion.rollback)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No registry, few draws, no processes, and every model as fast as another: the machine does not matter."""
    for name in promotion.REGISTRY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(gate, "time_both", lambda *_: np.ones((9, 2)))
    monkeypatch.setattr(gate, "reload", in_process)
    monkeypatch.setattr(gate, "read_limits", lambda: replace(read_limits(), draws=100))


def in_process(folder: Path, articles: Sequence[Article]) -> reload.Reloaded:
    """What a clean process would say; tests/models/test_reload.py starts one."""
    try:
        said = json.dumps(reload.judged(folder, articles))
    except artifacts.ArtifactError as error:
        raise reload.ReloadError(folder, str(error)) from error
    return reload.heard(folder, said)


@pytest.fixture
def place(make_model: MakeModel, tmp_path: Path) -> Path:
    """A folder with the release `dang-dung` and the candidate `ung-vien`, alike but for their names."""
    make_model(tmp_path / "release", version="dang-dung")
    make_model(tmp_path / "ung-vien", version="ung-vien")
    return tmp_path


@pytest.fixture
def run(place: Path, data: tuple[Path, Path]) -> Callable[..., Result]:
    def invoke(command: str, *args: object) -> Result:
        given = ["--release", place / "release", *args]
        if command == "promote":
            given = [place / "ung-vien", "--labels", data[0], "--corpora", data[1], *given]
        return CliRunner().invoke(main, [command, *map(str, given)])

    return invoke


def break_it(make_model: MakeModel, arrays: dict[str, np.ndarray], folder: Path) -> None:
    """A candidate that is surer of itself: it decides the same, so the golden articles still come out right."""
    factor = np.ones(arrays["mixing"].shape[1], np.float32)
    factor[columns("topic")] = factor[columns("lead_unit")] = 4
    make_model(folder, version="ung-vien", mixing=arrays["mixing"] * factor, offset=arrays["offset"] * factor)


def version(folder: Path) -> str:
    return load_engine(folder).model.version


def log(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (place / "release-history/promotions.jsonl").read_text("utf-8").splitlines()]


def test_an_equal_candidate_takes_the_place_and_is_not_called_better(run: Callable[..., Result], place: Path) -> None:
    result = run("promote", "--by", "Nguyễn An")

    assert result.exit_code == 0, result.output
    assert "không kém mô hình đang dùng" in result.output
    assert version(place / "release") == "ung-vien"
    (event,) = log(place)
    assert (event["action"], event["by"], event["verdict"]) == ("promote", "Nguyễn An", "passes")
    assert (event["candidate"], event["champion"], event["is_better"]) == ("ung-vien", "dang-dung", False)


def test_rollback_returns_to_the_release_before_even_where_the_present_one_is_damaged(
    run: Callable[..., Result], place: Path
) -> None:
    before = load_release(place / "release").fingerprint
    run("promote")
    (place / "release/model.npz").write_bytes(b"damaged")

    result = run("rollback", "--by", "Trực ban", "--reason", "định tuyến sai tin điện")

    assert result.exit_code == 0, result.output
    assert load_release(place / "release").fingerprint == before
    assert (log(place)[-1]["by"], log(place)[-1]["reason"]) == ("Trực ban", "định tuyến sai tin điện")
    again = run("rollback")
    assert again.exit_code == 2
    assert "không có lần thay mô hình nào để quay lại" in again.output


def test_a_worse_candidate_is_refused_with_the_reasons_and_the_release_stays(
    run: Callable[..., Result], place: Path, make_model: MakeModel, arrays: dict[str, np.ndarray]
) -> None:
    break_it(make_model, arrays, place / "ung-vien")

    result = run("promote")

    assert result.exit_code in (promotion.FAILS, promotion.ASKS), result.output
    assert version(place / "release") == "dang-dung"
    (event,) = log(place)
    assert (event["action"], event["waived"]) == ("refuse", [])
    assert (place / "release-history" / event["report"]).exists()


def test_a_damaged_candidate_fails_by_name_and_nobody_can_set_that_aside(
    run: Callable[..., Result], place: Path
) -> None:
    (place / "ung-vien/model.npz").write_bytes(b"damaged")

    result = run("promote")

    assert result.exit_code == promotion.FAILS
    assert "Không đạt: nạp lại được (loads):" in result.output
    assert "không khớp SHA256SUMS" in result.output
    refused = run("promote", "--override", "loads", "--by", "An", "--reason", "vội")
    assert refused.exit_code == 2
    assert "không ai bỏ qua được quy tắc loads" in refused.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--override", "hot_recall"], "phải nêu tên người quyết định"),
        (["--override", "hot_recall", "--by", "An"], "phải nêu tên người quyết định"),
        (["--override", "hot_recall", "--reason", "đã xem"], "phải nêu tên người quyết định"),
        (["--override", "luck", "--by", "An", "--reason", "vội"], "không có quy tắc luck"),
    ],
)
def test_no_rule_is_set_aside_without_a_name_and_a_reason(
    run: Callable[..., Result], place: Path, options: list[str], message: str
) -> None:
    result = run("promote", *options)

    assert result.exit_code == 2
    assert message in result.output
    assert not (place / "release-history").exists()


def test_rules_set_aside_are_in_the_record_with_what_they_found(
    run: Callable[..., Result], place: Path, make_model: MakeModel, arrays: dict[str, np.ndarray]
) -> None:
    break_it(make_model, arrays, place / "ung-vien")
    stopped = re.findall(r"^(?:Không đạt|Cần người quyết định): .*? \((\w+)\):", run("promote").output, re.MULTILINE)
    overrides = [word for rule in stopped for word in ("--override", rule)]

    result = run("promote", *overrides, "--by", "Nguyễn An", "--reason", "đã xem từng bài")

    assert stopped
    assert result.exit_code == 0, result.output
    assert "theo quyết định của người, dù không đạt ở: " in result.output
    assert "không kém" not in result.output
    event = log(place)[-1]
    assert sorted(rule["rule"] for rule in event["waived"]) == sorted(stopped)
    assert (event["action"], event["by"], event["reason"]) == ("promote", "Nguyễn An", "đã xem từng bài")
    assert all(rule["found"] and rule["verdict"] in ("asks", "fails") for rule in event["waived"])


def test_a_dry_run_writes_a_report_and_nothing_else(run: Callable[..., Result], place: Path) -> None:
    result = run("promote", "--dry-run")

    assert result.exit_code == 0, result.output
    assert version(place / "release") == "dang-dung"
    left = [path.suffix for path in (place / "release-history").iterdir() if path.name != ".lock"]
    assert left == [".html"]


def test_a_failure_while_writing_leaves_the_old_release_and_says_so(
    run: Callable[..., Result], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write = load_release(place / "release").fingerprint, artifacts._replace
    failures = iter([True])

    def full_once(folder: Path, contents: Any) -> None:
        if folder.name == "release" and folder.parent == place and next(failures, False):
            raise OSError(28, "No space left on device")
        write(folder, contents)

    monkeypatch.setattr(artifacts, "_replace", full_once)
    result = run("promote")

    assert result.exit_code == 2
    assert "vẫn như cũ" in result.output
    assert load_release(place / "release").fingerprint == before
    assert [event["action"] for event in log(place)] == ["promote", "failed"]
    assert "không có lần thay mô hình nào" in run("rollback").output


def test_a_line_that_a_power_cut_tore_is_replaced_by_the_next(run: Callable[..., Result], place: Path) -> None:
    run("promote")
    with (place / "release-history/promotions.jsonl").open("ab") as file:
        file.write(b'{"action": "prom')

    assert run("rollback").exit_code == 0
    assert [event["action"] for event in log(place)] == ["promote", "rollback"]


def test_a_record_that_somebody_damaged_stops_a_rollback(run: Callable[..., Result], place: Path) -> None:
    run("promote")
    path = place / "release-history/promotions.jsonl"
    path.write_text("???\n" + path.read_text("utf-8"), "utf-8")

    result = run("rollback")

    assert result.exit_code == 2
    assert "promotions.jsonl:1: dòng hỏng" in result.output
    assert version(place / "release") == "ung-vien"


def test_two_promotions_at_once_do_not_mix(run: Callable[..., Result], place: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    (place / "release-history").mkdir()
    with (place / "release-history/.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = run("rollback")

    assert result.exit_code == 2
    assert "một lượt thay mô hình khác đang chạy" in result.output


def test_the_report_is_one_vietnamese_page_without_scripts_network_or_text(
    run: Callable[..., Result], place: Path, data: tuple[Path, Path]
) -> None:
    run("promote", "--dry-run")
    (page,) = (place / "release-history").glob("*.html")
    text = page.read_text("utf-8")

    assert text.startswith('<!doctype html>\n<html lang="vi">')
    assert not re.search(r"<script|<link|src=|href=|url\(|https?://", text)
    assert "Không có mặt nào kém mô hình đang dùng" in text
    assert "giá xăng dầu" not in text, "no article's text"
    assert all(f"<small>{rule}</small>" in text for rule in gate.RULES)


def test_a_registry_that_is_away_is_told_before_the_minutes_of_a_judgement(
    run: Callable[..., Result], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: str) -> None:
        raise registry.RegistryError("không hỏi được sổ mô hình diembao")

    monkeypatch.setattr(registry, "version_of", away)
    result = run("promote", "--registry")

    assert result.exit_code == 2
    assert "không hỏi được sổ mô hình diembao" in result.output
    assert version(place / "release") == "dang-dung"
    assert not [path.name for path in (place / "release-history").iterdir() if path.name != ".lock"]


def test_a_promotion_that_was_killed_half_way_is_undone_by_rollback_and_leaves_no_copies(
    run: Callable[..., Result], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write = load_release(place / "release").fingerprint, artifacts._replace

    def killed(folder: Path, contents: Any) -> None:
        if folder == place / "release":
            raise SystemExit(137)
        write(folder, contents)

    with monkeypatch.context() as patch:
        patch.setattr(artifacts, "_replace", killed)
        assert run("promote").exit_code == 137
    (place / "release-history/.candidate-dead").mkdir()

    assert run("rollback").exit_code == 0
    assert load_release(place / "release").fingerprint == before
    assert run("promote").exit_code == 0
    assert version(place / "release") == "ung-vien"
    assert not list((place / "release-history").glob(".candidate-*"))


def test_who_is_asked_is_told_how_to_answer(
    run: Callable[..., Result], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slower_now_and_then = np.array([[1.1, 1.0]] * 4 + [[1.4, 1.0]] * 5)
    monkeypatch.setattr(gate, "time_both", lambda *_: slower_now_and_then)

    result = run("promote")

    assert result.exit_code == promotion.ASKS, result.output
    assert "nếu chấp nhận, chạy lại, thêm: --override speed --by TÊN --reason LÝ_DO" in result.output
    assert "Lỗi" not in result.output

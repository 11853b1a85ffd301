"""A run can be stopped at any moment: what is finished is whole, and a second run goes on to the very same bytes."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from nlp.types import VIETNAM
from serve import batch
from serve.cli import main
from serve.progress import Quiet

ROWS = 12_000
"""Of the fixture `many`."""
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "serve.cli", "score"]


def begin(*words: object, model: Path, **options: object) -> subprocess.Popen[str]:
    """Start a run in a group of its own, like a command of a shell."""
    command = [*COMMAND, *map(str, words), "--model", str(model)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes, **options)


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=120)
    return process.returncode, said


def wait_for_rows(process: subprocess.Popen[str], journal: Path) -> None:
    """Until the first chunk is finished."""
    for _ in range(6000):
        if journal.exists() and journal.stat().st_size > 0:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    raise AssertionError("no row was finished")


def rows_in(path: Path) -> int:
    return path.read_bytes().count(b"\n")


@pytest.fixture(scope="session")
def whole(many, model, tmp_path_factory):
    """What an uninterrupted run gives."""
    out = tmp_path_factory.mktemp("whole") / "ra.jsonl"
    CliRunner().invoke(main, ["score", str(many), "--out", str(out), "--model", str(model)], catch_exceptions=False)
    assert rows_in(out) == ROWS
    return out.read_bytes()


def workers(pid: int) -> list[int]:
    """The processes that score for `pid`; joblib's tracker of semaphores, its child too, is none of them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_after_ctrl_c_the_output_is_valid_and_resume_ends_with_the_same_bytes(jobs, many, whole, tmp_path, model):
    out = tmp_path / "ra.jsonl"
    process = begin(many, "--out", out, "--jobs", jobs, model=model)
    wait_for_rows(process, tmp_path / "ra.jsonl.partial")
    os.killpg(process.pid, signal.SIGINT)
    code, said = end(process)

    assert code == 128 + signal.SIGINT
    assert "--resume" in said
    assert "Traceback" not in said
    assert 0 < rows_in(out) < ROWS
    assert whole.startswith(out.read_bytes())
    assert json.loads((tmp_path / "ra.jsonl.state.json").read_text("utf-8"))["rows"] == rows_in(out)

    code, said = end(begin(many, "--out", out, "--jobs", jobs, "--resume", model=model))

    assert code == 0
    assert "từ lượt trước" in said
    assert out.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["ra.jsonl"]


def test_after_sigterm_the_tables_are_valid_files(many, tmp_path, model):
    outs = [tmp_path / "ra.xlsx", tmp_path / "ra.parquet"]
    process = begin(many, *(f"--out={out}" for out in outs), model=model)
    wait_for_rows(process, tmp_path / "ra.xlsx.partial")
    process.send_signal(signal.SIGTERM)
    code, _ = end(process)

    assert code == 128 + signal.SIGTERM
    finished = rows_in(tmp_path / "ra.xlsx.partial")
    assert 0 < finished < ROWS
    assert pq.read_table(outs[1]).num_rows == finished
    assert openpyxl.load_workbook(outs[0]).active.max_row == finished + 1


def test_after_a_kill_a_torn_line_is_dropped_and_resume_ends_with_the_same_bytes(many, whole, tmp_path, model):
    out, journal = tmp_path / "ra.jsonl", tmp_path / "ra.jsonl.partial"
    process = begin(many, "--out", out, model=model)
    wait_for_rows(process, journal)
    process.kill()
    end(process)
    assert not out.exists()
    with journal.open("ab") as file:
        file.write(b'{"id":"torn')

    code, _ = end(begin(many, "--out", out, "--resume", model=model))

    assert code == 0
    assert out.read_bytes() == whole


def test_a_full_disk_is_said_and_what_is_finished_can_be_gone_on_with(many, whole, tmp_path, model):
    out = tmp_path / "ra.jsonl"
    out.write_text("an older result\n")

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    code, said = end(begin(many, "--out", out, model=model, preexec_fn=limit_files))

    assert code == 2
    assert said.startswith(f"Lỗi: Không ghi được {out}.partial: hết chỗ ghi")
    assert "--resume" in said
    assert out.read_text() == "an older result\n"

    code, _ = end(begin(many, "--out", out, "--resume", model=model))

    assert code == 0
    assert out.read_bytes() == whole


def test_a_disk_that_fills_while_a_table_is_made_leaves_no_half_table(items, tmp_path, model):
    """The lines of 300 articles fit under the limit; the sheet made of them, which is packed at the end, does not."""
    out = tmp_path / "ra.xlsx"

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    arguments = [items, "--out", out, "--no-evidence"]
    code, said = end(begin(*arguments, model=model, preexec_fn=limit_files))

    assert code == 2
    assert said.startswith(f"Lỗi: Không ghi được {out}: hết chỗ ghi")
    assert {path.name for path in tmp_path.iterdir()} == {
        "tin.jsonl", "ra.xlsx.partial", "ra.xlsx.partial-facts", "ra.xlsx.state.json"
    }  # fmt: skip

    code, _ = end(begin(*arguments, "--resume", model=model))

    assert code == 0
    assert openpyxl.load_workbook(out).active.max_row == 301


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="needs Linux's /proc")
def test_a_worker_that_dies_is_said_and_the_run_can_be_gone_on_with(many, whole, tmp_path, model):
    out = tmp_path / "ra.jsonl"
    process = begin(many, "--out", out, "--jobs", 2, model=model)
    wait_for_rows(process, tmp_path / "ra.jsonl.partial")
    for child in workers(process.pid):
        os.kill(child, signal.SIGKILL)
    code, said = end(process)

    assert code == 2
    assert said.startswith("Lỗi: Một tiến trình con dừng đột ngột")

    code, _ = end(begin(many, "--out", out, "--resume", model=model))

    assert code == 0
    assert out.read_bytes() == whole


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_device_and_a_full_standard_output_are_said(items, model):
    code, said = end(begin(items, "--out", "/dev/full", model=model))
    assert (code, said.splitlines()[0]) == (2, "Lỗi: Không ghi được /dev/full: hết chỗ ghi (đĩa đầy hoặc vượt hạn mức)")

    with Path("/dev/full").open("wb") as full:
        command = [*COMMAND, str(items), "--out", "-", "--model", str(model)]
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "hết chỗ ghi" in done.stderr


def test_a_reader_that_goes_away_ends_the_run_without_a_word(many, model):
    process = begin(many, "--out", "-", model=model)
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(timeout=60) == 1
    assert process.stderr.read() == ""


def test_ctrl_c_ends_a_run_that_waits_for_a_silent_pipe(tmp_path, model):
    process = begin("-", "--out", tmp_path / "ra.jsonl", model=model, stdin=subprocess.PIPE)
    for _ in range(6000):
        if (tmp_path / "ra.jsonl.state.json").exists():
            break
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=60) == 128 + signal.SIGINT


class StopAfter(Quiet):
    """Stands in for a signal: ends a run in this process after some chunks."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks

    def advance(self, rows: int) -> None:
        self.left -= rows > 0
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def stopped(items, tmp_path, model, monkeypatch):
    """An output of which some of 300 rows are finished."""
    monkeypatch.setattr(batch, "CHUNK", 16)
    plan = batch.Plan(
        sources=(str(items),),
        outputs=batch.Outputs((tmp_path / "ra.jsonl",), ()),
        job=batch.Job(model=model),
    )
    report = batch.score_files(plan, progress=StopAfter(3))
    assert (report.signal, report.scored) == (signal.SIGINT, 48)
    return tmp_path / "ra.jsonl"


def resume(items: Path, out: Path, *words: str, model: Path) -> tuple[int, str]:
    command = ["score", str(items), "--out", str(out), "--resume", "--model", str(model), *words]
    done = CliRunner().invoke(main, command, catch_exceptions=False)
    return done.exit_code, done.stderr


def test_a_run_can_be_stopped_again_and_again(items, stopped, model):
    plan = batch.Plan((str(items),), batch.Outputs((stopped,), ()), batch.Job(model=model), resume=True)
    second = batch.score_files(plan, progress=StopAfter(5))
    third = batch.score_files(plan)

    assert (second.scored, second.resumed) == (80, 48)
    assert (third.scored, third.resumed, third.signal) == (300, 80, 0)
    assert rows_in(stopped) == 300


def test_resume_counts_what_needs_a_person_as_one_run_would(items, stopped, model):
    code, said = resume(items, stopped, model=model)

    needed = sum(json.loads(line)["needs_human"] for line in stopped.read_text("utf-8").splitlines())
    assert code == 0
    assert 0 < needed < 300
    assert f"{needed} bài cần người xem" in said


def test_resume_is_refused_when_an_input_changed(items, stopped, model):
    before = stopped.read_bytes()
    with items.open("a", encoding="utf-8") as file:
        file.write('{"title": "Thêm một tin"}\n')

    code, said = resume(items, stopped, model=model)

    assert code == 2
    assert "đã thay đổi các tệp đầu vào" in said
    assert stopped.read_bytes() == before


@pytest.mark.parametrize("words", [["--no-evidence"], ["--strict"], ["--at", "2020-01-01"], ["--map", "title=title"]])
def test_resume_is_refused_when_an_option_changed(words, items, stopped, model):
    assert resume(items, stopped, *words, model=model) == (
        2,
        f"Lỗi: Không thể làm tiếp {stopped}: so với lượt trước, đã thay đổi các tùy chọn. "
        "Hãy chạy với đúng đầu vào và tùy chọn cũ, hoặc bỏ --resume để làm lại từ đầu\n",
    )


def test_a_run_resumed_on_another_day_keeps_the_moment_at_which_it_was_begun(tmp_path, model, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 16)
    titles = [f"Tin số {number}: giá xăng tăng mạnh" for number in range(60)]
    (tmp_path / "tin.jsonl").write_text("".join(json.dumps({"title": title}) + "\n" for title in titles), "utf-8")
    job = batch.Job(model=model, received=datetime(2018, 10, 11, 9, 30, tzinfo=VIETNAM))
    plan = batch.Plan((str(tmp_path / "tin.jsonl"),), batch.Outputs((tmp_path / "ra.jsonl",), ()), job)

    batch.score_files(plan, progress=StopAfter(2))
    code, _ = resume(tmp_path / "tin.jsonl", tmp_path / "ra.jsonl", model=model)

    records = [json.loads(line) for line in (tmp_path / "ra.jsonl").read_text("utf-8").splitlines()]
    assert code == 0
    assert [record["as_of"] for record in records] == ["2018-10-11"] * 60
    dues = {one["due"][:4] for record in records for one in record["deadlines"]}
    assert dues == {"2018"}


@pytest.mark.parametrize("texts", ["organisation_texts", "deadline_texts"])
def test_resume_is_refused_when_the_organisation_or_its_deadlines_changed(texts, items, stopped, model, monkeypatch):
    monkeypatch.setattr(f"models.artifacts.{texts}", lambda: {"decrees/x.toml": "khác"})

    code, said = resume(items, stopped, model=model)

    assert code == 2
    assert "đã thay đổi dữ liệu tổ chức (datasets/organisation)" in said


def test_resume_is_refused_when_an_output_was_added(items, stopped, tmp_path, model):
    code, said = resume(items, stopped, "--out", str(tmp_path / "ra.csv"), model=model)

    assert code == 2
    assert "đã thay đổi các tệp ra" in said


def test_resume_is_refused_when_the_office_changed_its_policy(items, stopped, tmp_path, model):
    other = shutil.copytree(model, tmp_path / "other")
    policy = other / "policy.toml"
    policy.write_text(policy.read_text("utf-8").replace("auto_unit_p = 0.1", "auto_unit_p = 0.9"), "utf-8")

    code, said = resume(items, stopped, model=other)

    assert code == 2
    assert "đã thay đổi chính sách (policy.toml)" in said


def test_resume_without_anything_to_go_on_with_begins_at_the_beginning(items, tmp_path, model):
    code, _ = resume(items, tmp_path / "ra.jsonl", model=model)

    assert code == 0
    assert rows_in(tmp_path / "ra.jsonl") == 300


def test_a_state_without_records_lends_its_moment_to_no_new_run(tmp_path, model):
    (tmp_path / "tin.jsonl").write_text('{"title": "Giá xăng tăng mạnh"}\n', "utf-8")
    (tmp_path / "ra.jsonl.state.json").write_text('{"received": "2016-05-24T08:00:00+07:00"}', "utf-8")

    code, _ = resume(tmp_path / "tin.jsonl", tmp_path / "ra.jsonl", model=model)

    days = {json.loads(line)["as_of"] for line in (tmp_path / "ra.jsonl").read_text("utf-8").splitlines()}
    assert code == 0
    assert "2016-05-24" not in days


def test_without_resume_a_stopped_run_is_begun_anew(items, stopped, model):
    command = ["score", str(items), "--out", str(stopped), "--model", str(model)]
    done = CliRunner().invoke(main, command, catch_exceptions=False)

    assert done.exit_code == 0
    assert "từ lượt trước" not in done.stderr
    assert rows_in(stopped) == 300


def test_rejections_before_the_stop_are_listed_once_after_the_resume(tmp_path, model, items, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 16)
    rows = items.read_text("utf-8").splitlines()
    items.write_text("\n".join([*rows[:10], '{"title": 7}', *rows[10:200], "no json", *rows[200:]]), "utf-8")
    out = tmp_path / "ra.jsonl"
    plan = batch.Plan((str(items),), batch.Outputs((out,), ()), batch.Job(model=model))
    batch.score_files(plan, progress=StopAfter(3))

    resume(items, out, model=model)

    rejected = (tmp_path / "ra.jsonl.rejected.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["row"] for line in rejected] == [11, 202]


def test_two_runs_do_not_write_the_same_output(items, tmp_path, model):
    fcntl = pytest.importorskip("fcntl")
    with (tmp_path / "ra.jsonl.partial").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, said = resume(items, tmp_path / "ra.jsonl", model=model)

    assert code == 2
    assert "một lượt chạy khác đang ghi" in said

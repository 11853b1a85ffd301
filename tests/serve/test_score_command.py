"""`diembao score` from end to end, with a tiny model."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import jsonschema
import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from models.artifacts import load_engine
from nlp.pipeline import run
from nlp.reading import read
from nlp.record import to_record
from nlp.types import VIETNAM
from serve import batch
from serve.cli import main
from serve.writers import ENDINGS

SCHEMA = json.loads((Path(__file__).parents[2] / "nlp/record.schema.json").read_text("utf-8"))


def score(*words: object, model: Path, given: str | bytes | None = None) -> Result:
    command = ["score", *map(str, words), "--model", str(model)]
    return CliRunner().invoke(main, command, input=given, catch_exceptions=False)


def records(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_line_of_jsonl_is_the_record_that_the_pipeline_gives(items, tmp_path, model):
    done = score(items, "--out", tmp_path / "ra.jsonl", model=model)

    assert done.exit_code == 0
    expected = [to_record(decision) for decision in run(list(read([items])), engine=load_engine(model))]
    assert records(tmp_path / "ra.jsonl") == json.loads(json.dumps(expected))
    for record in records(tmp_path / "ra.jsonl"):
        jsonschema.validate(record, SCHEMA)


def test_nothing_but_the_outputs_is_left_behind(items, tmp_path, model):
    score(items, *(f"--out={tmp_path}/ra{ending}" for ending in ENDINGS), model=model)

    assert left_in(tmp_path) == {items.name, *(f"ra{ending}" for ending in ENDINGS)}


def test_every_format_holds_every_article_in_the_order_of_the_input(items, tmp_path, model):
    score(items, *(f"--out={tmp_path}/ra{ending}" for ending in ENDINGS), model=model)

    ids = [record["id"] for record in records(tmp_path / "ra.jsonl")]
    assert ids == [f"bai-{number:05d}" for number in range(300)]
    with (tmp_path / "ra.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["Mã"] for row in csv.DictReader(file)] == ids
    sheet = openpyxl.load_workbook(tmp_path / "ra.xlsx").active
    assert [cell.value for cell in sheet["A"][1:]] == ids
    table = pq.read_table(tmp_path / "ra.parquet")
    assert table["id"].to_pylist() == ids
    assert "".join(f"{line}\n" for line in table["record"].to_pylist()) == (tmp_path / "ra.jsonl").read_text("utf-8")


def test_standard_output_holds_nothing_but_records(items, tmp_path, model):
    score(items, "--out", tmp_path / "ra.jsonl", model=model)

    done = score("-", "--out", "-", "--table", model=model, given=items.read_bytes())

    assert done.stdout_bytes == (tmp_path / "ra.jsonl").read_bytes()
    assert "Điểm báo theo mức độ" in done.stderr


def test_a_pipe_takes_records_beside_a_file(items, tmp_path, model):
    done = score(items, "--out", tmp_path / "ra.jsonl", "--out", "-", model=model)

    assert done.stdout_bytes == (tmp_path / "ra.jsonl").read_bytes()


def test_several_processes_give_the_same_bytes_as_one(items, tmp_path, model, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 16)
    score(items, "--out", tmp_path / "one.jsonl", model=model)
    score(items, "--out", tmp_path / "two.jsonl", "--jobs", 2, model=model)

    assert (tmp_path / "two.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()


def test_a_row_that_cannot_be_read_is_set_aside_with_its_reason(tmp_path, model):
    source = tmp_path / "tin.jsonl"
    source.write_text('{"title": "Giá xăng tăng"}\n{"title": 7}\n{"title": "Điện lực cắt điện"}\n', "utf-8")

    done = score(source, "--out", tmp_path / "ra.xlsx", "--quiet", model=model)

    (rejected,) = records(tmp_path / "ra.xlsx.rejected.jsonl")
    assert (rejected["file"], rejected["row"], rejected["field"]) == (str(source), 2, "title")
    assert done.exit_code == 0
    assert "1 dòng không đọc được" in done.stderr
    assert "ra.xlsx.rejected.jsonl" in done.stderr


def test_rejections_of_an_earlier_run_do_not_stay(items, tmp_path, model):
    (tmp_path / "ra.jsonl.rejected.jsonl").write_text("{}\n")

    score(items, "--out", tmp_path / "ra.jsonl", model=model)

    assert left_in(tmp_path) == {"tin.jsonl", "ra.jsonl"}


def test_without_a_file_rejections_are_said(model):
    done = score("-", "--out", "-", model=model, given='{"title": "Giá xăng tăng"}\n{"title": 7}\n')

    assert len(done.stdout.splitlines()) == 1
    assert "Bị loại: stdin, dòng 2, title" in done.stderr


def test_strict_stops_at_the_first_bad_row_and_leaves_nothing(tmp_path, model):
    source = tmp_path / "tin.jsonl"
    source.write_text('{"title": "Giá xăng tăng"}\n{"title": 7}\n', "utf-8")

    done = score(source, "--out", tmp_path / "ra.jsonl", "--strict", model=model)

    assert done.exit_code == 2
    assert done.stderr.startswith(f"Lỗi: {source}, dòng 2, trường title:")
    assert left_in(tmp_path) == {"tin.jsonl"}


def test_an_article_the_pipeline_refuses_is_set_aside_and_its_neighbours_are_kept(items, tmp_path, model, monkeypatch):
    long = max(range(300), key=lambda number: len(json.loads(items.read_text("utf-8").splitlines()[number])["body"]))
    rows = items.read_text("utf-8").splitlines()
    rows[long] = json.dumps({**json.loads(rows[long]), "body": "a " * 1000})
    items.write_text("\n".join(rows), "utf-8")
    monkeypatch.setattr("nlp.clean.MAX_ARTICLE_CHARS", 1500)

    done = score(items, "--out", tmp_path / "ra.jsonl", "--out", tmp_path / "ra.csv", model=model)

    (rejected,) = records(tmp_path / "ra.jsonl.rejected.jsonl")
    assert (rejected["row"], rejected["field"]) == (long + 1, "body")
    assert len(records(tmp_path / "ra.jsonl")) == 299
    with (tmp_path / "ra.csv").open(encoding="utf-8-sig", newline="") as file:
        titles = {row["Mã"]: row["Tiêu đề"] for row in csv.DictReader(file)}
    assert len(titles) == 299
    assert all(title.startswith(f"Tin số {int(name.removeprefix('bai-'))}:") for name, title in titles.items())
    assert "Đã phân 299 bài" in done.stderr


def test_an_input_without_articles_gives_an_output_without_rows(tmp_path, model):
    (tmp_path / "tin.jsonl").write_text("")

    done = score(tmp_path / "tin.jsonl", *(f"--out={tmp_path}/ra{ending}" for ending in ENDINGS), model=model)

    assert done.exit_code == 0
    assert (tmp_path / "ra.jsonl").read_text() == ""
    assert len((tmp_path / "ra.csv").read_text("utf-8-sig").splitlines()) == 1
    assert pq.read_table(tmp_path / "ra.parquet").num_rows == 0
    assert openpyxl.load_workbook(tmp_path / "ra.xlsx").active.max_row == 1


def test_columns_can_be_mapped_either_way_round(tmp_path, model):
    (tmp_path / "tin.csv").write_text("A=B,Bài viết\nGiá xăng tăng,Cây xăng hết hàng\n", "utf-8")

    maps = ("--map", "A=B=title", "--map", "body=Bài viết")
    done = score(tmp_path / "tin.csv", *maps, "--out", tmp_path / "ra.parquet", model=model)

    assert done.exit_code == 0
    assert pq.read_table(tmp_path / "ra.parquet")["title"].to_pylist() == ["Giá xăng tăng"]


def test_units_bear_the_names_of_the_day_asked_for(items, tmp_path, model):
    score(items, "--out", tmp_path / "old.jsonl", "--at", "2016-01-01", model=model)
    score(items, "--out", tmp_path / "new.jsonl", "--at", "1/5/2023", model=model)

    def names(path: Path) -> dict[str, str]:
        return {
            record["lead_unit"]["code"]: record["lead_unit"]["name"] for record in records(path) if record["lead_unit"]
        }

    assert names(tmp_path / "old.jsonl").keys() == names(tmp_path / "new.jsonl").keys()
    assert names(tmp_path / "old.jsonl") != names(tmp_path / "new.jsonl")


def test_a_day_before_the_first_decree_is_refused_before_anything_is_written(items, tmp_path, model):
    done = score(items, "--out", tmp_path / "ra.jsonl", "--at", "25/12/2012", model=model)

    assert done.exit_code == 2
    assert done.stderr.startswith("Lỗi: ngày 25/12/2012 trước nghị định đầu tiên trong dữ liệu (95/2012/NĐ-CP")
    assert left_in(tmp_path) == {"tin.jsonl"}


def test_an_article_without_a_date_is_of_the_day_of_the_run(tmp_path, model, monkeypatch):
    monkeypatch.setattr("serve.commands.options.now_in_vietnam", lambda: datetime(2018, 10, 12, tzinfo=VIETNAM))
    (tmp_path / "tin.jsonl").write_text('{"title": "Giá xăng tăng mạnh chiều nay"}\n', "utf-8")

    score(tmp_path / "tin.jsonl", "--out", tmp_path / "ra.jsonl", model=model)

    assert [record["as_of"] for record in records(tmp_path / "ra.jsonl")] == ["2018-10-12"]


def test_without_evidence_the_decisions_are_the_same(items, tmp_path, model):
    score(items, "--out", tmp_path / "with.jsonl", model=model)
    score(items, "--out", tmp_path / "without.jsonl", "--no-evidence", model=model)

    found = records(tmp_path / "with.jsonl")
    assert any(record["evidence"] for record in found)
    assert [{**record, "evidence": []} for record in found] == records(tmp_path / "without.jsonl")


def test_lone_surrogates_do_not_break_the_json(tmp_path, model):
    (tmp_path / "tin.jsonl").write_text('{"id": "\\ud800x", "title": "Giá xăng tăng mạnh \\udfff chiều nay"}\n')

    done = score(tmp_path / "tin.jsonl", *(f"--out={tmp_path}/ra{ending}" for ending in ENDINGS), model=model)

    assert done.exit_code == 0
    assert [record["id"] for record in records(tmp_path / "ra.jsonl")] == ["\ufffdx"]
    assert pq.read_table(tmp_path / "ra.parquet")["title"].to_pylist() == ["Giá xăng tăng mạnh \ufffd chiều nay"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "ra.txt"], "phải kết thúc bằng .jsonl, .csv, .parquet, .xlsx"),
        (["--out", "ra"], "không biết ghi định dạng này"),
        (["--out", "khong-co/ra.csv"], "chưa có thư mục"),
        (["--out", "thu-muc.csv"], "đây là một thư mục"),
        (["--out", "tin.jsonl"], "nằm trong đầu vào"),
        (["--out", "ra.csv", "--out", "./ra.csv"], "được nêu hai lần"),
        (["--out", "ra.csv", "--map", "Cột=nothing"], "viết là “Tên cột=trường”"),
        (["--out", "ra.csv", "--map", "A=title", "--map", "B=title"], "trường title được nêu hai lần"),
        (["--out", "ra.csv", "--jobs", "0"], "--jobs"),
        (["--out", "ra.csv", "--at", "hôm qua"], "không phải ngày"),
        (["--out", "-", "--resume"], "--resume cần đầu vào là tệp"),
        (["--out", "ra.csv", "--model", "."], "không phải thư mục mô hình"),
        (["khong-co.csv", "--out", "ra.csv"], "Không tìm thấy"),
        ([], "thiếu --out"),
    ],
)
def test_a_wrong_command_is_one_clear_line_and_writes_nothing(words, message, items, tmp_path, model, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "thu-muc.csv").mkdir()
    before = left_in(tmp_path)

    done = CliRunner().invoke(main, ["score", "tin.jsonl", "--model", str(model), *words])

    assert done.exit_code == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Lỗi: ")]
    assert message in line
    assert left_in(tmp_path) == before


def test_an_output_within_the_input_folder_is_refused(items, tmp_path, model):
    done = score(tmp_path, "--out", tmp_path / "ra.csv", model=model)

    assert done.exit_code == 2
    assert "nằm trong đầu vào" in done.stderr


def test_more_rows_than_a_sheet_holds_is_said_before_the_sheet_is_written(items, tmp_path, model, monkeypatch):
    monkeypatch.setitem(batch.MAX_ROWS, ".xlsx", 299)

    done = score(items, "--out", tmp_path / "ra.xlsx", model=model)

    assert done.exit_code == 2
    assert "chứa nhiều nhất 299 bài" in done.stderr
    assert left_in(tmp_path) == {"tin.jsonl"}


def test_the_table_shows_articles_by_urgency_and_counts_them(items, tmp_path, model):
    done = score(items, "--out", tmp_path / "ra.jsonl", "--table", model=model)

    found = records(tmp_path / "ra.jsonl")
    words = [line.split("│")[1].strip() for line in done.stdout.splitlines() if line.startswith("│")]
    levels = {record["urgency"]["name"]: record["urgency"]["level"] for record in found}
    shown = [levels[word] for word in words if word in levels]
    assert len(shown) == 300
    assert shown == sorted(shown, reverse=True)
    for name in levels:
        amount = sum(record["urgency"]["name"] == name for record in found)
        assert any(
            line.split()[:-3] == name.split() and line.split()[-3] == str(amount) for line in done.stdout.splitlines()
        )


def test_the_table_says_by_when_the_first_thing_must_be_done_about_a_hot_item(items, tmp_path, model):
    done = score(items, "--out", tmp_path / "ra.jsonl", "--table", model=model)

    hot = [record for record in records(tmp_path / "ra.jsonl") if record["urgency"]["level"] == 3]
    cells = [line.split("│")[1].strip() for line in done.stdout.splitlines() if line.startswith("│")]
    assert sum(cell.startswith("hạn ") for cell in cells) == sum(bool(record["deadlines"]) for record in hot) > 0
    first = min(datetime.fromisoformat(one["due"]) for one in hot[0]["deadlines"])
    assert [first.strftime("hạn %H:%M"), first.strftime("%d/%m/%Y")] == cells[1:3]

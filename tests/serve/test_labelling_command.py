"""`diembao queue`, `labels read` and `audit`, from a press file to labels that training reads."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from made_items import item, write_items

from models.data import load_articles, load_labels
from serve.cli import main
from serve.labelling.columns import COLUMNS, DRAW_SHEET, SHEET

KEYS = [column.key for column in COLUMNS]


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


@pytest.fixture
def no_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is labelled yet."""
    (tmp_path / "trong.jsonl").write_text("", "utf-8")
    monkeypatch.setenv("DIEMBAO_LABELS", str(tmp_path / "trong.jsonl"))


def fill(path: Path, **answers: object) -> None:
    book = openpyxl.load_workbook(path)
    for row in range(2, book[SHEET].max_row + 1):
        for key, value in answers.items():
            book[SHEET].cell(row, KEYS.index(key) + 1).value = value
    book.save(path)


def ids(path: Path) -> list[str]:
    return [str(row[0]) for row in openpyxl.load_workbook(path)[SHEET].iter_rows(min_row=2, values_only=True)]


@pytest.mark.usefixtures("no_labels")
def test_articles_go_out_as_a_sheet_and_come_back_as_labels(model: Path, items: Path, tmp_path: Path) -> None:
    sheet, labels, corpus = tmp_path / "can.xlsx", tmp_path / "nhan.jsonl", tmp_path / "corpora" / "moi.parquet"
    corpus.parent.mkdir()
    out = run("queue", items, "--out", sheet, "--count", 60, "--model", model, "--articles", corpus)
    assert out.exit_code == 0, out.output
    assert "Đã chọn 60 trong 300 bài" in out.output
    assert "ngẫu nhiên 9" in out.output

    fill(sheet, topic="Điện lực", lead_unit="evn", urgency=2, tone="tiêu cực")
    back = run("labels", "read", sheet, "--out", labels)
    assert back.exit_code == 0, back.output
    assert "Đã ghi 60 nhãn" in back.output
    read = load_labels([labels])
    assert sorted(label.id for label in read) == sorted(ids(sheet))
    assert {label.stratum for label in read} == {"random", "uncertain", "rare", "novel"}
    lines = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    assert [line["chance"] for line in lines if "chance" in line] == [pytest.approx(9 / 300)] * 9
    assert load_articles(corpus.parent, [label.id for label in read])[read[0].id].body
    assert not (tmp_path / "can.loi.xlsx").exists()


@pytest.mark.usefixtures("no_labels")
def test_the_accuracy_of_the_model_is_told_from_the_random_share(model: Path, items: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "can.xlsx"
    run("queue", items, "--out", sheet, "--count", 40, "--random", 0.5, "--model", model)
    fill(sheet, topic="ngoai-pham-vi")
    back = run("labels", "read", sheet, "--out", tmp_path / "nhan.jsonl")
    assert "Trên 20 bài ngẫu nhiên, mô hình đúng chủ đề" in back.output


@pytest.mark.usefixtures("no_labels")
def test_faults_are_said_and_written_into_a_copy(model: Path, items: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "can.xlsx"
    run("queue", items, "--out", sheet, "--count", 30, "--model", model)
    fill(sheet, topic="Điện lực", lead_unit="EVN", urgency=9, tone=0)
    back = run("labels", "read", sheet, "--out", tmp_path / "nhan.jsonl")
    assert back.exit_code == 0
    assert "Sai: dòng 2, cột “Mức khẩn”: “9” không phải mã hay tên nào" in back.output
    assert "… và 10 lỗi nữa" in back.output
    assert "30 dòng có lỗi" in back.output
    assert (tmp_path / "nhan.jsonl").read_text("utf-8") == ""
    fill(tmp_path / "can.loi.xlsx", urgency=1)
    again = run("labels", "read", tmp_path / "can.loi.xlsx", "--out", tmp_path / "nhan.jsonl")
    assert "Đã ghi 30 nhãn" in again.output


def test_what_has_a_label_is_passed_over(model: Path, items: Path, tmp_path: Path) -> None:
    done = tmp_path / "cu.jsonl"
    rows = [{"id": f"bai-{n:05d}", "topic": "ngoai-pham-vi"} for n in range(290)]
    done.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    out = run("queue", items, "--out", tmp_path / "can.xlsx", "--labels", done, "--model", model)
    assert out.exit_code == 0, out.output
    assert "290 bài đã có nhãn" in out.output
    assert sorted(ids(tmp_path / "can.xlsx")) == [f"bai-{n:05d}" for n in range(290, 300)]


@pytest.mark.usefixtures("no_labels")
def test_reposts_of_a_story_are_picked_once(model: Path, tmp_path: Path) -> None:
    rows = [{**item(number % 20), "id": f"tin-{number}"} for number in range(60)]
    source = tmp_path / "tin.jsonl"
    source.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    run("queue", source, "--out", tmp_path / "can.xlsx", "--count", 60, "--model", model)
    picked = ids(tmp_path / "can.xlsx")
    assert len(picked) == 20
    assert len({int(name.removeprefix("tin-")) % 20 for name in picked}) == 20


@pytest.mark.usefixtures("no_labels")
def test_an_id_that_a_sheet_cannot_hold_and_a_row_that_cannot_be_read_are_counted(model: Path, tmp_path: Path) -> None:
    source = tmp_path / "tin.jsonl"
    rows = [item(1), {**item(2), "id": "a\u0001b"}, {**item(3), "id": "a_x000D_b"}, {"id": "trong"}]
    source.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    out = run("queue", source, "--out", tmp_path / "can.xlsx", "--model", model)
    assert "2 bài có mã mà Excel không giữ nguyên được" in out.output
    assert "1 dòng không đọc được" in out.output
    assert ids(tmp_path / "can.xlsx") == ["bai-00001"]


@pytest.mark.usefixtures("no_labels")
def test_the_random_share_never_shows_what_the_model_thinks(model: Path, items: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "can.xlsx"
    run("queue", items, "--out", sheet, "--count", 40, "--with-proposals", "--model", model)
    book = openpyxl.load_workbook(sheet)
    shown = {row[0]: row[len(COLUMNS)] for row in book[SHEET].iter_rows(min_row=2, values_only=True)}
    strata = {row[0]: row[1] for row in book[DRAW_SHEET].iter_rows(min_row=2, values_only=True)}
    assert {bool(shown[name]) for name, stratum in strata.items() if stratum == "random"} == {False}
    assert {bool(shown[name]) for name, stratum in strata.items() if stratum != "random"} == {True}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("queue", "{items}", "--out", "a.csv"), "a.csv: tên tệp này phải kết thúc bằng .xlsx"),
        (("queue", "{items}", "--out", "a.xlsx", "--articles", "a.csv"), "phải kết thúc bằng .parquet"),
        (("queue", "khong-co.csv", "--out", "a.xlsx"), "Không tìm thấy tệp hoặc thư mục: khong-co.csv"),
        (("labels", "read", "khong-co.xlsx", "--out", "a.jsonl"), "khong-co.xlsx: không đọc được"),
        (("labels", "read", "a.xlsx", "--out", "a.csv"), "phải kết thúc bằng .jsonl"),
        (("labels", "read", "a.xlsx", "--out", "b.jsonl", "--errors", "a.xlsx"), "tệp ra trùng với tệp vào"),
        (("audit", "--corpora", ".", "--out", "a.csv"), "phải kết thúc bằng .xlsx hoặc .jsonl"),
    ],
)
def test_a_command_that_cannot_be_followed_says_why(args: tuple[str, ...], message: str, items: Path) -> None:
    out = run(*(arg.format(items=items) for arg in args))
    assert out.exit_code == 2
    assert message in out.output


def test_an_input_whose_articles_all_have_labels_is_an_error(model: Path, tmp_path: Path) -> None:
    done = tmp_path / "cu.jsonl"
    done.write_text(json.dumps({"id": "bai-00000", "topic": "ngoai-pham-vi"}), "utf-8")
    source = write_items(tmp_path / "tin.jsonl", 1)
    out = run("queue", source, "--out", tmp_path / "can.xlsx", "--labels", done, "--model", model)
    assert out.exit_code == 2
    assert "không có bài nào để chọn: đọc được 1 bài, 1 bài đã có nhãn" in out.output


def test_the_texts_of_an_audit_stand_in_its_sheet_and_not_in_its_lines(tmp_path: Path) -> None:
    from models.audit import Suspect
    from nlp.types import Article
    from serve.labelling.suspects import write_suspect_lines, write_suspects

    found = [
        Suspect("a", "topic", "dien-luc", "xang-dau", 0.01, 0.9),
        Suspect("b", "topic", "dien-luc", "xang-dau", 0.1, 0.8),
        Suspect("a", "coordinating", "", "KH", 0.2, 0.8),
    ]
    articles = {name: Article(name, title=f"=Tin {name}") for name in "ab"}
    write_suspects(found, articles, tmp_path / "ngo.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "ngo.xlsx").active.iter_rows(min_row=2))
    assert [[cell.value for cell in row][:4] for row in rows] == [
        [1, "chủ đề", "a", "=Tin a"], [2, "chủ đề", "b", "=Tin b"], [1, "phối hợp", "a", "=Tin a"],
    ]  # fmt: skip
    assert [[cell.value for cell in row][6:] for row in rows][::2] == [
        ["dien-luc – Điện lực", "xang-dau – Xăng dầu", 0.01, 0.9], ["(không có)", "KH – Vụ Kế hoạch", 0.2, 0.8],
    ]  # fmt: skip
    assert {row[3].data_type for row in rows} == {"s"}
    write_suspect_lines(found, tmp_path / "ngo.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "ngo.jsonl").read_text("utf-8").splitlines()]
    assert lines[0] == {"rank": 1, "id": "a", "head": "topic", "given": "dien-luc", "likely": "xang-dau",
                        "p_given": 0.01, "p_likely": 0.9}  # fmt: skip

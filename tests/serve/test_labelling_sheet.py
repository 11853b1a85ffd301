"""A labelling sheet goes out with its lists and comes back with its labels, or with every fault in its cell."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.data import load_labels
from serve.labelling.answers import SheetUnreadable, accuracy, read_answers, to_line
from serve.labelling.columns import ANSWERS, BY_KEY, CODES_SHEET, COLUMNS, DRAW_SHEET, SHEET
from serve.labelling.marks import AUTHOR, WRONG_FILL, write_marked
from serve.labelling.sheet import Item, write_sheet
from serve.labelling.texts import write_lines

Edit = Callable[[Any], None]
RIGHT = {"topic": "dien-luc", "lead_unit": "EVN", "urgency": "2", "tone": "-1"}


def make_item(number: int, *, stratum: str = "uncertain", chance: object = "", **shown: str) -> Item:
    name = f"bai-{number}"
    return Item(
        {"id": name, "title": f"Tin số {number}", "reason": "mô hình phân vân", **shown},
        {"id": name, "stratum": stratum, "chance": chance, "topic": "dien-luc", "lead": "EVN", "model": "r2-x"},  # type: ignore[dict-item]
    )


def put(sheet: Any, row: int, **answers: object) -> None:
    """Fill cells of a row by the keys of their columns, as a person would."""
    places = {column.key: at for at, column in enumerate(COLUMNS, start=1)}
    for key, value in answers.items():
        sheet.cell(row, places[key]).value = value


def returned(folder: Path, *edits: Edit, items: list[Item] | None = None) -> Path:
    """A sheet of three articles that came back after `edits`."""
    path = folder / "bang.xlsx"
    write_sheet(items or [make_item(number) for number in range(3)], path)
    book = openpyxl.load_workbook(path)
    for edit in edits:
        edit(book)
    book.save(path)
    return path


def filled(row: int = 2, **answers: object) -> Edit:
    return lambda book: put(book[SHEET], row, **{**RIGHT, **answers})


def faults(path: Path) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.key, fault.reason) for fault in read_answers(path).faults]


def test_every_answer_has_a_drop_down_list_of_all_its_codes(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(returned(tmp_path))
    sheet, codes = book[SHEET], book[CODES_SHEET]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert len(rules) == len(ANSWERS)
    for at, column in enumerate(COLUMNS, start=1):
        if column.key in ANSWERS:
            letter = openpyxl.utils.get_column_letter(at)
            place = book.defined_names[rules[f"{letter}2:{letter}4"]].attr_text
            cells = [cell.value for (cell,) in codes[place.partition("!")[2].replace("$", "")]]
            assert cells == column.entries()


def test_answers_are_empty_and_the_model_is_silent_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_sheet([make_item(1, proposal="Điện lực (72 %)")], path)
    book = openpyxl.load_workbook(path)
    assert "Điện lực (72 %)" not in [cell.value for cell in book[SHEET][2]]
    assert [book[SHEET].cell(2, at).value for at, c in enumerate(COLUMNS, 1) if c.key in ANSWERS] == [None] * 8
    assert book[DRAW_SHEET].sheet_state == "hidden"
    write_sheet([make_item(1, proposal="Điện lực (72 %)")], path, with_proposals=True)
    assert "Điện lực (72 %)" in [cell.value for cell in openpyxl.load_workbook(path)[SHEET][2]]


def test_a_filled_row_is_a_label_that_training_reads(tmp_path: Path) -> None:
    items = [make_item(0, stratum="random", chance=0.25)]
    edit = filled(helper1="DTDL – Cục Điều tiết điện lực", unsure="x", note=" hỏi lại Cục ")
    found = read_answers(returned(tmp_path, edit, items=items))
    lines = [to_line(answer, found.drawn) for answer in found.answers]
    assert lines == [
        {"id": "bai-0", "topic": "dien-luc", "lead": "EVN", "coord": ["DTDL"], "urgency": 2, "tone": -1, "unsure": True,
         "stratum": "random", "split": "train", "pass": "sheet", "chance": 0.25, "note": "hỏi lại Cục"}
    ]  # fmt: skip
    write_lines(lines, tmp_path / "nhan.jsonl")
    assert [label.lead for label in load_labels([tmp_path / "nhan.jsonl"])] == ["EVN"]


def test_out_of_scope_needs_no_other_answer(tmp_path: Path) -> None:
    def outside(book: Any) -> None:
        put(book[SHEET], 2, topic="Ngoài phạm vi")

    (answer,) = read_answers(returned(tmp_path, outside)).answers
    assert (answer.label.topic, answer.label.lead, answer.label.urgency) == ("ngoai-pham-vi", "", 0)


def test_rows_without_an_answer_are_counted_and_rows_without_anything_are_not(tmp_path: Path) -> None:
    found = read_answers(returned(tmp_path, filled(3), lambda book: put(book[SHEET], 60, note="  ")))
    assert (len(found.answers), found.untouched, found.faults) == (1, 2, ())


@pytest.mark.parametrize(
    ("answers", "key", "reason"),
    [
        ({"topic": "bong-da"}, "topic", "“bong-da” không phải mã hay tên nào trong danh mục"),
        ({"topic": None}, "topic", "chưa chọn chủ đề"),
        ({"lead_unit": "EVN và PVN"}, "lead_unit", "không khớp phần ghi sau mã"),
        ({"lead_unit": None}, "lead_unit", "bài trong phạm vi mà không có đơn vị chủ trì"),
        ({"helper1": "EVN"}, "helper1", "đơn vị chủ trì EVN cũng là đơn vị phối hợp"),
        ({"helper1": "KH", "helper2": "kh"}, "helper1", r"đơn vị phối hợp lặp lại"),
        ({"helper3": "ABC"}, "helper3", "không phải mã hay tên nào"),
        ({"urgency": 7}, "urgency", "“7” không phải mã hay tên nào"),
        ({"urgency": None}, "urgency", "chưa chọn"),
        ({"tone": "buồn"}, "tone", "“buồn” không phải mã hay tên nào"),
        ({"tone": None}, "tone", "chưa chọn"),
        ({"unsure": "tôi nghĩ vậy"}, "unsure", "không phải mã hay tên nào"),
        ({"topic": "ngoai-pham-vi"}, "topic", "bài ngoài phạm vi mà có đơn vị, mức khẩn hoặc sắc thái"),
        ({"urgency": "=1+1"}, "urgency", "ô chứa công thức; hãy dán lại dạng giá trị"),
        ({"urgency": True}, "urgency", "cần chữ hoặc số, không phải True"),
        ({"id": "bai-99"}, "id", "mã 'bai-99' không có trong danh sách đã gửi đi"),
        ({"id": None}, "id", "thiếu id"),
    ],
)
def test_every_fault_names_row_column_and_reason(
    answers: dict[str, object], key: str, reason: str, tmp_path: Path
) -> None:
    ((row, column, said),) = faults(returned(tmp_path, filled(2, **answers), filled(3)))
    assert (row, column) == (2, key)
    assert reason in said


def test_several_faults_of_a_row_are_all_said_and_right_rows_are_kept(tmp_path: Path) -> None:
    found = read_answers(returned(tmp_path, filled(2, tone="buồn", urgency=9), filled(3)))
    assert [(fault.row, fault.key) for fault in found.faults] == [(2, "urgency"), (2, "tone")]
    assert [answer.label.id for answer in found.answers] == ["bai-1"]


def test_an_article_answered_twice_alike_counts_once_and_otherwise_not_at_all(tmp_path: Path) -> None:
    twice = read_answers(returned(tmp_path, filled(2), filled(3, id="bai-0")))
    assert ([answer.row for answer in twice.answers], twice.faults) == ([2], ())
    differing = read_answers(returned(tmp_path, filled(2), filled(3, id="bai-0", tone="0")))
    assert differing.answers == ()
    assert [(fault.row, fault.key) for fault in differing.faults] == [(2, "id"), (3, "id")]
    assert "các dòng 2, 3 với câu trả lời khác nhau" in differing.faults[0].reason


def test_columns_may_be_moved_and_those_not_needed_deleted(tmp_path: Path) -> None:
    def shuffle(book: Any) -> None:
        sheet = book[SHEET]
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        kept = [at for at, header in enumerate(rows[0]) if header not in ("Sapo", "Đầu bài", "Nhóm", "Phối hợp 3")]
        sheet.delete_cols(1, sheet.max_column)
        for number, row in enumerate(rows, start=3):  # two lines of caption above
            for position, at in enumerate(reversed(kept), start=1):
                sheet.cell(number, position).value = row[at]

    found = read_answers(returned(tmp_path, filled(2, helper1="DTDL"), shuffle))
    assert [(answer.row, answer.label.coord) for answer in found.answers] == [(4, ("DTDL",))]


@pytest.mark.parametrize("key", ["id", "topic", "lead_unit", "urgency", "tone"])
def test_a_sheet_without_a_column_that_is_needed_is_refused_by_name(key: str, tmp_path: Path) -> None:
    at = [column.key for column in COLUMNS].index(key) + 1
    path = returned(tmp_path, lambda book: book[SHEET].delete_cols(at))
    with pytest.raises(SheetUnreadable, match=f"thiếu cột “{BY_KEY[key].header}”$"):
        read_answers(path)


def test_without_the_hidden_sheet_labels_are_read_all_the_same(tmp_path: Path) -> None:
    found = read_answers(returned(tmp_path, filled(), lambda book: book.remove(book[DRAW_SHEET])))
    assert [(answer.label.id, answer.label.stratum) for answer in found.answers] == [("bai-0", "")]
    assert accuracy(found) == {}


@pytest.mark.parametrize("content", [b"", b"id,topic\n", b"PK\x03\x04broken"])
def test_a_file_that_is_no_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bang.xlsx"
    path.write_bytes(content)
    with pytest.raises(SheetUnreadable, match="không đọc được"):
        read_answers(path)


def test_a_workbook_cut_inside_is_refused(tmp_path: Path) -> None:
    path = returned(tmp_path)
    with zipfile.ZipFile(path) as book:
        parts = {info.filename: book.read(info) for info in book.infolist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content[: len(content) // 2] if name.endswith("sheet1.xml") else content)
    with pytest.raises(SheetUnreadable, match="tệp Excel hỏng"):
        read_answers(path)


def test_faults_are_coloured_said_and_commented_and_gone_when_mended(tmp_path: Path) -> None:
    path, marked = returned(tmp_path, filled(2, tone="buồn"), filled(3)), tmp_path / "bang.loi.xlsx"
    write_marked(read_answers(path), marked)
    book = openpyxl.load_workbook(marked)
    at = [column.key for column in COLUMNS].index("tone") + 1
    cell = book[SHEET].cell(2, at)
    assert (cell.fill.fgColor.rgb, cell.comment.author) == (f"00{WRONG_FILL}", AUTHOR)
    assert "“buồn” không phải mã" in cell.comment.text
    errors = len(COLUMNS) + 1
    assert book[SHEET].cell(1, errors).value == "Lỗi"
    assert book[SHEET].cell(2, errors).value.startswith("Sắc thái: “buồn”")
    assert book[SHEET].cell(3, errors).value is None
    assert len(book[SHEET].data_validations.dataValidation) == len(ANSWERS)

    cell.value = "tiêu cực"
    put(book[SHEET], 3, urgency=9)
    book.save(marked)
    again = read_answers(marked)
    assert [(fault.row, fault.key) for fault in again.faults] == [(3, "urgency")]
    write_marked(again, path)
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert (sheet.cell(2, at).comment, sheet.cell(2, errors).value, sheet.max_column) == (None, None, errors)
    assert sheet.cell(2, at).fill.fgColor.rgb != f"00{WRONG_FILL}"


def test_marking_keeps_what_people_wrote_beside(tmp_path: Path) -> None:
    from openpyxl.comments import Comment

    def beside(book: Any) -> None:
        put(book[SHEET], 2, note="hỏi anh Nam")
        book[SHEET].cell(2, 2).comment = Comment("xem lại", "Nam")
        book[SHEET].cell(1, 40).value = "cột riêng"

    path = returned(tmp_path, filled(2, tone="buồn"), beside)
    write_marked(read_answers(path), path)
    sheet = openpyxl.load_workbook(path)[SHEET]
    assert [sheet.cell(2, at).value for at, c in enumerate(COLUMNS, 1) if c.key == "note"] == ["hỏi anh Nam"]
    assert (sheet.cell(2, 2).comment.text, sheet.cell(1, 40).value, sheet.cell(1, 41).value) == (
        "xem lại", "cột riêng", "Lỗi",
    )  # fmt: skip


def test_the_accuracy_comes_from_the_random_share_alone(tmp_path: Path) -> None:
    items = [make_item(number, stratum="random", chance=0.5) for number in range(12)]
    items += [make_item(number) for number in range(12, 20)]
    wrong = [filled(2 + number, topic="xang-dau", lead_unit="TTTN") for number in (0, 1, 2, *range(12, 20))]
    right = [filled(2 + number) for number in range(3, 12)]
    found = accuracy(read_answers(returned(tmp_path, *wrong, *right, items=items)))
    assert {name: (round(share, 3), n) for name, (share, _, _, n) in found.items()} == {
        "chủ đề": (0.75, 12), "đơn vị chủ trì": (0.75, 12),
    }  # fmt: skip


@pytest.mark.parametrize("chance", [0, -1, 2, "một nửa"])
def test_a_chance_that_somebody_spoilt_is_not_counted(chance: object, tmp_path: Path) -> None:
    items = [make_item(number, stratum="random", chance=chance) for number in range(12)]
    found = read_answers(returned(tmp_path, *(filled(2 + number) for number in range(12)), items=items))
    assert accuracy(found) == {}
    assert "chance" not in to_line(found.answers[0], found.drawn)


def test_a_handful_of_random_articles_says_nothing(tmp_path: Path) -> None:
    items = [make_item(number, stratum="random", chance=0.5) for number in range(3)]
    assert accuracy(read_answers(returned(tmp_path, filled(2), filled(3), items=items))) == {}


TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["=1+1", "+84 24", "-5 độ", "@bo", "＝cmd", '=HYPERLINK("http://x.invalid")', "Điện lực: giá điện tăng"]
    ),
)
CODES = {key: st.sampled_from(list(BY_KEY[key].names or {})) for key in ANSWERS}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shown=st.fixed_dictionaries(dict.fromkeys(("title", "lead", "body", "source"), TEXTS)), note=TEXTS, data=st.data()
)
def test_what_goes_out_comes_back_and_no_text_is_run_as_a_formula(
    shown: dict[str, str], note: str, data: st.DataObject, tmp_path: Path
) -> None:
    from serve.labelling.sheet import put as put_text

    topic = data.draw(CODES["topic"].filter(lambda code: code != "ngoai-pham-vi"))
    lead, level, tone = (data.draw(CODES[key]) for key in ("lead_unit", "urgency", "tone"))
    path = tmp_path / "bang.xlsx"
    write_sheet([make_item(0, **shown)], path)
    book = openpyxl.load_workbook(path)
    assert {cell.data_type for row in book[SHEET].iter_rows() for cell in row} <= {"s", "n"}
    for cell in book[SHEET][2]:
        assert (
            not (isinstance(cell.value, str) and cell.value.lstrip(" ")[:1] in ("=", "+", "-", "@")) or cell.quotePrefix
        )
    put(book[SHEET], 2, topic=topic, lead_unit=lead, urgency=int(level), tone=float(tone))
    put_text(book[SHEET].cell(2, [column.key for column in COLUMNS].index("note") + 1), note)
    book.save(path)
    found = read_answers(path)
    assert found.faults == ()
    label = found.answers[0].label
    assert (label.topic, label.lead, label.urgency, label.tone) == (topic, lead, int(level), int(tone))
    assert json.loads(json.dumps(to_line(found.answers[0], found.drawn)))["id"] == "bai-0"

"""Tables are safe to open, pleasant to read, and typed."""

from __future__ import annotations

import csv
import json
import tracemalloc
from pathlib import Path

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from serve.rows import Facts, Row
from serve.words import REPAIRS
from serve.writers import ENDINGS, writer_of
from serve.writers.cells import COLUMNS
from serve.writers.csv_file import harmless
from serve.writers.xlsx_file import FILLS

DEADLINES = [
    {
        "rule": "first_statement",
        "name": "Phát ngôn ban đầu",
        "due": "2018-03-27T23:59:59+07:00",
        "basis": "Nghị định 09/2017/NĐ-CP",
        "verified": True,
        "kind": "law",
        "on_duty": False,
    },
    {
        "rule": "first_look",
        "name": "Văn phòng xem bài lần đầu",
        "due": "2018-03-26T17:05:00+07:00",
        "basis": "Quy định riêng",
        "verified": False,
        "kind": "office",
        "on_duty": True,
    },
]
RECORD = {
    "id": "bai-1",
    "in_scope": {"value": True, "p": 0.98},
    "topic": {"code": "an-toan-moi-truong", "name": "An toàn và môi trường công nghiệp", "p": 0.93},
    "lead_unit": {
        "code": "ATMT",
        "unit": "cuc.atmt",
        "name": "Cục Kỹ thuật an toàn và Môi trường công nghiệp",
        "p": 0.9,
    },
    "as_of": "2016-05-24",
    "coordinating_units": [
        {"code": "HC", "unit": "cuc.hc", "name": "Cục Hóa chất", "p": 0.7},
        {"code": "CNNH", "unit": "vu.cnnh", "name": "Vụ Công nghiệp nhẹ", "p": 0.4},
    ],
    "urgency": {"level": 3, "name": "nóng", "p": [0.0, 0.05, 0.15, 0.8]},
    "tone": {"value": -1, "p": 0.8},
    "deadlines": DEADLINES,
    "needs_human": True,
    "reasons": ["đơn vị chủ trì chưa chắc: ATMT 90 %"],
    "evidence": [
        {"field": "title", "start": 0, "end": 9, "text": "Nổ lò\nhơi", "for": "topic", "weight": 1.2},
        {"field": "title", "start": 0, "end": 9, "text": "Nổ lò hơi", "for": "urgency", "weight": 0.7},
        {"field": "body", "start": 3, "end": 10, "text": "tử vong", "for": "urgency", "weight": 0.6},
    ],
    "repairs": [{"field": "body", "kind": "tcvn3", "count": 40}, {"field": "lead", "kind": "tcvn3", "count": 4}],
    "model": "thu-1",
}
OUT_OF_SCOPE = {
    **RECORD,
    "id": "bai-2",
    "in_scope": {"value": False, "p": 0.99},
    "lead_unit": None,
    "coordinating_units": [],
    "urgency": {"level": 0, "name": "lưu", "p": [0.97, 0.03, 0.0, 0.0]},
    "needs_human": False,
    "reasons": [],
    "evidence": [],
    "repairs": [],
    "deadlines": [],
}
FACTS = Facts("Nổ lò hơi, 3 người chết", "Báo Thử", "https://example.invalid/1", "2018-03-26T14:05:00+07:00")


def row(record: dict = RECORD, facts: Facts = FACTS) -> Row:
    return Row(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE), orjson.dumps(list(facts)))


def write(path: Path, *rows: Row) -> Path:
    writer_of(path)(iter(rows), path)
    return path


def shown(path: Path, *rows: Row) -> list[dict[str, str]]:
    with write(path, *rows).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_line_of_csv_says_everything_in_vietnamese(tmp_path):
    (line,) = shown(tmp_path / "ra.csv", row())

    assert line == {
        "Mã": "bai-1",
        "Tiêu đề": "Nổ lò hơi, 3 người chết",
        "Nguồn": "Báo Thử",
        "Ngày đăng": "26/03/2018 14:05",
        "Trong phạm vi": "Có",
        "Chủ đề": "An toàn và môi trường công nghiệp",
        "Đơn vị chủ trì": "ATMT – Cục Kỹ thuật an toàn và Môi trường công nghiệp",
        "Đơn vị phối hợp": "HC – Cục Hóa chất; CNNH – Vụ Công nghiệp nhẹ",
        "Mức độ": "3 – nóng",
        "Hạn gần nhất": "17:05 ngày 26/03/2018",
        "Sắc thái": "tiêu cực",
        "Cần người xem": "Có",
        "Lý do": "đơn vị chủ trì chưa chắc: ATMT 90 %",
        "Bằng chứng": "“Nổ lò hơi” (chủ đề, mức độ); “tử vong” (mức độ)",
        "Sửa chữ": "giải mã phông TCVN3 (ABC)",
        "Xác suất phạm vi": "0.98",
        "Xác suất chủ đề": "0.93",
        "Xác suất đơn vị": "0.9",
        "Xác suất mức độ": "0.8",
        "Xác suất sắc thái": "0.8",
        "Liên kết": "https://example.invalid/1",
        "Các hạn": "hết ngày 27/03/2018: Phát ngôn ban đầu – căn cứ Nghị định 09/2017/NĐ-CP; "
        "17:05 ngày 26/03/2018: Văn phòng xem bài lần đầu – căn cứ Quy định riêng "
        "(chưa kiểm chứng, ngoài giờ làm việc, người trực theo dõi)",
        "Tổ chức ngày": "24/05/2016",
        "Mã chủ đề": "an-toan-moi-truong",
        "Mô hình": "thu-1",
    }


def test_out_of_scope_has_no_unit_and_nothing_due(tmp_path):
    (line,) = shown(tmp_path / "ra.csv", row(OUT_OF_SCOPE))

    assert (line["Trong phạm vi"], line["Đơn vị chủ trì"], line["Xác suất đơn vị"]) == ("Không", "", "")
    assert (line["Hạn gần nhất"], line["Các hạn"]) == ("", "")


@pytest.mark.parametrize(
    ("moment", "day"),
    [("", ""), ("2018-03-26T00:00:00", "26/03/2018"), ("2018-03-26T00:00:00+07:00", "26/03/2018 00:00")],
)
def test_a_bare_date_shows_no_time(moment, day, tmp_path):
    (line,) = shown(tmp_path / "ra.csv", row(facts=FACTS._replace(published_at=moment)))

    assert line["Ngày đăng"] == day


def test_excel_sees_that_csv_is_utf_8(tmp_path):
    assert write(tmp_path / "ra.csv", row()).read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("title", ["=1+1", "+84", "-2", "@SUM(A1)", "\tx", "\r=x", "\n=x", "  =HYPERLINK()", "＝1+1"])
def test_a_title_that_a_spreadsheet_would_run_is_made_harmless(title, tmp_path):
    facts = FACTS._replace(title=title)

    (line,) = shown(tmp_path / "ra.csv", row(facts=facts))
    assert line["Tiêu đề"] == f"'{title}"
    sheet = openpyxl.load_workbook(write(tmp_path / "ra.xlsx", row(facts=facts))).active
    assert sheet["B2"].data_type == "s"


@pytest.mark.parametrize("cell", ["Giá = 3", "a-b", "", 0.5, -1])
def test_what_no_spreadsheet_would_run_is_left_alone(cell):
    assert harmless(cell) == cell


def test_the_sheet_is_made_for_reading(tmp_path):
    sheet = openpyxl.load_workbook(write(tmp_path / "ra.xlsx", row(), row(OUT_OF_SCOPE))).active

    assert [cell.value for cell in sheet[1]] == [column.header for column in COLUMNS]
    assert all(cell.font.bold and cell.fill.fgColor.rgb.endswith("1F4E78") for cell in sheet[1])
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:Y3"
    assert sheet.column_dimensions["B"].width == 48
    assert sheet["B2"].alignment.wrap_text
    assert sheet["B2"].fill.fgColor.rgb.endswith(FILLS[3])
    assert sheet["B3"].fill.fill_type is None
    assert (sheet["P2"].value, sheet["P2"].number_format) == (0.98, "0%")


def test_the_sheet_takes_what_xml_forbids_and_what_no_cell_holds(tmp_path):
    facts = FACTS._replace(title="a\x00b\x1bc" + "d" * 40_000)

    sheet = openpyxl.load_workbook(write(tmp_path / "ra.xlsx", row(facts=facts))).active

    assert sheet["B2"].value.startswith("abcd")
    assert len(sheet["B2"].value) == 32_767


def test_parquet_is_flat_and_typed_and_keeps_the_record(tmp_path):
    table = pq.read_table(write(tmp_path / "ra.parquet", row(), row(OUT_OF_SCOPE)))

    assert not any(pa.types.is_nested(column.type) for column in table.schema)
    first, second = table.to_pylist()
    assert json.loads(first["record"]) == RECORD
    assert (first["urgency_level"], first["urgency_p3"], first["tone"]) == (3, 0.8, -1)
    assert first["coordinating_unit_codes"] == "HC; CNNH"
    assert first["earliest_due"].isoformat() == "2018-03-26T17:05:00+07:00"
    assert json.loads(first["deadlines"]) == DEADLINES
    assert (second["earliest_due"], second["deadlines"]) == (None, "[]")
    assert first["published_at"].isoformat() == "2018-03-26T14:05:00+07:00"
    assert (second["lead_unit_code"], second["lead_unit_p"], second["in_scope"]) == (None, None, False)


def test_a_date_without_a_zone_is_one_of_vietnam(tmp_path):
    facts = FACTS._replace(published_at="2018-03-26T00:00:00")

    (found,) = pq.read_table(write(tmp_path / "ra.parquet", row(facts=facts)))["published_at"].to_pylist()

    assert found.isoformat() == "2018-03-26T00:00:00+07:00"


@pytest.mark.parametrize("ending", ENDINGS)
def test_four_times_the_rows_take_no_more_memory(ending, tmp_path):
    record = {**RECORD, "reasons": ["x" * 3000]}
    path = tmp_path / f"ra{ending}"

    def peak(count: int) -> int:
        tracemalloc.start()
        writer_of(path)((row(record) for _ in range(count)), path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # imports are not counted
    assert peak(4000) < 1.2 * peak(1000) + 100_000


def test_every_kind_of_repair_has_a_name():
    schema = json.loads((Path(__file__).parents[2] / "nlp/record.schema.json").read_text("utf-8"))

    assert set(schema["properties"]["repairs"]["items"]["properties"]["kind"]["enum"]) == set(REPAIRS)


def test_an_enterprise_that_left_the_ministry_is_marked_in_tables_and_named_with_its_id_in_parquet(tmp_path):
    unit = {"code": "EVN", "unit": "evn", "name": "Tập đoàn Điện lực Việt Nam", "p": 0.9}
    unit |= {"under_ministry": False, "owner": "X"}
    record = {**RECORD, "lead_unit": unit, "as_of": "2018-11-10"}

    (line,) = shown(tmp_path / "ra.csv", row(record))
    (flat,) = pq.read_table(write(tmp_path / "ra.parquet", row(record))).to_pylist()

    assert line["Đơn vị chủ trì"] == "EVN – Tập đoàn Điện lực Việt Nam (không thuộc Bộ)"
    assert line["Tổ chức ngày"] == "10/11/2018"
    assert (flat["lead_unit_id"], flat["coordinating_unit_ids"]) == ("evn", "cuc.hc; vu.cnnh")
    assert flat["as_of"].isoformat() == "2018-11-10"

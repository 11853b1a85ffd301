from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from nlp.reading import ColumnsMissing, read


@pytest.fixture
def book(tmp_path: Path):
    def write_book(*sheets: list[list[object]], name: str = "tin.xlsx") -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for i, rows in enumerate(sheets):
            sheet = workbook.create_sheet(f"Trang {i}")
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return write_book


HEADER = ["STT", "Tiêu đề", "Nội dung", "Ngày đăng"]


def test_reads_rows_with_dates_of_excel(part, book) -> None:
    path = book(
        [
            HEADER,
            [1, "Lúa chín", "Vàng đồng", datetime(2016, 5, 24, 7, 30)],
            [2, "Mưa", None, "25/5/2016"],
            [3, "Gió", "", 42514],
        ]
    )
    articles, rejections = part(path)
    assert not rejections
    assert [(a.id, a.title, a.body) for a in articles][:2] == [
        ("tin.xlsx#1", "Lúa chín", "Vàng đồng"),
        ("tin.xlsx#2", "Mưa", ""),
    ]
    assert [a.published_at for a in articles] == [
        datetime(2016, 5, 24, 7, 30),
        datetime(2016, 5, 25),
        datetime(2016, 5, 24),
    ]


def test_the_header_may_stand_below_a_caption(part, book) -> None:
    articles, _ = part(book([["TỔNG HỢP TIN BÀI"], [], ["Tuần 21"], HEADER, [1, "Lúa chín", "a", None]]))
    assert [a.title for a in articles] == ["Lúa chín"]


def test_every_sheet_with_a_header_is_read_and_one_without_is_rejected(part, book) -> None:
    articles, rejections = part(book([HEADER, [1, "Một", "a"]], [["Ghi chú"], ["x"]], [], [HEADER, [1, "Hai", "b"]]))
    assert [(a.id, a.title) for a in articles] == [("tin.xlsx#1", "Một"), ("tin.xlsx#2", "Hai")]
    assert [r.row for r in rejections] == [0] and "“Ghi chú”" in rejections[0].reason


def test_blank_rows_are_rejected_between_rows_and_ignored_at_the_end(part, book) -> None:
    articles, rejections = part(book([HEADER, [1, "Một", "a"], [None], [3, "Ba", "c"], [None], [None, "", None]]))
    assert [a.origin.row for a in articles] == [1, 3]
    assert [(r.row, r.reason) for r in rejections] == [(2, "dòng trống")]


@pytest.mark.parametrize(
    ("value", "reason"),
    [(2016, "gặp số"), (True, "gặp đúng/sai"), ("#N/A", "báo lỗi #N/A"), (datetime(2016, 5, 24), "datetime")],
)
def test_a_title_that_is_no_text_is_rejected_by_field(part, book, value: object, reason: str) -> None:
    articles, rejections = part(book([HEADER, [1, value, "a"], [2, "Hai", "b"]]))
    assert [a.title for a in articles] == ["Hai"]
    assert [(r.row, r.field) for r in rejections] == [(1, "title")] and reason in rejections[0].reason


def test_a_book_without_the_columns_stops_the_run(book) -> None:
    with pytest.raises(ColumnsMissing, match=r"“Cột A”, “Cột B”.*--map"):
        list(read([book([["Cột A", "Cột B"], ["Một", "Hai"]])]))


def test_columns_can_be_chosen(part, book) -> None:
    articles, _ = part(book([["Cột A", "Cột B"], ["Một", "Hai"]]), columns={"title": "Cột B"})
    assert [a.title for a in articles] == ["Hai"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_book_is_rejected_and_the_next_file_read(part, book, write, share: float) -> None:
    whole = book([HEADER, *[[i, f"Tin {i}", "chữ " * 50] for i in range(200)]]).read_bytes()
    articles, rejections = part(write("cut.xlsx", whole[: int(len(whole) * share)]), write("b.txt", "Tin sau"))
    assert [a.title for a in articles] == ["Tin sau"]
    assert [r.row for r in rejections] == [0] and "cắt cụt" in rejections[0].reason


def repack(path: Path, target: Path, change) -> Path:
    """A copy of an Office file with parts changed by `change(name, data)`."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
    return target


def test_a_sheet_broken_half_way_yields_its_good_rows_first(part, book, tmp_path) -> None:
    path = book([HEADER, *[[i, f"Tin {i}", "a"] for i in range(1, 3001)]])
    cut = repack(path, tmp_path / "hong.xlsx", lambda name, data: data[: len(data) // 2] if "sheet1" in name else data)
    articles, rejections = part(cut)
    assert 1000 < len(articles) < 2000
    assert articles[-1].title == f"Tin {len(articles)}"
    assert [r.row for r in rejections] == [len(articles) + 1] and "tệp hỏng" in rejections[0].reason


def test_a_zip_bomb_is_refused_before_it_is_unpacked(part, book, tmp_path) -> None:
    bomb = repack(
        book([HEADER]), tmp_path / "bomb.xlsx", lambda name, data: b" " * 30_000_000 if "sheet1" in name else data
    )
    _, rejections = part(bomb)
    assert [r.row for r in rejections] == [0] and "zip bomb" in rejections[0].reason


def test_entities_are_refused(part, book, tmp_path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]>'
    evil = repack(
        book([HEADER, [1, "Một", "a"]]),
        tmp_path / "evil.xlsx",
        lambda name, data: laughs + data if "sheet1" in name else data,
    )
    _, rejections = part(evil)
    assert [r.row for r in rejections] == [0] and "DOCTYPE" in rejections[0].reason


def test_a_zip_that_is_no_book_is_rejected(part, write) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("tin.txt", "Tin")
    _, rejections = part(write("tin.xlsx", data.getvalue()))
    assert [r.row for r in rejections] == [0] and "không phải tệp Office" in rejections[0].reason

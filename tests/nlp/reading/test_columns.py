from __future__ import annotations

import pytest

from nlp.reading import AmbiguousColumns, ColumnNotFound, ColumnsMissing, UnknownField
from nlp.reading.columns import HEADERS, check_fields, field_of, fold, resolve


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Tiêu đề", "title"), ("TIÊU  ĐỀ:", "title"), ("tieu_de", "title"), ("Tít", "title"), ("Headline", "title"),
        ("Sapo", "lead"), ("Tóm tắt", "lead"), ("Mô tả", "lead"), ("Nội dung", "body"), ("Toàn văn", "body"),
        ("Cơ quan báo chí", "source"), ("BÁO", "source"), ("Ngày đăng", "published_at"), ("pubDate", "published_at"),
        ("Published_At", "published_at"), ("Đường dẫn", "url"), ("Link", "url"), ("Mã", "id"), ("STT", None),
        ("", None),
    ],
)  # fmt: skip
def test_headers_are_known_without_regard_to_case_accents_and_spaces(header: str, field: str | None) -> None:
    assert field_of(header) == field


def test_decomposed_headers_are_the_same_headers() -> None:
    assert field_of("Tie\u0302u \u0111e\u0302\u0300") == "title"


def test_no_header_stands_for_two_fields() -> None:
    names = [fold(name) for names in HEADERS.values() for name in names]
    assert len(names) == len(set(names))


def test_columns_chosen_by_the_user_come_before_the_table() -> None:
    found = resolve(["Tiêu đề", "Cột A", "Nội dung"], {"title": "cột a"}, file="tin.csv")
    assert found == {"title": 1, "body": 2}


def test_a_chosen_column_is_not_used_for_another_field_as_well() -> None:
    assert resolve(["Tóm tắt", "Nội dung"], {"title": "Tóm tắt"}, file="tin.csv") == {"title": 0, "body": 1}


def test_of_two_headers_the_one_named_exactly_wins() -> None:
    assert resolve(["Tiêu đề", "Title"], {}, file="tin.csv") == {"title": 1}


def test_of_two_equal_headers_the_first_wins_when_named_exactly() -> None:
    assert resolve(["title", "title"], {}, file="tin.csv") == {"title": 0}


def test_two_headers_for_one_field_are_an_error_that_shows_how_to_choose() -> None:
    with pytest.raises(AmbiguousColumns, match=r"“Tiêu đề”, “Tên bài”.*--map title=“Tiêu đề”") as caught:
        resolve(["Tiêu đề", "Tên bài"], {}, file="tin.csv")
    assert (caught.value.field, caught.value.candidates) == ("title", ("Tiêu đề", "Tên bài"))


def test_missing_columns_are_an_error_that_names_what_was_found_and_how_to_map() -> None:
    with pytest.raises(ColumnsMissing, match=r"“STT”, “Ghi chú”.*“tiêu đề”.*--map title=") as caught:
        resolve(["STT", "", "Ghi chú"], {}, file="tin.csv")
    assert (caught.value.file, caught.value.found) == ("tin.csv", ("STT", "Ghi chú"))


def test_a_chosen_column_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ColumnNotFound, match=r"--map title=“Cột B”.*“Cột A”"):
        resolve(["Cột A"], {"title": "Cột B"}, file="tin.csv")


def test_a_field_that_articles_lack_is_an_error() -> None:
    with pytest.raises(UnknownField, match=r"“titel”.*title, lead, body"):
        check_fields({"titel": "Cột A"})

"""What people type into a cell of a labelling sheet is understood, or refused in words that help."""

from __future__ import annotations

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.heads import TONES, TOPICS, UNITS, URGENCY
from serve.labelling.codes import UnreadCell, find_code, plain
from serve.labelling.columns import ANSWERS, BY_KEY, find_columns


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("EVN", "EVN"),
        ("evn", "EVN"),
        (" Evn ", "EVN"),
        ("EVN - Tập đoàn Điện lực", "EVN"),
        ("EVN – Tập đoàn Điện lực Việt Nam", "EVN"),
        ("EVN (Tập đoàn Điện lực Việt Nam)", "EVN"),
        ("EVN-Tập đoàn Điện lực Việt Nam", "EVN"),
        ("Tập đoàn Điện lực Việt Nam", "EVN"),
        ("tap doan dien luc viet nam", "EVN"),
        ("QLTT: quản lý thị trường", "QLTT"),
        ("TC", "TC"),
        ("TCCB – Vụ Tổ chức cán bộ", "TCCB"),
    ],
)
def test_a_unit_is_found_by_code_by_name_and_by_both(typed: str, code: str) -> None:
    assert find_code(plain(typed), UNITS) == code


@pytest.mark.parametrize(
    ("typed", "names", "code"),
    [
        ("Điện lực", TOPICS, "dien-luc"),
        ("dien-luc – Điện lực", TOPICS, "dien-luc"),
        ("dien luc", TOPICS, "dien-luc"),
        ("DIEN-LUC", TOPICS, "dien-luc"),
        ("xang-dau- xăng dầu", TOPICS, "xang-dau"),
        (2, URGENCY, "2"),
        (2.0, URGENCY, "2"),
        ("2", URGENCY, "2"),
        ("2 – cần xử lý", URGENCY, "2"),
        ("cần xử lý", URGENCY, "2"),
        (-1, TONES, "-1"),
        (-1.0, TONES, "-1"),
        ("-1", TONES, "-1"),
        ("\u22121", TONES, "-1"),
        ("'-1", TONES, "-1"),
        ("1", TONES, "1"),
        ("Tiêu cực", TONES, "-1"),
        ("-1 – tiêu cực", TONES, "-1"),
    ],
)
def test_topics_levels_and_tones_are_found(typed: object, names: dict[str, str], code: str) -> None:
    assert find_code(plain(typed), names) == code


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("XYZ", "“XYZ” không phải mã hay tên nào"),
        ("EVN và PVN", "không khớp phần ghi sau mã"),
        ("EVN, PVN", "không khớp phần ghi sau mã"),
        ("TCCB - TC", "không khớp phần ghi sau mã"),
        ("EVN – Vụ Pháp chế", "mã EVN là “Tập đoàn Điện lực Việt Nam”, không khớp"),
        ("?", "không phải mã hay tên nào"),
    ],
)
def test_a_cell_that_names_no_unit_or_two_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(UnreadCell, match=reason):
        find_code(plain(typed), UNITS)


@pytest.mark.parametrize("typed", ["7", "2,5", "2.5", "-2", "01"])
def test_a_number_that_is_no_level_is_refused(typed: str) -> None:
    with pytest.raises(UnreadCell, match=f"“{typed}”"):
        find_code(plain(typed), URGENCY)


@pytest.mark.parametrize("typed", [True, datetime(2018, 3, 26), object()])
def test_a_cell_that_holds_no_text_or_number_is_refused(typed: object) -> None:
    with pytest.raises(UnreadCell, match="cần chữ hoặc số"):
        plain(typed)


@pytest.mark.parametrize("typed", [None, "", "  ", "\u00a0", "\u200b", "-", "–", "Không", "không có"])
def test_people_write_nothing_in_many_ways(typed: object) -> None:
    assert plain(typed) == ""


@pytest.mark.parametrize("key", ANSWERS)
def test_every_entry_of_a_drop_down_list_is_read_as_its_code(key: str) -> None:
    column = BY_KEY[key]
    assert [find_code(plain(entry), column.names or {}) for entry in column.entries()] == list(column.names or {})


ALL_CODES = [(code, names) for names in (TOPICS, UNITS, URGENCY, TONES) for code in names]


@given(
    pair=st.sampled_from(ALL_CODES),
    form=st.sampled_from(["NFC", "NFD"]),
    case=st.sampled_from([str.lower, str.upper, str.title, str]),
    space=st.sampled_from(["", " ", "\u00a0", "  \t"]),
    shape=st.sampled_from(["{code}", "{name}", "{code} – {name}", "{code} - {name}", "{code}: {name}"]),
)
def test_case_space_and_unicode_form_do_not_matter(pair, form, case, space, shape) -> None:  # type: ignore[no-untyped-def]
    code, names = pair
    typed = unicodedata.normalize(form, f"{space}{case(shape.format(code=code, name=names[code]))}{space}")
    assert find_code(plain(typed), names) == code


@given(st.text(max_size=40))
def test_no_text_makes_the_reader_fail_in_another_way(typed: str) -> None:
    try:
        assert find_code(plain(typed), UNITS) in UNITS
    except UnreadCell as error:
        assert str(error)


def test_columns_are_found_in_any_order_case_and_form() -> None:
    headers = ["Sắc thái", "MÃ BÀI", unicodedata.normalize("NFD", "Chủ đề"), "khác", "mức  khẩn:", "Đơn vị chủ trì"]
    assert find_columns(headers) == {"tone": 0, "id": 1, "topic": 2, "urgency": 4, "lead_unit": 5}

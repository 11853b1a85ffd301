from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.reading import parse_date

HANOI = timezone(timedelta(hours=7))
DAY = datetime(2016, 5, 24)
MORNING = datetime(2016, 5, 24, 7, 30)
MORNING_IN_HANOI = datetime(2016, 5, 24, 7, 30, tzinfo=HANOI)

FORMS = [
    ("24/5/2016", DAY),
    ("24.5.2016", DAY),
    ("24/5/16", DAY),
    (" 24 - 5 - 2016 ", DAY),
    ("24-05-2016 07:30", MORNING),
    ("24/5/2016 | 07:30", MORNING),
    ("07:30 24/05/2016", MORNING),
    ("7h30 ngày 24/5/2016", MORNING),
    ("24/5/2016 lúc 7 giờ 30 phút", MORNING),
    ("24/5/2016 7:30:00 SA", MORNING),
    ("24/5/2016 7:30 CH", datetime(2016, 5, 24, 19, 30)),
    ("24/5/2016 12:15 AM", datetime(2016, 5, 24, 0, 15)),
    ("ngày 24 tháng 5 năm 2016", DAY),
    ("24 Tháng Năm, 2016", DAY),
    ("3 Tháng Mười Hai, 2016", datetime(2016, 12, 3)),
    ("Thứ Ba, 24/05/2016, 07:30 (GMT+7)", MORNING_IN_HANOI),
    ("Thứ ba, ngày 24/05/2016 07:30 GMT+7", MORNING_IN_HANOI),
    ("Chủ nhật, 29/5/2016", datetime(2016, 5, 29)),
    ("CN 29/5/2016", datetime(2016, 5, 29)),
    ("2016-05-24", DAY),
    ("2016/05/24 07:30", MORNING),
    ("20160524", DAY),
    ("2016-05-24T07:30:00", MORNING),
    ("2016-05-24T07:30:00+07:00", MORNING_IN_HANOI),
    ("2016-05-24T07:30:00+0700", MORNING_IN_HANOI),
    ("2016-05-24 07:30:00 +0700", MORNING_IN_HANOI),
    ("2016-05-24 07:30 (GMT+7)", MORNING_IN_HANOI),
    ("2016-05-24T00:30:00Z", datetime(2016, 5, 24, 0, 30, tzinfo=UTC)),
    ("Tue, 24 May 2016 07:30:00 +0700", MORNING_IN_HANOI),
    ("24 May 2016 00:30:00 GMT", datetime(2016, 5, 24, 0, 30, tzinfo=UTC)),
    (42514, DAY),
    (42514.3125, MORNING),
    ("42514.3125", MORNING),
    (1464049800, datetime(2016, 5, 24, 0, 30, tzinfo=UTC)),
    ("1464049800", datetime(2016, 5, 24, 0, 30, tzinfo=UTC)),
    (1464049800000, datetime(2016, 5, 24, 0, 30, tzinfo=UTC)),
    (date(2016, 5, 24), DAY),
    (MORNING_IN_HANOI, MORNING_IN_HANOI),
]

FAULTS = [
    ("31/2/2016", "không có ngày 31 tháng 2 năm 2016"),
    ("05/24/2016", "không có ngày 5 tháng 24"),
    ("hôm qua", "ngày tương đối"),
    ("2 giờ trước", "ngày tương đối"),
    ("sáng nay", "ngày tương đối"),
    ("sắp tới", "không đọc được"),
    ("24/5", "không đọc được"),
    ("Tháng 5/2016", "không đọc được"),
    ("1/2/3/4/2016", "thừa"),
    ("24/5/2016 và 25/5/2016", "thừa"),
    ("24/5/2016 25:00", "giờ không hợp lệ"),
    ("24/5/2016 07:30 GMT+70", "múi giờ không hợp lệ"),
    ("24/5/0216", "năm 216 nằm ngoài khoảng"),
    ("Tue, 32 May 2016 07:30:00 +0700", "không đọc được"),
    ("24/5/2016 " * 50, "quá dài"),
    (2016, "số 2016 không phải ngày"),
    (float("nan"), "nan không phải ngày"),
    (float("inf"), "số quá lớn"),
    (10**400, "số quá lớn"),
    (True, "kiểu bool"),
    (time(7, 30), "kiểu time"),
    (["24/5/2016"], "kiểu list"),
]


@pytest.mark.parametrize(("value", "expected"), FORMS, ids=[str(value) for value, _ in FORMS])
def test_reads_the_forms_that_newspapers_spreadsheets_and_feeds_write(value: object, expected: datetime) -> None:
    found = parse_date(value)
    assert (found, found.utcoffset()) == (expected, expected.utcoffset())


@pytest.mark.parametrize(("value", "reason"), FAULTS, ids=[str(value)[:30] for value, _ in FAULTS])
def test_refuses_what_is_no_date_of_the_calendar_and_says_why_in_vietnamese(value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_date(value)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from("/.-"))
def test_the_day_always_comes_before_the_month(day: date, separator: str) -> None:
    written = separator.join((str(day.day), str(day.month), f"{day.year:04}"))
    assert parse_date(written).date() == day


@given(st.datetimes(datetime(1955, 1, 1), datetime(2100, 12, 31)))
def test_excel_serials_keep_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert parse_date((moment - datetime(1899, 12, 30)) / timedelta(days=1)) == moment


@given(st.text(max_size=60))
def test_any_text_is_either_a_date_or_a_value_error(text: str) -> None:
    try:
        assert 1900 <= parse_date(text).year <= 2100
    except ValueError as error:
        assert str(error)

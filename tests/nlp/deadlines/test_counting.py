"""How periods are counted: one table of cases worked out by hand with a wall calendar, each with its source.

Civil Code 2015 is quoted as K: K147 says what is not counted, K148.5 moves the end off a day off. Civil Code 2005
Art. 152-153, in force to 2016-12-31, say the same. "L" is the Labour Code: 2012 Art. 115, 2019 Art. 112.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from nlp.deadlines import parse

TET_2013 = "Tiền Phong 2012-11: off 2012-12-31 and 2013-02-15, worked 2013-01-05 and 2013-02-23"
TET_2014 = "Lao Động 2014: off 01-28 to 02-05, worked 01-25 and 02-08"
TET_2015 = "swap 2015-02-16 for 02-14 (tờ trình 89/TTr-LĐTBXH of 2014-11-20); L115: Tết and substitution to 02-23"
TET_2017 = "L115: Tết 01-27 to 01-31 and two substitution days, 01-26 and 02-01"
TET_2018 = "L115: Tết 02-15 to 02-19 and two substitution days, 02-14 and 02-20"
YEAR_2019 = "6519/VPCP-KGVX of 2018: off 2018-12-31, worked 2019-01-05"
TET_2024 = "L112: Tết 02-09 to 02-13 and two substitution days, 02-08 and 02-14"
APRIL_2024 = "2450/VPCP-KGVX of 2024: off 2024-04-29, worked 2024-05-04"
TET_2025 = "6150/TB-BLĐTBXH of 2024: 2025-01-25 to 02-02; off 05-02, worked 04-26"
TET_2026 = "congan.com.vn 388656: 2026-02-14 to 02-22"
YEAR_2026 = "24h.com.vn 2025-12-26: off 2026-01-02, worked 2026-01-10"
SEPTEMBER_2026 = "thuvienphapluat.vn 138100727: off 2026-08-31, worked 2026-08-22"
CULTURE_DAY = "80-NQ/TW: 24 November from 2026 on (cafef.vn 188260113130933351)"
WEEKEND = "K148.5: weekend"
NOTICE = "notice of 2016-05-24: trong ngày"
OFFICE = "office's own unit, duty.toml: 08:00-12:00, 13:00-17:00"

DUTY = True  # the office is not there when it falls due
THERE = False

CASES = [
    # period, start, due, on duty, source
    # Tết
    ("1 day", "2012-12-28 10:00", "2013-01-02 23:59:59", THERE, TET_2013),
    ("1 working_day", "2013-01-04 10:00", "2013-01-05 23:59:59", THERE, TET_2013),
    ("1 day", "2013-02-08 16:00", "2013-02-18 23:59:59", THERE, TET_2013),
    ("1 working_day", "2013-02-22 10:00", "2013-02-23 23:59:59", THERE, TET_2013),
    ("1 working_day", "2014-01-24 10:00", "2014-01-25 23:59:59", THERE, TET_2014),
    ("1 day", "2014-01-27 10:00", "2014-02-06 23:59:59", THERE, TET_2014),
    ("1 working_day", "2014-02-07 10:00", "2014-02-08 23:59:59", THERE, TET_2014),
    ("1 working_day", "2015-02-13 10:00", "2015-02-14 23:59:59", THERE, TET_2015),
    ("1 day", "2015-02-14 10:00", "2015-02-24 23:59:59", THERE, TET_2015),
    ("24 hour", "2017-01-25 16:00", "2017-01-26 16:00:00", DUTY, f"K147.1, {TET_2017}"),
    ("1 day", "2017-01-25 10:00", "2017-02-02 23:59:59", THERE, f"K148.5, {TET_2017}"),
    ("2 working_day", "2017-01-25 10:00", "2017-02-03 23:59:59", THERE, TET_2017),
    ("30 day", "2016-12-31 10:00", "2017-02-02 23:59:59", THERE, f"K148.5, {TET_2017}"),
    ("1 working_hour", "2017-01-25 16:30", "2017-02-02 08:30:00", THERE, f"{OFFICE}, {TET_2017}"),
    ("1 day", "2018-02-13 08:00", "2018-02-21 23:59:59", THERE, TET_2018),
    ("1 day", "2024-02-07 17:30", "2024-02-15 23:59:59", THERE, TET_2024),
    ("30 day", "2024-01-10 09:00", "2024-02-15 23:59:59", THERE, TET_2024),
    ("3 working_day", "2024-02-06 09:00", "2024-02-16 23:59:59", THERE, TET_2024),
    ("1 week", "2025-01-20 09:00", "2025-02-03 23:59:59", THERE, f"K148.2, {TET_2025}"),
    ("1 working_day", "2025-01-24 16:59", "2025-02-03 23:59:59", THERE, TET_2025),
    ("24 hour", "2025-01-31 23:30", "2025-02-01 23:30:00", DUTY, TET_2025),
    ("1 day", "2026-02-13 09:00", "2026-02-23 23:59:59", THERE, TET_2026),
    ("1 month", "2026-01-16 09:00", "2026-02-23 23:59:59", THERE, f"K148.3, {TET_2026}"),
    ("same_working_day", "2026-02-15 09:00", "2026-02-23 17:00:00", THERE, f"{OFFICE}, {TET_2026}"),
    # other holidays, substitution and swapped days
    ("1 day", "2018-12-28 09:00", "2019-01-02 23:59:59", THERE, YEAR_2019),
    ("1 working_day", "2019-01-04 09:00", "2019-01-05 23:59:59", THERE, YEAR_2019),
    ("1 day", "2025-12-31 09:00", "2026-01-05 23:59:59", THERE, YEAR_2026),
    ("1 working_day", "2026-01-09 09:00", "2026-01-10 23:59:59", THERE, YEAR_2026),
    ("1 day", "2016-04-15 09:00", "2016-04-19 23:59:59", THERE, "L115: Giỗ Tổ on Saturday 04-16, substitution 04-18"),
    ("1 day", "2016-04-29 09:00", "2016-05-04 23:59:59", THERE, "L115: 30/4 and 1/5 on a weekend, off 05-02, 05-03"),
    ("1 month", "2017-03-31 09:00", "2017-05-03 23:59:59", THERE, "K148.3; L115: 30/4 on Sunday, off 05-01, 05-02"),
    ("1 day", "2023-04-28 09:00", "2023-05-04 23:59:59", THERE, "L112: Giỗ Tổ 04-29, 30/4, 1/5, off to 05-03"),
    ("1 working_day", "2024-04-26 09:00", "2024-05-02 23:59:59", THERE, APRIL_2024),
    ("2 working_day", "2024-05-02 09:00", "2024-05-04 23:59:59", THERE, APRIL_2024),
    ("same_working_day", "2024-05-04 10:00", "2024-05-04 17:00:00", THERE, APRIL_2024),
    ("24 hour", "2024-05-03 10:00", "2024-05-04 10:00:00", THERE, APRIL_2024),
    ("1 working_day", "2025-04-25 09:00", "2025-04-26 23:59:59", THERE, TET_2025),
    ("1 day", "2025-04-29 09:00", "2025-05-05 23:59:59", THERE, TET_2025),
    ("1 week", "2016-08-26 09:00", "2016-09-05 23:59:59", THERE, "L115: 2/9 on Friday"),
    ("30 day", "2017-08-03 09:00", "2017-09-05 23:59:59", THERE, "L115: 2/9 on Saturday, substitution 09-04"),
    ("30 day", "2018-08-03 09:00", "2018-09-04 23:59:59", THERE, "L115: 2/9 on Sunday, substitution 09-03"),
    ("1 day", "2024-08-30 09:00", "2024-09-04 23:59:59", THERE, "L112: 2/9 and the day after, 09-03"),
    ("24 hour", "2025-08-31 22:00", "2025-09-01 22:00:00", DUTY, "L112: 2/9 and the day before, 09-01"),
    ("1 day", "2026-08-28 09:00", "2026-09-03 23:59:59", THERE, SEPTEMBER_2026),
    ("1 working_day", "2026-08-21 09:00", "2026-08-22 23:59:59", THERE, SEPTEMBER_2026),
    ("3 month", "2026-05-31 09:00", "2026-09-03 23:59:59", THERE, f"K148.3, K148.5, {SEPTEMBER_2026}"),
    ("1 day", "2026-11-23 09:00", "2026-11-25 23:59:59", THERE, CULTURE_DAY),
    ("1 day", "2025-11-23 09:00", "2025-11-24 23:59:59", THERE, f"{CULTURE_DAY}, not in 2025"),
    # weekends
    ("1 day", "2016-05-27 09:00", "2016-05-30 23:59:59", THERE, WEEKEND),
    ("1 day", "2016-05-28 09:00", "2016-05-30 23:59:59", THERE, WEEKEND),
    ("24 hour", "2016-05-27 15:20", "2016-05-28 15:20:00", DUTY, "K147.1: hours run through the weekend"),
    ("24 hour", "2016-05-24 09:00", "2016-05-25 09:00:00", THERE, "K147.1"),
    ("30 day", "2016-05-24 09:00", "2016-06-23 23:59:59", THERE, "K147.2: the first day is not counted"),
    ("1 week", "2016-05-24 09:00", "2016-05-31 23:59:59", THERE, "K148.2: the same day of the week"),
    ("same_day", "2016-05-28 10:00", "2016-05-28 23:59:59", DUTY, f"{NOTICE}; a Saturday is a day too"),
    # month ends
    ("1 month", "2017-01-31 09:00", "2017-02-28 23:59:59", THERE, "K148.3: February has no 31st"),
    ("1 month", "2024-01-31 09:00", "2024-02-29 23:59:59", THERE, "K148.3 in a leap year"),
    ("3 month", "2016-11-30 09:00", "2017-02-28 23:59:59", THERE, "K148.3 over the turn of the year"),
    ("1 month", "2016-12-31 09:00", "2017-02-02 23:59:59", THERE, f"K148.3, K148.5, {TET_2017}"),
    ("1 month", "2016-02-29 09:00", "2016-03-29 23:59:59", THERE, "K148.3: the same number, not the month's end"),
    ("12 month", "2016-02-29 09:00", "2017-02-28 23:59:59", THERE, "K148.3"),
    # the hour before midnight, and the hours of the office
    ("1 hour", "2016-05-24 23:00", "2016-05-25 00:00:00", DUTY, "K147.1; at night the roster keeps it"),
    ("2 hour", "2017-12-31 23:30", "2018-01-01 01:30:00", DUTY, "K147.1; L115: New Year"),
    ("same_day", "2016-05-24 23:10", "2016-05-24 23:59:59", THERE, f"{NOTICE}; fifty minutes are left"),
    ("1 day", "2016-05-24 23:59:59", "2016-05-25 23:59:59", THERE, "K147.2, K148.6: 24:00 of the last day"),
    ("1 day", "2016-05-25 00:00", "2016-05-26 23:59:59", THERE, "K147.2: midnight belongs to the day it begins"),
    ("1 day", "2016-05-24T17:30+00:00", "2016-05-26 23:59:59", THERE, "00:30 of the 25th in Hà Nội"),
    ("1 hour", "2016-05-24T23:30-05:00", "2016-05-25 12:30:00", THERE, "11:30 in Hà Nội; lunch counts as there"),
    ("1 hour", "2016-05-24 07:00", "2016-05-24 08:00:00", THERE, OFFICE),
    ("1 hour", "2016-05-24 16:00", "2016-05-24 17:00:00", DUTY, f"{OFFICE}; closed at 17:00"),
    ("same_working_day", "2016-05-24 16:59", "2016-05-24 17:00:00", THERE, OFFICE),
    ("same_working_day", "2016-05-24 17:00", "2016-05-25 17:00:00", THERE, OFFICE),
    ("same_working_day", "2016-05-27 18:00", "2016-05-30 17:00:00", THERE, OFFICE),
    ("2 working_hour", "2016-05-24 11:00", "2016-05-24 14:00:00", THERE, f"{OFFICE}; lunch is not counted"),
    ("1 working_hour", "2016-05-24 16:30", "2016-05-25 08:30:00", THERE, OFFICE),
    ("8 working_hour", "2016-05-27 13:00", "2016-05-30 12:00:00", THERE, OFFICE),
    ("4 working_hour", "2016-05-29 09:00", "2016-05-30 12:00:00", THERE, OFFICE),
]


def rule_for(period: str) -> str:
    amount, _, unit = period.rpartition(" ")
    return f"""
        [[rule]]
        id = "x"
        name = "x"
        kind = "law"
        trigger = "x"
        applies = "request"
        {f"amount = {amount}" if amount else ""}
        unit = "{unit}"
        clock = "receipt"
        first_day = 2012-01-01
        basis = "x"
        source = "x"
        confidence = "A"
        """


@pytest.mark.parametrize(("period", "start", "ends", "on_duty", "source"), CASES, ids=[" ".join(c[:2]) for c in CASES])
def test_a_period_ends_when_the_law_says(
    period: str, start: str, ends: str, on_duty: bool, source: str, files: dict[str, str]
) -> None:
    deadlines = parse({**files, "deadlines.toml": rule_for(period)})

    found = deadlines.of_duty("x", start=datetime.fromisoformat(start))

    assert (f"{found.due:%Y-%m-%d %H:%M:%S}", found.on_duty) == (ends, on_duty), source
    assert f"{found.due:%z}" == "+0700"

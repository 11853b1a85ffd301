"""What an office may write in its three files, and what it is told where that cannot be."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nlp.deadlines import FILES, DeadlineError, Deadlines, parse
from nlp.deadlines.calendar import parse_calendar
from nlp.deadlines.duty import parse_roster
from nlp.deadlines.rules import parse_rules
from nlp.types import VIETNAM

RULE = """\
# thời hạn

[[rule]]
id = "reply"
name = "Trả lời"
kind = "law"
trigger = "Báo chí hỏi"
applies = "item"
urgency = [2, 3]
amount = 30
unit = "day"
clock = "receipt"
first_day = 2017-01-01
last_day = 2026-06-30
basis = "Luật"
source = "S1"
confidence = "B"
"""
LINES = RULE.count("\n")
DAY = """\
[[day]]
date = 2026-01-02
off = true
reason = "hoán đổi"
source = "báo"
confidence = "B"
"""
HOURS = '[[hours]]\nfrom = "08:00"\nto = "17:00"\n'
SHIFTS = "".join(
    f'[[shift]]\ndays = "{days}"\nfrom = "{start}"\nto = "{end}"\nroles = ["Trực"]\n'
    for days, start, end in [("working", "00:00", "08:00"), ("working", "17:00", "24:00"), ("off", "00:00", "24:00")]
)


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def another(**changes: str) -> str:
    """RULE once more, with other values."""
    text = RULE
    for key, value in changes.items():
        text = re.sub(rf"^{key} = .*\n", f"{key} = {value}\n" if value else "", text, flags=re.MULTILINE)
    return text


def test_the_sample_rule_is_sound() -> None:
    (rule,) = parse_rules(RULE).rules

    assert (rule.amount, rule.unit, rule.urgency, rule.lead, rule.note) == (30, "day", (2, 3), "", "")
    assert rule.verified


RULE_FAULTS = [
    # what is written, line, key, what is told
    (changed(RULE, 'basis = "Luật"\n', ""), 3, "basis", "[[rule]] thiếu khóa basis; thời hạn nào cũng phải có căn cứ"),
    (changed(RULE, 'basis = "Luật"', 'basis = "  "'), 15, "basis", "thời hạn nào cũng phải có căn cứ"),
    (changed(RULE, 'source = "S1"\n', ""), 3, "source", "thiếu khóa source; mọi điều ghi vào đều phải có nguồn"),
    (changed(RULE, "amount", "amuont"), 10, "amuont", "khóa lạ trong [[rule]] (có phải là amount?)"),
    (
        changed(RULE, '"day"', '"days"'),
        11,
        "unit",
        "không biết 'days' (có phải là day?); viết một trong: hour",
    ),
    (
        changed(RULE, "amount = 30", 'amount = "30"'),
        10,
        "amount",
        "cần một số nguyên dương, không có dấu nháy, như 22, nhiều nhất 1000",
    ),
    (changed(RULE, "amount = 30", "amount = 0"), 10, "amount", "cần một số nguyên dương"),
    (changed(RULE, "amount = 30", "amount = 1.5"), 10, "amount", "cần một số nguyên dương"),
    (changed(RULE, "amount = 30", "amount = true"), 10, "amount", "cần một số nguyên dương"),
    (changed(RULE, 'unit = "day"', 'unit = "same_day"'), 10, "amount", 'unit = "same_day" không cần số lượng'),
    (changed(RULE, "[2, 3]", "3"), 9, "urgency", "cần một danh sách"),
    (changed(RULE, "[2, 3]", "[]"), 9, "urgency", "cần một danh sách"),
    (changed(RULE, "[2, 3]", "[3, 4]"), 9, "urgency", "không biết 4; viết một trong: 0, 1, 2, 3"),
    (changed(RULE, "[2, 3]", "[3, 3]"), 9, "urgency", "cần các mức khẩn khác nhau"),
    (changed(RULE, "[2, 3]", '["3"]'), 9, "urgency", "cần một danh sách số"),
    (changed(RULE, '"item"', '"request"'), 9, "urgency", 'chỉ dùng với applies = "item"'),
    (changed(RULE, "urgency = [2, 3]\n", ""), 3, "urgency", "thiếu khóa urgency"),
    (changed(RULE, '"law"', '"luật"'), 6, "kind", "không biết 'luật'; viết một trong: law, office"),
    (changed(RULE, '"B"', '"b"'), 17, "confidence", "không biết 'b'; viết một trong: A, B, C, D"),
    (changed(RULE, '"receipt"', '"previous"'), 12, "clock", 'applies = "periodic" đi với clock = "previous"'),
    (changed(RULE, "2017-01-01", '"2017-01-01"'), 13, "first_day", "cần một ngày không có dấu nháy"),
    (changed(RULE, "2017-01-01", "2017-01-01T00:00:00"), 13, "first_day", "cần một ngày không có dấu nháy"),
    (changed(RULE, "2017-01-01", "2027-01-01"), 14, "last_day", "2026-06-30 đứng trước ngày đầu 2027-01-01"),
    (changed(RULE, "2026-06-30", "2026-06-31"), 14, "", "không đúng TOML"),
    (changed(RULE, "2026-06-30", "30/06/2026"), 14, "", "ngày viết là năm-tháng-ngày, như 2025-03-01"),
    (changed(RULE, 'id = "reply"', 'id = "reply'), 4, "", "không đúng TOML"),
    (changed(RULE, "[[rule]]", "[rule]"), 3, "rule", "phải viết là [[rule]]"),
    (changed(RULE, "[[rule]]", "[[rules]]"), 3, "rules", "khóa lạ (có phải là rule?); các bảng đúng: [[rule]]"),
    ("first = 1\n" + RULE, 1, "first", "khóa lạ; các bảng đúng: [[rule]]"),
    (another(applies='"request"', urgency="") + 'lead = "enterprise"\n', 17, "lead", 'chỉ dùng với applies = "item"'),
    (RULE + RULE, 13 + LINES, "first_day", "trùng thời gian và mức khẩn với quy định ở dòng 3"),
    (RULE + another(first_day="2026-06-30", last_day=""), 13 + LINES, "first_day", "vào ngày trước 2026-06-30"),
    (RULE + another(urgency="[3]") + 'lead = "enterprise"\n', 13 + LINES, "first_day", "trùng thời gian"),
    (RULE + another(applies='"request"', urgency=""), None, "first_day", "trùng thời gian"),
]


@pytest.mark.parametrize(("text", "line", "key", "message"), RULE_FAULTS)
def test_a_fault_of_a_rule_is_told_with_its_line_and_key(text: str, line: int | None, key: str, message: str) -> None:
    with pytest.raises(DeadlineError, match=re.escape(message)) as told:
        parse_rules(text)

    assert (told.value.file, told.value.key) == ("deadlines.toml", key)
    assert told.value.line == line if line else told.value.line > LINES
    assert str(told.value).startswith(f"deadlines.toml, dòng {told.value.line}")


def test_lines_are_right_behind_long_texts_that_look_like_keys() -> None:
    text = changed(RULE, 'basis = "Luật"', 'basis = """Luật\nunit = "x"\n[[rule]]\n"""') + another(unit='"dya"')

    with pytest.raises(DeadlineError, match=r"deadlines\.toml, dòng 31, khóa unit: không biết 'dya'"):
        parse_rules(text)


def test_a_rule_that_follows_another_the_next_day_does_not_meet_it() -> None:
    follower = another(first_day="2026-07-01", last_day="", amount="10")

    assert len(parse_rules(RULE + follower).rules) == 2


def test_a_law_that_ends_before_the_next_begins_is_found(deadlines: Deadlines) -> None:
    late = parse_rules(RULE + another(first_day="2026-08-01", last_day=""))

    assert list(late.gaps()) == [
        f"deadlines.toml, dòng {13 + LINES}: bỏ trống: reply, mức khẩn {level} không có quy định từ 01/07/2026 "
        "đến 31/07/2026"
        for level in (2, 3)
    ]
    assert list(parse_rules(RULE + another(first_day="2026-07-01", last_day="")).gaps()) == []
    assert deadlines.check() == ()


def test_one_id_may_have_a_rule_for_each_level() -> None:
    assert len(parse_rules(RULE + another(urgency="[1]")).rules) == 2


def test_a_rule_that_holds_for_ever_may_say_so_with_the_last_day_there_is() -> None:
    rules = parse_rules(changed(RULE, "2026-06-30", "9999-12-31"))

    assert len(rules.on(date(2099, 12, 31))) == 1


def test_no_rules_at_all_are_no_fault() -> None:
    assert parse_rules("# chưa có\n").on(date(2020, 1, 1)) == ()


DAY_FAULTS = [
    (DAY + DAY, 8, "date", "ngày 2026-01-02 đã có ở dòng 1"),
    (changed(DAY, "true", '"true"'), 3, "off", "cần true hoặc false"),
    (changed(DAY, "2026-01-02", '"02/01/2026"'), 2, "date", "cần một ngày"),
    (changed(DAY, 'source = "báo"\n', ""), 1, "source", "thiếu khóa source; mọi điều ghi vào đều phải có nguồn"),
    (changed(DAY, "reason", "ly_do"), 4, "ly_do", "khóa lạ"),
    (changed(DAY, "[[day]]", "[[days]]"), 1, "days", "khóa lạ (có phải là day?)"),
]


@pytest.mark.parametrize(("text", "line", "key", "message"), DAY_FAULTS)
def test_a_fault_of_an_announced_day_is_told(text: str, line: int, key: str, message: str) -> None:
    with pytest.raises(DeadlineError, match=re.escape(message)) as told:
        parse_calendar(text, roster=parse_roster(HOURS + SHIFTS))

    assert (told.value.file, told.value.line, told.value.key) == ("holidays.toml", line, key)


DUTY_FAULTS = [
    (SHIFTS, 0, "hours", "thiếu giờ làm việc"),
    (HOURS, 0, "shift", "không ai trực từ 00:00 ngày 'working'"),
    (changed(HOURS, "17:00", "16:30") + SHIFTS, 0, "shift", "không ai trực từ 16:30"),
    (changed(HOURS, "17:00", "17:30") + SHIFTS, 11, "from", "ca trực chồng lên ca khác hoặc lên giờ làm việc"),
    (HOURS + HOURS + SHIFTS, 5, "from", "giờ làm việc phải xếp theo thứ tự"),
    (HOURS + SHIFTS + SHIFTS[SHIFTS.rindex("[[shift]]") :], None, "from", "ca trực chồng lên ca khác"),
    (changed(HOURS, "08:00", "8h") + SHIFTS, 2, "from", 'cần giờ dạng "08:00"'),
    (changed(HOURS, "17:00", "25:00") + SHIFTS, 3, "to", "cần giờ dạng"),
    (changed(HOURS, "17:00", "12:60") + SHIFTS, 3, "to", "cần giờ dạng"),
    (changed(HOURS, "17:00", "07:00") + SHIFTS, 3, "to", "phải sau giờ đầu"),
    (HOURS + changed(SHIFTS, '"off"', '"holiday"'), None, "days", "viết một trong: working, off"),
    (HOURS + SHIFTS.replace('["Trực"]', "[1]", 1), 8, "roles", "cần một danh sách chuỗi"),
    (HOURS + SHIFTS.replace('["Trực"]', '"Trực"', 1), 8, "roles", "cần một danh sách"),
]


@pytest.mark.parametrize(("text", "line", "key", "message"), DUTY_FAULTS)
def test_a_fault_of_the_roster_is_told(text: str, line: int | None, key: str, message: str) -> None:
    with pytest.raises(DeadlineError, match=re.escape(message)) as told:
        parse_roster(text)

    assert (told.value.file, told.value.key) == ("duty.toml", key)
    assert line is None or told.value.line == line


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_told_by_name(name: str, files: dict[str, str]) -> None:
    with pytest.raises(DeadlineError, match=f"^{re.escape(name)}: thiếu tệp này"):
        parse({other: text for other, text in files.items() if other != name})


def test_the_office_can_move_a_day_either_way() -> None:
    roster = parse_roster(HOURS + SHIFTS)
    worked = DAY.replace("2026-01-02", "2026-11-24").replace("true", "false")

    calendar = parse_calendar(DAY + worked, roster=roster)
    plain = parse_calendar("", roster=roster)

    days = [date(2026, 1, 2), date(2026, 11, 24), date(2026, 11, 25)]
    assert [plain.off(day.toordinal()) for day in days] == [False, True, False]
    assert [calendar.off(day.toordinal()) for day in days] == [True, False, False]


def test_every_announced_day_changes_something(deadlines: Deadlines) -> None:
    plain = parse_calendar("", roster=deadlines.calendar.roster)

    assert deadlines.calendar.rows
    assert all(plain.off(row["date"].toordinal()) != row["off"] for row in deadlines.calendar.rows)


def test_outside_working_hours_somebody_has_duty_at_every_minute_of_every_day(deadlines: Deadlines) -> None:
    start = datetime(2026, 2, 12, tzinfo=VIETNAM)  # Thursday to Tuesday, into Tết
    for minute in range(0, 6 * 24 * 60, 5):
        at = start + timedelta(minutes=minute)

        assert bool(deadlines.calendar.on_call(at)) != deadlines.calendar.is_staffed(at), at


def test_the_roster_names_roles_by_hour_and_day(deadlines: Deadlines) -> None:
    weekday, tet = datetime(2026, 2, 12, tzinfo=VIETNAM), datetime(2026, 2, 17, tzinfo=VIETNAM)

    assert deadlines.calendar.on_call(weekday.replace(hour=12, minute=30)) == ()
    assert "Chuyên viên trực đêm Văn phòng Bộ" in deadlines.calendar.on_call(weekday.replace(hour=17))
    assert "Chuyên viên trực điểm báo ngày nghỉ" in deadlines.calendar.on_call(tet.replace(hour=10))


def test_the_rules_of_the_office_say_that_they_are_its_own(deadlines: Deadlines) -> None:
    own = [rule for rule in deadlines.rules.rules if rule.kind == "office"]

    assert {rule.id for rule in own} == {"first_look", "acknowledge", "answer"}
    assert all("văn phòng" in rule.basis and "đổi được" in rule.basis for rule in own)
    assert not any(rule.verified for rule in own)


def test_what_nobody_has_verified_is_listed_with_file_and_line(deadlines: Deadlines, files: dict[str, str]) -> None:
    facts = deadlines.unverified()

    doubted = [rule for rule in deadlines.rules.rules if not rule.verified]
    assert len([fact for fact in facts if fact.file == "deadlines.toml"]) == len(doubted) > 10
    for fact in facts:
        assert files[fact.file].splitlines()[fact.line - 1] == f'confidence = "{fact.confidence}"'


def test_vietnamese_time_is_that_of_the_zone_database() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    for ordinal in range(date(2012, 1, 1).toordinal(), date(2031, 1, 1).toordinal(), 7):
        noon = datetime.fromordinal(ordinal).replace(hour=12)

        assert noon.replace(tzinfo=zone).utcoffset() == noon.replace(tzinfo=VIETNAM).utcoffset()

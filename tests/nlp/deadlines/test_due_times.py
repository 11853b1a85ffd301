"""The due times of items, requests and periodic duties under the project's own rules."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.deadlines import FILES, Due, NoRuleInForce, overdue, parse, remaining
from nlp.types import VIETNAM

ROOT = Path(__file__).parents[3]
TEXTS = {name: (ROOT / "datasets/organisation" / name).read_text(encoding="utf-8") for name in FILES}
DEADLINES = parse(TEXTS)
FIRST_DAY = date(2012, 12, 26)
LAST_DAY = date(2030, 12, 31)
WHOLE_DAYS = ("day", "working_day", "week", "month")

moments = st.datetimes(min_value=datetime(2012, 12, 26), max_value=datetime(2030, 12, 31))
levels = st.integers(0, 3)


def of_item(start: str | datetime, *, urgency: int = 3, enterprise: bool = False) -> dict[str, Due]:
    moment = datetime.fromisoformat(start) if isinstance(start, str) else start
    found = DEADLINES.of_item(urgency=urgency, lead_is_enterprise=enterprise, start=moment)
    by_rule = {one.rule.id: one for one in found}
    assert len(by_rule) == len(found), "a rule applies once"
    return by_rule


def of_duty(rule: str, start: str) -> Due:
    return DEADLINES.of_duty(rule, start=datetime.fromisoformat(start))


def ends(one: Due) -> str:
    return f"{one.due:%Y-%m-%d %H:%M:%S}"


FIRST_STATEMENTS = [
    # published, due, verified, source
    ("2012-12-26 09:00", "2012-12-28 23:59:59", False, "77/2007/QĐ-TTg, two days (C)"),
    ("2013-06-28 09:00", "2013-07-01 23:59:59", False, "two days end on a Sunday; the rule of the first day holds"),
    ("2013-07-01 09:00", "2013-07-02 23:59:59", True, "25/2013/QĐ-TTg in force"),
    ("2016-05-24 09:00", "2016-05-25 23:59:59", True, "25/2013/QĐ-TTg on the day of the notice"),
    ("2017-03-29 23:59", "2017-03-30 23:59:59", True, "last day of 25/2013/QĐ-TTg"),
    ("2017-03-30 00:00", "2017-03-31 00:00:00", False, "first day of 09/2017/NĐ-CP; its 24 hours were not seen (D)"),
    ("2026-06-30 22:00", "2026-07-01 22:00:00", False, "last day of 09/2017/NĐ-CP"),
    ("2026-07-01 09:00", "2026-07-02 09:00:00", False, "126/2025/QH15; its decree was not seen (D)"),
]


@pytest.mark.parametrize(("start", "due_at", "verified", "source"), FIRST_STATEMENTS)
def test_the_first_statement_follows_the_law_of_its_day(start: str, due_at: str, verified: bool, source: str) -> None:
    statement = of_item(start)["first_statement"]

    assert (ends(statement), statement.rule.verified, statement.rule.kind) == (due_at, verified, "law"), source


def test_from_july_2026_every_rule_of_law_for_the_press_waits_for_a_check() -> None:
    rules = [rule for rule in DEADLINES.rules.on(date(2026, 7, 1)) if "126/2025/QH15" in rule.basis]

    assert {rule.id for rule in rules} >= {"first_statement", "reply_press", "notify_handling", "press_conference"}
    assert all(not rule.verified and "đối chiếu" in rule.note for rule in rules)


@pytest.mark.parametrize(
    ("urgency", "enterprise", "expected"),
    [
        (0, False, set()),
        (0, True, set()),
        (1, False, {"first_look", "acknowledge", "answer"}),
        (2, True, {"first_look", "acknowledge", "answer", "enterprise_same_day"}),
        (3, False, {"first_look", "acknowledge", "answer", "first_statement"}),
        (3, True, {"first_look", "acknowledge", "answer", "first_statement", "enterprise_same_day"}),
    ],
)
def test_the_level_and_the_lead_say_which_rules_apply(urgency: int, enterprise: bool, expected: set[str]) -> None:
    assert set(of_item("2016-05-24 09:00", urgency=urgency, enterprise=enterprise)) == expected


def test_enterprises_answer_the_same_day_since_the_notice() -> None:
    assert "enterprise_same_day" not in of_item("2016-05-23 09:00", enterprise=True)
    assert ends(of_item("2016-05-24 09:00", enterprise=True)["enterprise_same_day"]) == "2016-05-24 23:59:59"


@pytest.mark.parametrize(
    ("urgency", "look", "acknowledge", "answer"),
    [
        (3, "2016-05-27 10:00:00", "2016-05-27 11:00:00", "2016-05-28 09:00:00"),
        (2, "2016-05-27 17:00:00", "2016-05-30 23:59:59", "2016-06-01 23:59:59"),
        (1, "2016-05-30 23:59:59", "2016-06-01 23:59:59", "2016-06-10 23:59:59"),
    ],
)
def test_the_office_looks_then_the_unit_acknowledges_then_answers(
    urgency: int, look: str, acknowledge: str, answer: str
) -> None:
    found = of_item("2016-05-27 09:00", urgency=urgency)  # a Friday

    assert [ends(found[rule]) for rule in ("first_look", "acknowledge", "answer")] == [look, acknowledge, answer]
    assert all(found[rule].rule.kind == "office" and not found[rule].rule.verified for rule in ("first_look", "answer"))


def test_before_the_first_rule_and_behind_the_last_known_day_off_nothing_is_due() -> None:
    assert of_item("2012-12-25 23:59", enterprise=True) == {}
    assert of_item("2099-12-31 23:59", enterprise=True) != {}
    assert of_item("2100-01-01 00:00", enterprise=True) == {}
    with pytest.raises(NoRuleInForce, match="ngày 31/12/9999 không có quy định 'reply_press'"):
        of_duty("reply_press", "9999-12-31")


def test_an_urgency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="không có mức khẩn 4; các mức: 0, 1, 2, 3"):
        of_item("2016-05-24 09:00", urgency=4)


@pytest.mark.parametrize(
    ("rule", "start", "due_at", "source"),
    [
        ("reply_press", "2017-08-03 09:00", "2017-09-05 23:59:59", "103/2016/QH13 Art. 39; 2/9 on a Saturday"),
        ("notify_handling", "2016-12-31 09:00", "2017-02-02 23:59:59", "Press Law 1989; 30 days end in Tết"),
        ("periodic_info", "2016-05-31 09:00", "2016-06-30 23:59:59", "25/2013/QĐ-TTg, monthly"),
        ("press_conference", "2016-11-30 09:00", "2017-02-28 23:59:59", "25/2013/QĐ-TTg, once in 3 months"),
        ("press_conference", "2025-10-10 09:00", "2026-01-10 23:59:59", "09/2017/NĐ-CP Art. 5; worked Saturday"),
        ("daily_bulletin", "2016-05-27 09:00", "2016-05-30 23:59:59", "notice of 2016-05-24"),
        ("weekly_summary", "2016-05-27 09:00", "2016-06-03 23:59:59", "notice of 2016-05-24"),
        ("monthly_summary", "2016-05-31 09:00", "2016-06-30 23:59:59", "notice of 2016-05-24"),
    ],
)
def test_requests_and_periodic_duties_have_their_due_time(rule: str, start: str, due_at: str, source: str) -> None:
    assert ends(of_duty(rule, start)) == due_at, source


@pytest.mark.parametrize(
    ("rule", "start"), [("first_statement", "2017-08-03"), ("daily_bulletin", "2016-05-23"), ("weekly", "2017-08-03")]
)
def test_a_rule_that_is_not_in_force_or_no_duty_of_its_own_is_refused(rule: str, start: str) -> None:
    with pytest.raises(NoRuleInForce, match=f"không có quy định '{rule}'.*press_conference") as refused:
        of_duty(rule, start)

    assert refused.value.day == date.fromisoformat(start)


def test_time_runs_down_to_the_second_and_over() -> None:
    statement = of_item("2016-05-24 09:00")["first_statement"]
    midnight = datetime(2016, 5, 26, tzinfo=VIETNAM)

    assert remaining(statement, at=midnight - timedelta(hours=1)) == timedelta(minutes=59, seconds=59)
    assert not overdue(statement, at=midnight - timedelta(microseconds=1))
    assert overdue(statement, at=midnight)
    assert remaining(statement, at=midnight + timedelta(days=1)) < timedelta(days=-1)
    assert overdue(statement, at=datetime(2016, 5, 26)), "a moment without a zone is Vietnamese time"


@given(start=moments, urgency=levels, enterprise=st.booleans())
def test_nothing_is_due_before_it_starts(start: datetime, urgency: int, enterprise: bool) -> None:
    found = of_item(start, urgency=urgency, enterprise=enterprise)

    assert all(remaining(one, at=start) >= timedelta(0) for one in found.values())


@given(one=moments, other=moments, urgency=levels, enterprise=st.booleans())
def test_what_starts_later_is_never_due_earlier_under_the_same_rules(
    one: datetime, other: datetime, urgency: int, enterprise: bool
) -> None:
    first, second = sorted((one, other))
    earlier = of_item(first, urgency=urgency, enterprise=enterprise)
    later = of_item(second, urgency=urgency, enterprise=enterprise)

    same = [rule for rule in earlier if rule in later and earlier[rule].rule == later[rule].rule]
    assert all(earlier[rule].due <= later[rule].due for rule in same)


@given(start=moments, urgency=levels)
def test_what_is_counted_in_days_never_falls_on_a_day_off(start: datetime, urgency: int) -> None:
    whole = [one for one in of_item(start, urgency=urgency).values() if one.rule.unit in WHOLE_DAYS]

    assert not any(DEADLINES.calendar.off(one.due.toordinal()) or one.on_duty for one in whole)
    assert all(f"{one.due:%H:%M:%S}" == "23:59:59" for one in whole)


@given(start=moments, urgency=levels, offset=st.integers(-12 * 60, 14 * 60))
@settings(max_examples=50)
def test_the_same_moment_in_another_zone_is_due_at_the_same_time(start: datetime, urgency: int, offset: int) -> None:
    here = start.replace(tzinfo=VIETNAM)
    there = here.astimezone(timezone(timedelta(minutes=offset)))

    assert of_item(here, urgency=urgency) == of_item(there, urgency=urgency) == of_item(start, urgency=urgency)


@given(start=moments, urgency=levels, enterprise=st.booleans())
@settings(max_examples=50)
def test_what_was_worked_out_before_does_not_change_the_answer(start: datetime, urgency: int, enterprise: bool) -> None:
    once = parse(TEXTS).of_item(urgency=urgency, lead_is_enterprise=enterprise, start=start)

    assert once == tuple(of_item(start, urgency=urgency, enterprise=enterprise).values())


def test_what_is_kept_stays_bounded_and_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.deadlines.MOST_KEPT", 3)
    deadlines = parse(TEXTS)
    days = [datetime(2016, 5, day, 9) for day in range(1, 31)] * 2

    found = [deadlines.of_item(urgency=1, lead_is_enterprise=False, start=day) for day in days]

    assert found[:30] == found[30:] == [tuple(of_item(day, urgency=1).values()) for day in days[:30]]
    assert len(deadlines._kept) <= 3


def test_every_day_to_2030_has_each_rule_of_an_item_exactly_once() -> None:
    wanted = {"first_statement", "first_look", "acknowledge", "answer"}
    for ordinal in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1):
        duties = DEADLINES.rules.for_item(ordinal, urgency=3, lead_is_enterprise=False)

        assert sorted(rule.id for rule in duties.rules) == sorted(wanted), date.fromordinal(ordinal)


def test_every_day_to_2030_has_one_rule_for_each_request_and_level() -> None:
    for ordinal in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1):
        day = date.fromordinal(ordinal)
        cases = [(rule.id, level) for rule in DEADLINES.rules.on(day) for level in rule.urgency or (None,)]

        assert len(set(cases)) == len(cases), day
        assert {("reply_press", None), ("notify_handling", None)} <= set(cases), day


def test_the_package_of_all_countries_is_not_imported_before_a_day_is_asked_for() -> None:
    code = (
        "import sys; from pathlib import Path; from nlp.deadlines import FILES, parse;"
        "parse({name: Path('datasets/organisation', name).read_text('utf-8') for name in FILES});"
        "print('holidays' in sys.modules)"
    )

    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "False"

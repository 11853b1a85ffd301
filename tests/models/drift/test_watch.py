"""Drift is called, and what news does of itself is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from days_of_news import MONDAY, Day, after, last_of, served, steady

from models.drift import Alarm, Cell, Report, rows, watch
from models.drift.days import unjudged

DAYS = 120


def judged(cells: list[Cell], *, days: int = DAYS, **options: object) -> Report:
    return watch(cells, until=last_of(days), **options)  # type: ignore[arg-type]


def called(report: Report) -> set[tuple[str, str | None]]:
    return {(alarm.signal, alarm.source) for alarm in report.alarms}


def the(report: Report, signal: str, source: str | None = None) -> Alarm:
    (alarm,) = [one for one in report.alarms if (one.signal, one.source) == (signal, source)]
    return alarm


def test_steady_traffic_is_not_called() -> None:
    report = judged(served())

    assert report.charts
    assert report.alarms == ()


def test_a_silent_feed_is_called_on_its_first_day_and_nothing_else_of_it() -> None:
    report = judged(served(lambda place, source: Day(articles=0 if source == "B" and place >= 100 else 40)))

    alarm = the(report, "silence", "B")
    assert alarm.since == alarm.called == MONDAY + timedelta(days=100)
    assert alarm.is_on
    assert (alarm.usual, alarm.now) == (pytest.approx(40, abs=2), 0)
    assert called(report) == {("silence", "B")}


def test_a_silence_of_all_feeds_is_one_alarm_beside_that_of_a_feed_silent_before() -> None:
    def plan(place: int, source: str) -> Day:
        return Day(articles=0 if place >= (100 if source == "B" else 105) else 40)

    report = judged(served(plan, sources=("A", "B", "C")))

    assert called(report) == {("silence", "B"), ("silence", None)}
    assert the(report, "silence").since == MONDAY + timedelta(days=105)


def test_a_small_feed_is_given_more_days_of_silence() -> None:
    report = judged(served(lambda place, source: Day(articles=0 if place >= 100 and source == "B" else 3)))

    assert the(report, "silence", "B").called > MONDAY + timedelta(days=101)


def test_a_feed_that_never_sends_on_sundays_is_not_silent_on_sundays() -> None:
    report = judged(served(lambda place, _: Day(articles=0 if place % 7 == 6 else 40)))

    assert report.alarms == ()


def test_a_feed_that_comes_back_is_no_longer_called() -> None:
    report = judged(served(lambda place, source: Day(articles=0 if source == "B" and 90 <= place < 93 else 40)))

    alarm = the(report, "silence", "B")
    assert (alarm.is_on, alarm.until) == (False, MONDAY + timedelta(days=92))
    assert report.on == ()


def test_tet_is_not_called() -> None:
    off = {MONDAY + timedelta(days=place) for place in range(90, 99)}
    quiet = served(lambda place, _: Day(articles=1 if 88 <= place < 101 else 40, known_share=0.8))

    assert judged(quiet, days_off=unjudged(off)).alarms == ()
    assert called(judged(quiet)), "without the calendar it would be"


def test_one_burst_day_is_not_called() -> None:
    burst = Day(articles=400, topics=(("dien-luc", 0.9),), known_share=0.7, chars=4000, needs_human=0.9, faulty=0.5)

    report = judged(served(lambda place, source: burst if place == 100 else steady(place, source)))

    assert report.alarms == ()


def test_a_story_of_a_week_is_not_called() -> None:
    story = Day(articles=50, topics=(("dien-luc", 0.4), ("xang-dau", 0.05)), needs_human=0.25)

    report = judged(served(lambda place, source: story if 90 <= place < 97 else steady(place, source)))

    assert report.alarms == ()


def test_a_topic_that_stays_is_called_with_its_beginning_and_size() -> None:
    report = judged(served(after(80, topics=(("dien-luc", 0.3), ("xang-dau", 0.05)))))

    alarm = the(report, "topic:dien-luc")
    assert abs((alarm.since - (MONDAY + timedelta(days=80))).days) <= 2
    assert (alarm.usual, alarm.now) == (pytest.approx(0.1, abs=0.02), pytest.approx(0.3, abs=0.03))
    assert alarm.is_on


def test_a_topic_that_was_never_seen_before_is_called() -> None:
    topics = (("dien-luc", 0.1), ("xang-dau", 0.05), ("an-toan-thuc-pham", 0.1))

    assert ("topic:an-toan-thuc-pham", None) in called(judged(served(after(80, topics=topics))))


def test_a_slow_drift_is_called() -> None:
    report = judged(
        served(lambda place, source: replace(steady(place, source), known_share=0.8 - 0.0008 * max(place - 60, 0)))
    )

    alarm = the(report, "known_share_all")
    assert alarm.is_on
    assert alarm.now < alarm.usual


@pytest.mark.parametrize(
    ("signal", "changes"),
    [("faulty", {"faulty": 0.2}), ("log_chars", {"chars": 700.0}), ("known_share", {"known_share": 0.7})],
)
def test_a_text_fault_of_one_feed_is_called_within_three_days_and_of_that_feed(
    signal: str, changes: dict[str, float]
) -> None:
    report = judged(
        served(
            lambda place, source: replace(steady(place, source), **(changes if place >= 90 and source == "B" else {}))
        )
    )

    assert (the(report, signal, "B").called - MONDAY).days in (91, 92)
    assert (signal, "A") not in called(report)


def test_a_length_is_said_in_characters() -> None:
    alarm = the(judged(served(after(90, chars=700.0))), "log_chars", "A")

    assert (alarm.usual, alarm.now) == (pytest.approx(2000, rel=0.05), pytest.approx(700, rel=0.1))


def test_a_new_model_begins_anew_for_what_depends_on_it_and_for_nothing_else() -> None:
    swapped = served(after(70, model="m2", known_share=0.6, needs_human=0.5))

    report = judged(swapped)

    waiting = {signal for signal, _, _ in report.waiting}
    assert {"known_share", "needs_human", "topic_p", "topic:dien-luc"} <= waiting
    assert waiting.isdisjoint({"volume", "faulty", "log_chars"})
    assert report.alarms == ()


def test_a_new_model_is_judged_by_its_own_reference_once_it_has_one() -> None:
    def plan(place: int, source: str) -> Day:
        worse = 0.45 if place >= 150 else 0.6
        return replace(steady(place, source), model="m2" if place >= 70 else "m1", known_share=worse)

    report = judged(served(plan, days=160), days=160)

    assert the(report, "known_share", "A").usual == pytest.approx(0.6, abs=0.01)


def test_before_the_reference_is_full_nothing_is_judged_and_the_missing_days_are_said() -> None:
    report = judged(served(after(40, faulty=1.0), days=50), days=50)

    assert (report.charts, report.alarms) == ((), ())
    assert {days for signal, _, days in report.waiting if signal == "faulty"} == {7}


def test_days_that_are_not_over_are_not_looked_at() -> None:
    cells = served(after(100, faulty=1.0))

    assert judged(cells, days=100).alarms == ()


def test_days_without_any_article_are_no_fault_of_the_text() -> None:
    def none_at_weekends(place: int, _source: str) -> Day:
        return Day(articles=0 if place % 7 >= 5 else 40)

    assert judged(served(none_at_weekends)).alarms == ()


def test_sums_that_are_no_numbers_are_left_out() -> None:
    broken = [
        Cell(last_of(80), "A", "m1", "known_share", float("nan")),
        Cell(last_of(80), "A", "m1", "articles", float("inf")),
    ]

    assert called(judged([*served(), *broken])) == set()


def test_nothing_served_gives_nothing() -> None:
    report = watch([], until=date(2025, 1, 1))

    assert (report.days, report.charts, report.alarms) == (None, (), ())
    assert list(rows(report)) == []


def test_sources_too_small_for_shares_are_watched_for_silence_only() -> None:
    report = judged(served(lambda _place, source: Day(articles=4 if source == "B" else 40)))

    assert {chart.series.signal.name for chart in report.charts if chart.series.source == "B"} == {"volume", "silence"}


def test_sources_that_are_hardly_ever_heard_are_neither_charted_nor_waited_for() -> None:
    few = served(lambda _place, _source: Day(articles=5), days=1, sources=("A",))
    once = [cell._replace(source=f"nguồn {number}") for number in range(300) for cell in few]

    report = judged([*served(), *once])

    assert {chart.series.source for chart in report.charts} == {None, "A", "B"}
    assert report.waiting == ()


def test_records_without_sources_and_lengths_are_judged_by_what_they_have() -> None:
    cells = [
        cell for cell in served(after(80, needs_human=0.5), sources=("",)) if not cell.name.startswith(("known", "log"))
    ]

    report = judged(cells)

    assert ("needs_human", None) in called(report)
    assert "log_chars" not in {chart.series.signal.name for chart in report.charts}


def test_the_same_sums_in_parts_and_in_another_order_give_the_same_report() -> None:
    cells = served(after(90, faulty=0.3))
    halves = [cell._replace(amount=cell.amount / 2) for cell in cells]

    assert judged([*reversed(halves), *halves]).alarms == judged(cells).alarms


def test_a_stricter_wish_for_few_false_alarms_calls_no_sooner() -> None:
    cells = served(after(90, faulty=0.05))

    strict, loose = (judged(cells, false_alarms=rate) for rate in (0.1, 20.0))

    assert {c.series.signal.name: c.limit for c in strict.charts}["topic_p"] >= {
        c.series.signal.name: c.limit for c in loose.charts
    }["topic_p"]


def test_rows_hold_a_chart_and_a_day_each() -> None:
    found = [
        row for row in rows(judged(served(after(90, faulty=0.3)))) if (row["signal"], row["source"]) == ("faulty", "A")
    ]

    assert [row["day"] for row in found] == [MONDAY + timedelta(days=place) for place in range(DAYS)]
    assert [row["is_reference"] for row in found] == [True] * 56 + [False] * (DAYS - 56)
    assert found[-1]["is_out"]
    assert found[-1]["statistic"] > found[-1]["limit"] > 0

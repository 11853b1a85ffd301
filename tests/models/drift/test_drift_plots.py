"""Charts of drift are drawn on one scale of days, with what was called in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from days_of_news import MONDAY, Day, after, last_of, served
from matplotlib.dates import date2num

from models.drift import Checked, Report, by_week, watch
from models.drift.plots import ALARM, accuracy, charted

DAYS = 120


def test_each_chart_shows_all_days_and_the_days_out_of_limits_in_red() -> None:
    report = watch(served(after(90, faulty=0.3)), until=last_of(DAYS))
    chart = next(one for one in report.charts if (one.series.signal.name, one.series.source) == ("faulty", "A"))

    (axes,) = charted(report, {"lỗi": chart}, at=MONDAY + timedelta(days=90)).axes

    values, out = axes.lines[0], axes.lines[1]
    assert len(values.get_xdata()) == DAYS
    assert out.get_color() == ALARM
    assert 20 < len(out.get_xdata()) <= 30
    assert axes.get_xlim() == (date2num(MONDAY), date2num(last_of(DAYS)))


def test_lengths_are_drawn_in_characters() -> None:
    report = watch(served(after(90, chars=700.0)), until=last_of(DAYS))
    chart = next(one for one in report.charts if one.series.signal.name == "log_chars")

    (axes,) = charted(report, {"độ dài": chart}).axes

    assert 500 < min(axes.lines[0].get_ydata()) < max(axes.lines[0].get_ydata()) < 4000


def test_where_nothing_was_called_the_picture_is_empty() -> None:
    report = watch(served(lambda *_: Day()), until=last_of(DAYS))

    assert len(charted(report, {}).axes[0].lines) == 0


def test_nothing_served_cannot_be_charted() -> None:
    with pytest.raises(ValueError, match="nothing was served"):
        charted(Report(None), {})


def test_accuracy_has_a_point_a_week_for_topic_and_unit_with_their_bounds() -> None:
    ones = [Checked(day=MONDAY + timedelta(days=day), topic_right=True, lead_right=day % 2 == 0) for day in range(14)]

    (axes,) = accuracy(by_week(ones)).axes

    topic, lead = (container[0].get_ydata().tolist() for container in axes.containers)
    assert topic == [1, 1]
    assert lead == [pytest.approx(4 / 7), pytest.approx(3 / 7)]

"""False alarms a year, and days to detection: `python -m benchmarks.drift --cache A.npz --results B.jsonl`.

Needs DIEMBAO_CORPORA where A.npz, the numbers of the articles without any text, is not there yet. Each simulated year
is a line of B.jsonl; a run that was stopped goes on. How years are made is said in `benchmarks.drift_years`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.drift_articles import CODES, pools
from benchmarks.drift_years import DAYS, FEEDS, FIRST, NEW_TOPIC, Change, News, cells, days_off
from models.drift import watch
from models.drift.days import unjudged
from models.drift.traffic import TOPIC
from models.drift.watch import REFERENCE_DAYS
from nlp.heads import OUT_OF_SCOPE

HORIZON = 90
"""Days after a change within which it must be called."""
NO_CHANGE = "none"
QUIET_SEED, CHANGED_SEED = 1_000, 10_000
"""Seeds below were used while the rules were chosen."""
CHANGES = (
    ("new topic (none before), articles a day", [Change("topic", s) for s in (1, 3, 8)]),
    ("unknown text (shuffled), share of all", [Change("shuffled", s) for s in (0.02, 0.05, 0.2)]),
    ("feed silent: E (6 a day)", [Change("volume", 0.0, 4)]),
    ("feed silent: C (30 a day)", [Change("volume", 0.0, 2)]),
    ("feed D shrinks to", [Change("volume", s, 3) for s in (0.8, 0.5, 0.25)]),
    ("TCVN3 in feed C, share", [Change("tcvn3", s, 2) for s in (0.05, 0.2, 1.0)]),
    ("no diacritics in feed C, share", [Change("no marks", s, 2) for s in (0.05, 0.2, 1.0)]),
    ("bodies cut in feed C, share", [Change("cut", s, 2) for s in (0.05, 0.2, 1.0)]),
    ("page furniture in feed C, share", [Change("boilerplate", s, 2) for s in (0.05, 0.2, 1.0)]),
)


Years = list[dict[str, Any]]


@click.command(help=__doc__)
@click.option(
    "--cache", type=click.Path(path_type=Path), required=True, help="Numbers of the articles; made if missing."
)
@click.option("--results", type=click.Path(path_type=Path), required=True, help="One line a simulated year.")
@click.option("--years", default=100, show_default=True, help="Years without a change.")
@click.option("--each", default=20, show_default=True, help="Years with each change.")
def main(cache: Path, results: Path, years: int, each: int) -> None:
    done = _read(results)
    found = pools(cache)
    news, news_without = News(found), News(found, without=NEW_TOPIC)
    plan = list(_plan(years, each))
    missing = [one for one in plan if one[:3] not in {(y["title"], y["strength"], y["seed"]) for y in done}]
    with results.open("a", encoding="utf-8") as file:
        for number, (title, strength, seed, change) in enumerate(missing):
            its_news = news_without if change and change.kind == "topic" else news
            planned = {"title": title, "strength": strength, "seed": seed}
            what = {"kind": change.kind, "feed": change.feed} if change else {}
            done.append({**planned, **what, **_year(its_news, seed, change)})
            file.write(json.dumps(done[-1], ensure_ascii=False) + "\n")
            file.flush()
            print(f"\r{number + 1} of {len(missing)} years", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    quiet([year for year in done if year["title"] == NO_CHANGE])
    for title, changes in CHANGES:
        for change in changes:
            planted([y for y in done if (y["title"], y["strength"]) == (title, change.strength)])


def _read(results: Path) -> Years:
    if not results.exists():
        return []
    return [json.loads(line) for line in results.read_text("utf-8").splitlines()]


def _plan(years: int, each: int) -> Iterator[tuple[str, float, int, Change | None]]:
    yield from ((NO_CHANGE, 0.0, QUIET_SEED + seed, None) for seed in range(years))
    for title, changes in CHANGES:
        for change in changes:
            yield from ((title, change.strength, CHANGED_SEED + seed, change) for seed in range(each))


def _year(news: News, seed: int, change: Change | None) -> dict[str, Any]:
    """A year, watched to its end: the day of the change, and each alarm with the days it was called and began on."""
    at = int(np.random.default_rng([seed, 7]).integers(REFERENCE_DAYS + 14, DAYS - 30 - HORIZON))
    until = FIRST + timedelta(days=DAYS - 1)
    report = watch(cells(news, seed=seed, change=change, at=at), until=until, days_off=unjudged(days_off()))
    alarms = [
        (one.signal, one.source, (one.called - FIRST).days, (one.since - FIRST).days)
        for one in sorted(report.alarms, key=lambda alarm: alarm.called)
    ]
    return {"at": at, "charts": len(report.charts), "alarms": alarms}


def quiet(years: Years) -> None:
    """False alarms a judged year, with the interval of 95 % of a Poisson count (normal on its root)."""
    counts = [len(year["alarms"]) for year in years]
    if not counts:
        return
    exposure = len(years) * (DAYS - REFERENCE_DAYS) / 365
    low, high = (max(np.sqrt(sum(counts)) + side * 0.98, 0) ** 2 / exposure for side in (-1, 1))
    signals = Counter(alarm[0].split(":")[0] for year in years for alarm in year["alarms"])
    print(
        f"{years[0]['charts']} charts, {len(years)} years of which {exposure:.0f} judged, {sum(counts)} false "
        f"alarms: {sum(counts) / exposure:.2f} a year ({low:.2f}-{high:.2f}); "
        f"{counts.count(0) / len(counts):.0%} of years without any; "
        f"{dict(signals.most_common())}"
    )
    print(f"{'change':42s} {'strength':>8s} {'called':>7s} {'median days':>11s} {'90 %':>5s}  first called by")


def _speaks_of(alarm: Sequence[Any], kind: str, feed: int | None) -> bool:
    signal, source = alarm[:2]
    if feed is not None:
        return bool(source == FEEDS[feed].name)
    if kind == "topic":
        return signal in (TOPIC + CODES[NEW_TOPIC], TOPIC + OUT_OF_SCOPE)
    return signal.startswith(("known_share", "topic_p", "needs_human"))


def planted(years: Years) -> None:
    """In how many years a change is called within HORIZON days, on which day counted from its first, by which signal.

    Only alarms count that were called after the change and speak of it: of the feed it is in, of the topic, of unknown
    words or doubts. A change too weak to be seen still meets a false one now and then.
    """
    delays: list[int] = []
    firsts: Counter[str] = Counter()
    for year in years:
        hits = [
            one
            for one in year["alarms"]
            if 0 <= one[2] - year["at"] < HORIZON and _speaks_of(one, year["kind"], year["feed"])
        ]
        if hits:
            delays.append(hits[0][2] - year["at"] + 1)
            firsts[hits[0][0]] += 1
    if not years:
        return
    middle, late = np.quantile(delays, (0.5, 0.9)) if delays else (np.nan, np.nan)
    by = ", ".join(f"{name} {count}" for name, count in firsts.most_common(3))
    found = f"{len(delays) / len(years):7.0%} {middle:11.0f} {late:5.0f}"
    print(f"{years[0]['title']:42s} {years[0]['strength']:8.2f} {found}  {by}")


if __name__ == "__main__":
    main()

"""What the organisation costs a decision: `python -m benchmarks.organisation`.

Prints microseconds: one resolution; all holders of a decision with a lead, a runner-up and three that help, as the
pipeline asks for them; the same where another enterprise leads and its name is looked for; the mean over the sample
clippings; reading the files. The median of rounds is given; days and codes change from call to call.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from models.artifacts import load_engine, organisation_texts
from nlp.clean import clean
from nlp.heads import TOPICS, UNITS
from nlp.organisation import parse
from nlp.pipeline import holders_of, run
from nlp.reading import read
from nlp.types import Article, Choice

CLIPPINGS = Path(__file__).parent.parent / "datasets" / "samples" / "clippings"
ROUNDS = 9
SOME_DAY = date(2018, 1, 1)
CALLS = 20_000
ARTICLE = Article(
    id="1",
    title="Sabeco công bố kế hoạch thoái vốn nhà nước trong quý tới",
    lead="Doanh nghiệp bia cho biết đã báo cáo cơ quan quản lý về lộ trình.",
    body="Lãnh đạo doanh nghiệp nói kế hoạch sẽ được trình cổ đông. " * 40,
)


def microseconds(calls: list[Callable[[], object]]) -> float:
    """The median over ROUNDS of the mean cost of a call."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for call in calls:
            call()
        rounds.append((time.perf_counter() - start) / len(calls))
    return 1e6 * statistics.median(rounds)


def main() -> None:
    """Measure and print."""
    engine = load_engine()
    organisation = engine.organisation
    first, texts = organisation.first_day, organisation_texts()
    days = [first + timedelta(days=37 * step % 6500) for step in range(CALLS)]
    pairs = list(product(UNITS, TOPICS))
    asked = [(*pairs[7 * step % len(pairs)], day) for step, day in enumerate(days)]
    base = run([ARTICLE], engine=engine)[0].proposal
    names = ("KH", "QLCT", "TCNL", "EVN", "TTTN")
    lead, other, *helpers = (Choice(code, 0.5) for code in names)
    clippings = [item for item in read([CLIPPINGS]) if isinstance(item, Article)]
    met = [(decision.proposal, clean(decision.article)) for decision in run(clippings, engine=engine)]
    full = dataclasses.replace(base, lead_unit=lead, runner_up=other, coordinating_units=tuple(helpers))
    firm = dataclasses.replace(full, lead_unit=Choice("DNK", 0.5))
    text = clean(ARTICLE)

    def nothing(_day: date) -> None:
        return None

    rows = {
        "an empty call, taken off the rows below": [lambda day=day: nothing(day) for day in days],
        "resolve(competence, topic, at=)": [
            lambda c=code, t=topic, d=day: organisation.resolve(c, t, at=d) for code, topic, day in asked
        ],
        "all five holders of a decision (at most 5)": [
            lambda d=day: holders_of(full, text, organisation=organisation, day=d) for day in days
        ],
        "the same, another enterprise named in the title": [
            lambda d=day: holders_of(firm, text, organisation=organisation, day=d) for day in days[:2000]
        ],
        "holders as sample clippings ask for them, mean": [
            lambda p=proposal, t=cleaned: holders_of(p, t, organisation=organisation, day=SOME_DAY)
            for proposal, cleaned in met
        ],
        "reading the files, once a process": [lambda: parse(texts)] * 3,
    }
    floor = 0.0
    for what, calls in rows.items():
        cost = microseconds(calls)
        print(f"{what:50s} {cost - floor:10.2f} µs")
        floor = floor or cost


if __name__ == "__main__":
    main()

"""What is charted: a literal table of signals, and the daily series that days give for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.drift.charts import Rule
from models.drift.days import Days, Floats
from models.drift.traffic import ARTICLES, TOPIC
from nlp.heads import TOPICS

MIN_DAILY = 10.0
"""Articles a day from which a source is charted for what it sends, not only for whether it does."""
MIN_HEARD = 0.5
"""Articles a day from which a source is charted at all."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that is watched.

    `by_source`: charted for each source, else for all together. `of_model`: it changes with the model, so a new model
    begins a new reference. `floor`: the standard deviation between days that is never undercut, in the unit of the
    signal; changes of half of it are too small to be found. `kind`: "measure" (mean of a number), "share", "volume".
    """

    name: str
    kind: str
    floor: float
    by_source: bool = False
    of_model: bool = False

    @property
    def rule(self) -> Rule:
        """How patient its charts are."""
        return TEXT if self.name in OF_TEXT else NEWS


TEXT = Rule(clip=4.0, least=5.0)
"""For faults of feeds: a day is not enough, two are."""
NEWS = Rule(clip=2.0, least=10.0)
"""For what a big story changes for days, topics and amounts above all: no story of ten days is called."""
OF_TEXT = ("faulty", "log_chars", "known_share", "known_share_all")

SIGNALS = (
    Signal("volume", "volume", 0.25, by_source=True),
    Signal("faulty", "share", 0.01, by_source=True),
    Signal("log_chars", "measure", 0.1, by_source=True),
    Signal("known_share", "measure", 0.01, by_source=True, of_model=True),
    Signal("known_share_all", "measure", 0.01, of_model=True),
    Signal("topic_p", "measure", 0.01, of_model=True),
    Signal("needs_human", "share", 0.02, of_model=True),
    Signal("urgent", "share", 0.015, of_model=True),
    *(Signal(TOPIC + code, "share", 0.01, of_model=True) for code in TOPICS),
)
SILENCE = Signal("silence", "silence", 0.0, by_source=True)
"""Is not charted like the others, see `charts.silence`."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A signal by day: `x` (days,) and `noise`, the variance that chance within the day gives it; NaN: not judged.

    `source` is None for all together. `reference` are the places of the first r judged days, fewer than r where there
    are not yet so many.
    """

    signal: Signal
    source: str | None
    x: Floats
    noise: Floats
    reference: npt.NDArray[np.int64]
    expected: Floats | None = None

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Days with a value that are judged: (days,)."""
        return np.isfinite(self.x)

    @property
    def is_ready(self) -> bool:
        """Whether there are days to judge after the reference."""
        return len(self.reference) > 0


def series(days: Days, *, reference_days: int) -> list[Series]:
    """All series of `days` that hold anything. Days with no number for a signal are not judged by it."""
    return list(_series(days, reference_days))


def _series(days: Days, r: int) -> Iterator[Series]:
    model, sources = days.model(), days.sources()
    for signal in SIGNALS:
        if signal.kind == "volume":
            everything = [None] if len(sources) > 1 else []  # so that an outage of all is one alarm
            candidates = [_volume(days, signal, source, r) for source in [*everything, *sources]]
        else:
            its_model = model if signal.of_model else None
            places = sources if signal.by_source else [None]
            candidates = [_content(days, signal, source, its_model, r) for source in places]
        yield from (found for found in candidates if found is not None)


def _content(days: Days, signal: Signal, source: str | None, model: str | None, r: int) -> Series | None:
    """Means or shares of what was sent; None where nothing is known, or a source sends too little."""
    name = signal.name.removesuffix("_all")
    is_share = signal.kind == "share"
    n = days.total(ARTICLES if is_share else f"{name}#", source=source, model=model)
    known = n > 0
    if not known.any() or (is_share and not _is_kept(days, name)):
        return None
    begun = days.judged & (np.cumsum(n) > 0)
    if source is not None and n[begun].sum() < MIN_DAILY * begun.sum():
        return None
    amount = days.total(name, source=source, model=model)
    x = np.full(days.length, np.nan)
    judged = known & days.judged
    x[judged] = amount[judged] / n[judged]
    reference = _first(x, r)
    articles, yes = n[reference].sum(), amount[reference].sum()
    if is_share:
        p = (yes + 0.5) / (articles + 1)
        within = p * (1 - p)
    else:
        squares = days.total(f"{name}^2", source=source, model=model)[reference].sum()
        within = max(squares / max(articles, 1) - (yes / max(articles, 1)) ** 2, 0.0)
    return Series(signal, source, x, np.where(judged, within / np.maximum(n, 1), np.nan), reference)


def _is_kept(days: Days, name: str) -> bool:
    """Topics that never occur are 0 every day; other shares that nobody wrote are not known."""
    return name.startswith(TOPIC) or any(name in sums for by_model in days.sums.values() for sums in by_model.values())


def _volume(days: Days, signal: Signal, source: str | None, r: int) -> Series | None:
    """Articles over those expected of the day of the week; on days on which none are expected, not judged.

    None for a source that sends too seldom for its silence to mean anything.
    """
    counts = days.total(ARTICLES, source=source)
    begun = np.cumsum(counts) > 0
    judged = np.where(days.judged & begun, counts, np.nan)
    reference = _first(judged, r)
    known = counts[reference] if len(reference) else counts[np.isfinite(judged)]
    if not len(known) or known.mean() < MIN_HEARD:
        return None
    if not len(reference):
        return Series(signal, source, judged, judged, reference)
    weekday = (days.first.weekday() + np.arange(days.length)) % WEEK
    usual = _week(counts[reference], weekday[reference])
    expected = np.where(np.isfinite(judged) & (usual[weekday] > 0), usual[weekday], np.nan)
    ratio = counts / expected
    return Series(signal, source, ratio, 1 / expected, _first(ratio, r), expected)


def _week(counts: Floats, weekday: npt.NDArray[np.int64]) -> Floats:
    """Articles to expect of each day of the week: (7,).

    Monday to Friday are one kind of day, so that eight weeks tell it well; unless one of them never brings anything.
    """
    found = np.array([counts[weekday == one].mean() if (weekday == one).any() else 0.0 for one in range(WEEK)])
    working = (np.arange(WEEK) < 5) & (found > 0)
    found[working] = counts[np.isin(weekday, np.flatnonzero(working))].mean() if working.any() else 0.0
    return found


def _first(x: Floats, r: int) -> npt.NDArray[np.int64]:
    """Places of the first r known days; none where there are not so many."""
    known = np.flatnonzero(np.isfinite(x))
    return known[:r] if len(known) > r else known[:0]

"""Control charts whose limits allow for the burstiness of news: CUSUM, calibrated by block bootstrap; and silence.

All arrays are float64. A chart's reference is its first `r` judged days; nothing after them moves its limits, so that
a slow drift cannot hide in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SLACK = 1.0
"""In standard deviations: smaller shifts are never found, twice as large ones soonest (Page 1954)."""
CAP = 2.0
"""How far past its limit a sum may grow: so that it comes back in days, not months, when a feed has been mended."""
BLOCK = 7
"""Days drawn together: a week, longer than most stories live."""
YEAR = 365
SAMPLES = 200
AT_ONCE = 32
TAIL = 0.8
"""Above this quantile of the yearly maxima their tail is taken for exponential."""
USUAL_GAPS = 1.5
"""A silence must be so much longer than the longest of the reference."""


@dataclass(frozen=True, slots=True)
class Level:
    """What is usual: mean, and standard deviation between days beyond what chance within a day explains."""

    mean: Floats
    between: Floats


def level(x: Floats, noise: Floats, *, floor: Floats) -> Level:
    """The level of reference days `x` (..., r), `noise` being the variance of each day's own chance; (...,) each.

    Days are weighted by their exactness; the variance between days is the method of moments (DerSimonian and Laird
    1986), and never under `floor` squared: a change too small to matter is not to be found, however exact the days.
    """
    weight = 1 / (noise + floor[..., None] ** 2)
    weight /= weight.sum(axis=-1, keepdims=True)
    mean = (weight * x).sum(axis=-1)
    spread = (weight * ((x - mean[..., None]) ** 2 - noise)).sum(axis=-1)
    return Level(mean, np.sqrt(np.maximum(spread, floor**2)))


@dataclass(frozen=True, slots=True)
class Rule:
    """How a chart judges days. No day weighs more than `clip` standard deviations, and no limit lies under `least`.

    So a chart calls nothing that is over within `least` / (`clip` - SLACK) days, however wild.
    """

    clip: float
    least: float


def scores(x: Floats, noise: Floats, usual: Level, *, clip: float) -> Floats:
    """How many standard deviations days (n,) are from usual, none more than `clip`; NaN stays NaN."""
    z = (x - usual.mean) / np.sqrt(usual.between**2 + noise)
    return np.clip(z, -clip, clip)


def limits(x: Floats, noise: Floats, *, floor: Floats, rule: Rule, chance: float, seed: int = 0) -> float:
    """The limit for the charts of reference `x` (charts, r) that chance lets each pass in a year with that probability.

    Each of SAMPLES times weeks are drawn from the reference (moving blocks, Künsch 1989, ends joined), once as a
    reference of r days, once as a year; the level is found anew in the one and the chart run over the other. The limit
    thus allows for stories that last for days and for a level known from r days only. All charts have one limit, from
    the yearly maxima of all: the story that hit one topic in the reference will hit another later. It is the quantile
    1 - `chance` of the maxima, whose tail is taken for exponential.
    """
    days = x.shape[1]
    draw = np.random.default_rng(seed)
    reference, future = (_weeks(days, length, draw) for length in (days, YEAR))
    parts = [slice(start, start + AT_ONCE) for start in range(0, len(x), AT_ONCE)]
    maxima = [_maxima(x[part], noise[part], floor[part], reference, future, rule.clip) for part in parts]
    return max(_quantile(np.concatenate(maxima).ravel(), chance), rule.least)


def _weeks(days: int, length: int, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    """Places of `length` days in blocks of the reference: (SAMPLES, length)."""
    starts = draw.integers(0, days, (SAMPLES, -(-length // BLOCK)))
    return ((starts[:, :, None] + np.arange(BLOCK)) % days).reshape(SAMPLES, -1)[:, :length]


def _maxima(
    x: Floats,
    noise: Floats,
    floor: Floats,
    reference: npt.NDArray[np.int64],
    future: npt.NDArray[np.int64],
    clip: float,
) -> Floats:
    """The highest point of each chart in each drawn year: (charts, SAMPLES)."""
    x, noise = x.astype(np.float32), noise.astype(np.float32)  # half the time, and digits enough for a limit
    usual = level(x[:, reference], noise[:, reference], floor=np.repeat(floor[:, None], SAMPLES, axis=1))
    mean, variance = usual.mean.astype(np.float32), (usual.between**2).astype(np.float32)
    up, down, highest = (np.zeros_like(mean) for _ in range(3))
    for place in future.T:
        today = np.clip((x[:, place] - mean) / np.sqrt(variance + noise[:, place]), -clip, clip)
        up = np.maximum(up + (today - SLACK), 0)
        down = np.maximum(down - (today + SLACK), 0)
        highest = np.maximum(highest, np.maximum(up, down))
    return highest.astype(np.float64)


def _quantile(maxima: Floats, chance: float) -> float:
    """The value that maxima (n,) pass with probability `chance`."""
    if chance >= 1 - TAIL:
        return float(np.quantile(maxima, 1 - chance))
    base = float(np.quantile(maxima, TAIL))
    over = maxima[maxima > base]
    return base + (float(over.mean()) - base if len(over) else 0.0) * float(np.log((1 - TAIL) / chance))


def cusum(z: Floats, *, limit: float) -> Floats:
    """The chart of daily scores (n,): the larger of the upward and downward sums, negative where it is the latter.

    A day without a score (NaN) leaves it where it was. Sums stop CAP above the limit.
    """
    up = down = 0.0
    found = np.zeros(len(z))
    for place, today in enumerate(z):
        if np.isfinite(today):
            up = min(max(up + today - SLACK, 0.0), limit + CAP)
            down = min(max(down - today - SLACK, 0.0), limit + CAP)
        found[place] = up if up >= down else -down
    return found


def silence(counts: Floats, expected: Floats, *, between: float) -> Floats:
    """How unlikely the present silence is: minus the log of its chance, 0 on a day with articles; (n,).

    Each day's count is taken for negative binomial (Poisson whose rate varies by `between`, relative to its mean), so
    that nothing at all has the chance (1 + between² expected)^(-1/between²). NaN in `expected`: a day not judged.
    """
    variance = max(between**2, 1e-6)
    found, run = np.zeros(len(counts)), 0.0
    for place, (count, usual) in enumerate(zip(counts, expected, strict=True)):
        if count > 0:
            run = 0.0
        elif np.isfinite(usual):
            run += np.log1p(variance * usual) / variance
        found[place] = run
    return found


def silence_limit(reference: Floats, *, chance: float) -> float:
    """The limit for `silence`, given what it was in the reference: chance passes it once in 1/`chance` years."""
    return max(float(np.log(YEAR / chance)), USUAL_GAPS * float(reference.max(initial=0.0)))

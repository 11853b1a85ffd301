"""The coverage dial: how much of a unit's mail can go out without a person, at a precision that the office chooses.

Measured on articles that the model was not trained on. A precision counts as reached where it holds with CONFIDENCE:
a unit with few articles cannot show it, however well they went, and is said to have too few.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import beta

from models.data import Label
from nlp.errors import DiembaoError
from nlp.heads import UNITS
from nlp.pipeline import Engine
from nlp.policy import BY_UNIT, parse

CONFIDENCE = 0.9
NEVER = 1.0
"""The threshold of a unit whose items always go to a person."""


class CoverageError(DiembaoError):
    """A precision that no threshold was shown to reach."""


@dataclass(frozen=True, slots=True)
class Given:
    """Articles that were led to one unit, or to several together: `p` (n,) from the most to the least certain.

    Only those that nothing but the unit could make doubtful: in scope or not, topic and text are certain enough.
    `proposed` counts the others too.
    """

    codes: tuple[str, ...]
    p: tuple[float, ...]
    right: tuple[bool, ...]
    proposed: int


@dataclass(frozen=True, slots=True)
class Reach:
    """From `threshold` on, `rows` go out without a person, `right` of them rightly; `low` to `high` holds the true
    precision with 95 %. `share` is of all articles proposed for the unit."""

    threshold: float
    rows: int
    right: int
    share: float
    low: float
    high: float


def opened(engine: Engine) -> Engine:
    """The engine without any threshold on the lead unit: `needs_human` is then for other reasons only."""
    return replace(engine, policy=replace(engine.policy, auto_unit_p=0.0, auto_unit_p_by_unit={}))


def given(labels: Sequence[Label], records: Sequence[Mapping[str, Any]]) -> dict[str, Given]:
    """What `records` of an opened engine lead to each unit. An article that is out of scope is led wrongly."""
    leads = {label.id: label.lead for label in labels}
    rows: dict[str, list[tuple[float, bool]]] = {code: [] for code in UNITS}
    proposed = dict.fromkeys(UNITS, 0)
    for record in records:
        unit = record["lead_unit"]
        if unit is not None and record["id"] in leads:
            proposed[unit["code"]] += 1
            if not record["needs_human"]:
                rows[unit["code"]].append((unit["p"], unit["code"] == leads[record["id"]]))
    return {code: _sorted((code,), rows[code], proposed[code]) for code in UNITS}


def together(parts: Sequence[Given]) -> Given:
    """Several units as one."""
    rows = [row for part in parts for row in zip(part.p, part.right, strict=True)]
    return _sorted(tuple(code for part in parts for code in part.codes), rows, sum(part.proposed for part in parts))


def _sorted(codes: tuple[str, ...], rows: list[tuple[float, bool]], proposed: int) -> Given:
    rows = sorted(rows, key=lambda row: -row[0])
    return Given(codes, tuple(p for p, _ in rows), tuple(right for _, right in rows), proposed)


def needed(precision: float) -> int:
    """How many articles, all right, show a precision."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(precision))


def reach(one: Given, precision: float) -> Reach | None:
    """The lowest threshold from which on the precision holds with CONFIDENCE; None where there is none."""
    rows, right = np.arange(1, len(one.p) + 1), np.cumsum(one.right)
    if len(rows) < needed(precision):
        return None
    lowest = beta.ppf(1 - CONFIDENCE, right, rows - right + 1)
    p = np.asarray(one.p)
    # A threshold takes all articles of one probability or none.
    ends = np.append(p[1:] < p[:-1], True)
    safe = np.flatnonzero((lowest >= precision) & ends)
    if not len(safe):
        return None
    n, k = int(rows[safe[-1]]), int(right[safe[-1]])
    low = float(beta.ppf(0.025, k, n - k + 1))
    high = float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0
    return Reach(float(p[n - 1]), n, k, n / max(1, one.proposed), low, high)


def _percent(share: float) -> str:
    """0.995 -> "99,5 %"."""
    return f"{100 * share:g} %".replace(".", ",")


def thresholds(parts: Mapping[str, Given], precision: float, units: Sequence[str] = ()) -> dict[str, float]:
    """Thresholds by unit for a precision, of `units` alone or of all.

    Of all: units that cannot show it by themselves are judged together, and go to a person where that fails too.

    Raises:
        CoverageError: one of `units` cannot show the precision.
    """
    if units:
        found = {code: reach(parts[code], precision) for code in units}
        if failed := [code for code, one in found.items() if one is None]:
            raise CoverageError(
                f"chưa chứng tỏ được {_percent(precision)} đúng ở: {', '.join(failed)}; "
                f"cần ít nhất {needed(precision)} bài để riêng, và gần như không sai bài nào"
            )
        return {code: one.threshold for code, one in found.items() if one}
    alone = {code: reach(part, precision) for code, part in parts.items()}
    rest = reach(together([parts[code] for code, one in alone.items() if one is None]), precision)
    common = rest.threshold if rest else NEVER
    return {code: one.threshold if one else common for code, one in alone.items()}


def with_units(text: str, table: Mapping[str, float], note: str) -> str:
    """The text of a policy with `table` as its thresholds by unit, under the comment `note`.

    Raises:
        PolicyError: the text is no policy.
    """
    parse(text)
    # TOML lets no key of the top stand after a table: from its header to the end all is the table.
    before = re.split(rf"(?m)^\s*\[\s*{BY_UNIT}\s*\]", text)[0]
    kept = re.sub(r"(\n[ \t]*(#[^\n]*)?)*\s*\Z", "\n", before) if before != text else before.rstrip() + "\n"
    lines = [f"{code} = {table[code]:.4f}" for code in UNITS if code in table]
    new = f"{kept}\n# {note}\n[{BY_UNIT}]\n" + "\n".join(lines) + "\n"
    parse(new)
    return new

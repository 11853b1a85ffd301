"""The gate's limits: one commented TOML file, every key checked, none without effect."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from models.rules import MARGINS
from nlp.errors import DiembaoError

LIMITS = Path(__file__).with_name("gate.toml")


class GatePolicyError(DiembaoError):
    """A file of limits with an unknown, missing or impossible value."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How much worse a number may be, and the value from which on it is good enough whatever the champion's."""

    margin: float
    enough: float | None = None


@dataclass(frozen=True, slots=True)
class UnitLimits:
    """See models/gate.toml, [units]."""

    fails_below: float
    asks_below: float
    most_lost: float
    asks_from: int
    fails_from: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything in models/gate.toml. `speed` is a ratio, `size` in megabytes."""

    confidence: float
    draws: int
    headline: str
    better_confidence: float
    margins: Mapping[str, Margin]
    units: UnitLimits
    speed: float
    size: float

    @property
    def fail_confidence(self) -> float:
        """What `confidence` must be for one number so that by chance none of all of them fails (Bonferroni)."""
        return 1 - (1 - self.confidence) / len(MARGINS)


def read_limits(path: Path | None = None) -> Limits:
    """The limits in `path` (default: those that come with diembao).

    Raises:
        GatePolicyError: the file cannot be read, a key is unknown or missing, or a value is out of its range.
    """
    path = path or LIMITS
    try:
        return parse(path.read_text("utf-8-sig"), name=path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise GatePolicyError(f"{path}: không đọc được: {error}") from error


def parse(text: str, *, name: str = "gate.toml") -> Limits:
    """Limits from TOML. Raises GatePolicyError as `read_limits`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GatePolicyError(f"{name} không đúng TOML: {error}") from error
    top = {"confidence", "draws", "headline", "better_confidence", "margins", "units", "speed", "size"}
    _keys(values, top, name)
    for table in ("margins", "units", "speed", "size"):
        if not isinstance(values[table], dict):
            raise GatePolicyError(f"{name}: {table} phải là một bảng")
    if values["headline"] not in MARGINS:
        raise GatePolicyError(
            f"{name}: headline phải là một trong {', '.join(MARGINS)}, không phải {values['headline']!r}"
        )
    for place in ("speed", "size"):
        _keys(values[place], {"at_most"}, f"{name}: [{place}]")
    _keys(values["units"], {field.name for field in fields(UnitLimits)}, f"{name}: [units]")
    _keys(values["margins"], set(MARGINS), f"{name}: [margins]")
    return Limits(
        confidence=_number(values, "confidence", name, 0.5, 0.999),
        draws=int(_number(values, "draws", name, 100, 100_000)),
        headline=values["headline"],
        better_confidence=_number(values, "better_confidence", name, 0.5, 0.99999),
        margins={key: _margin(key, values["margins"][key], name) for key in MARGINS},
        units=UnitLimits(
            fails_below=_number(values["units"], "fails_below", name, 0, 1),
            asks_below=_number(values["units"], "asks_below", name, 0, 1),
            most_lost=_number(values["units"], "most_lost", name, 0, 1),
            asks_from=int(_number(values["units"], "asks_from", name, 1, 1e9)),
            fails_from=int(_number(values["units"], "fails_from", name, 1, 1e9)),
        ),
        speed=_number(values["speed"], "at_most", name, 0, 1e6),
        size=_number(values["size"], "at_most", name, 0, 1e6),
    )


def _margin(key: str, value: Any, name: str) -> Margin:
    if not isinstance(value, dict) or "margin" not in value:
        raise GatePolicyError(f"{name}: {key} phải có dạng {{ margin = 0.03 }}")
    _keys({"enough": None, **value}, {"margin", "enough"}, f"{name}: {key}")
    enough = _number(value, "enough", name, 0, 1e6) if "enough" in value else None
    return Margin(_number(value, "margin", name, 0, 1e6), enough)


def _keys(values: Mapping[str, Any], wanted: set[str], place: str) -> None:
    if unknown := sorted(set(values) - wanted):
        raise GatePolicyError(f"{place} có khóa lạ: {', '.join(unknown)}; các khóa đúng: {', '.join(sorted(wanted))}")
    if missing := sorted(wanted - set(values)):
        raise GatePolicyError(f"{place} thiếu khóa: {', '.join(missing)}")


def _number(values: Mapping[str, Any], key: str, name: str, low: float, high: float) -> float:
    value = values[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise GatePolicyError(f"{name}: {key} phải là số từ {low:g} đến {high:g}, không phải {value!r}")
    return float(value)

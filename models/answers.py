"""Labels and records side by side, as arrays of code numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from models.data import Label
from nlp.errors import DiembaoError
from nlp.heads import NO_UNIT, TONES, TOPICS, UNITS

TOPIC_AT = {code: k for k, code in enumerate(TOPICS)}
LEAD_AT = {code: k for k, code in enumerate((*UNITS, NO_UNIT))}
TONE_AT = {int(code): k for k, code in enumerate(TONES)}


class RecordError(DiembaoError):
    """Records that cannot be compared with labels."""


@dataclass(frozen=True, slots=True)
class Answers:
    """n labels that have a record, in the order of the labels. `X` is the label, `X_given` the decision.

    Codes are numbered in the order of `nlp.heads`; `lead_p` is 0 and `led` False where no lead unit was given.
    `rows` are the places of the labels in the list they came in; `missing` counts labels without a record.
    """

    missing: int
    rows: npt.NDArray[np.int64]
    topic: npt.NDArray[np.int64]
    topic_given: npt.NDArray[np.int64]
    topic_p: npt.NDArray[np.float64]
    inside_given: npt.NDArray[np.bool_]
    lead: npt.NDArray[np.int64]
    lead_given: npt.NDArray[np.int64]
    lead_p: npt.NDArray[np.float64]
    led: npt.NDArray[np.bool_]
    coord: npt.NDArray[np.bool_]
    coord_given: npt.NDArray[np.bool_]
    urgency: npt.NDArray[np.int64]
    urgency_given: npt.NDArray[np.int64]
    hot_p: npt.NDArray[np.float64]
    tone: npt.NDArray[np.int64]
    tone_given: npt.NDArray[np.int64]
    needs_human: npt.NDArray[np.bool_]
    stratum: npt.NDArray[np.str_]

    @property
    def lead_right(self) -> npt.NDArray[np.bool_]:
        """Whether the lead unit is right; none is right for an article out of scope."""
        return np.equal(self.lead, self.lead_given)

    def take(self, rows: npt.NDArray[np.int64]) -> Answers:
        """The answers of `rows`, which may repeat."""
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "missing"}
        return replace(self, **arrays)


def align(labels: Sequence[Label], records: Iterable[Mapping[str, Any]]) -> Answers:
    """Put each label beside its record.

    Raises:
        RecordError: two records bear one id, a record is not of the published form, or no label has a record.
    """
    given: dict[str, Mapping[str, Any]] = {}
    for record in records:
        if record["id"] in given:
            raise RecordError(f"hai bản ghi cùng id {record['id']!r}")
        given[record["id"]] = record
    rows = [row for row, label in enumerate(labels) if label.id in given]
    if not rows:
        raise RecordError(f"không bản ghi nào (trong {len(given)}) có id của {len(labels)} nhãn")
    columns: dict[str, list[Any]] = {}
    for row in rows:
        label = labels[row]
        try:
            pair = {**_of_label(label), **_of_record(given[label.id])}
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise RecordError(f"bản ghi {label.id!r} sai dạng: {error!r}") from error
        for name, value in pair.items():
            columns.setdefault(name, []).append(value)
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    return Answers(missing=len(labels) - len(rows), rows=np.asarray(rows), **arrays)


def _of_label(label: Label) -> dict[str, Any]:
    return {
        "topic": TOPIC_AT[label.topic],
        "lead": LEAD_AT[label.lead],
        "coord": [code in label.coord for code in UNITS],
        "urgency": label.urgency,
        "tone": TONE_AT[label.tone],
        "stratum": label.stratum,
    }


def _of_record(record: Mapping[str, Any]) -> dict[str, Any]:
    unit = record["lead_unit"]
    helpers = {LEAD_AT[choice["code"]] for choice in record["coordinating_units"]}
    return {
        "topic_given": TOPIC_AT[record["topic"]["code"]],
        "topic_p": _probability(record["topic"]["p"]),
        "inside_given": bool(record["in_scope"]["value"]),
        "lead_given": LEAD_AT[unit["code"] if unit else NO_UNIT],
        "lead_p": _probability(unit["p"]) if unit else 0.0,
        "led": unit is not None,
        "coord_given": [k in helpers for k in range(len(UNITS))],
        "urgency_given": int(record["urgency"]["level"]),
        "hot_p": _probability(record["urgency"]["p"][-1]),
        "tone_given": TONE_AT[record["tone"]["value"]],
        "needs_human": bool(record["needs_human"]),
    }


def _probability(value: Any) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"xác suất {value!r}")
    return float(value)

"""The released model as MLflow loads it: a table of articles in, one routing record a row out.

MLflow stores this file as code and the release folder as data; nothing is pickled, and the folder is checked against
its own checksums on every load. Two names below are MLflow's: `_load_pyfunc`, and `predict` on what it returns.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from models.artifacts import load_engine
from nlp.pipeline import Engine, run
from nlp.record import to_record
from nlp.record_types import Record
from nlp.types import Article

INPUTS = ("title", "lead", "body")
OUTPUTS = ("topic", "lead_unit", "urgency", "needs_human", "record")


class Router:
    """Routes the rows of a table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def predict(self, table: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:  # noqa: ARG002
        """One row of OUTPUTS for each row of `table`, index kept; `record` is the JSON record.

        Missing columns and empty cells count as empty text; ids are row numbers from 0.
        """
        columns = [_texts(table, name) for name in INPUTS]
        articles = [
            Article(id=str(row), title=title, lead=lead, body=body)
            for row, (title, lead, body) in enumerate(zip(*columns, strict=True))
        ]
        records = [to_record(decision) for decision in run(articles, engine=self._engine)]
        return pd.DataFrame([_row(record) for record in records], columns=list(OUTPUTS), index=table.index)


def _load_pyfunc(path: str) -> Router:
    """Called by MLflow with the folder of the release."""
    return Router(load_engine(Path(path)))


def _texts(table: pd.DataFrame, name: str) -> list[str]:
    if name not in table.columns:
        return [""] * len(table)
    return [value if isinstance(value, str) else "" for value in table[name]]


def _row(record: Record) -> dict[str, Any]:
    return {
        "topic": record["topic"]["code"],
        "lead_unit": record["lead_unit"]["code"] if record["lead_unit"] else "",
        "urgency": record["urgency"]["level"],
        "needs_human": record["needs_human"],
        "record": json.dumps(record, ensure_ascii=False),
    }

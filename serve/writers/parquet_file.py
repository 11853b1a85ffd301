"""Parquet for programs: flat typed columns, and the whole record as JSON text in the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from nlp.types import VIETNAM
from serve.rows import Row
from serve.words import earliest_due

ROWS_A_GROUP = 512

SCHEMA = pa.schema(
    [
        ("id", pa.string()), ("title", pa.string()), ("source", pa.string()), ("url", pa.string()),
        ("published_at", pa.timestamp("us", tz="+07:00")),
        ("in_scope", pa.bool_()), ("in_scope_p", pa.float64()),
        ("topic_code", pa.string()), ("topic_name", pa.string()), ("topic_p", pa.float64()),
        ("lead_unit_code", pa.string()), ("lead_unit_id", pa.string()),
        ("lead_unit_name", pa.string()), ("lead_unit_p", pa.float64()),
        ("coordinating_unit_codes", pa.string()), ("coordinating_unit_ids", pa.string()), ("as_of", pa.date32()),
        ("urgency_level", pa.int8()), ("urgency_name", pa.string()),
        ("urgency_p0", pa.float64()), ("urgency_p1", pa.float64()),
        ("urgency_p2", pa.float64()), ("urgency_p3", pa.float64()),
        ("earliest_due", pa.timestamp("us", tz="+07:00")), ("deadlines", pa.string()),
        ("tone", pa.int8()), ("tone_p", pa.float64()),
        ("needs_human", pa.bool_()), ("reasons", pa.string()), ("model", pa.string()), ("record", pa.string()),
    ]
)  # fmt: skip
"""`coordinating_unit_codes`, `coordinating_unit_ids` and `reasons` are joined by "; ", `deadlines` is JSON."""


def write(rows: Iterator[Row], path: Path) -> None:
    """Row groups of ROWS_A_GROUP articles."""
    with path.open("wb") as file, pq.ParquetWriter(file, SCHEMA, compression="zstd") as table:
        while group := [_flat(row) for row in islice(rows, ROWS_A_GROUP)]:
            table.write_batch(pa.RecordBatch.from_pylist(group, schema=SCHEMA))


def _flat(row: Row) -> dict[str, Any]:
    facts, record = row.facts(), row.record()
    unit = record["lead_unit"] or {}
    return {
        "id": record["id"],
        "title": facts.title,
        "source": facts.source,
        "url": facts.url,
        "published_at": _moment(facts.published_at),
        "in_scope": record["in_scope"]["value"],
        "in_scope_p": record["in_scope"]["p"],
        **{f"topic_{key}": value for key, value in record["topic"].items()},
        **{f"lead_unit_{key}": unit.get(key) for key in ("code", "name", "p")},
        "lead_unit_id": unit.get("unit"),
        "coordinating_unit_codes": "; ".join(other["code"] for other in record["coordinating_units"]),
        "coordinating_unit_ids": "; ".join(other["unit"] for other in record["coordinating_units"]),
        "as_of": date.fromisoformat(record["as_of"]),
        "urgency_level": record["urgency"]["level"],
        "urgency_name": record["urgency"]["name"],
        **{f"urgency_p{level}": p for level, p in enumerate(record["urgency"]["p"])},
        "earliest_due": earliest_due(record),
        "deadlines": orjson.dumps(record["deadlines"]).decode(),
        "tone": record["tone"]["value"],
        "tone_p": record["tone"]["p"],
        "needs_human": record["needs_human"],
        "reasons": "; ".join(record["reasons"]),
        "model": record["model"],
        "record": row.line.decode().rstrip("\n"),
    }


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    when = datetime.fromisoformat(text)
    return when if when.tzinfo else when.replace(tzinfo=VIETNAM)

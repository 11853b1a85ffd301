"""What the servers are asked: many different articles, each with an id of its own, as files for wrk."""

from __future__ import annotations

import os
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson

from benchmarks.articles import labelled_articles
from benchmarks.speed import sample_articles
from models.artifacts import load_engine
from models.environment import CORPORA_VARIABLE
from nlp.pipeline import run
from nlp.record import to_record
from nlp.types import VIETNAM, Article

COUNT = 6000
"""More than the server remembers for corrections, so that its memory is full after the warm-up."""
BATCH = 100


@dataclass(frozen=True, slots=True)
class Bodies:
    """Articles, and the files of them: one a line, BATCH a line, one a line for MLflow; and a middling record."""

    articles: Sequence[Article]
    is_real: bool
    one: Path
    batch: Path
    mlflow: Path
    record: Path

    def __str__(self) -> str:
        chars = statistics.mean(a.chars for a in self.articles)
        kind = "real" if self.is_real else "sample clippings, joined"
        size = self.one.stat().st_size / len(self.articles)
        return (
            f"{len(self.articles)} articles ({kind}), {chars:.0f} characters on average; bodies of {size:.0f} bytes, "
            f"records of {self.record.stat().st_size}"
        )


def articles() -> tuple[list[Article], bool]:
    """COUNT articles, and whether they are real: labelled ones drawn by chance, else sample clippings under new ids."""
    if os.environ.get(CORPORA_VARIABLE):
        _, by_id = labelled_articles()
        found = [by_id[name] for name in sorted(by_id)]
        return random.Random(4).sample(found, min(COUNT, len(found))), True  # noqa: S311 — no secret
    print(f"{CORPORA_VARIABLE} names no folder: sample clippings instead of real articles", file=sys.stderr)
    samples = sample_articles()
    return [replace(samples[i % len(samples)], id=f"s{i}") for i in range(COUNT)], False


def write(folder: Path) -> Bodies:
    """All files, in `folder`."""
    chosen, is_real = articles()
    values = [{"id": a.id, "title": a.title, "lead": a.lead, "body": a.body} for a in chosen]
    tables = [{"dataframe_records": [{k: v for k, v in value.items() if k != "id"}]} for value in values]
    batches = [{"articles": values[i : i + BATCH]} for i in range(0, len(values) - BATCH + 1, BATCH)]
    files = [folder / name for name in ("one.jsonl", "batch.jsonl", "mlflow.jsonl", "record.json")]
    for path, lines in zip(files, (values, batches, tables, [_middling(chosen)]), strict=False):
        path.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    return Bodies(chosen, is_real, *files)


def _middling(chosen: Sequence[Article]) -> object:
    """The record whose size is nearest to the mean."""
    decisions = run(chosen[:1000], engine=load_engine(), received=datetime.now(VIETNAM))
    sizes = {len(orjson.dumps(record)): record for record in map(to_record, decisions)}
    mean = statistics.mean(len(orjson.dumps(to_record(decision))) for decision in decisions)
    return sizes[min(sizes, key=lambda size: abs(size - mean))]

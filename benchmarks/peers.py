"""diembao beside its peers: the same split, articles and metrics, in one run, as a table and a picture.

`python -m benchmarks.peers --results FILE`: scikit-learn TF-IDF + LinearSVC, underthesea_core's TextClassifier and
fastText against the recipe, all trained on the train split and measured on the dev split by `models.evaluate`. Each
finished contender is kept in FILE, so that a stopped run goes on; `--picture` draws it, `--track` keeps it in MLflow.
Settings of underthesea_core and fastText are chosen among eight by the topic on a fifth of the train split, parted by
story. One thread each; times are processor time, so that a busy machine counts less. Needs DIEMBAO_CORPORA, and
fastText (`pip install fasttext-numpy2`).
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.update({"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"})

import click

from benchmarks.articles import labelled_articles
from benchmarks.peer_models import Contender, contenders
from benchmarks.peer_picture import draw
from models.artifacts import read_manifest
from models.data import Label, default_labels, fingerprint
from models.experiment import Split, measure, split_labels
from nlp.types import Article

ROUNDS = 3
NUMBERS = ("scope_f1", "topic_acc", "topic_mf1", "lead_acc", "lead_mf1", "topic_ece", "lead_ece")
HEADS = (
    "contender", "scope F1", "topic accuracy", "topic macro-F1", "lead accuracy", "lead macro-F1", "topic ECE",
    "lead ECE", "training, s", "µs an article", "MB",
)  # fmt: skip


def compare(one: Contender, split: Split, articles: Mapping[str, Article]) -> dict[str, Any]:
    """Tune, train, time and measure one contender."""
    settings = one.tune(split.train, articles)
    start = time.process_time()
    one.train(split.train, articles)
    trained = time.process_time() - start
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        found = one.decide(split.dev, articles)
        took.append((time.process_time() - start) / len(split.dev))
    assessment = measure(split.dev, articles, found)
    numbers = {name: assessment.numbers[name] for name in NUMBERS if one.is_sure or not name.endswith("_ece")}
    numbers |= {"train_seconds": trained, "article_us": 1e6 * statistics.median(took), "megabytes": _size(one)}
    intervals = {name: assessment.intervals[name] for name in NUMBERS if name in numbers}
    return {"name": one.name, "settings": settings, "numbers": numbers, "intervals": intervals}


def _size(one: Contender) -> float:
    with tempfile.TemporaryDirectory() as folder:
        one.save(Path(folder))
        return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as Markdown."""
    lines = [HEADS, ["---"] * len(HEADS)]
    for row in rows:
        found = row["numbers"]
        shown = [f"{found[name]:.3f}" if name in found else "none" for name in NUMBERS]
        costs = [f"{found['train_seconds']:.0f}", f"{found['article_us']:.0f}", f"{found['megabytes']:.1f}"]
        lines.append([row["name"], *shown, *costs])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def keep(rows: Sequence[Mapping[str, Any]], labels: Sequence[Label], digests: Mapping[str, str], picture: Path) -> None:
    """One run of MLflow with a run a contender in it."""
    from models.tracking import nest

    tags = {"data_fingerprint": digests["train"]}
    with nest(f"peers-{datetime.now():%Y-%m-%dT%H:%M:%S}", tags=tags, labels=labels, label_files=default_labels(),
              fingerprints=digests) as parent:  # fmt: skip
        for row in rows:
            bounds = {f"{name}.{end}": value for name, pair in row["intervals"].items()
                      for end, value in zip(("low", "high"), pair, strict=True)}  # fmt: skip
            parent.add(row["name"], params={"settings": row["settings"]}, metrics={**row["numbers"], **bounds})
        texts = {"peers.md": table(rows)} | ({"peers.svg": picture.read_text("utf-8")} if picture.exists() else {})
        parent.say(metrics={}, texts=texts)


@click.command(help=__doc__)
@click.option("--results", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), default=Path("docs/peers.svg"))
@click.option("--track/--no-track", default=False)
def main(results: Path, picture: Path, track: bool) -> None:
    labels, articles = labelled_articles()
    split = split_labels(labels, articles)
    digests = {part: fingerprint(getattr(split, part), articles) for part in ("train", "dev")}
    kept = [json.loads(line) for line in results.read_text("utf-8").splitlines()] if results.exists() else []
    rows = {row["name"]: row for row in kept if row["data"] == digests}
    for one in contenders():
        if one.name not in rows:
            rows[one.name] = {"data": digests, **compare(one, split, articles)}
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(rows[one.name]) + "\n")
    ordered = [rows[one.name] for one in contenders()]
    draw(ordered, picture, dev=len(split.dev))
    print(f"release {read_manifest()['version']}, {len(split.train)} rows to train on, {len(split.dev)} of dev")
    print(table(ordered))
    for row in ordered:
        print(f"{row['name']}: {row['settings']}")
    if track:
        keep(ordered, [*split.train, *split.dev], digests, picture)


if __name__ == "__main__":
    main()

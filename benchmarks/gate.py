"""Does the gate refuse what is worse, and let pass what is equal? `python -m benchmarks.gate --out FOLDER`

Twenty tries of each kind against one champion; needs DIEMBAO_CORPORA. The champion, the equal models and those trained
on shuffled labels are made by a recipe of a fourth of the cost (benchmarks/planted.py), each on another 80 % of the
stories, those of a week later on the champion's and 2 % more; the other kinds are made from the champion's arrays.
Models and results (JSON lines) stay in FOLDER: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from benchmarks import planted
from benchmarks.articles import labelled_articles
from models.experiment import split_labels
from models.gate import Outcome, judge
from models.reload import reload
from nlp.heads import UNITS

TRIES = 20
RARE_LAST = ("TTTN", "QLTT", "XNK", "EVN", "ATMT", "CNNG", "PVN", "QLCT", "TC", "TCCB", "TCNL", "KHCN", "TMDT",
             "CSTMDB", "DTDL", "CNNH", "XTTM", "TKV", "TTCP", "VINATEX")  # fmt: skip
"""Units that are broken, one a try: from those of many articles to those of ten."""
KINDS = ("equal", "week", "shuffled", "rounded", "broken", "swapped", "uncalibrated", "slow")
TRAINED = ("equal", "week", "shuffled")
CHAMPION = 1000
"""Seed of the champion."""


class Bench:
    """The labelled articles, the champion, and where models lie."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.labels, self.articles = labelled_articles()
        self._recipe: planted.Recipe | None = None
        self.champion = out / "models" / "champion"
        self._train(self.champion, seed=CHAMPION)
        self.arrays, self.policy = planted.load(self.champion)
        self.against = reload(self.champion, [self.articles[label.id] for label in self.labels])

    def candidate(self, kind: str, seed: int) -> Path:
        """The folder of one planted model."""
        folder = self.out / "models" / f"{kind}-{seed:02d}"
        if kind in TRAINED:
            self._train(folder, seed=seed, shuffled=planted.SHUFFLED if kind == "shuffled" else 0.0,
                        like=CHAMPION if kind == "week" else None)  # fmt: skip
            return folder
        random, unit = np.random.default_rng(seed), RARE_LAST[seed % TRIES]
        made: dict[str, Callable[[], planted.Arrays]] = {
            "rounded": lambda: planted.rounded(self.arrays, seed=seed),
            "broken": lambda: planted.broken(self.arrays, unit=unit),
            "swapped": lambda: planted.swapped(self.arrays, unit=unit, other=RARE_LAST[(seed + 1) % TRIES]),
            "uncalibrated": lambda: planted.uncalibrated(
                self.arrays, factor=float(random.uniform(1.8, 3) ** random.choice((-1, 1)))
            ),
            "slow": lambda: planted.slow(self.arrays, seed=seed, crowds=8),
        }
        planted.save(folder, made[kind](), self.policy, version=f"{kind}-{seed}")
        return folder

    def _train(self, folder: Path, *, seed: int, shuffled: float = 0.0, like: int | None = None) -> None:
        if (folder / "SHA256SUMS").exists():
            return
        if self._recipe is None:
            self._recipe = planted.Recipe(split_labels(self.labels, self.articles).train, self.articles)
        start = time.monotonic()
        self._recipe.train(folder, seed=seed, shuffled=shuffled, like=like)
        click.echo(f"{folder.name}: trained in {time.monotonic() - start:.0f} s")


def line(kind: str, seed: int, outcome: Outcome) -> dict[str, object]:
    """What one try came to."""
    stopped = {f.rule: f.verdict.name for f in outcome.findings if f.verdict}
    numbers = {f.rule: [f.candidate, f.champion, f.low, f.high] for f in outcome.findings}
    return {"kind": kind, "seed": seed, "verdict": outcome.verdict.name, "is_better": outcome.is_better,
            "stopped": stopped, "numbers": numbers}  # fmt: skip


def summarize(results: Path) -> None:
    """Print how each kind fared."""
    rows = [json.loads(text) for text in results.read_text("utf-8").splitlines()]
    assert set(RARE_LAST) <= set(UNITS)  # noqa: S101
    for kind in KINDS:
        mine = [row for row in rows if row["kind"] == kind]
        verdicts = Counter(row["verdict"] for row in mine)
        why = Counter(rule for row in mine for rule in row["stopped"])
        better = sum(row["is_better"] for row in mine)
        print(f"{kind:13s} tries {len(mine):2d}  {dict(verdicts)}  better {better}  {dict(why.most_common(8))}")


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these kinds.")
@click.option("--tries", default=TRIES, show_default=True)
def main(out: Path, kinds: tuple[str, ...], tries: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    results = out / "results.jsonl"
    done = {(row["kind"], row["seed"]) for row in map(json.loads, results.open())} if results.exists() else set()
    bench = Bench(out)
    for seed in range(tries):
        for kind in kinds or KINDS:
            if (kind, seed) in done:
                continue
            folder = bench.candidate(kind, seed)
            outcome = judge(folder, bench.champion, bench.labels, bench.articles, against=bench.against)
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line(kind, seed, outcome)) + "\n")
            click.echo(f"{kind} {seed}: {outcome.verdict.name}")
            if kind not in TRAINED:
                shutil.rmtree(folder)
    summarize(results)


if __name__ == "__main__":
    main()

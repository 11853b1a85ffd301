"""Start, memory and cost of `diembao score` from 1 to 200,000 articles: `python -m benchmarks.memory`.

Each run is a process of its own; its peak is what the operating system says of it at its end. The articles are
the sample clippings, joined to about 2,400 characters, with ids of their own.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.speed import ROOT, sample_articles

SIZES = (1, 1_000, 20_000, 200_000)


def score(source: Path) -> tuple[float, float]:
    """Seconds and peak memory in MB of one `diembao score` to JSONL."""
    command = [sys.executable, "-m", "serve.cli", "score", str(source), "--out", f"{source}.out.jsonl", "--quiet"]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"diembao score ended with status {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    """Print seconds, peak memory and cost an article by size; the start is the median of five runs."""
    articles = sample_articles()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        start = 0.0
        for size in SIZES:
            with source.open("w", encoding="utf-8") as file:
                for i in range(size):
                    a = articles[i % len(articles)]
                    row = {"id": str(i), "title": a.title, "lead": a.lead, "body": a.body}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
            runs = [score(source) for _ in range(5 if size == 1 else 1)]
            seconds, memory = statistics.median(s for s, _ in runs), max(m for _, m in runs)
            start = start or seconds
            each = (
                f"{1e6 * (seconds - start) / size:6.0f} µs an article after the start"
                if size > 1
                else "start to answer"
            )
            print(f"{size:8,d} articles {seconds:7.2f} s {memory:6.0f} MB  {each}", flush=True)


if __name__ == "__main__":
    main()

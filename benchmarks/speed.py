"""How fast diembao decides, against its peers, in one run on one core: `make bench`.

Every contender gets the same articles of about 2,400 characters; rounds alternate between the contenders, and the
median of each one's rounds is compared, so that a machine that slows down slows all of them. With DIEMBAO_CORPORA set
the articles are real ones; otherwise the sample clippings are joined to that length.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.update({"OMP_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"})

from models.artifacts import load_engine
from nlp.pipeline import run
from nlp.types import Article

ROOT = Path(__file__).parent.parent
LENGTH = 2400
COUNT = 1000
ROUNDS = 7


def real_articles(corpora: Path) -> list[Article]:
    """Articles of 2,300 to 2,500 characters from the corpora."""
    import pyarrow.parquet as pq

    out: list[Article] = []
    for batch in pq.ParquetFile(corpora / "vietnews.parquet").iter_batches():
        for row in batch.to_pylist():
            if abs(sum(len(row[zone]) for zone in ("title", "lead", "body")) - LENGTH) <= 100:
                out.append(Article(id=row["id"], title=row["title"], lead=row["lead"], body=row["body"]))
                if len(out) == COUNT:
                    return out
    return out


def sample_articles() -> list[Article]:
    """Sample clippings, bodies joined up to LENGTH characters, COUNT of them."""
    lines = (ROOT / "datasets/samples/clippings/clippings.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    out = []
    for i in range(COUNT):
        row, body = rows[i % len(rows)], ""
        for step in range(len(rows)):
            body += rows[(i * 7 + step) % len(rows)]["body"] + "\n"
            if len(row["title"]) + len(row["lead"]) + len(body) >= LENGTH:
                break
        out.append(Article(id=str(i), title=row["title"], lead=row["lead"], body=body[: LENGTH - 200]))
    return out


def contenders(articles: list[Article]) -> dict[str, Callable[[], object]]:
    """Name -> a call that decides on every article once."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC
    from underthesea_core import TextClassifier

    engine = load_engine()
    decisions = run(articles, engine=engine)
    texts = ["\n".join((article.title, article.lead, article.body)) for article in articles]
    topics = [decision.proposal.topic.code for decision in decisions]
    peer = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LinearSVC()).fit(texts, topics)
    rust = TextClassifier(max_features=20000, ngram_range=(1, 2))
    rust.fit(texts, topics)
    return {
        "floor: lower-case and encode": lambda: [text.lower().encode() for text in texts],
        "diembao, decisions of all heads": lambda: run(articles, engine=engine, evidence=False),
        "diembao, with evidence": lambda: run(articles, engine=engine),
        "scikit-learn TF-IDF + LinearSVC, one head": lambda: peer.predict(texts),
        "underthesea_core.TextClassifier, one head": lambda: rust.predict_batch(texts),
    }


def command_line(articles: list[Article]) -> float:
    """Seconds an article through `diembao score` to JSONL, the start of the process not counted."""
    with tempfile.TemporaryDirectory() as folder:
        took = []
        for copies in (1, 11):
            source = Path(folder) / f"{copies}.jsonl"
            with source.open("w", encoding="utf-8") as file:
                for copy in range(copies):
                    for a in articles:
                        row = {"id": f"{a.id}-{copy}", "title": a.title, "lead": a.lead, "body": a.body}
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")
            command = ["-m", "serve.cli", "score", str(source), "--out", str(source) + ".out.jsonl", "--quiet"]
            runs = []
            for _ in range(3):
                start = time.perf_counter()
                subprocess.run([sys.executable, *command], check=True, cwd=ROOT)
                runs.append(time.perf_counter() - start)
            took.append(statistics.median(runs))
        return (took[1] - took[0]) / (10 * len(articles))


def main() -> None:
    """Print microseconds an article and the ratios the project promises."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    corpora = os.environ.get("DIEMBAO_CORPORA")
    articles = real_articles(Path(corpora)) if corpora else sample_articles()
    calls = contenders(articles)
    rounds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            rounds[name].append((time.perf_counter() - start) / len(articles))
    median = {name: statistics.median(times) for name, times in rounds.items()}
    median["diembao score, evidence and JSON"] = command_line(articles)
    chars = statistics.mean(a.chars for a in articles)
    print(f"{len(articles)} articles ({'real' if corpora else 'samples'}), {chars:.0f} characters on average, one core")
    for name, seconds in median.items():
        print(f"{name:45s} {1e6 * seconds:8.0f} µs an article")
    ours, floor = median["diembao, decisions of all heads"], median["floor: lower-case and encode"]
    peer = median["scikit-learn TF-IDF + LinearSVC, one head"]
    rust = median["underthesea_core.TextClassifier, one head"]
    print(f"pipeline against scikit-learn (at least 4):     {peer / ours:.2f}")
    print(f"pipeline against underthesea_core (at least 0.8): {rust / ours:.2f}")
    print(f"command line against scikit-learn (at least 2): {peer / median['diembao score, evidence and JSON']:.2f}")
    print(f"pipeline over the floor:                        {ours / floor:.1f}")


if __name__ == "__main__":
    main()

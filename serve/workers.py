"""Scoring chunks of articles: here, or in several processes of joblib's; always in the order of the input."""

from __future__ import annotations

import json
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import orjson

from nlp.errors import ArticleTooLong
from nlp.record import to_record
from nlp.types import Article, Decision, Rejection
from serve.errors import WorkerDied
from serve.rows import Facts, Lines

if TYPE_CHECKING:
    from nlp.pipeline import Engine

ONE_THREAD = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Environment of a scoring process: its products are so small that threads would cost more than they save."""
AHEAD = 2
"""Chunks a process that may wait for it, so that reading never runs far ahead of scoring."""


@dataclass(frozen=True, slots=True)
class Job:
    """How to score: everything a worker must know besides the articles."""

    model: Path | None = None
    at: date | None = None
    received: datetime | None = None
    evidence: bool = True
    with_facts: bool = False


class Scored(NamedTuple):
    """A chunk of articles that is finished."""

    articles: int
    lines: Lines
    needs_human: int
    rejections: tuple[Rejection, ...] = ()


def score_chunk(articles: Sequence[Article], job: Job) -> Scored:
    """Score articles into lines. One that the pipeline refuses becomes a rejection and a hole among the lines."""
    from nlp.pipeline import run

    engine = engine_of(job.model)
    results: list[Decision | Rejection] = []
    try:
        results.extend(run(articles, engine=engine, at=job.at, received=job.received, evidence=job.evidence))
    except ArticleTooLong:
        results.extend(_alone(article, engine, job) for article in articles)
    return Scored(
        len(articles),
        Lines(b"".join(map(_record_line, results)), b"".join(map(_facts_line, articles)) if job.with_facts else b""),
        sum(isinstance(result, Decision) and result.needs_human for result in results),
        tuple(result for result in results if isinstance(result, Rejection)),
    )


@lru_cache(maxsize=1)
def engine_of(folder: Path | None) -> Engine:
    """The engine of a folder, loaded once a process."""
    from models.artifacts import load_engine

    return load_engine(folder)


def _alone(article: Article, engine: Engine, job: Job) -> Decision | Rejection:
    from nlp.pipeline import run

    try:
        return run([article], engine=engine, at=job.at, received=job.received, evidence=job.evidence)[0]
    except ArticleTooLong as error:
        origin = article.origin
        return Rejection(origin.file if origin else "", origin.row if origin else 0, "body", str(error))


def _record_line(result: Decision | Rejection) -> bytes:
    return _line(to_record(result) if isinstance(result, Decision) else {"rejected": rejection_dict(result)})


def rejection_dict(rejection: Rejection) -> dict[str, str | int]:
    """The rejection as a line of OUT.rejected.jsonl says it."""
    return {"file": rejection.file, "row": rejection.row, "field": rejection.field, "reason": rejection.reason}


def _facts_line(article: Article) -> bytes:
    moment = article.published_at
    return _line(list(Facts(article.title, article.source, article.url, moment.isoformat() if moment else "")))


def _line(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # lone surrogates, which no file in UTF-8 can hold; one character for one, so offsets stay
        text = json.dumps(value, ensure_ascii=False)
        whole = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
        return orjson.dumps(orjson.loads(whole), option=orjson.OPT_APPEND_NEWLINE)


class Scorer(Protocol):
    """Takes chunks and gives them back finished, in order, as soon as they are."""

    def put(self, articles: list[Article]) -> Iterator[Scored]:
        """Hand in a chunk; yields what is finished, waiting only where too much is on its way."""

    def drain(self) -> Iterator[Scored]:
        """The rest."""

    def close(self) -> None:
        """End at once; what is not finished is lost."""


class Here:
    """Scores in this process."""

    def __init__(self, job: Job) -> None:
        self._job = job
        engine_of(job.model)

    def put(self, articles: list[Article]) -> Iterator[Scored]:
        """The chunk itself."""
        yield score_chunk(articles, self._job)

    def drain(self) -> Iterator[Scored]:
        """Nothing is ever left."""
        return iter(())

    def close(self) -> None:
        """Nothing to end."""


class Pool:
    """Scores in `processes` processes that each load the engine once."""

    def __init__(self, job: Job, *, processes: int) -> None:
        from joblib.externals.loky import get_reusable_executor

        self._job = job
        self._limit = AHEAD * processes
        self._waiting: deque[Any] = deque()
        self._executor = get_reusable_executor(
            max_workers=processes, reuse=False, initializer=_ignore_interrupts, env=ONE_THREAD
        )

    def put(self, articles: list[Article]) -> Iterator[Scored]:
        """Yield what is finished in front; wait for the first where the queue is full."""
        try:
            self._waiting.append(self._executor.submit(score_chunk, articles, self._job))
        except RuntimeError as error:
            raise _cause(error) from error
        while self._waiting and (len(self._waiting) >= self._limit or self._waiting[0].done()):
            yield self._first()

    def drain(self) -> Iterator[Scored]:
        """Wait for every chunk on its way."""
        while self._waiting:
            yield self._first()

    def _first(self) -> Scored:
        try:
            scored: Scored = self._waiting[0].result()
        except RuntimeError as error:
            raise _cause(error) from error
        self._waiting.popleft()
        return scored

    def close(self) -> None:
        """Kill the processes."""
        self._executor.shutdown(wait=False, kill_workers=True)


def _cause(error: RuntimeError) -> Exception:
    """WorkerDied for loky's broken or terminated pool, which all derive from RuntimeError."""
    from concurrent.futures import BrokenExecutor

    return WorkerDied() if isinstance(error, BrokenExecutor) else error


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of the terminal; the first one decides what becomes of the work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def open_scorer(job: Job, *, jobs: int) -> Scorer:
    """A scorer for `jobs` processes; -1 for as many as this process may use cores."""
    if jobs == 1:
        return Here(job)
    if jobs < 0:
        import joblib

        jobs = joblib.cpu_count()
    return Pool(job, processes=jobs) if jobs > 1 else Here(job)


def use_one_thread() -> None:
    """To be called before NumPy is imported; what the user set stays."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)

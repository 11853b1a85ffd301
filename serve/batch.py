"""Scoring many articles: read, score in one or several processes, write; stop at any moment and go on later.

Every chunk that is finished goes into the journal; outputs are made from it at the end. Chunks are cut by the input
alone, so that a resumed run cuts the same ones and its JSON lines are the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nlp.errors import DiembaoError
from nlp.reading import ReadingError, read
from nlp.types import Article, Rejection
from serve.errors import OptionError, OutputFailed, TooManyRows, writing
from serve.interrupt import Interrupt, Stopped
from serve.journal import DOUBTFUL, HOLE, Journal, State
from serve.outputs import Outputs, open_streams, replacing, write_all
from serve.progress import Quiet
from serve.rejects import Rejects
from serve.rows import Row
from serve.workers import Job, Scored, open_scorer
from serve.writers import MAX_ROWS, RECORD_ONLY, writer_of

CHUNK = 256
MAX_CHUNK_CHARS = 2_000_000
"""A chunk ends at so many characters, for an article of a million of them takes tens of megabytes to score."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. `table` keeps the journal until `show` was called with its rows."""

    sources: tuple[str, ...]
    outputs: Outputs
    job: Job
    columns: Mapping[str, str] = field(default_factory=dict)
    stdin_format: str | None = None
    jobs: int = 1
    resume: bool = False
    strict: bool = False
    table: bool = False


@dataclass(slots=True)
class Report:
    """What came of it. `signal` is the number of the one that ended the run early, or 0."""

    scored: int = 0
    resumed: int = 0
    needs_human: int = 0
    rejected: int = 0
    rejected_path: Path | None = None
    seconds: float = 0.0
    signal: int = 0


Show = Callable[[Iterator[Row]], None]


def score_files(plan: Plan, *, progress: Quiet | None = None, show: Show | None = None) -> Report:
    """Follow the plan. `progress` hears of finished rows; `show` gets the finished articles, if the plan has a table.

    SIGINT and SIGTERM end the run in order: what is finished is put into the outputs, the journal stays for a resume.

    Raises:
        OutputFailed: the disk is full or the like; files in place are untouched, the journal stays.
        ResumeRefused, OutputBusy, OptionError, TooManyRows, WorkerDied, and what `read` and the pipeline raise.
    """
    start = time.perf_counter()
    if plan.resume and (plan.outputs.streams or not plan.outputs.files or "-" in plan.sources):
        raise OptionError("--resume cần đầu vào là tệp và đầu ra là tệp, không dùng được với “-”")
    if plan.resume:
        plan = _as_begun(plan)
    with ExitStack() as stack:
        run = _Run(plan, stack, progress or Quiet())
        try:
            run.score()
            run.finish(show)
        except (ReadingError, TooManyRows):
            run.forget()  # no second run with these inputs and outputs could get further
            raise
        except DiembaoError:
            if run.rows or plan.resume:
                run.save_state()
            else:
                run.forget()
            raise
    run.report.seconds = time.perf_counter() - start
    return run.report


class _Run:
    """One run: the files it holds open and what it has counted."""

    def __init__(self, plan: Plan, stack: ExitStack, progress: Quiet) -> None:
        self.plan = plan
        self.report = Report()
        self.progress = progress
        self.rows = 0
        self.holes = 0
        # A model that does not load, or a day that is not known, must be found before anything on disk is touched.
        if plan.job.at:
            from models.artifacts import load_organisation

            load_organisation().at(plan.job.at)
        self.scorer = open_scorer(plan.job, jobs=plan.jobs)
        stack.callback(self.scorer.close)
        self.journal = self._open_journal(stack)
        self.interrupt = stack.enter_context(Interrupt())
        self.streams = stack.enter_context(open_streams(plan.outputs.streams))
        self.rejects = stack.enter_context(Rejects(plan.outputs.files[0] if plan.outputs.files else None))
        self.report.rejected_path = self.rejects.path

    def _open_journal(self, stack: ExitStack) -> Journal | None:
        plan = self.plan
        if plan.outputs.files:
            out = plan.outputs.files[0]
        elif plan.table:
            out = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "table"
        else:
            return None
        journal = Journal(out, with_facts=plan.job.with_facts)
        journal.start(_state(plan), resume=plan.resume)
        stack.callback(journal.close)
        return journal

    def score(self) -> None:
        """Read and score to the end, or to a signal."""
        for chunk in self._chunks():
            replayed = self.journal.replay(len(chunk)) if self.journal else None
            if replayed is None:
                self._keep(self.scorer.put(chunk))
            else:
                self.report.resumed += len(chunk)
                self._count(len(chunk), sum(DOUBTFUL in line for line in replayed.lines), replayed.rejections)
            if self.interrupt.signal:
                break
        self._keep(self.scorer.drain())
        self.report.signal = self.interrupt.signal
        self.report.rejected = self.rejects.count

    def _chunks(self) -> Iterator[list[Article]]:
        """Articles in chunks; a signal ends them, and what was gathered is left to the next run."""
        plan = self.plan
        results = read(plan.sources, columns=plan.columns, strict=plan.strict, **_stdin_options(plan))
        chunks = _cut(results, self.rejects.add)
        while True:
            try:
                with self.interrupt.reading():
                    chunk = next(chunks, None)
            except Stopped:
                return
            if chunk is None:
                return
            yield chunk

    def _keep(self, finished: Iterable[Scored]) -> None:
        for scored in finished:
            if self.journal:
                self.journal.add(scored.lines)
            lines = scored.lines.records.splitlines(keepends=True) if scored.rejections else []
            whole = [line for line in lines if not line.startswith(HOLE)]
            for name, sink in self.streams:
                with writing(name):
                    write_all(sink, b"".join(whole) if scored.rejections else scored.lines.records)
            self._count(scored.articles, scored.needs_human, scored.rejections)

    def _count(self, rows: int, needs_human: int, rejections: Sequence[Rejection]) -> None:
        for rejection in rejections:
            self.rejects.add(rejection)
        self.holes += len(rejections)
        self.rows += rows
        self.report.scored += rows - len(rejections)
        self.report.needs_human += needs_human
        self.progress.advance(rows)
        for path in self.plan.outputs.files:
            limit = MAX_ROWS.get(path.suffix.lower())
            if limit is not None and self.report.scored > limit:
                raise TooManyRows(path, limit)

    def save_state(self) -> None:
        """Say how far the journal goes, if the disk still takes it: its lines tell as well."""
        if self.journal:
            with suppress(OutputFailed):
                self.journal.save_state(rows=self.rows)

    def forget(self) -> None:
        """Leave nothing behind."""
        if self.journal:
            self.journal.remove()

    def finish(self, show: Show | None) -> None:
        """Make the outputs from the journal. After a signal it stays, for a resume."""
        journal = self.journal
        if journal is None:
            return
        if self.report.signal:
            self.save_state()
        if show and self.plan.table:
            show(journal.rows())
        files = list(self.plan.outputs.files)
        # The last of all: the journal of records becomes the file of records, without a copy.
        itself = next((path for path in files if path.suffix.lower() in RECORD_ONLY), None)
        if self.report.signal or self.holes:
            itself = None
        for path in files:
            if path != itself:
                self.progress.writing(path.name)
                with replacing(path) as part:
                    writer_of(path)(journal.rows(), part)
        if itself:
            journal.close()
            journal.become(itself)
        if not self.report.signal:
            journal.remove()


def _cut(results: Iterable[Article | Rejection], reject: Callable[[Rejection], None]) -> Iterator[list[Article]]:
    chunk: list[Article] = []
    chars = 0
    for result in results:
        if isinstance(result, Rejection):
            reject(result)
            continue
        chunk.append(result)
        chars += result.chars
        if len(chunk) == CHUNK or chars >= MAX_CHUNK_CHARS:
            yield chunk
            chunk, chars = [], 0
    if chunk:
        yield chunk


def _stdin_options(plan: Plan) -> dict[str, Any]:
    return {"stdin": sys.stdin.buffer, "stdin_format": plan.stdin_format} if "-" in plan.sources else {}


def _as_begun(plan: Plan) -> Plan:
    """A run resumed tomorrow goes on with the moment at which it was begun, else its articles would be of two days."""
    begun = Journal(plan.outputs.files[0], with_facts=plan.job.with_facts).begun_at()
    return replace(plan, job=replace(plan.job, received=begun)) if begun else plan


def _size_and_time(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except OSError:  # a link to nowhere; reading rejects it
        return (0, 0)
    return (stat.st_size, stat.st_mtime_ns)


def _state(plan: Plan) -> State:
    """What a resumed run must have in common with the one it goes on with."""
    from models.artifacts import POLICY, RELEASE, deadline_texts, organisation_texts, read_manifest
    from nlp.reading.sources import check_sources, inputs_of

    check_sources(list(plan.sources))
    folder = plan.job.model or RELEASE
    texts = sorted({**organisation_texts(), **deadline_texts()}.items())
    digest, files = hashlib.sha256(), 0
    for source in plan.sources:
        for found in inputs_of(Path(source)) if source != "-" else ():
            files += 1
            digest.update(f"{found.path}\0{_size_and_time(found.path)}\0".encode("utf-8", "surrogateescape"))
    return {
        "inputs": {"files": files, "sha256": digest.hexdigest()},
        "options": {
            "map": dict(plan.columns),
            "at": plan.job.at.isoformat() if plan.job.at else None,
            "evidence": plan.job.evidence,
            "strict": plan.strict,
        },
        "model": read_manifest(folder)["version"],
        "policy": hashlib.sha256((folder / POLICY).read_bytes()).hexdigest(),
        "organisation": hashlib.sha256(repr(texts).encode()).hexdigest(),
        "received": plan.job.received.isoformat() if plan.job.received else None,
        "outputs": [str(path) for path in plan.outputs.files],
    }

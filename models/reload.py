"""A model judged where nothing but the release folder can help it: loaded in a process of its own.

`python -m models.reload FOLDER` reads articles as JSON lines, routes them and writes what came out as JSON.
`python -m models.reload FOLDER OTHER` times the two in turns. The functions below start these processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.artifacts import load_engine, load_release
from models.golden import replay
from nlp.errors import DiembaoError
from nlp.pipeline import Engine, run
from nlp.record import to_record
from nlp.types import Article

ROOT = Path(__file__).parent.parent
CHUNK = 256
ROUNDS = 41
"""Rounds of timing: each model once a round, in turns."""
TIMED = 300
"""Articles in a round."""
SECONDS = 600.0
"""Longest time for one process."""


class ReloadError(DiembaoError):
    """A release that a clean process cannot load or use. Facts: `folder`, `reason`."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(f"{folder}: tiến trình sạch không dùng được mô hình này: {reason}")


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a clean process made of a release. `golden` says what went wrong on the golden articles.

    `records` are by id, as users get them but for the evidence. `size` is in bytes.
    """

    version: str
    fingerprint: str
    size: int
    golden_total: int
    golden_passed: bool
    golden: tuple[str, ...]
    records: dict[str, dict[str, Any]]


def reload(folder: Path, articles: Sequence[Article]) -> Reloaded:
    """Load the release in a process of its own, replay the golden articles, route `articles`. Raises ReloadError."""
    lines = "\n".join(json.dumps([a.id, a.title, a.lead, a.body]) for a in articles)
    return heard(folder, _run(folder, [folder], lines))


def heard(folder: Path, said: str) -> Reloaded:
    """What a process said of the release in `folder`, as `judged` puts it."""
    found = json.loads(said)
    records = {record["id"]: record for record in found.pop("records")}
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return Reloaded(**{**found, "golden": tuple(found["golden"])}, records=records, size=size)


def time_both(candidate: Path, champion: Path, articles: Sequence[Article]) -> npt.NDArray[np.float64]:
    """Microseconds an article, (ROUNDS, 2): candidate and champion in turns on one core. Raises ReloadError."""
    lines = "\n".join(json.dumps([a.id, a.title, a.lead, a.body]) for a in articles[:TIMED])
    times: npt.NDArray[np.float64] = np.asarray(json.loads(_run(candidate, [candidate, champion], lines)))
    return times


def _run(folder: Path, arguments: Sequence[Path], lines: str) -> str:
    command = [sys.executable, "-m", "models.reload", *(str(path.resolve()) for path in arguments)]
    # A clean process: the code of this project, and nothing that the caller's process has changed.
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "random"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=lines, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=ROOT,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ReloadError(folder, f"không xong sau {error.timeout:.0f} giây") from error
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"mã thoát {done.returncode}"]
        raise ReloadError(folder, said[-1])
    return done.stdout


def _route(engine: Engine, articles: Sequence[Article]) -> list[Mapping[str, Any]]:
    records: list[Mapping[str, Any]] = []
    for start in range(0, len(articles), CHUNK):
        decisions = run(articles[start : start + CHUNK], engine=engine, evidence=False)
        records += [to_record(decision) for decision in decisions]
    return records


def judged(folder: Path, articles: Sequence[Article]) -> dict[str, Any]:
    """What `main` says of one release, ready for JSON. Raises what loading raises."""
    release = load_release(folder)
    golden = replay(release.engine)
    return {
        "version": release.engine.model.version,
        "fingerprint": release.fingerprint,
        "golden_total": golden.total,
        "golden_passed": golden.has_passed,
        "golden": [str(failure) for failure in golden.failures],
        "records": _route(release.engine, articles),
    }


def _timed(folders: Sequence[Path], articles: Sequence[Article]) -> list[list[float]]:
    engines = [load_engine(folder) for folder in folders]
    rounds = []
    for turn in range(ROUNDS + 1):
        times = [0.0, 0.0]
        for which in (0, 1) if turn % 2 else (1, 0):
            # Time of this process, not of the clock: what else runs on the machine counts less.
            start = time.process_time()
            run(articles, engine=engines[which], evidence=False)
            times[which] = (time.process_time() - start) * 1e6 / max(1, len(articles))
        rounds.append(times)
    return rounds[1:]  # the first warms caches


def main() -> None:
    """One release: route. Two: time. An error is one line on standard error and exit code 1."""
    folders = [Path(argument) for argument in sys.argv[1:]]
    rows = [json.loads(line) for line in sys.stdin]
    articles = [Article(id=row[0], title=row[1], lead=row[2], body=row[3]) for row in rows]
    try:
        found: Any = judged(folders[0], articles) if len(folders) == 1 else _timed(folders, articles)
    except Exception as error:
        sys.exit(str(error).replace("\n", " ") or type(error).__name__)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

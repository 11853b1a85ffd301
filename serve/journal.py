"""What a run has finished, on disk, so that it can be stopped at any moment and gone on with.

Beside the first output OUT lie `OUT.partial`, the records as JSON lines; where a table is wanted, `OUT.partial-facts`
with what the record does not hold, line by line; and `OUT.state.json`, which says of which inputs, options and model.
Every format of output is made from these lines at the end. A process that was killed leaves at most a torn last line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from nlp.types import Rejection
from serve.errors import OutputBusy, ResumeRefused, writing
from serve.outputs import write_all
from serve.rows import Lines, Row

HOLE = b'{"rejected":'
"""Begins the line of an article that the pipeline refused; such lines keep the count and are left out of outputs."""
DOUBTFUL = b'"needs_human":true'
"""Stands in the line of an article that needs a person; never within a text, where JSON escapes quotation marks."""
WORDS = {
    "inputs": "các tệp đầu vào",
    "options": "các tùy chọn",
    "model": "mô hình",
    "policy": "chính sách (policy.toml)",
    "organisation": "dữ liệu tổ chức (datasets/organisation)",
    "outputs": "các tệp ra",
}
"""Keys of the state that must not change, and what the user calls them."""

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A chunk that the journal already holds. `lines` are its records."""

    lines: list[bytes]
    rejections: tuple[Rejection, ...]


class Journal:
    """The finished lines of a run: first replayed, where the run is resumed, then added to."""

    def __init__(self, out: Path, *, with_facts: bool) -> None:
        self.out = out
        self.with_facts = with_facts
        self.records_path = out.with_name(out.name + ".partial")
        self.facts_path = out.with_name(out.name + ".partial-facts")
        self.state_path = out.with_name(out.name + ".state.json")
        self._state: State = {}
        self._files: list[BinaryIO] = []
        self._readers: list[BinaryIO] = []
        self._ends: list[int] = []

    def start(self, state: State, *, resume: bool) -> None:
        """Begin anew, or stand before the first finished line where there is something to resume.

        Raises:
            ResumeRefused: what lies there belongs to another state (WORDS are compared).
            OutputBusy: another run has the journal.
            OutputFailed: it cannot be written.
        """
        resume = resume and self._lies_here()
        if resume:
            self._compare(state)
        self._state = state
        with writing(self.records_path):
            self._files = [path.open("ab", buffering=0) for path in self._paths()]
            self._lock()
            self._ends = [0 for _ in self._files]
            if resume:
                self._readers = [path.open("rb") for path in self._paths()]
            else:
                self._cut()
        if not resume:
            self.save_state(rows=0)

    def begun_at(self) -> datetime | None:
        """The moment at which the run was begun that lies here, None where there is none or it does not say."""
        if not self._lies_here():
            return None
        try:
            return datetime.fromisoformat(json.loads(self.state_path.read_text("utf-8"))["received"])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _lies_here(self) -> bool:
        """Whether there is a run to go on with; a state alone is left by one killed when its records were in place."""
        return self.state_path.exists() and self.records_path.exists()

    def _paths(self) -> list[Path]:
        """Facts first: they are on disk before the record that makes their article count as finished."""
        return [self.facts_path, self.records_path] if self.with_facts else [self.records_path]

    def _compare(self, state: State) -> None:
        try:
            found = json.loads(self.state_path.read_text("utf-8"))
            changed = [word for key, word in WORDS.items() if found.get(key) != state[key]]
        except (ValueError, AttributeError):
            changed = [f"{self.state_path.name} (đã hỏng)"]
        if changed:
            raise ResumeRefused(self.out, changed)

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows has no such lock; it refuses to replace an open file instead
            return
        try:
            fcntl.flock(self._files[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise OutputBusy(self.out) from None

    def replay(self, count: int) -> Replayed | None:
        """The next `count` articles if all are there and whole; otherwise None, and what is left of them is cut off."""
        if not self._readers:
            return None
        found = [[reader.readline() for _ in range(count)] for reader in self._readers]
        if not all(line.endswith(b"\n") for lines in found for line in lines):
            with writing(self.records_path):
                self._cut()
            return None
        self._ends = [reader.tell() for reader in self._readers]
        records = found[-1]
        holes = [Rejection(**orjson.loads(line)["rejected"]) for line in records if line.startswith(HOLE)]
        return Replayed([line for line in records if not line.startswith(HOLE)], tuple(holes))

    def _cut(self) -> None:
        """Drop what lies behind the last replayed article; from here on the journal is added to."""
        for reader in self._readers:
            reader.close()
        self._readers = []
        for file, end in zip(self._files, self._ends, strict=True):
            file.truncate(end)

    def add(self, lines: Lines) -> None:
        """Put a finished chunk on disk. Where that fails, a torn line may be left, which `replay` cuts off."""
        with writing(self.records_path):
            if self.with_facts:
                write_all(self._files[0], lines.facts)
            write_all(self._files[-1], lines.records)

    def rows(self) -> Iterator[Row]:
        """The finished articles from the first on, without the holes."""
        with ExitStack() as stack:
            records = stack.enter_context(self.records_path.open("rb"))
            facts = stack.enter_context(self.facts_path.open("rb")) if self.with_facts else None
            for line in records:
                facts_line = facts.readline() if facts else b""
                if line.endswith(b"\n") and not line.startswith(HOLE):
                    yield Row(line, facts_line)

    def save_state(self, *, rows: int) -> None:
        """Say what the journal belongs to, and for people how many rows of the input it covers."""
        with writing(self.state_path):
            content = json.dumps({**self._state, "rows": rows}, ensure_ascii=False, indent=1)
            self.state_path.write_text(content + "\n", "utf-8")

    def close(self) -> None:
        """Let go of the files, and of the lock with them."""
        for file in (*self._readers, *self._files):
            file.close()
        self._readers, self._files = [], []

    def become(self, path: Path) -> None:
        """Put the lines themselves in the place of `path`; there must be no hole among them."""
        with writing(path):
            self.records_path.replace(path)

    def remove(self) -> None:
        """Close and delete: the outputs are in place, or nothing here is worth keeping."""
        self.close()
        for path in (self.state_path, self.facts_path, self.records_path):
            with suppress(OSError):
                path.unlink(missing_ok=True)

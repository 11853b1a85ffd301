"""Where decisions go: files by their endings, and streams (standard output, pipes, devices), which get JSON lines."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from serve.errors import OptionError, OutputFailed, OutputInsideInput, UnknownEnding, writing
from serve.writers import ENDINGS


class Sink(Protocol):
    """What bytes are written to; may take only a part, like a raw file."""

    def write(self, data: memoryview, /) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Outputs:
    """`files` are made whole and then put in place; `streams` are written as the run goes ("-" is standard output)."""

    files: tuple[Path, ...]
    streams: tuple[str, ...]


def parse_outputs(names: Sequence[str], *, sources: Sequence[str]) -> Outputs:
    """Tell files from streams and check that each can be written, before anything is read.

    Raises UnknownEnding, OutputInsideInput, OptionError (twice the same), OutputFailed (no folder).
    """
    streams = tuple(name for name in names if _is_stream(name))
    files = tuple(Path(name) for name in names if not _is_stream(name))
    places = [path.resolve() for path in files] + list(streams)
    if len(set(places)) < len(places):
        raise OptionError("--out: cùng một tệp ra được nêu hai lần")
    for path in files:
        _check_file(path, sources)
    return Outputs(files, streams)


def _is_stream(name: str) -> bool:
    path = Path(name)
    return name == "-" or (path.exists() and not path.is_file() and not path.is_dir())


def _check_file(path: Path, sources: Sequence[str]) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise UnknownEnding(str(path), tuple(ENDINGS))
    if path.is_dir():
        raise OutputFailed(str(path), IsADirectoryError(0, "đây là một thư mục"))
    if not path.parent.is_dir():
        raise OutputFailed(str(path), FileNotFoundError(0, f"chưa có thư mục {path.parent}"))
    place = path.resolve()
    for source in sources:
        given = Path(source).resolve()
        if source != "-" and (given == place or given in place.parents):
            raise OutputInsideInput(path, source)


@contextmanager
def open_streams(names: Sequence[str]) -> Iterator[list[tuple[str, Sink]]]:
    """Open each stream; "-" stays open afterwards."""
    opened: list[tuple[str, Sink]] = []
    ours: list[BinaryIO] = []
    try:
        for name in names:
            if name == "-":
                opened.append(("-", _stdout()))
                continue
            with writing(name):
                ours.append(open(name, "wb", buffering=0))  # noqa: PTH123, SIM115
            opened.append((name, ours[-1]))
        yield opened
    finally:
        for stream in ours:
            stream.close()


def _stdout() -> Sink:
    """Standard output past Python's buffer: bytes that a full disk refused would be tried again at exit, and shout."""
    try:
        return open(sys.stdout.fileno(), "wb", buffering=0, closefd=False)
    except io.UnsupportedOperation:
        return sys.stdout.buffer


def write_all(sink: Sink, data: bytes) -> None:
    """Write all of `data` to a raw file, which may take it in parts before it fails."""
    rest = memoryview(data)
    while rest:
        rest = rest[sink.write(rest) or 0 :]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; put in the place of `path` at the end, removed on any failure."""
    part = path.with_name(path.name + ".tmp")
    try:
        with writing(path):
            yield part
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)

"""Lines of the log: none is lost, none waits for long, those of one turn go out together."""

from __future__ import annotations

import asyncio
import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from serve.api.logs import Lines


class Writes(io.StringIO):
    """A stream that remembers what was written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.each: list[str] = []

    def write(self, text: str) -> int:
        self.each.append(text)
        return super().write(text)


@pytest.fixture
def stream() -> Writes:
    return Writes()


@pytest.fixture
def log(stream: Writes) -> Iterator[logging.Logger]:
    logger = logging.getLogger("test.lines")
    logger.handlers, logger.propagate = [Lines(stream)], False
    logger.setLevel("INFO")
    yield logger
    logger.handlers = []


def test_a_line_where_no_loop_runs_goes_out_at_once(log: logging.Logger, stream: Writes) -> None:
    log.info("one")
    assert stream.each == ["one\n"]


def test_lines_of_one_turn_go_out_together_in_their_order(log: logging.Logger, stream: Writes) -> None:
    async def speak() -> None:
        log.info("one")
        log.info("two")
        assert stream.each == []
        await asyncio.sleep(0)
        assert stream.each == ["one\ntwo\n"]
        log.info("three")
        await asyncio.sleep(0)

    asyncio.run(speak())
    assert stream.each == ["one\ntwo\n", "three\n"]


def test_a_thread_does_not_wait_for_the_loop_and_takes_along_what_waits(log: logging.Logger, stream: Writes) -> None:
    async def speak() -> None:
        log.info("one")
        await asyncio.to_thread(log.info, "two")

    asyncio.run(speak())
    assert "".join(stream.each) == "one\ntwo\n"


def test_what_waits_when_python_ends_is_written() -> None:
    program = (
        "import asyncio, logging, sys\n"
        "from serve.api.logs import Lines\n"
        "log = logging.getLogger('x'); log.addHandler(Lines(sys.stderr)); log.setLevel('INFO')\n"
        "async def speak():\n"
        "    log.info('last words')\n"
        "    raise SystemExit(3)\n"
        "asyncio.run(speak())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "last words\n")


def test_a_stream_that_fails_does_not_break_the_answer(log: logging.Logger, stream: Writes) -> None:
    failed: list[str] = []
    log.handlers[0].handleError = lambda record: failed.append(record.msg)  # type: ignore[method-assign]
    stream.close()
    log.info("one")
    assert failed == ["one"]

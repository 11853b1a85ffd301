"""Logs as lines of JSON on standard error. No text of an article, no query, no key ever enters them."""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime
from traceback import extract_tb
from typing import TextIO

import orjson

LOG = logging.getLogger("diembao.api")


class JsonLines(logging.Formatter):
    """One record, one line. Facts are handed over as `extra={"facts": {...}}`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line. Of an exception only its type and its place: its message may quote an article."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(record.exc_info[2])]
        return orjson.dumps(line).decode()


class Lines(logging.Handler):
    """Writes lines to a stream; those of one turn of the event loop together, because a write takes as long as a line.

    Lines of threads, and those written where no loop runs, go out at once. What waits is written when Python ends.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream, self._waiting = stream, list[logging.LogRecord]()

    def emit(self, record: logging.LogRecord) -> None:
        """Take one line."""
        try:
            self._waiting.append(record)
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                self.flush()
            else:
                if len(self._waiting) == 1:
                    loop.call_soon(self.flush)
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Write what waits."""
        self.acquire()
        try:
            waiting, self._waiting = self._waiting, []
            self._stream.write("".join(f"{self.format(record)}\n" for record in waiting))
            self._stream.flush()
        finally:
            self.release()


def log_json() -> None:
    """Send our log and uvicorn's through JsonLines. uvicorn's own line for each request would hold the query."""
    # What no line says need not be found out, as Python's logging guide has it: a line costs half as much.
    logging.logProcesses = logging.logThreads = logging.logMultiprocessing = False
    logging._srcfile = None  # where the line was written
    handler = Lines(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("diembao", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").disabled = True

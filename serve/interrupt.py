"""Ctrl-C and SIGTERM end a run between two chunks, so that what is finished is whole."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """Raised out of a read that may wait for ever. A KeyboardInterrupt, because readers catch every Exception."""


class Interrupt:
    """Notes the first signal; the second one means it and interrupts at once."""

    def __init__(self) -> None:
        self.signal = 0
        self._is_reading = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.signal:
            raise KeyboardInterrupt
        self.signal = number
        if self._is_reading:
            raise Stopped

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Within, a signal interrupts at once: nothing is being written, and a pipe may stay silent for ever."""
        self._is_reading = True
        try:
            if self.signal:
                raise Stopped
            yield
        finally:
            self._is_reading = False

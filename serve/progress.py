"""The progress bar on standard error: count, rate and time left. Shown on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

Advance = Callable[[int], None]
"""Told how many rows were finished since the last call."""


@contextmanager
def progress_bar(sources: Sequence[str], *, hidden: bool) -> Iterator[Advance]:
    """A bar that is told of finished rows; does nothing where it is hidden or nobody watches."""
    if hidden or not sys.stderr.isatty():
        yield lambda _rows: None
        return
    from serve.totals import count_rows

    with _bar() as bar:
        task = bar.add_task("", total=count_rows(sources))

        def advance(rows: int) -> None:
            bar.advance(task, rows)
            known = bar.tasks[0].total
            if known is not None and bar.tasks[0].completed > known:
                bar.update(task, total=None)

        yield advance


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn
    from rich.text import Text

    from serve.words import decimal, number

    class Words(ProgressColumn):
        """12.345 / 200.000 bài · 3.210 bài/giây · còn 0:00:58"""

        max_refresh = 0.2

        def render(self, task: Any) -> Text:
            count = number(int(task.completed))
            parts = [f"{count} / {number(int(task.total))} dòng" if task.total else f"{count} dòng"]
            if task.speed:
                parts.append(f"{number(round(task.speed)) if task.speed >= 10 else decimal(task.speed)} dòng/giây")
            if task.time_remaining is not None and task.total:
                minutes, seconds = divmod(int(task.time_remaining), 60)
                parts.append(f"còn {minutes // 60}:{minutes % 60:02d}:{seconds:02d}")
            return Text(" · ".join(parts))

    return Progress(SpinnerColumn(), BarColumn(bar_width=30), Words(), console=Console(stderr=True), transient=True)

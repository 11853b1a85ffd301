"""The progress bar on standard error: count, rate and time left. Shown on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class Quiet:
    """Hears of progress and shows nothing."""

    def advance(self, rows: int) -> None:
        """So many rows were finished since the last call."""

    def writing(self, name: str) -> None:
        """All rows are finished, and the output `name` is being made of them."""


@contextmanager
def progress_bar(sources: Sequence[str], *, hidden: bool) -> Iterator[Quiet]:
    """A bar that is told of finished rows; does nothing where it is hidden or nobody watches."""
    if hidden or not sys.stderr.isatty():
        yield Quiet()
        return
    from serve.totals import count_rows

    with _bar() as bar:
        yield _Shown(bar, count_rows(sources))


class _Shown(Quiet):
    def __init__(self, bar: Any, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def advance(self, rows: int) -> None:
        self._bar.advance(self._task, rows)
        task = self._bar.tasks[0]
        if task.total is not None and task.completed > task.total:
            self._bar.update(self._task, total=None)  # the estimate was too low

    def writing(self, name: str) -> None:
        self._bar.update(self._task, description=f"đang ghi {name}")


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn
    from rich.table import Column
    from rich.text import Text

    from nlp.errors import number
    from serve.words import decimal

    class Words(ProgressColumn):
        """12.345 / 200.000 bài · 3.210 bài/giây · còn 0:00:58"""

        max_refresh = 0.2

        def render(self, task: Any) -> Text:
            if task.description:
                return Text(task.description)
            count = number(int(task.completed))
            parts = [f"{count} / {number(int(task.total))} dòng" if task.total else f"{count} dòng"]
            if task.speed:
                parts.append(f"{number(round(task.speed)) if task.speed >= 10 else decimal(task.speed)} dòng/giây")
            if task.time_remaining is not None and task.total:
                minutes, seconds = divmod(int(task.time_remaining), 60)
                parts.append(f"còn {minutes // 60}:{minutes % 60:02d}:{seconds:02d}")
            return Text(" · ".join(parts))

    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=14),
        Words(table_column=Column(no_wrap=True)),
        console=Console(stderr=True),
        transient=True,
    )

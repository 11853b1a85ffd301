"""Progress of training and measuring, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click


@contextmanager
def stages(names: Mapping[str, str]) -> Iterator[Callable[[str, float], None]]:
    """A bar of the whole run on a terminal, one line a stage elsewhere; `names` says each stage in Vietnamese."""
    with _progress("{task.description}", "{task.percentage:>3.0f} %") as bar:
        task = bar.add_task("", total=1.0)
        said: list[str] = []

        def progress(what: str, share: float) -> None:
            words = names.get(what, what)
            bar.update(task, completed=share, description=words)
            if bar.disable and words not in said:
                said.append(words)
                click.echo(f"{words} ...", err=True)

        yield progress


@contextmanager
def counted(words: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar over `total` articles, told how many were finished since the last call."""
    with _progress("{task.description}", "{task.completed} / {task.total} bài") as bar:
        task = bar.add_task(words, total=total)
        yield lambda rows: bar.advance(task, rows)


@contextmanager
def trials(total: int, done: int) -> Iterator[Callable[[str, float], None]]:
    """A bar over `total` trials, `done` of which were there before: how many, how many a minute, the time left.

    Told (stage in words, trials finished, with the share of the one in hand). No time is known before the first is.
    """
    from rich.progress import ProgressColumn
    from rich.text import Text

    from serve.words import decimal

    class Pace(ProgressColumn):
        """3 / 8 lượt · 0,7 lượt/phút"""

        def render(self, task: Any) -> Text:
            pace = f" · {decimal(60 * task.speed)} lượt/phút" if task.speed else ""
            return Text(f"{int(task.completed)} / {int(task.total)} lượt{pace}")

    with _progress("{task.description}", columns=(Pace(),), period=WINDOW) as bar:
        task = bar.add_task("", total=total, completed=done)
        yield lambda words, finished: bar.update(task, description=words, completed=finished)


@contextmanager
def parallel() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each corpus, told (corpus, files read, files in all)."""
    with _progress("{task.description}", "{task.completed} / {task.total} bài") as bar:
        tasks: dict[str, Any] = {}

        def progress(corpus: str, done: int, total: int) -> None:
            if corpus not in tasks:
                tasks[corpus] = bar.add_task(corpus, total=total)
            bar.update(tasks[corpus], completed=done)

        yield progress


WINDOW = 1800.0
"""Seconds over which the pace of trials is taken: one lasts minutes."""


def _progress(*texts: str, columns: Sequence[Any] = (), period: float = 30.0) -> Any:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from serve.terminal import console

    terminal = console(stderr=True)
    shown = [TextColumn(texts[0]), BarColumn(bar_width=30), *(TextColumn(text) for text in texts[1:]), *columns]
    return Progress(
        *shown, TimeRemainingColumn(), console=terminal, transient=True, disable=not terminal.is_terminal,
        speed_estimate_period=period,
    )  # fmt: skip

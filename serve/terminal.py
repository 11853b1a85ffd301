"""The terminal that people look at."""

from __future__ import annotations

import sys

from rich.console import Console

WIDTH_OF_FILES = 160
"""Characters a line where the output is no terminal, and so has no width of its own."""


def console(*, stderr: bool = False) -> Console:
    """A console that neither guesses at markup nor colours words by itself."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_OF_FILES
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)

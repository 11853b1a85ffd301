"""`python -m notebooks [NAME ...] --out FOLDER`: run notebooks and write them, with what they show, as ipynb and HTML.

They run in the current folder, on what `models.notebook.begin` chooses. A cell that fails ends the run; what its
notebook showed until then is written all the same.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import click
import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter

FOLDER = Path(__file__).parent
NETWORK = ("jquery_url", "require_js_url", "mathjax_url", "mermaid_js_url")
"""What a page would fetch from elsewhere; none of it is needed to read these."""


class Progress:
    """Tells of cells as they run: on one line of a terminal, elsewhere nothing until the notebook is done."""

    def __init__(self, name: str, cells: int) -> None:
        self._name, self._cells, self._start = name, cells, time.monotonic()
        self.cell = 0

    def begin(self, cell_index: int, **_: Any) -> None:
        """A cell, counted from 0, is about to run."""
        self.cell = cell_index + 1
        if sys.stderr.isatty():
            click.echo(f"\r{self}", err=True, nl=False)

    def end(self) -> None:
        """The notebook is done."""
        click.echo(f"\r{self}", err=True)

    def __str__(self) -> str:
        return f"{self._name}: cell {self.cell} of {self._cells}, {time.monotonic() - self._start:.0f} s"


def run(path: Path, out: Path) -> str:
    """Run the notebook in `path` and write it to `out`; returns what failed and where, or nothing."""
    notebook = jupytext.read(path)
    progress = Progress(path.stem, len(notebook.cells))
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=None, on_cell_start=progress.begin,
        resources={"metadata": {"path": str(Path.cwd())}}, extra_arguments=["--log-level=ERROR"],
    )  # fmt: skip
    here = os.pathsep.join([str(FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    fault = ""
    try:
        client.execute(env={**os.environ, "PYTHONPATH": here})
    except CellExecutionError as error:
        first = notebook.cells[progress.cell - 1].source.partition("\n")[0]
        fault = f"{path.name}, cell {progress.cell} ({first}): {error.ename}: {error.evalue}"
    progress.end()
    nbformat.write(notebook, out / f"{path.stem}.ipynb")
    page, _ = HTMLExporter(**dict.fromkeys(NETWORK, "")).from_notebook_node(notebook)
    (out / f"{path.stem}.html").write_text(page, encoding="utf-8")
    return fault


@click.command(help=__doc__)
@click.argument("names", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=FOLDER)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
def main(names: tuple[str, ...], folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.py" for name in names] or sorted(folder.glob("[0-9]*.py"))
    for number, path in enumerate(paths, 1):
        click.echo(f"{number} of {len(paths)}: {path.name}", err=True)
        if fault := run(path, out):
            raise click.ClickException(fault)
    click.echo(f"written to {out}", err=True)


if __name__ == "__main__":
    main()

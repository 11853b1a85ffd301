"""The project's own files, parsed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.deadlines import FILES, Deadlines, parse

FOLDER = Path(__file__).parents[3] / "datasets/organisation"


@pytest.fixture(scope="session")
def files() -> dict[str, str]:
    return {name: (FOLDER / name).read_text(encoding="utf-8") for name in FILES}


@pytest.fixture(scope="session")
def deadlines(files: dict[str, str]) -> Deadlines:
    return parse(files)

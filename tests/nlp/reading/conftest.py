"""Shared by the tests of reading: read everything and part the articles from the rejections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from nlp.reading import read
from nlp.types import Article, Rejection

Parted = tuple[list[Article], list[Rejection]]


@pytest.fixture
def part() -> Callable[..., Parted]:
    def part_results(*sources: str | Path, **options: object) -> Parted:
        results: Sequence[Article | Rejection] = list(read(sources, **options))
        return (
            [result for result in results if isinstance(result, Article)],
            [result for result in results if isinstance(result, Rejection)],
        )

    return part_results


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file

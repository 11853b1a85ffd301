"""That reading streams, shown by what has been read and held, never by time."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlp.reading import read
from nlp.reading.ids import SeenIds


class Faucet(io.RawIOBase):
    """A stream made by a generator, that counts the bytes it gave."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest, self.given = pieces, b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        self.given += size
        return size


def csv_pieces(rows: int) -> Iterator[bytes]:
    yield "Mã,Tiêu đề,Nội dung\n".encode()
    for i in range(rows):
        yield f'm{i},Tin {i},"{"Chợ nổi đông ghe, " * 5}"\n'.encode()


def jsonl_pieces(rows: int) -> Iterator[bytes]:
    for i in range(rows):
        yield (json.dumps({"id": f"m{i}", "title": f"Tin {i}", "body": "Chợ nổi đông ghe, " * 5}) + "\n").encode()


def json_pieces(rows: int) -> Iterator[bytes]:
    yield b"["
    for i in range(rows):
        yield (json.dumps({"id": f"m{i}", "title": f"Tin {i}", "body": "Chợ nổi đông ghe, " * 5}) + ",").encode()
    yield b'{"title": "Tin cu\xe1\xbb\x91i"}]'


MAKERS = {"csv": csv_pieces, "jsonl": jsonl_pieces, "json": json_pieces}


@pytest.mark.parametrize("form", MAKERS)
def test_the_first_article_arrives_before_the_input_is_read(form: str) -> None:
    faucet = Faucet(MAKERS[form](10_000_000))
    first = next(read(["-"], stdin=io.BufferedReader(faucet), stdin_format=form))
    assert first.title == "Tin 0"
    assert faucet.given < 2_000_000


def peak_of(action: Callable[[], int]) -> int:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def count(*sources: Path | str, stdin: Faucet | None = None, form: str | None = None) -> int:
    stream = io.BufferedReader(stdin) if stdin else None
    return sum(1 for _ in read(sources, stdin=stream, stdin_format=form))


@pytest.mark.parametrize("form", MAKERS)
def test_ten_times_the_rows_take_hardly_more_memory(form: str) -> None:
    make = MAKERS[form]
    count("-", stdin=Faucet(make(10)), form=form)  # imports and caches
    few = peak_of(lambda: count("-", stdin=Faucet(make(5_000)), form=form))
    many = peak_of(lambda: count("-", stdin=Faucet(make(50_000)), form=form))
    assert many < few + 3_000_000  # 16 MB of text; the ids take 32 bytes each


def test_parquet_is_held_by_the_batch(tmp_path) -> None:
    def table(rows: int) -> Path:
        path = tmp_path / f"{rows}.parquet"
        pq.write_table(pa.table({"title": [f"Tin {i} " + "Chợ nổi đông ghe " * 5 for i in range(rows)]}), path)
        return path

    few_path, many_path = table(5_000), table(50_000)
    count(few_path)
    few, many = peak_of(lambda: count(few_path)), peak_of(lambda: count(many_path))
    assert many < few + 3_000_000


@pytest.mark.parametrize(
    ("name", "head", "tail"),
    [
        ("tin.jsonl", b'{"title": "', b'"}\n{"title": "Hai"}\n'),
        ("tin.csv", b'title,body\nMot,"', b'"\nHai,b\n'),
        ("tin.txt", b"Tin\n", b""),
        ("tin.html", b"<title>x</title><p>", b"</p>"),
    ],
)
def test_an_article_of_fifty_megabytes_is_never_held_several_times(tmp_path, name, head, tail) -> None:
    path = tmp_path / name
    path.write_bytes(head + b"x" * 50_000_000 + tail)
    count(path)
    assert peak_of(lambda: count(path)) < 45_000_000


def test_ids_take_little_memory_and_repeats_of_one_id_stay_cheap() -> None:
    def give(rows: int) -> int:
        seen = SeenIds()
        return len({seen.unique(f"m{i}") for i in range(rows)}) and len({seen.unique("x") for _ in range(1000)})

    assert give(2000) == 1000
    seen = SeenIds()
    assert peak_of(lambda: sum(len(seen.unique(f"m{i}")) for i in range(20_000))) < 1_500_000
    assert [seen.unique("m7"), seen.unique("m7"), seen.unique("mới"), seen.unique("mới")] == [
        "m7~2",
        "m7~3",
        "mới",
        "mới~2",
    ]

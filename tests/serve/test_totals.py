"""The total of a progress bar: right where it is cheap, honest where it is not known."""

from __future__ import annotations

import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from serve import totals
from serve.totals import count_rows

ROWS = [{"title": f'Tin "{n}"\nhai dòng', "body": "Nội dung"} for n in range(50)]


def written(folder):
    """One file of 50 rows in each format whose rows can be counted."""
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    lines = ['"{}","{}"\n'.format(row["title"].replace('"', '""'), row["body"]) for row in ROWS]
    (folder / "b.csv").write_text("title,body\n" + "".join(lines))
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "c.parquet")
    book = openpyxl.Workbook()
    book.active.append(["title", "body"])
    for row in ROWS:
        book.active.append(list(row.values()))
    book.save(folder / "d.xlsx")
    return [str(path) for path in sorted(folder.iterdir())]


def test_rows_are_counted_in_every_format_that_tells(tmp_path):
    paths = written(tmp_path)

    assert [count_rows([path]) for path in paths] == [50] * 4


def test_a_folder_has_the_rows_of_its_files_and_one_for_each_page(tmp_path):
    written(tmp_path)
    (tmp_path / "e.html").write_text("<p>Tin</p>")

    assert count_rows([str(tmp_path)]) == 201


def test_the_rest_of_a_large_file_is_taken_to_be_like_its_beginning(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_text('{"title": "Tin"}\n' * 1000)
    monkeypatch.setattr(totals, "SAMPLE_BYTES", 17 * 100)

    assert count_rows([str(tmp_path / "a.jsonl")]) == 1000


def test_what_does_not_tell_has_no_total(tmp_path):
    (tmp_path / "a.xml").write_text("<rss/>")
    (tmp_path / "b.xlsx").write_bytes(b"no zip")

    assert [count_rows([source]) for source in ("-", str(tmp_path / "a.xml"), str(tmp_path / "b.xlsx"))] == [None] * 3

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from nlp.reading import ColumnsMissing, RowRejected, SourceNotFound, UnknownFormat, read
from nlp.reading.formats import ADVICE, FORMATS, load_reader
from nlp.types import Article, Origin


def test_a_folder_is_read_in_the_order_of_names_without_hidden_files(part, write, tmp_path) -> None:
    for name in ("b/tin.txt", "a.txt", "c.TXT", ".an/tin.txt", ".an.txt", "~$khoa.docx"):
        write(f"vao/{name}", f"Tin {name}")
    articles, rejections = part(tmp_path / "vao")
    assert [a.title for a in articles] == ["Tin a.txt", "Tin b/tin.txt", "Tin c.TXT"] and not rejections
    assert [a.id for a in articles] == ["a.txt#1", "b/tin.txt#1", "c.TXT#1"]
    assert articles[1].origin == Origin(str(tmp_path / "vao" / "b" / "tin.txt"), 1)


def test_files_of_unknown_formats_in_a_folder_are_rejected_with_advice(part, write, tmp_path) -> None:
    for name in ("anh.png", "cu.doc", "LICENSE", "tin.txt"):
        write(f"vao/{name}", "Tin")
    articles, rejections = part(tmp_path / "vao")
    assert len(articles) == 1
    assert {Path(r.file).name: r.reason for r in rejections} == {
        "LICENSE": "không biết đọc định dạng “LICENSE”",
        "anh.png": "không biết đọc định dạng “.png”",
        "cu.doc": "không biết đọc định dạng “.doc”; hãy mở bằng Word và lưu lại thành .docx",
    }


def test_a_file_without_columns_in_a_folder_is_rejected_and_the_next_read(part, write, tmp_path) -> None:
    write("vao/a.csv", "Cột A\nMột\n")
    write("vao/b.txt", "Tin")
    articles, rejections = part(tmp_path / "vao")
    assert [a.title for a in articles] == ["Tin"]
    assert [r.row for r in rejections] == [0] and "--map" in rejections[0].reason


def test_an_empty_folder_is_rejected(part, tmp_path) -> None:
    assert [r.reason for r in part(tmp_path)[1]] == ["thư mục không có tệp nào"]


def test_links_to_folders_are_not_followed_round_in_a_circle(part, write, tmp_path) -> None:
    write("vao/a.txt", "Tin")
    (tmp_path / "vao" / "vong").symlink_to(tmp_path / "vao", target_is_directory=True)
    articles, rejections = part(tmp_path / "vao")
    assert len(articles) == 1 and [Path(r.file).name for r in rejections] == ["vong"]


def test_a_source_that_does_not_exist_is_an_error_before_anything_is_read(write) -> None:
    with pytest.raises(SourceNotFound, match=r"Không tìm thấy .*khong-co\.csv"):
        read([write("tin.txt", "Tin"), "khong-co.csv"])


def test_a_named_file_of_an_unknown_format_is_an_error_that_lists_the_known(write) -> None:
    with pytest.raises(UnknownFormat, match=r"tin\.pdf .*\.docx hoặc \.txt.*\.csv, \.tsv"):
        read([write("tin.pdf", "%PDF")])


def test_files_of_one_name_give_different_ids(part, write) -> None:
    articles, _ = part(write("a/tin.txt", "Một"), write("b/tin.txt", "Hai"))
    assert [a.id for a in articles] == ["tin.txt#1", "tin.txt~2#1"]


def test_a_file_that_cannot_be_opened_is_rejected(part, write, monkeypatch) -> None:
    path = write("tin.txt", "Tin")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert [(r.row, r.reason) for r in part(path)[1]] == [(0, "không mở được tệp: Permission denied")]


def test_strict_raises_for_faults_of_files_too(write, tmp_path) -> None:
    write("vao/anh.png", "x")
    with pytest.raises(RowRejected, match=r"anh\.png: không biết đọc"):
        list(read([tmp_path / "vao"], strict=True))


@pytest.mark.parametrize(
    ("data", "titles"),
    [
        ('{"title": "Một"}\n{"title": "Hai"}\n', ["Một", "Hai"]),
        ('{\n "title": "Một"\n}', ["Một"]),
        ('[{"title": "Một"}, {"title": "Hai"}]', ["Một", "Hai"]),
        ("Tiêu đề;Nội dung\nMột, hai;x\n", ["Một, hai"]),
        ("Chợ nổi đông ghe\n\nBà con ra chợ, bến đông.\n", ["Chợ nổi đông ghe"]),
    ],
    ids=["jsonl", "object", "array", "csv", "text"],
)
def test_the_format_of_standard_input_is_found(part, data: str, titles: list[str]) -> None:
    articles, rejections = part("-", stdin=io.BytesIO(data.encode()))
    assert [a.title for a in articles] == titles and not rejections
    assert articles[0].id == "stdin#1" and articles[0].origin == Origin("stdin", 1)


def test_a_table_with_strange_headers_on_standard_input_is_not_taken_for_text() -> None:
    with pytest.raises(ColumnsMissing, match="“Cột A”, “Cột B”, “Cột C”"):
        list(read(["-"], stdin=io.BytesIO("Cột A,Cột B,Cột C\n1,2,3\n4,5,6\n".encode())))


def test_the_format_of_standard_input_can_be_said(part) -> None:
    articles, _ = part("-", stdin=io.BytesIO("title,body\nMột,hai\n".encode()), stdin_format="txt")
    assert [(a.title, a.body) for a in articles] == [("title,body", "Một,hai")]
    with pytest.raises(UnknownFormat, match="doc"):
        read(["-"], stdin_format="doc")


def pipe(data: bytes) -> io.BufferedReader:
    """A stream that cannot seek, as a shell's pipe."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as stream:
        stream.write(data)
    return os.fdopen(reader, "rb")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_standard_input_need_not_seek(part, codec: str) -> None:
    with pipe('{"title": "Một"}\n'.encode(codec)) as stream:
        articles, rejections = part("-", stdin=stream)
    assert [a.title for a in articles] == ["Một"] and not rejections


def test_a_book_on_standard_input_is_asked_for_its_format_and_then_read(part) -> None:
    workbook, data = openpyxl.Workbook(), io.BytesIO()
    workbook.active.append(["Tiêu đề"])
    workbook.active.append(["Một"])
    workbook.save(data)
    with pipe(data.getvalue()) as stream:
        assert "--stdin-format" in part("-", stdin=stream)[1][0].reason
    with pipe(data.getvalue()) as stream:
        assert [a.title for a in part("-", stdin=stream, stdin_format="xlsx")[0]] == ["Một"]


def test_empty_standard_input_is_rejected(part) -> None:
    assert [(r.file, r.reason) for r in part("-", stdin=io.BytesIO())[1]] == [("stdin", "tệp trống, không có bài nào")]


@pytest.mark.parametrize("ending", FORMATS)
def test_every_row_of_the_table_of_formats_has_a_reader_that_survives_noise(part, write, ending: str) -> None:
    assert callable(load_reader(FORMATS[ending])) and ending not in ADVICE
    path = write(f"nhieu{ending}", bytes(range(256)) * 20)
    try:
        articles, rejections = part(path)
    except ColumnsMissing as error:
        assert ending in {".csv", ".tsv"} and str(path) in str(error)
    else:
        assert not articles and rejections


def test_reading_imports_no_heavy_library_before_a_format_needs_it() -> None:
    code = (
        "import sys, nlp.reading\n"
        "heavy = {'pyarrow', 'openpyxl', 'docx', 'trafilatura', 'feedparser', 'lxml', 'pandas', 'orjson'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_run_reads_mixed_formats_one_after_another(part, write) -> None:
    paths = [
        write("a.csv", "title\nMột\n"), write("b.jsonl", json.dumps({"title": "Hai"})),
        write("c.html", "<title>Ba</title>"), write("d.txt", "Bốn"),
    ]  # fmt: skip
    assert [a.title for a in part(*paths)[0]] == ["Một", "Hai", "Ba", "Bốn"]
    assert all(isinstance(a, Article) for a in read(paths))

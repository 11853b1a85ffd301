from __future__ import annotations

import codecs
import unicodedata

import pytest

from nlp.reading import AmbiguousColumns, ColumnsMissing, RowRejected, read
from nlp.types import MAX_ARTICLE_CHARS, Origin

HEADER = "Mã,Tiêu đề,Sapo,Nội dung,Nguồn,Ngày đăng,Liên kết\n"
GOOD = 'A1,Giá gạo tăng,Nông dân vui,"Vụ này, lúa đẹp\nvà được giá",Báo Làng,24/5/2016,https://lang.example/1\n'


def test_reads_every_field_of_a_row(part, write) -> None:
    path = write("tin.csv", HEADER + GOOD)
    (article,), rejections = part(path)
    assert not rejections
    assert (article.id, article.title, article.lead) == ("A1", "Giá gạo tăng", "Nông dân vui")
    assert article.body == "Vụ này, lúa đẹp\nvà được giá"
    assert (article.source, article.url) == ("Báo Làng", "https://lang.example/1")
    assert article.published_at is not None and article.published_at.isoformat() == "2016-05-24T00:00:00"
    assert article.origin == Origin(str(path), 1)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(part, write, delimiter: str) -> None:
    rows = [["Tiêu đề", "Nội dung", "Nguồn"], ["Tin một", "Chợ đông: rau, cá, thịt", "Báo A"], ["Tin hai", "Mưa", "B"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    articles, rejections = part(write("tin.csv", text))
    assert [a.title for a in articles] == ["Tin một", "Tin hai"] and not rejections


def test_reads_tsv_and_the_declaration_of_excel(part, write) -> None:
    articles, _ = part(
        write("a.tsv", "title\tbody\nMột\tHai, ba\n"), write("b.csv", "sep=;\ntitle;body\nBốn;Năm, sáu\n")
    )
    assert [(a.title, a.body) for a in articles] == [("Một", "Hai, ba"), ("Bốn", "Năm, sáu")]


def test_a_table_of_titles_only_is_enough(part, write) -> None:
    articles, _ = part(write("tin.csv", "Tiêu đề\nGiá gạo tăng\n\nMưa lớn ở miền núi\n"))
    assert [a.id for a in articles] == ["tin.csv#1", "tin.csv#2"]


def test_rows_of_another_width_are_rejected_by_number_and_the_run_goes_on(part, write) -> None:
    path = write("tin.csv", "title,body,source\nMột,a,b\nHai,a\nBa,a,b,c\nBốn,a,b\n")
    articles, rejections = part(path)
    assert [a.title for a in articles] == ["Một", "Bốn"]
    assert [(r.file, r.row) for r in rejections] == [(str(path), 2), (str(path), 3)]
    assert "có 2 ô, dòng tiêu đề có 3 ô" in rejections[0].reason


def test_rows_with_another_delimiter_are_rejected_even_where_the_width_fits(part, write) -> None:
    rows = ["1,Tin một,Trời đẹp", "2;Giá xăng, dầu tăng;Nội dung, hết", "3;Tin ba;Hết", "4|Tin|Hết", "5,Tin năm,Hết"]
    articles, rejections = part(write("tin.csv", "\n".join(["id,title,body", *rows])))
    assert [a.id for a in articles] == ["1", "5"]
    assert [r.row for r in rejections] == [2, 3, 4]
    assert "dấu phân cách khác" in rejections[0].reason


def test_semicolons_of_prose_are_no_delimiters(part, write) -> None:
    text = 'id,title,body\n1,Chợ quê; chợ phố; chợ nổi,"rau;cá;thịt"\n'
    articles, rejections = part(write("tin.csv", text))
    assert [a.body for a in articles] == ["rau;cá;thịt"] and not rejections


def test_a_stray_quote_rejects_its_row_instead_of_gluing_two(part, write) -> None:
    articles, rejections = part(write("tin.csv", 'title,body\nMột,"a"b\nHai,b\n'))
    assert [a.title for a in articles] == ["Hai"]
    assert [(r.row, r.reason) for r in rejections] == [(1, "dấu ngoặc kép đặt sai chỗ")]


def test_a_quote_never_closed_is_rejected(part, write) -> None:
    articles, rejections = part(write("tin.csv", 'title,body\nMột,a\nHai,"b\nBa,c\n'))
    assert [a.title for a in articles] == ["Một"]
    assert [(r.row, r.reason) for r in rejections] == [(2, "tệp hết giữa chừng một ô có ngoặc kép")]


def test_empty_rows_and_rows_without_text_are_rejected(part, write) -> None:
    articles, rejections = part(write("tin.csv", "title,body,source\n,,\n  ,,Báo A\nMột,,\n"))
    assert [a.title for a in articles] == ["Một"]
    assert [(r.row, r.reason) for r in rejections] == [
        (1, "không có tiêu đề và nội dung"),
        (2, "không có tiêu đề và nội dung"),
    ]


def test_a_date_that_cannot_be_read_rejects_the_row_by_field_and_an_empty_one_does_not(part, write) -> None:
    articles, rejections = part(write("tin.csv", "title,date\nMột,31/2/2016\nHai,hôm qua\nBa,\n"))
    assert [(a.title, a.published_at) for a in articles] == [("Ba", None)]
    assert [(r.row, r.field) for r in rejections] == [(1, "published_at"), (2, "published_at")]


def test_nul_bytes_are_rejected(part, write) -> None:
    articles, rejections = part(write("tin.csv", b"title,body\nM\x00t,a\nHai,b\n"))
    assert [a.title for a in articles] == ["Hai"]
    assert [(r.row, r.field) for r in rejections] == [(1, "title")] and "NUL" in rejections[0].reason


def test_a_broken_byte_rejects_its_row_with_its_position(part, write) -> None:
    good = "Một,trời đẹp\n".encode() * 3
    path = write("tin.csv", b"title,body\n" + good + b"H\xffi,b\n" + good)
    articles, rejections = part(path)
    position = path.read_bytes().index(b"\xff") + 1
    assert len(articles) == 6
    assert [(r.row, r.field) for r in rejections] == [(4, "")] and f"byte thứ {position} " in rejections[0].reason


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_recognised(part, write, codec: str) -> None:
    articles, rejections = part(write("tin.csv", (HEADER + GOOD).encode(codec)))
    assert [a.title for a in articles] == ["Giá gạo tăng"] and not rejections


def encode_cp1258(text: str) -> bytes:
    """cp1258 writes the five tones behind the vowel."""
    found = b""
    for char in unicodedata.normalize("NFC", text):
        try:
            found += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tone = next(mark for mark in "\u0300\u0301\u0303\u0309\u0323" if mark in parts)
            found += unicodedata.normalize("NFC", parts.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return found


def test_cp1258_is_recognised_by_tones_that_sit_on_vowels(part, write) -> None:
    text = "title,body\nNông dân được mùa,Những thửa ruộng chín vàng trải rộng dưới chân đồi\n"
    (article,), _ = part(write("tin.csv", encode_cp1258(text)))
    assert unicodedata.normalize("NFC", article.title) == "Nông dân được mùa"


@pytest.mark.parametrize(
    "legacy",
    [b"N\xabng d\xa9n \xae\xad\xeec m\xefa \xf2 ti\xd2n", b"No\xe2ng da\xe2n \xf1\xf6\xf4\xefc mu\xf8a"],
    ids=["TCVN3", "VNI"],
)
def test_bytes_of_legacy_fonts_stay_cp1252_characters(part, write, legacy: bytes) -> None:
    (article,), _ = part(write("tin.csv", b"title,body\n" + legacy + b",x\n"))
    assert article.title == legacy.decode("cp1252")


def test_a_byte_that_the_encoding_lacks_rejects_only_its_row(part, write) -> None:
    legacy = b"N\xabng d\xa9n \xae\xad\xeec m\xefa,x\n"
    articles, rejections = part(write("tin.csv", b"title,body\n" + legacy + b"H\x81i,b\n" + legacy))
    assert len(articles) == 2
    assert [r.row for r in rejections] == [2] and "không giải mã được" in rejections[0].reason


@pytest.mark.parametrize("quote", ["", '"'])
def test_an_article_over_the_limit_is_rejected_and_the_next_row_read(part, write, quote: str) -> None:
    huge = quote + "dài " * (MAX_ARTICLE_CHARS // 4 + 1) + quote
    articles, rejections = part(write("tin.csv", f"title,body\nMột,{huge}\nHai,b\n"))
    assert [a.title for a in articles] == ["Hai"]
    assert [r.row for r in rejections] == [1] and "1.000.000" in rejections[0].reason


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_of_fifty_megabytes_is_passed_over(part, write, quote: str) -> None:
    path = write("tin.csv", f"title,body\nMột,{quote}" + "x" * 50_000_000 + f"{quote}\nHai,b\n")
    articles, rejections = part(path)
    assert [a.title for a in articles] == ["Hai"]
    assert [r.row for r in rejections] == [1] and "quá giới hạn" in rejections[0].reason


def test_a_file_without_the_columns_stops_the_run_and_shows_the_way(write) -> None:
    with pytest.raises(ColumnsMissing, match=r"“Cột A”, “Cột B”.*--map"):
        list(read([write("tin.csv", "Cột A,Cột B\n1,2\n")]))


def test_columns_can_be_chosen(part, write) -> None:
    articles, _ = part(write("tin.csv", "Cột A;Cột B\nMột;Hai\n"), columns={"title": "Cột A", "body": "cot b"})
    assert [(a.title, a.body) for a in articles] == [("Một", "Hai")]


def test_an_ambiguous_header_stops_the_run(write) -> None:
    with pytest.raises(AmbiguousColumns, match="--map title="):
        list(read([write("tin.csv", "Tiêu đề,Tên bài\n1,2\n")]))


@pytest.mark.parametrize("content", [b"", b"\n\n", codecs.BOM_UTF8, b"title,body\n"])
def test_a_file_without_rows_is_rejected(part, write, content: bytes) -> None:
    articles, rejections = part(write("tin.csv", content))
    assert not articles
    assert [(r.row, r.reason) for r in rejections] == [(0, "tệp trống, không có bài nào")]


def test_another_format_under_a_csv_ending_is_rejected(part, write) -> None:
    articles, (rejection,) = part(write("tin.csv", b"PK\x03\x04" + b"\x00" * 50))
    assert not articles and rejection.row == 0 and "ZIP (XLSX, DOCX)" in rejection.reason


def test_strict_stops_at_the_first_fault(write) -> None:
    results = read([write("tin.csv", "title,body\nMột,a\nHai\nBa,c\n")], strict=True)
    assert next(results).title == "Một"
    with pytest.raises(RowRejected, match=r"tin\.csv, dòng 2: .*có 1 ô") as caught:
        next(results)
    assert caught.value.rejection.row == 2


def test_ids_given_twice_are_told_apart_and_deterministic(part, write) -> None:
    path = write("tin.csv", "id,title\nx,Một\nx,Hai\n,Ba\nx,Bốn\nx~2,Năm\n")
    first, second = part(path)[0], part(path)[0]
    assert [a.id for a in first] == ["x", "x~2", "tin.csv#3", "x~3", "x~2~2"] == [a.id for a in second]

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest

TEXTS = [
    "Chiều qua, nhiều đoàn ghe chở dưa về bến. Tiểu thương cho biết sức mua tăng.",
    "Hợp tác xã vừa bàn giao lô vải đầu mùa. Giá tại vườn cao hơn năm trước.",
    "Mưa lớn làm một tuyến đường huyện bị sạt. Xe tải phải đi đường vòng.",
]
TITLES = [
    "Chợ nổi đông ghe dưa trước mùa nước",
    "Vải đầu mùa rời vườn sang tay thương lái",
    "Sạt đường huyện, xe tải đi vòng",
]


class Document:
    """A document that grows line by line: `style`, `bold` and text."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.docx = folder, docx.Document()

    def add(self, text: str, *, style: str | None = None, bold: bool = False) -> Document:
        self.docx.add_paragraph(style=style).add_run(text).bold = bold or None
        return self

    def table(self, *rows: list[str]) -> Document:
        table = self.docx.add_table(rows=len(rows), cols=len(rows[0]))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        return self

    def save(self, name: str = "diem-bao.docx") -> Path:
        self.docx.save(self._folder / name)
        return self._folder / name


@pytest.fixture
def document(tmp_path: Path) -> Document:
    return Document(tmp_path)


def test_headings_part_a_press_review_into_items(part, document) -> None:
    document.add("ĐIỂM BÁO NGÀY 24/5/2016", style="Title").add("I. Thương mại", style="Heading 1")
    for title, text in zip(TITLES[:2], TEXTS[:2], strict=True):
        document.add(title, style="Heading 2").add("Nguồn: Báo Sông Nước").add("Ngày đăng: 24/5/2016").add(text)
    document.add("II. Giao thông", style="Heading 1").add(TITLES[2], style="Heading 2").add(TEXTS[2])
    articles, rejections = part(document.save())
    assert not rejections
    assert [(a.title, a.body) for a in articles] == list(zip(TITLES, TEXTS, strict=True))
    assert [a.source for a in articles] == ["Báo Sông Nước", "Báo Sông Nước", ""]
    assert [a.published_at for a in articles] == [datetime(2016, 5, 24), datetime(2016, 5, 24), None]
    assert [a.id for a in articles] == [f"diem-bao.docx#{i}" for i in (1, 2, 3)]


@pytest.mark.parametrize("bold", [True, False])
def test_numbered_titles_part_a_press_review_into_items(part, document, bold: bool) -> None:
    document.add("ĐIỂM TIN BÁO CHÍ", bold=True).add("Ngày 24 tháng 5 năm 2016")
    for i, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True), start=1):
        document.add(f"{i}. {title}", bold=bold).add(text).add("Mực nước còn lên trong tuần tới.").add(
            "(Nguồn: Báo Sông)"
        )
    articles, _ = part(document.save())
    assert [a.title for a in articles] == TITLES
    assert [a.body for a in articles] == [f"{text}\nMực nước còn lên trong tuần tới." for text in TEXTS]
    assert {a.source for a in articles} == {"Báo Sông"}


def test_bold_titles_part_a_press_review_into_items(part, document) -> None:
    for title, text in zip(TITLES, TEXTS, strict=True):
        document.add(title, bold=True).add("Tóm tắt: Tin trong ngày").add("Liên kết: https://song.example/1").add(text)
    articles, _ = part(document.save())
    assert [(a.title, a.lead, a.body) for a in articles] == [
        (a, "Tin trong ngày", b) for a, b in zip(TITLES, TEXTS, strict=True)
    ]
    assert {a.url for a in articles} == {"https://song.example/1"}


def test_a_table_with_a_header_is_read_as_rows(part, document) -> None:
    document.add("BẢNG ĐIỂM BÁO TUẦN", bold=True).add("Kèm theo công văn của phòng.")
    document.table(
        ["STT", "Tiêu đề", "Nguồn", "Ngày đăng"],
        ["1", TITLES[0], "Báo A", "24/5/2016"],
        ["2", TITLES[1], "Báo B", "31/2/2016"],
    )
    articles, rejections = part(document.save())
    assert [(a.title, a.source) for a in articles] == [(TITLES[0], "Báo A")]
    assert [(r.row, r.field) for r in rejections] == [(2, "published_at")]


@pytest.mark.parametrize("options", [{"style": "Title"}, {"style": "Heading 1"}, {"bold": True}, {}])
def test_a_single_clipping_is_one_article(part, document, options: dict) -> None:
    document.add(TITLES[0], **options).add("Nguồn: Báo Sông").add("Ghe về sớm hơn mọi năm", bold=True)
    document.add(TEXTS[0]).add("Giá cả", bold=True).add(TEXTS[1]).add("Đường đi", bold=True).add(TEXTS[2])
    (article,), rejections = part(document.save("cat-bao.docx"))
    assert not rejections
    assert (article.title, article.lead, article.source) == (TITLES[0], "Ghe về sớm hơn mọi năm", "Báo Sông")
    assert article.body == "\n".join([TEXTS[0], "Giá cả", TEXTS[1], "Đường đi", TEXTS[2]])


def test_crossheads_in_heading_style_do_not_part_a_clipping(part, document) -> None:
    document.add(TITLES[0], style="Heading 1").add(TEXTS[0])
    document.add("Giá cả", style="Heading 2").add(TEXTS[1]).add("Đường đi", style="Heading 2").add(TEXTS[2])
    (article,), _ = part(document.save())
    assert (article.title, article.body) == (TITLES[0], "\n".join([TEXTS[0], "Giá cả", TEXTS[1], "Đường đi", TEXTS[2]]))


def test_the_name_of_the_newspaper_may_stand_above_the_title_of_a_clipping(part, document) -> None:
    document.add("Nguồn: Báo Sông").add("Ngày đăng: 24/5/2016").add(TITLES[0], bold=True).add(TEXTS[0])
    (article,), _ = part(document.save())
    assert (article.title, article.source, article.published_at) == (TITLES[0], "Báo Sông", datetime(2016, 5, 24))


def test_a_table_without_a_header_only_arranges_text(part, document) -> None:
    document.add(TITLES[0], bold=True).table([TEXTS[0], TEXTS[1]])
    (article,), _ = part(document.save())
    assert article.body == f"{TEXTS[0]}\n{TEXTS[1]}"


def test_a_label_inside_the_text_is_text(part, document) -> None:
    document.add(TITLES[0], bold=True).add(TEXTS[0]).add("Thời gian: suốt tháng sáu").add(TEXTS[1])
    (article,), rejections = part(document.save())
    assert "Thời gian: suốt tháng sáu" in article.body and not rejections


def test_characters_of_legacy_fonts_are_kept(part, document) -> None:
    paragraph = document.docx.add_paragraph()
    run = paragraph.add_run("N«ng d©n ®\xad\xeec mïa")
    run.bold, run.font.name = True, ".VnTimeH"
    document.add("Trªn ®ång")
    (article,), _ = part(document.save())
    assert (article.title, article.body) == ("N«ng d©n ®\xad\xeec mïa", "Trªn ®ång")


def test_an_empty_document_is_rejected(part, document) -> None:
    articles, rejections = part(document.save())
    assert not articles and [(r.row, r.reason) for r in rejections] == [(0, "tệp trống, không có bài nào")]


def repack(path: Path, **parts: bytes) -> Path:
    """The same file with word/<name>.xml replaced."""
    with zipfile.ZipFile(path) as old:
        contents = {info.filename: old.read(info) for info in old.infolist()}
    contents |= {f"word/{name}.xml": data for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in contents.items():
            new.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused_and_the_next_file_read(part, document, write) -> None:
    bomb = repack(document.add(TITLES[0]).save(), document=b" " * 40_000_000)
    articles, rejections = part(bomb, write("sau.txt", "Tin sau"))
    assert [a.title for a in articles] == ["Tin sau"]
    assert [r.row for r in rejections] == [0] and "zip bomb" in rejections[0].reason


def test_a_document_that_unpacks_to_too_much_is_refused(part, document) -> None:
    big = repack(document.add(TITLES[0]).save(), document=bytes(range(256)) * 300_000)
    _, rejections = part(big)
    assert [r.row for r in rejections] == [0] and "quá giới hạn" in rejections[0].reason


def test_xml_entities_are_refused_also_behind_a_long_comment(part, document) -> None:
    laughs = b'<?xml version="1.0"?>%s<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    _, short = part(repack(document.add(TITLES[0]).save("a.docx"), document=laughs % b""))
    assert "DOCTYPE" in short[0].reason
    articles, hidden = part(repack(document.save("b.docx"), document=laughs % (b"<!--" + b" -" * 4000 + b"-->")))
    assert not articles and [r.row for r in hidden] == [0]


def test_a_truncated_document_is_rejected(part, document, write) -> None:
    whole = document.add(TITLES[0]).save().read_bytes()
    _, rejections = part(write("cut.docx", whole[: len(whole) // 2]))
    assert [r.row for r in rejections] == [0] and "cắt cụt" in rejections[0].reason


def test_lines_that_say_title_part_a_press_review_into_items(part, document) -> None:
    for title, text in zip(TITLES, TEXTS, strict=True):
        document.add(f"Tiêu đề: {title}").add("Nguồn: Báo Sông").add("Nội dung:").add(text)
    articles, _ = part(document.save())
    assert [(a.title, a.source, a.body) for a in articles] == [
        (a, "Báo Sông", b) for a, b in zip(TITLES, TEXTS, strict=True)
    ]


def test_one_line_that_says_title_makes_a_clipping_whatever_stands_above_it(part, document) -> None:
    document.add("Nguồn: Báo Sông").add(f"Tiêu đề: {TITLES[0]}").add("Nội dung:").add(TEXTS[0]).add(TEXTS[1])
    (article,), _ = part(document.save())
    assert (article.title, article.source, article.body) == (TITLES[0], "Báo Sông", f"{TEXTS[0]}\n{TEXTS[1]}")


def test_labels_may_stand_below_the_text_and_an_italic_paragraph_is_the_lead(part, document) -> None:
    document.add(TITLES[0], bold=True)
    document.docx.add_paragraph().add_run("Ghe về sớm hơn mọi năm").italic = True
    document.add(TEXTS[0]).add("Nguồn: Báo Sông").add("Ngày đăng: Thứ Ba, 24/05/2016, 07:30 (GMT+7)")
    (article,), _ = part(document.save())
    assert (article.lead, article.body, article.source) == ("Ghe về sớm hơn mọi năm", TEXTS[0], "Báo Sông")
    assert article.published_at is not None and article.published_at.hour == 7


def test_a_last_line_on_time_that_tells_no_date_is_text(part, document) -> None:
    document.add(TITLES[0], bold=True).add(TEXTS[0]).add("Thời gian: suốt tháng sáu")
    (article,), rejections = part(document.save())
    assert article.body.endswith("suốt tháng sáu") and not rejections

from __future__ import annotations

import pytest

PARAGRAPHS = [
    "Sáng sớm, bà con xóm bãi đã chèo ghe ra chợ nổi để kịp phiên đông nhất tuần, mang theo dưa, khóm và bắp non.",
    "Theo ban quản lý chợ, lượng ghe neo đậu tăng gần gấp rưỡi so với cùng kỳ, chủ yếu từ các xã ven sông đổ về.",
    "Giá dưa tại ghe giữ ổn định suốt ba ngày qua, thương lái thu mua ngay tại bến nên nông dân không phải chờ lâu.",
]
PAGE = """<!DOCTYPE html><html lang="vi"><head><meta charset="{charset}"><title>Chợ nổi đông ghe - Báo Sông</title>
<meta property="og:title" content="Chợ nổi đông ghe dưa">
<meta name="description" content="Ghe từ các xã ven sông đổ về.">
<meta property="og:site_name" content="Báo Sông">
<meta property="article:published_time" content="2016-05-24T07:30:00+07:00">
<link rel="canonical" href="https://song.example/cho-noi">
<script>var leak = "TRACKING";</script><style>p {{ color: red }}</style></head>
<body onload="steal('TRACKING')"><nav><a href="/">Trang chủ</a> <a href="/kt">Kinh tế</a></nav>
<article><h1>Chợ nổi đông ghe dưa</h1><p>{0}</p><script>document.write("TRACKING")</script><p>{1}</p>
<noscript>TRACKING</noscript><iframe src="http://127.0.0.1:9/TRACKING"></iframe><p>{2}</p></article>
<footer>Bản quyền thuộc Báo Sông</footer></body></html>"""


def page(charset: str = "utf-8") -> str:
    return PAGE.format(*PARAGRAPHS, charset=charset)


def test_reads_the_main_text_and_the_meta_tags(part, write) -> None:
    (article,), rejections = part(write("tin.html", page()))
    assert not rejections
    assert (article.id, article.title, article.lead) == (
        "tin.html#1",
        "Chợ nổi đông ghe dưa",
        "Ghe từ các xã ven sông đổ về.",
    )
    assert (article.source, article.url) == ("Báo Sông", "https://song.example/cho-noi")
    assert article.published_at is not None and article.published_at.isoformat() == "2016-05-24T07:30:00+07:00"
    assert article.body.split("\n") == PARAGRAPHS


def test_scripts_and_markup_never_leak_into_the_text(part, write) -> None:
    (article,), _ = part(write("tin.htm", page()))
    assert "TRACKING" not in repr(article) and "<" not in article.body


@pytest.mark.parametrize(("charset", "codec"), [("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("khong-co", "utf-8")])
def test_the_encoding_comes_from_the_mark_or_the_bytes(part, write, charset: str, codec: str) -> None:
    (article,), _ = part(write("tin.html", page(charset).encode(codec)))
    assert article.body.split("\n") == PARAGRAPHS


def test_a_declared_encoding_is_used_for_bytes_that_are_no_utf8(part, write) -> None:
    text = "Le marché flottant ouvre à l'aube, près du café."
    (article,), _ = part(write("tin.html", f'<meta charset="iso-8859-1"><title>{text}</title>'.encode("cp1252")))
    assert article.title == text


def test_without_main_text_title_and_description_remain(part, write) -> None:
    (article,), _ = part(
        write("tin.html", '<title>Tin ngắn</title><meta name="description" content="Chưa có bài."><p></p>')
    )
    assert (article.title, article.lead, article.body) == ("Tin ngắn", "Chưa có bài.", "")


def test_of_several_dates_the_first_that_can_be_read_is_taken(part, write) -> None:
    metas = '<meta name="pubdate" content="hôm qua"><meta name="date" content="24/5/2016">'
    (article,), _ = part(write("tin.html", f"<title>Tin</title>{metas}"))
    assert article.published_at is not None and article.published_at.day == 24


def test_dates_that_cannot_be_read_reject_the_page(part, write) -> None:
    _, rejections = part(write("tin.html", '<title>Tin</title><meta name="pubdate" content="hôm qua">'))
    assert [(r.row, r.field) for r in rejections] == [(1, "published_at")]


@pytest.mark.parametrize("content", [b"", b"   \n", b"<html></html>"])
def test_an_empty_page_is_rejected(part, write, content: bytes) -> None:
    articles, rejections = part(write("tin.html", content))
    assert not articles and len(rejections) == 1


def test_a_page_over_the_limit_is_rejected(part, write) -> None:
    articles, rejections = part(write("tin.html", b"<p>" + b"x" * 50_000_000))
    assert not articles and "lớn hơn giới hạn" in rejections[0].reason


def test_tables_that_only_arrange_the_page_leave_no_marks_in_the_text(part, write) -> None:
    cells = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    menu = "<ul><li><a href='/'>Trang chủ</a></li></ul><p>24/5/2016 | 07:30</p>"
    table = f"<table><tr><td>{menu}</td></tr><tr><td><div>{cells}</div></td></tr></table>"
    (article,), _ = part(write("tin.html", f"<html><head><title>Chợ nổi</title></head><body>{table}</body></html>"))
    assert article.body.split("\n") == PARAGRAPHS

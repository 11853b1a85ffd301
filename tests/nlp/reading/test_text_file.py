from __future__ import annotations

import pytest

from nlp.reading.text_file import split


def test_title_lead_and_body_are_the_paragraphs_in_order(part, write) -> None:
    (article,), _ = part(
        write("tin.txt", "\n\nChợ nổi đông ghe\n\nGhe về sớm.\n\nBà con ra chợ\ntừ sớm.\n\nGiá ổn định.\n")
    )
    assert (article.id, article.title, article.lead) == ("tin.txt#1", "Chợ nổi đông ghe", "Ghe về sớm.")
    assert article.body == "Bà con ra chợ\ntừ sớm.\n\nGiá ổn định."


@pytest.mark.parametrize(
    ("text", "lead", "body"),
    [
        ("Tít", None, ""),
        ("Tít\nThân bài.", None, "Thân bài."),
        ("Tít\nSapo.\nThân bài.", "Sapo.", "Thân bài."),
        ("Tít\n" + "dài " * 150 + "\nThân bài.", None, "dài " * 150 + "\nThân bài."),
    ],
)
def test_a_second_paragraph_is_a_lead_only_when_short_and_followed_by_more(
    text: str, lead: str | None, body: str
) -> None:
    found = split(text)
    assert (found["title"], found.get("lead"), found["body"]) == ("Tít", lead, body)


def test_windows_line_breaks_are_line_breaks(part, write) -> None:
    (article,), _ = part(write("tin.txt", "Tít\r\n\r\nSapo.\r\n\r\nThân\r\nbài.".encode("utf-16")))
    assert (article.title, article.lead, article.body) == ("Tít", "Sapo.", "Thân\nbài.")


def test_a_broken_byte_is_named_by_its_position(part, write) -> None:
    data = "Chợ nổi đông ghe\n\nBà con ".encode() + b"\xff" + " ra chợ".encode()
    articles, (rejection,) = part(write("tin.txt", data))
    assert not articles and f"byte thứ {data.index(0xFF) + 1} " in rejection.reason


@pytest.mark.parametrize("content", [b"", b" \n\n "])
def test_an_empty_file_is_rejected(part, write, content: bytes) -> None:
    assert [(r.row, r.reason) for r in part(write("tin.txt", content))[1]] == [(0, "tệp trống, không có bài nào")]


def test_a_file_of_fifty_megabytes_is_rejected(part, write) -> None:
    articles, rejections = part(write("tin.txt", b"x" * 50_000_000))
    assert not articles and "quá giới hạn" in rejections[0].reason

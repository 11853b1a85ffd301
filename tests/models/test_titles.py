"""A title is restored from its address and the words of the news around it."""

import pytest

from models.titles import Marks

BODY = (
    "Chiều nay giá xăng tăng mạnh. Bộ Công Thương cho biết giá xăng tăng do giá thế giới; "
    "EVN và Bộ Công Thương không bình luận, EVN chờ."
)


def learnt(*bodies: str) -> Marks:
    marks = Marks()
    for body in bodies:
        marks.learn(body)
    return marks


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("gia-xang-tang-manh", "Giá xăng tăng mạnh"),
        ("bo-cong-thuong-gia-xang-tang-1-200-dong", "Bộ Công Thương giá xăng tăng 1 200 dong"),
        ("evn-khong-binh-luan", "EVN không bình luận"),
        ("xyz", "Xyz"),
    ],
)
def test_syllables_bear_the_marks_that_the_body_gives_them(slug: str, title: str) -> None:
    assert learnt().title(slug, BODY) == title


def test_other_articles_tell_what_the_body_does_not() -> None:
    assert learnt("hàng nghìn tấn lúa gạo xuất khẩu", "lúa gạo rớt giá").title("lua-gao", BODY) == "Lúa gạo"


def test_the_body_outweighs_other_articles() -> None:
    others = ["ông gia nhập xăng dầu"] * 20
    assert learnt(*others).title("gia-xang", BODY) == "Giá xăng"

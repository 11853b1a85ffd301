"""The table of labelled articles says of each what there is to know without its text."""

from __future__ import annotations

from datetime import datetime

from models.data import Label
from models.explore import rows
from nlp.types import Article

STORY = "giá xăng dầu bán lẻ giảm từ kỳ điều hành chiều nay theo quyết định của liên bộ công thương tài chính " * 2
ARTICLES = {
    "vietnews-train-000001": Article("vietnews-train-000001", "Giá xăng giảm", body=STORY),
    "baomoi-7": Article("baomoi-7", "Giá xăng giảm mạnh", body=STORY),
    "own": Article("own", "Bé C«ng Th­¬ng", source="Báo A", published_at=datetime(2019, 4, 2)),
}
LABELS = [
    Label("vietnews-train-000001", "xang-dau", "TTTN", ("QLTT", "TC"), 2, -1, stratum="hot"),
    Label("baomoi-7", "xang-dau", "TTTN", split="dev"),
    Label("own", "ngoai-pham-vi", unsure=True),
]


def test_a_row_holds_the_label_and_facts_of_the_text() -> None:
    first, _, own = rows(LABELS, ARTICLES)

    assert (first.topic, first.lead, first.helpers, first.urgency, first.tone) == ("xang-dau", "TTTN", 2, 2, -1)
    assert (first.stratum, first.split, first.chars) == ("hot", "train", len("Giá xăng giảm") + len(STORY))
    assert (own.unsure, own.month, own.repairs) == (True, "2019-04", ("tcvn3",))


def test_the_source_is_the_newspaper_else_the_corpus_else_unknown() -> None:
    unknown = Article("x-1", "Tin")

    assert [row.source for row in rows(LABELS, ARTICLES)] == ["vietnews", "baomoi", "Báo A"]
    assert rows([Label("x-1", "ngoai-pham-vi")], {"x-1": unknown})[0].source == ""


def test_articles_without_a_date_have_no_month() -> None:
    assert rows(LABELS, ARTICLES)[0].month == ""


def test_articles_of_one_story_bear_its_number_and_say_how_often_it_is_told() -> None:
    first, again, other = rows(LABELS, ARTICLES)

    assert first.story == again.story != other.story
    assert (first.told, again.told, other.told) == (2, 2, 1)

"""From an article to its repaired text."""

import dataclasses
import unicodedata

import numpy as np
import pytest

from nlp.clean import clean
from nlp.errors import ArticleTooLong, DiembaoError
from nlp.types import MAX_ARTICLE_CHARS, ZONE_SEPARATOR, Article, Repair

ARTICLE = Article(
    id="a1",
    title="Giá xăng giảm 350 đồng",
    lead="Bộ Công Thương vừa điều hành giá.",
    body="Từ 15 giờ chiều nay, giá xăng giảm theo Quyết định 123/QĐ-BCT.\nNgười dân vui.",
)


def as_text(codes) -> str:
    return "".join(map(chr, codes))


def test_a_clean_article_comes_out_as_it_is():
    text = clean(ARTICLE)
    assert (text.article, text.title, text.lead, text.body) == (ARTICLE, ARTICLE.title, ARTICLE.lead, ARTICLE.body)
    assert text.repairs == ()
    assert text.offsets == (None, None, None)


def test_codes_hold_the_zones_with_a_separator_between():
    text = clean(ARTICLE)
    assert text.codes.dtype == np.uint32
    assert as_text(text.codes) == ZONE_SEPARATOR.join([ARTICLE.title, ARTICLE.lead, ARTICLE.body])
    assert not text.codes.flags.writeable


def test_an_article_may_have_empty_zones():
    assert as_text(clean(Article(id="e")).codes) == ZONE_SEPARATOR * 2


def test_repairs_name_zone_kind_and_count_and_the_article_is_kept():
    given = dataclasses.replace(
        ARTICLE, title=unicodedata.normalize("NFD", "Giá xăng"), lead="Bộ\u00a0Công Thương\u200b"
    )
    text = clean(given)
    assert text.article is given
    assert (text.title, text.lead, text.body) == ("Giá xăng", "Bộ Công Thương", ARTICLE.body)
    assert text.repairs == (
        Repair("title", "unicode-form", 4),
        Repair("lead", "invisible", 1),
        Repair("lead", "space", 1),
    )
    assert as_text(text.codes) == ZONE_SEPARATOR.join([text.title, text.lead, text.body])


def test_spans_of_the_repaired_text_lead_to_the_text_as_given():
    given = dataclasses.replace(ARTICLE, lead="\ufeff" + unicodedata.normalize("NFD", ARTICLE.lead))
    text = clean(given)
    start = text.lead.index("Công Thương")
    as_given = slice(*text.span_as_given(1, start, start + len("Công Thương")))
    assert given.lead[as_given] == unicodedata.normalize("NFD", "Công Thương")
    assert text.span_as_given(2, 3, 5) == (3, 5)


def test_a_separator_inside_a_zone_is_taken_out():
    text = clean(dataclasses.replace(ARTICLE, body="giá\x1f xăng"))
    assert text.body == "giá xăng"
    assert as_text(text.codes).count(ZONE_SEPARATOR) == 2
    assert text.repairs == (Repair("body", "invisible", 1),)


def test_a_font_title_is_decoded_on_the_evidence_of_the_body():
    text = clean(Article(id="f", title="Bé m¸y", body="Bé C«ng Th­¬ng xö lý nghiªm vi ph¹m vÒ gi¸ x¨ng dÇu."))
    assert text.title == "Bộ máy"
    assert [(repair.field, repair.kind) for repair in text.repairs] == [("title", "tcvn3"), ("body", "tcvn3")]


def test_unmarked_vietnamese_is_named_and_left():
    given = Article(
        id="u", title="Gia xang giam manh", body="Nguoi dan vui mung vi gia xang dau giam manh trong tuan qua"
    )
    text = clean(given)
    assert text.body == given.body
    assert {repair.kind for repair in text.repairs} == {"missing-diacritics"}


def test_an_article_at_the_limit_is_read_and_one_over_it_is_refused_with_its_facts():
    assert len(clean(Article(id="max", body="a" * MAX_ARTICLE_CHARS)).body) == MAX_ARTICLE_CHARS
    with pytest.raises(ArticleTooLong, match=r"'long' dài 1\.000\.001 ký tự") as caught:
        clean(Article(id="long", title="b", body="a" * MAX_ARTICLE_CHARS))
    assert isinstance(caught.value, DiembaoError)
    assert (caught.value.article_id, caught.value.length, caught.value.limit) == ("long", 1_000_001, MAX_ARTICLE_CHARS)

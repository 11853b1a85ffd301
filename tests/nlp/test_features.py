"""Hashing syllables: what counts as the same word, and what it weighs."""

import unicodedata

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from nlp.clean import clean
from nlp.features import (
    HEADLINE,
    HEADLINE_WEIGHTS,
    OPENING_CHARS,
    ZONE_WEIGHTS,
    featurize,
    featurize_codes,
    join_zones,
)
from nlp.types import Article
from nlp.vectorizer import SyllableHasher


def keys_of(title="", lead="", body=""):
    return set(featurize_codes([join_zones(title, lead, body)]).keys.tolist())


def values_of(title="", lead="", body=""):
    matrix = featurize_codes([join_zones(title, lead, body)])
    return dict(zip(matrix.keys.tolist(), matrix.values.tolist(), strict=True))


def with_headline(keys):
    return keys | {key ^ HEADLINE for key in keys}


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("thủy", "thuỷ"), ("khỏe", "khoẻ"), ("ủy", "uỷ")])
def test_the_place_of_the_tone_mark_does_not_matter(old, new):
    assert keys_of(body=old) == keys_of(body=new)


@pytest.mark.parametrize(("one", "other"), [("hoa", "hòa"), ("bò", "bô"), ("đa", "da"), ("an", "ân"), ("hòa", "hóa")])
def test_tones_letters_and_strokes_make_different_syllables(one, other):
    assert keys_of(body=one).isdisjoint(keys_of(body=other))


def test_case_and_the_eth_look_alike_do_not_matter():
    assert keys_of(body="ĐIỆN LỰC") == keys_of(body="điện lực") == keys_of(body="Ðiện lực")


def test_numbers_are_known_by_their_shape():
    assert keys_of(body="2016") == keys_of(body="1987")
    assert keys_of(body="2016").isdisjoint(keys_of(body="201"))


def test_pairs_cross_quotes_and_spaces_but_no_other_mark():
    plain = keys_of(body="giá xăng")
    assert len(plain) == 3
    assert keys_of(body="giá “xăng”") == plain
    assert len(keys_of(body="giá, xăng")) == len(keys_of(body="giá\nxăng")) == 2
    assert keys_of(title="giá", lead="xăng") == with_headline(keys_of(body="giá, xăng"))


def test_a_pair_is_not_its_reverse():
    assert keys_of(body="giá xăng") & keys_of(body="xăng. giá") == keys_of(body="giá. xăng")
    assert keys_of(body="giá xăng") != keys_of(body="xăng giá")


def test_an_occurrence_weighs_by_where_it_stands():
    (word,) = keys_of(body="xăng")
    texts = [{"title": "xăng"}, {"lead": "xăng"}, {"body": "xăng"}, {"body": "a" * OPENING_CHARS + " xăng"}]
    assert [values_of(**text)[word] for text in texts] == pytest.approx(np.sqrt(ZONE_WEIGHTS))


def test_a_headline_counts_its_words_once_more_and_the_body_does_not():
    (word,) = keys_of(body="xăng")
    headline = word ^ HEADLINE
    assert values_of(title="xăng")[headline] == pytest.approx(np.sqrt(HEADLINE_WEIGHTS[0]))
    assert values_of(lead="xăng")[headline] == pytest.approx(np.sqrt(HEADLINE_WEIGHTS[1]))
    assert values_of(title="xăng", lead="xăng", body="xăng")[headline] == pytest.approx(np.sqrt(sum(HEADLINE_WEIGHTS)))
    assert keys_of(title="giá xăng") == with_headline(keys_of(body="giá xăng"))


def test_occurrences_add_up_under_the_square_root():
    (word,) = keys_of(body="xăng")
    assert values_of(title="xăng", lead="xăng", body="xăng")[word] == pytest.approx(np.sqrt(sum(ZONE_WEIGHTS[:3])))


def test_syllables_are_counted_with_their_repeats():
    codes = [join_zones("Giá xăng", "", "giá xăng tăng 15 %"), join_zones("", "", "...")]
    assert featurize_codes(codes).syllables.tolist() == [6, 0]


def test_the_longest_headline_has_room_for_all_its_entries():
    codes = join_zones(" ".join(chr(0x4E00 + i) for i in range(5000)), "", "")
    assert len(featurize_codes([codes]).keys) == 2 * (5000 + 4999)


def test_rows_do_not_depend_on_their_neighbours():
    texts = ["giá xăng tăng", "", "điện lực " * 300, "giá xăng tăng"]
    codes = [join_zones("", "", text) for text in texts]
    together = featurize_codes(codes)
    for row, code in enumerate(codes):
        alone = featurize_codes([code])
        span = slice(together.starts[row], together.starts[row + 1])
        assert np.array_equal(together.keys[span], alone.keys)
        assert np.array_equal(together.values[span], alone.values)
        assert np.array_equal(together.spans[span], alone.spans)


def test_nothing_gives_an_empty_matrix_and_a_text_without_syllables_an_empty_row():
    assert len(featurize_codes([])) == 0
    assert featurize_codes([join_zones("", "", "... !!! 🙂")]).starts.tolist() == [0, 0]


def mix(h):
    """MurmurHash3's finaliser in plain integers."""
    h ^= h >> 16
    h = h * 0x85EBCA6B % 2**32
    h ^= h >> 13
    h = h * 0xC2B2AE35 % 2**32
    return h ^ (h >> 16)


def syllable_hash(letters, tone):
    """FNV-1a over the letters without tone, then the tone."""
    h = 2166136261
    for letter in letters:
        h = (h ^ ord(letter)) * 16777619 % 2**32
    return mix(h ^ (tone * 0x9E3779B1 % 2**32))


def test_hashes_are_the_same_on_every_machine():
    matrix = featurize_codes([join_zones("", "", "Giá xăng")])
    acute, level = 2, 0
    left, right = syllable_hash("gia", acute), syllable_hash("xăng", level)
    assert matrix.keys.tolist() == [left, right, mix((left * 0x9E3779B1 + right) % 2**32)]


def test_every_gram_has_the_place_where_it_first_stands():
    text = "Giá xăng “tăng”. Giá xăng!"
    spans = featurize_codes([join_zones("", "", text)]).spans.tolist()
    words = [text[start - 2 : end - 2] for start, end in spans]
    assert words == ["Giá", "xăng", "Giá xăng", "tăng", "xăng “tăng"]


def test_a_headline_has_the_place_of_its_words():
    matrix = featurize_codes([join_zones("Giá xăng", "", "giá")])
    places = dict(zip(matrix.keys.tolist(), map(tuple, matrix.spans.tolist()), strict=True))
    word = matrix.keys.tolist()[0]
    assert places[word] == places[word ^ HEADLINE] == (0, 3)


def test_the_transformer_gives_the_kernel_values_folded_into_its_columns():
    article = Article(id="1", title="Giá xăng tăng", body="Giá xăng tăng từ 15 giờ.")
    matrix = featurize([clean(article)])
    out = SyllableHasher(n_features=2**22).transform([article])
    assert sparse.issparse(out)
    assert out.shape == (1, 2**22)
    assert sorted(out.data) == pytest.approx(sorted(matrix.values))


def test_the_transformer_works_in_a_pipeline_in_clone_and_in_a_grid_search():
    texts = ["giá xăng tăng mạnh", "cắt điện diện rộng", "giá xăng giảm", "cắt điện luân phiên"] * 3
    y = [0, 1, 0, 1] * 3
    pipeline = make_pipeline(SyllableHasher(), TfidfTransformer(), LogisticRegression())
    grid = GridSearchCV(clone(pipeline), {"syllablehasher__n_features": [2**10, 2**16]}, cv=2, error_score="raise")
    assert grid.fit(texts, y).predict(["xăng tăng giá", "điện bị cắt"]).tolist() == [0, 1]
    assert clone(SyllableHasher(n_features=2**12)).get_params() == {"n_features": 2**12}


@pytest.mark.parametrize("size", [0, 1000, 2**31, "2"])
def test_a_size_that_is_no_power_of_two_is_refused(size):
    with pytest.raises(ValueError, match="power of two"):
        SyllableHasher(n_features=size).fit([])


def test_unicode_forms_give_the_same_row():
    text = "Thủ tướng yêu cầu Bộ Công Thương báo cáo"
    one = featurize([clean(Article(id="1", body=text))])
    other = featurize([clean(Article(id="1", body=unicodedata.normalize("NFD", text)))])
    assert np.array_equal(one.keys, other.keys)

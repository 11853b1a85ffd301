"""Two spellings of one name have one key."""

import unicodedata

import pytest

from nlp.vietnamese import matching_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ủy ban Cạnh tranh Quốc gia", "Uỷ ban cạnh tranh quốc gia"),
        ("Cục Hóa chất", "CỤC HOÁ CHẤT"),
        ("Vụ Thị trường châu Âu - châu Mỹ", "Vụ Thị trường châu Âu – châu Mỹ"),
        ("Cục Điện lực", unicodedata.normalize("NFD", "Cục Điện lực")),
        ("Bộ Công Thương", "  Bộ\u00a0Công\n Thương "),
        ("khỏe", "khoẻ"),
        ("QÐ-BCT", "QĐ-BCT"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert matching_key(one) == matching_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("bò", "bộ"), ("quý", "quí"), ("Cục Công nghiệp", "Cục Công nghệ"), ("tay", "tai")]
)
def test_different_words_keep_different_keys(one, other):
    assert matching_key(one) != matching_key(other)


def test_only_open_rhymes_change_their_tone_place():
    assert matching_key("hoàn quỳ ngoài TOÀ thuỷ khoẻ") == "hoàn quỳ ngoài tòa thủy khỏe"

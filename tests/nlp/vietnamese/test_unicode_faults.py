"""Loose marks, look-alikes of Đ, invisible marks, odd spaces, lone surrogates."""

import unicodedata

import pytest

from nlp.vietnamese import repair
from nlp.vietnamese.alphabet import ACCENTED, BASE_OF


@pytest.mark.parametrize("letter", [c for c in ACCENTED if c not in "đĐ"])
def test_each_decomposed_letter_is_composed(letter):
    repaired = repair(unicodedata.normalize("NFD", f"b{letter}n"))
    assert repaired.text == f"b{letter}n"
    assert [kind for kind, _ in repaired.faults] == ["unicode-form"]


@pytest.mark.parametrize("letter", [c for c in ACCENTED if c not in "đĐ"])
def test_each_half_composed_letter_is_composed(letter):
    """Windows-1258 writes ô and a loose dot for ộ."""
    base = BASE_OF[letter.lower()]
    tone = [mark for mark in unicodedata.normalize("NFD", letter)[1:] if mark in "\u0300\u0301\u0303\u0309\u0323"]
    half = (base if letter.islower() else base.upper()) + "".join(tone)
    assert repair(f"b{half}n").text == f"b{letter}n"


def test_a_tone_typed_before_the_hat_is_put_in_order():
    assert repair("so\u0301\u0302").text == "số"
    assert repair("d\u0335o\u0302\u0300ng").text == "đồng"


def test_windows_1258_bytes_come_out_composed():
    assert repair(b"B\xf4\xf2 C\xf4ng".decode("cp1258")).text == "Bộ Công"


def test_other_composed_letters_are_left_to_their_languages():
    for text in ("Ångström, Žižek, Łódź", "हिन्दी", "한국어"):
        assert repair(text).text == text


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("QÐ-BCT", "QĐ-BCT"),
        ("40/2025/NÐ-CP", "40/2025/NĐ-CP"),
        ("Ðiện lực", "Điện lực"),
        ("Ɖồng Nai", "Đồng Nai"),
        ("ðường dây", "đường dây"),
        ("ɖiện", "điện"),
        ("ÐƯỜNG", "ĐƯỜNG"),
    ],
)
def test_look_alikes_of_barred_d_are_replaced(given, right):
    repaired = repair(given)
    assert repaired.text == right
    assert repaired.faults == (("look-alike", 1),)


def test_icelandic_keeps_its_eth():
    assert repair("Guðmundur Sigurðsson, Norðurál").text == "Guðmundur Sigurðsson, Norðurál"


@pytest.mark.parametrize(
    "mark", ["\u00ad", "\u200b", "\u200c", "\u200d", "\ufeff", "\u0007", "\u0090", "\u2060", "\u001f"]
)
def test_invisible_marks_are_taken_out_of_words(mark):
    repaired = repair(f"Bộ Công Th{mark}ương{mark}")
    assert repaired.text == "Bộ Công Thương"
    assert repaired.faults == (("invisible", 2),)


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f", "\u3000", "\u2003", "\u1680"])
def test_odd_spaces_become_plain_ones(blank):
    assert repair(f"giá{blank}{blank}xăng").text == "giá  xăng"


def test_line_breaks_are_kept_and_odd_ones_become_plain():
    assert repair("một\nhai\r\nba\tbốn").text == "một\nhai\r\nba\tbốn"
    assert repair("một\u2028hai\u000bba").text == "một\nhai\nba"


def test_lone_surrogates_become_the_replacement_character_and_pairs_are_joined():
    repaired = repair("giá \ud83d xăng \ud83d\ude00")
    assert repaired.text == "giá \ufffd xăng 😀"
    repaired.text.encode()

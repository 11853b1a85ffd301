"""A tone mark that is wrong in both styles moves; the two styles themselves are left alone."""

import pytest
from viet_text_tools import normalize_diacritics

from nlp.vietnamese import repair
from nlp.vietnamese.alphabet import VOWEL_ROWS
from nlp.vietnamese.syllables import is_syllable


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("gía", "giá"),
        ("qúy", "quý"),
        ("Qúa", "Quá"),
        ("nghìên", "nghiền"),
        ("lựơng", "lượng"),
        ("ngòai", "ngoài"),
        ("tòan", "toàn"),
        ("cuả", "của"),
        ("thơì", "thời"),
        ("nhiêù", "nhiều"),
        ("hâụ", "hậu"),
        ("vừơn", "vườn"),
        ("khủyu", "khuỷu"),
        ("LỰƠNG", "LƯỢNG"),
        ("thúôc", "thuốc"),
        ("rựơu", "rượu"),
        ("ngaỳ", "ngày"),
    ],
)
def test_a_misplaced_tone_moves_to_its_letter(given, right):
    repaired = repair(given)
    assert repaired.text == right
    assert repaired.faults == (("tone-placement", 2),)
    assert normalize_diacritics(given) == right


RIGHT = """
hòa hoà thủy thuỷ khỏe khoẻ Ủy Uỷ tòa toà ngoài đoàn quý quí rượu bướu thuở khuya giếng gì già gìn giữ kìa của lúa mía
chịu khuỷu ngoằn ngoèo xoong boóc quốc quyển nguyễn yếu uống ướt khuấy tuyết huýt hươu nếu đều sữa cứu
""".split()  # noqa: SIM905


@pytest.mark.parametrize("word", RIGHT)
def test_words_right_in_either_style_stay(word):
    assert is_syllable(word)
    assert repair(f"Bộ trưởng nói {word}").text == f"Bộ trưởng nói {word}"
    assert repair(word.upper()).text == word.upper()


def test_every_rhyme_moves_back_from_every_wrong_letter():
    """Put the tone on each other vowel of a word; what is a word in neither style must come back."""
    tones = {row[0]: row for row in VOWEL_ROWS}
    moved = 0
    for bare, right in (
        ("nghiên", "nghiện"),
        ("trương", "trượng"),
        ("khuyên", "khuyện"),
        ("loan", "loạn"),
        ("giai", "giại"),
    ):
        for i, letter in enumerate(bare):
            spoilt = bare[:i] + tones[letter][5] + bare[i + 1 :] if letter in tones else right
            moved += spoilt != right
            assert repair(spoilt).text == right, spoilt
    assert moved == 7


@pytest.mark.parametrize(
    "text",
    [
        "Raúl Díaz và María García ở Río",
        "Simeón, Higuaín, Beyoncé",
        "Più di così",
        "E daí eles disseram que o país não vai sair de Icaraí",
        "TMĐT, XNK, TTTN",
    ],
)
def test_foreign_words_keep_their_accents(text):
    assert repair(text).text == text

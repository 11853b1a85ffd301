"""UTF-8 read as Windows-1252 or Latin-1, once or twice, whole or as an island."""

import ftfy
import pytest

from nlp.vietnamese import repair
from nlp.vietnamese.alphabet import ACCENTED


def misread(text: str, encoding: str = "cp1252") -> str:
    """Read the UTF-8 of `text` as one byte a character; bytes unknown to Windows-1252 as Latin-1, as browsers do."""
    raw = text.encode()
    return "".join(
        bytes([b]).decode(encoding, "replace").replace("\ufffd", chr(b)) if encoding == "cp1252" else chr(b)
        for b in raw
    )


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("letter", ACCENTED)
def test_each_letter_comes_back(letter, encoding):
    given = misread(f"giá dầu {letter}n", encoding)
    assert repair(given).text == f"giá dầu {letter}n"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
def test_sentences_come_back_and_ftfy_agrees(sentences, times, encoding):
    for sentence in sentences:
        given = sentence
        for _ in range(times):
            given = misread(given, encoding)
        repaired = repair(given)
        assert repaired.text == sentence
        assert repaired.text == ftfy.fix_text(given)
        assert [kind for kind, _ in repaired.faults] == ["mojibake"]


def test_an_island_in_good_text_is_repaired_and_the_rest_kept():
    given = "Thứ trưởng nói: " + misread("“giá xăng dầu sẽ giảm”") + " – báo chí ghi nhận… ĐÃ”"
    assert repair(given).text == "Thứ trưởng nói: “giá xăng dầu sẽ giảm” – báo chí ghi nhận… ĐÃ”"


def test_a_broken_sequence_stays_beside_a_repaired_one():
    assert repair("Bá»™ Th\u00e1\u00ba nÆ°á»›c").text == "Bộ Th\u00e1\u00ba nước"


def test_a_grave_whose_hard_space_became_a_plain_one_is_repaired():
    assert repair("Ä‘Ã¢y lÃ  ngÆ°á»\u009di").text == "đây là người"
    assert repair("Ä‘Ã¢y lÃ ngÆ°á»\u009di").text == "đây là người"


def test_misread_font_text_is_repaired_in_both_layers():
    repaired = repair(misread("Bé C«ng Th­¬ng"))
    assert repaired.text == "Bộ Công Thương"
    assert [kind for kind, _ in repaired.faults] == ["tcvn3", "mojibake"]


@pytest.mark.parametrize(
    "text",
    ["ĐÃ…", "CÀ PHÊ”", "“CHÂU Á’", "thế á…”", "CITROËN", "NÃO, SÃO", "ĐÃ» và «Ê»", "Â, Ê, Ô", "20 m², 5 Ω, ÷ × ±"],
)
def test_letters_before_punctuation_are_not_mojibake(text):
    assert repair(text).text == text

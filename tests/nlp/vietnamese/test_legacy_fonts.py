"""TCVN3 (ABC) and VNI: every letter comes back, and nothing else is taken for them."""

import shutil
import subprocess

import pytest

from nlp.vietnamese import repair, repair_all
from nlp.vietnamese.alphabet import ACCENTED, MARKED
from nlp.vietnamese.legacy import TCVN3, TCVN3_ROWS, VN1_CAPITAL_ROWS, VNI, detect

# So many syllables around a letter that the encoding is never in doubt.
TCVN3_SURROUNDINGS = "§¬n vÞ xö lý ph¶n ¸nh cña b¸o chÝ, n­íc ngoµi "
VNI_SURROUNDINGS = "Ñôn vò xöû lyù phaûn aùnh cuûa baùo chí, nöôùc ngoaøi "


def test_the_alphabet_has_134_accented_letters():
    assert len(set(ACCENTED)) == len(ACCENTED) == 134


@pytest.mark.parametrize(("first", "letters"), TCVN3_ROWS + VN1_CAPITAL_ROWS)
def test_tcvn3_table_agrees_with_iconv(first, letters):
    assert shutil.which("iconv"), "this test needs iconv (glibc: package libc-bin)"
    codes = bytes(range(first, first + len(letters)))
    decoded = subprocess.run(["iconv", "-f", "TCVN5712-1", "-t", "UTF-8"], input=codes, capture_output=True, check=True)
    assert decoded.stdout.decode() == letters
    assert "".join(TCVN3[chr(code)] for code in codes) == letters


def test_tcvn3_has_every_small_letter_and_the_seven_capitals_with_codes():
    assert set(TCVN3.values()) >= {*MARKED, *"ĂÂÊÔƠƯĐ"}


def test_vni_has_every_letter_in_both_cases():
    assert set(VNI.values()) == set(ACCENTED)


@pytest.mark.parametrize("letter", MARKED + "ĂÂÊÔƠƯĐ")
def test_each_letter_survives_tcvn3(letter, to_tcvn3):
    spoilt = TCVN3_SURROUNDINGS + to_tcvn3(f"x{letter}x")
    assert repair(spoilt).text == f"Đơn vị xử lý phản ánh của báo chí, nước ngoài x{letter}x"


@pytest.mark.parametrize("letter", ACCENTED)
def test_each_letter_survives_vni(letter, to_vni):
    spoilt = VNI_SURROUNDINGS + to_vni(f"x{letter}x")
    assert repair(spoilt).text == f"Đơn vị xử lý phản ánh của báo chí, nước ngoài x{letter}x"


def test_sentences_come_back_from_both_fonts(sentences, to_tcvn3, to_vni):
    for sentence in sentences:
        # An ABC font draws Ủ from the code of ủ, so the capital cannot come back.
        small = sentence.replace("Ủ", "ủ")
        assert repair(to_tcvn3(small)).text == small
        assert repair(to_vni(sentence)).text == sentence


def test_a_title_of_three_words_is_enough():
    assert repair("Bé C«ng Th­¬ng").text == "Bộ Công Thương"
    assert repair("Boä Coâng Thöông").text == "Bộ Công Thương"
    assert repair("Gi¸ x¨ng gi¶m").faults == (("tcvn3", 3),)
    assert repair("Giaù xaêng giaûm").faults == (("vni", 6),)


def test_the_soft_hyphen_of_tcvn3_is_a_letter_and_not_an_invisible_mark():
    repaired = repair("thÞ tr­êng trong n­íc")
    assert repaired.text == "thị trường trong nước"
    assert [kind for kind, _ in repaired.faults] == ["tcvn3"]


def test_letters_before_quotes_and_dots_are_letters_and_single_signs_are_read_where_they_can_be():
    assert repair("“®Çy trÎ”, nãi vÒ… « t« 4×2, gi¸ 5 £ © 2016").text == "“đầy trẻ”, nói về… ô tô 4×2, giá 5 £ © 2016"
    assert repair("hôïp ñoàng 800.000ñ, Ñ. Nguyeãn Traõi").text == "hợp đồng 800.000đ, Đ. Nguyễn Trãi"


def test_capitals_typed_with_caps_lock_in_an_abc_font_come_out_as_capitals():
    assert repair("QU¶N Lý THÞ TR¦êNG").text == "QUẢN LÝ THỊ TRƯỜNG"


def test_a_title_that_proves_nothing_is_decoded_on_the_evidence_of_its_body():
    title, body = repair_all(("Bé m¸y", "Bé C«ng Th­¬ng xö lý nghiªm vi ph¹m vÒ gi¸ x¨ng dÇu."))
    assert (title.text, body.text) == ("Bộ máy", "Bộ Công Thương xử lý nghiêm vi phạm về giá xăng dầu.")


def test_a_unicode_title_over_a_font_body_stays_as_it_is():
    for given in ("Giá cà phê", "Giá cà phê tăng trở lại"):
        title, body = repair_all((given, "Bé C«ng Th­¬ng xö lý nghiªm vi ph¹m vÒ gi¸ x¨ng dÇu."))
        assert title.text == given
        assert body.text.startswith("Bộ Công Thương")


def test_a_known_encoding_is_taken_at_its_word():
    assert repair("Th­¬ng", legacy="tcvn3").text == "Thương"
    with pytest.raises(ValueError, match="unknown legacy encoding 'viscii'; known: tcvn3, vni"):
        repair("Th­¬ng", legacy="viscii")


@pytest.mark.parametrize(
    "text",
    [
        "Peugeot và Citroën bán xe ở São Paulo, München và Düsseldorf",
        "café crème, señor Núñez, naïve, Loïc, Thaï, Zoë, Noël",
        "Där går en lång väg över bron, många gånger",
        "Le maïs coûte 5 £ à l'été, où l'âme rêve",
        "© 2016 Báo của ngành, giá 35 £, 20 €, 15 m², 30 °C, ½ lít, § 5 «trích»",
        "O São João já começou; daí a Câmara não é só do país",
        "中国商务部发布公告 ÄÖÜ äöü ß",
        "Samsung® Galaxy™, Coca-Cola©, 5 µm, 1ª, nº 3",
        "Più di così non può, perché la città è già lì",
    ],
)
def test_other_languages_and_signs_are_no_font_text(text):
    assert detect([text]) is None
    assert repair(text).text == text


def test_document_numbers_dates_addresses_and_lines_survive_decoding():
    given = "Sè: 123/Q§-BCT\r\nNghÞ ®Þnh 40/2025/N§-CP, 1.864,44 tÊn, http://moit.gov.vn/a-b?c=1, vp@moit.gov.vn"
    assert repair(given).text == (
        "Số: 123/QĐ-BCT\r\nNghị định 40/2025/NĐ-CP, 1.864,44 tấn, http://moit.gov.vn/a-b?c=1, vp@moit.gov.vn"
    )

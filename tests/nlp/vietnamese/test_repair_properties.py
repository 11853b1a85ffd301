"""What holds for any text: repairing twice changes nothing, clean text is left alone, offsets lead back."""

import random
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.vietnamese import KINDS, MEANINGS, repair, repair_all
from nlp.vietnamese.alphabet import ACCENTED

OLD_STYLE = """
bộ công thương điều hành giá xăng dầu hòa thủy khỏe quý ngoài đoàn nghiêng khuỷu rượu ủy tòa giếng gì già của mía lúa
chịu thuở khuya hươu yếu uống ướt khuấy tuyết nếu đều sữa cứu việt nam người tiêu dùng ở à ừ ý thị trường xuất khẩu
""".split()  # noqa: SIM905
NEW = {"hòa": "hoà", "thủy": "thuỷ", "khỏe": "khoẻ", "ủy": "uỷ", "tòa": "toà"}
CASES = (str.lower, str.capitalize, str.upper)
BETWEEN = (
    " ",
    ", ",
    ". ",
    "\n",
    " – ",
    "… ",
    " 123/QĐ-BCT ",
    " 40/2025/NĐ-CP, ",
    " 1.864,44 ",
    "” “",
    " (5%) ",
    " ND-CP ",
)

clean_texts = st.lists(
    st.tuples(st.sampled_from(OLD_STYLE), st.sampled_from(CASES), st.sampled_from(BETWEEN)), max_size=30
)
odd_letters = (
    ACCENTED
    + "aeiouybcdghnqtÐðƉ"
    + "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
    + "\u00ad\u200b\ufeff\u0090\x1f\x07"
    "\u00a0\u2028 \n.,-/§«»©®¬¨¸µ¶·¹ÃÂÄÆáâº»™€‘’“”…°²äåæçëîïñöøûü\ud800\udc00中😀"
)
odd_texts = st.text(alphabet=odd_letters, max_size=40)


@settings(max_examples=400, deadline=None)
@given(odd_texts)
def test_repairing_twice_changes_nothing(text):
    once = repair(text)
    again = repair(once.text)
    assert again.text == once.text
    assert again.offsets is None


@settings(max_examples=150, deadline=None)
@given(clean_texts, st.sampled_from(["nfd", "tcvn3-like", "misread", "invisible", "eth"]))
def test_repairing_twice_changes_nothing_in_spoilt_sentences(words, fault):
    text = "".join(case(word) + between for word, case, between in words)
    spoil = {
        "nfd": lambda: unicodedata.normalize("NFD", text),
        "tcvn3-like": lambda: text + " Bé C«ng Th­¬ng",
        "misread": lambda: text.encode().decode("latin-1"),
        "invisible": lambda: "\u200b".join(text),
        "eth": lambda: text.replace("Đ", "Ð").replace("đ", "ð"),
    }
    once = repair(spoil[fault]())
    assert repair(once.text).text == once.text


@settings(max_examples=200, deadline=None)
@given(clean_texts, st.booleans())
def test_clean_text_is_unchanged_in_both_tone_styles(words, new_style):
    text = "".join(case(NEW.get(word, word) if new_style else word) + between for word, case, between in words)
    repaired = repair(text)
    assert repaired.text == text
    assert repaired.faults == ()
    assert repaired.offsets is None


@settings(max_examples=300, deadline=None)
@given(st.lists(odd_texts, min_size=1, max_size=3))
def test_offsets_never_decrease_and_end_at_the_length_as_given(texts):
    for given_text, repaired in zip(texts, repair_all(texts), strict=True):
        if repaired.offsets is None:
            assert repaired.text == given_text
            continue
        assert repaired.offsets.dtype == np.int64
        assert len(repaired.offsets) == len(repaired.text) + 1
        assert (np.diff(repaired.offsets) >= 0).all()
        assert repaired.offsets[-1] == len(given_text)
        assert 0 <= repaired.offsets[0] <= len(given_text)


@pytest.mark.parametrize("fault", ["nfd", "misread", "invisible", "tcvn3", "vni"])
def test_the_span_of_a_word_leads_to_the_same_word_as_given(sentences, fault, to_tcvn3, to_vni):
    spoil = {
        "nfd": lambda word: unicodedata.normalize("NFD", word),
        "misread": lambda word: word.encode().decode("latin-1"),
        "invisible": lambda word: word[0] + "\u200b" + word[1:],
        "tcvn3": to_tcvn3,
        "vni": to_vni,
    }[fault]
    for sentence in sentences:
        words = sentence.replace("Ủ", "ủ").split(" ")
        spoilt = [spoil(word) for word in words]
        repaired = repair(" ".join(spoilt))
        assert repaired.text.split(" ") == words
        at = 0
        for word, as_given in zip(words, spoilt, strict=True):
            start, end = repaired.offsets[at], repaired.offsets[at + len(word)]
            assert " ".join(spoilt)[start:end] == as_given
            at += len(word) + 1


def test_faults_come_in_the_order_of_kinds_and_each_kind_has_a_meaning():
    repaired = repair("\ud800 \u200bQÐ\u00a0gía Bo\u0302\u0323 Bá»™")
    kinds = [kind for kind, _ in repaired.faults]
    assert kinds == [kind for kind in KINDS if kind in kinds]
    assert len(kinds) == 7
    assert tuple(MEANINGS) == KINDS


def test_a_long_spoilt_text_is_repaired_whole(sentences):
    words = " ".join(sentences).split(" ")
    random.Random(7).shuffle(words)  # noqa: S311
    text = " ".join(words * 20)
    assert repair(unicodedata.normalize("NFD", text)).text == text

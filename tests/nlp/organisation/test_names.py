"""Names in text: every spelling of one name is found, and what may mean two things is never guessed."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.artifacts import load_organisation

NOTICE, SPLIT, MERGED = date(2016, 5, 24), date(2018, 1, 1), date(2025, 6, 1)
REGISTRY = load_organisation()


@pytest.mark.parametrize(
    ("written", "day", "unit"),
    [
        ("Cục Xuất nhập khẩu", NOTICE, "cuc.xnk"),
        ("CỤC XUẤT NHẬP KHẨU", NOTICE, "cuc.xnk"),
        ("cục xuất nhập khẩu", NOTICE, "cuc.xnk"),
        ("Cục XNK", NOTICE, "cuc.xnk"),
        ("XNK", NOTICE, "cuc.xnk"),
        ("Bộ Công thương", NOTICE, "bct"),  # trap 16: most papers write it so
        ("MoIT", NOTICE, "bct"),
        ("Cục Hóa chất", NOTICE, "cuc.hc"),
        ("Cục Hoá chất", NOTICE, "cuc.hc"),  # trap 5: the new place of the tone
        ("Uỷ ban Cạnh tranh Quốc gia", MERGED, "ubctqg"),
        ("Ủy ban Cạnh tranh quốc gia", MERGED, "ubctqg"),
        ("Vụ Thị trường châu Âu – châu Mỹ", SPLIT, "vu.tt_am"),  # trap 17: dashes and blanks
        ("Vụ Thị trường châu Âu-châu Mỹ", SPLIT, "vu.tt_am"),
        ("Vụ Thị trường châu Âu \u2212\u00a0châu Mỹ", SPLIT, "vu.tt_am"),
        ("Vụ\u00a0Thị trường Âu-Mỹ", SPLIT, "vu.tt_am"),
        ("Vụ Thị\u200b trường trong nước", SPLIT, "vu.tttn"),
        ("Cục TMĐT & CNTT", NOTICE, "cuc.tmdt"),
        ("TMĐT&CNTT", NOTICE, "cuc.tmdt"),
        ("Cục ÐTÐL", NOTICE, "cuc.dtdl"),  # trap 4: Eth for Đ
        ("Vụ Kế hoạch, Tài chính và Quản lý doanh nghiệp", MERGED, "vu.khtcqldn"),
        ("Vụ Thương mại miền núi", NOTICE, "vu.tmbgmn"),
        ("BCT-XNK", NOTICE, "cuc.xnk"),  # trap 15: in a document's number it is safe
        ("EVN", NOTICE, "evn"),
        ("Trung tâm Điều độ hệ thống điện quốc gia", NOTICE, "evn"),  # within EVN until 2024-08-12
        ("AFT", NOTICE, "cuc.xnk"),
        ("Petrovietnam", NOTICE, "pvn"),
        ("PV Gas", NOTICE, "pvn"),
        ("TISCO", NOTICE, "vnsteel"),
        ("QLTT", NOTICE, "cuc.qltt"),
        ("QLTT", date(2018, 10, 12), "tc.qltt"),
        ("Tập đoàn Công nghiệp – Năng lượng Quốc gia Việt Nam", date(2025, 4, 9), "pvn"),
        ("NSMO", date(2024, 8, 12), "nsmo"),
    ],
)
def test_a_name_is_known_in_every_spelling(organisation, written, day, unit):
    for form in ("NFC", "NFD"):
        sure = organisation.lookup(unicodedata.normalize(form, written), at=day).sure
        assert sure is not None and sure.id == unit


@pytest.mark.parametrize(
    ("written", "day", "candidates", "reason"),
    [
        ("BCT", NOTICE, {"bct"}, "Bộ Chính trị"),
        ("Bộ CT", NOTICE, {"bct"}, "Bộ Chính trị"),
        ("TCT", NOTICE, set(), "tổng công ty, Tổng cục Thuế"),
        ("CN", NOTICE, {"cuc.cn"}, "chi nhánh"),
        ("CN", SPLIT, {"cuc.cn"}, "chi nhánh"),
        ("HC", NOTICE, {"cuc.hc"}, "hành chính"),
        ("TT", NOTICE, set(), "thông tư"),
        ("iDEA", SPLIT, {"cuc.tmdt"}, "ý tưởng"),
        *[(code, NOTICE, {firm}, f"mã chứng khoán {code}") for code, firm in (
            ("PLX", "petrolimex"), ("SAB", "sabeco"), ("BHN", "habeco"),
            ("VEA", "veam"), ("VGT", "vinatex"), ("TVN", "vnsteel"),
        )],
        ("PVC", NOTICE, {"pvn"}, "nhựa PVC"),
        ("DAP", NOTICE, {"vinachem"}, "phân bón"),
        ("ngành điện", NOTICE, {"evn"}, "cả ngành"),
        ("A0", NOTICE, {"evn"}, "khổ giấy"),
        ("A0", MERGED, {"evn", "nsmo"}, "khổ giấy"),
        ("TTCP", MERGED, {"ngoai.ttcp"}, "Thủ tướng Chính phủ"),
        ("VCA", NOTICE, {"cuc.qlct"}, "Liên minh Hợp tác xã"),
        ("Mie", NOTICE, {"mie"}, "tỉnh Mie"),
        ("KV1", NOTICE, set(), "một trong bốn vụ thị trường"),  # which Vụ bore which number nobody has verified
        ("Trung tâm Điều độ hệ thống điện quốc gia", MERGED, {"evn", "nsmo"}, "có 2 khả năng"),
        ("Cuc Xuat nhap khau", NOTICE, {"cuc.xnk"}, "không dấu"),  # trap 14: names are not restored
        ("Bo Cong Thuong", NOTICE, {"bct"}, "không dấu"),
        ("Cục Điện lực", NOTICE, {"cuc.dl"}, "không phải tên của ngày 24/05/2016"),
        ("Tổng cục Năng lượng", MERGED, {"tc.nl"}, "không phải tên của ngày 01/06/2025"),
        ("NSMO", date(2024, 8, 11), {"nsmo"}, "không phải tên của ngày 11/08/2024"),
        ("BỘ CƠNG THƯƠNG", NOTICE, set(), "không biết tên"),  # trap 12: a botched conversion is not guessed
        ("công thương", NOTICE, set(), "không biết tên"),
        ("Sở Công Thương", NOTICE, set(), "không biết tên"),
        ("Ngân hàng Công Thương", NOTICE, set(), "không biết tên"),
        ("", NOTICE, set(), "không biết tên"),
        (" - ", NOTICE, set(), "không biết tên"),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_gives_every_candidate_and_a_reason(organisation, written, day, candidates, reason):
    found = organisation.lookup(written, at=day)

    assert found.sure is None
    assert {holder.id for holder in found.holders} == candidates
    assert reason in found.reason


@pytest.mark.parametrize(
    ("text", "day", "units"),
    [
        ("Cục Xuất nhập khẩu (Bộ Công thương) cho biết", NOTICE, ["cuc.xnk", "bct"]),
        ("Công văn số 8609/BCT-TC ngày 24/5/2016", NOTICE, ["vu.tc"]),
        ("Vụ Thị trường châu Âu – châu Mỹ, Vụ Kế hoạch", SPLIT, ["vu.tt_am", "vu.kh"]),
        ("Vụ Kế hoạch, Vụ Tài chính", NOTICE, ["vu.kh", "vu.tc"]),
        ("Vụ Kế hoạch, Tài chính và Quản lý doanh nghiệp chủ trì", MERGED, ["vu.khtcqldn"]),
        ("Cục Công nghiệp địa phương và Cục Công nghiệp", SPLIT, ["cuc.cn"]),
        ("Ông A, Tổng cục Quản lý thị trường", date(2020, 1, 1), ["tc.qltt"]),
        ("EVN, Sabeco và Vinatex", NOTICE, ["evn", "sabeco", "vinatex"]),
        ("Phó Chánh thanh tra Bộ Công Thương", NOTICE, ["tt"]),
        # A name within a longer word or a longer name is none.
        ("Chi cục Quản lý thị trường tỉnh kiểm tra", NOTICE, []),
        ("Tổng cục Quản lý thị trường", NOTICE, []),
        ("Dịch vụ Tài chính, nhiệm vụ Kế hoạch, nghiệp vụ Pháp chế", NOTICE, []),
        ("DỊCH VỤ TÀI CHÍNH", NOTICE, []),
        ("cán bộ Công Thương", NOTICE, []),
        ("một vụ tài chính mờ ám, vụ kế hoạch đổ bể", NOTICE, []),
        ("Ngân hàng Công Thương, Sở Công Thương, Trường ĐH Công Thương", NOTICE, []),
        ("XEVNX và EVNX", NOTICE, []),
        ("kim ngạch XNK, hạ tầng TMĐT", NOTICE, []),
        ("Vụ: Kế hoạch. Vụ. Tài chính", NOTICE, []),
        ("", NOTICE, []),
    ],
)
def test_names_are_found_in_running_text_and_only_whole(organisation, text, day, units):
    assert [mention.lookup.sure.id for mention in organisation.mentions(text, at=day) if mention.lookup.sure] == units


@pytest.mark.parametrize("text", ["Mua PLX, bán SAB", "BCT", "ngành điện Việt Nam: Ngành điện", "Giấy A0"])
def test_a_doubtful_name_in_a_text_is_never_sure(organisation, text):
    assert [mention for mention in organisation.mentions(text, at=MERGED) if mention.lookup.sure] == []


def test_a_mention_says_where_it_stands(organisation):
    text = "Theo Cục Hoá chất, giá…"
    (mention,) = organisation.mentions(text, at=NOTICE)

    assert text[mention.start : mention.end] == mention.text == "Cục Hoá chất"
    assert mention.lookup.sure.name == "Cục Hóa chất"


@given(st.text(max_size=200), st.dates(date(2012, 12, 26), date(2030, 12, 31)))
def test_any_text_has_mentions_in_order_that_quote_it(text, day):
    end = 0
    for mention in REGISTRY.mentions(text, at=day):
        assert mention.start >= end
        assert text[mention.start : mention.end] == mention.text
        end = mention.end


@given(st.text(max_size=60))
def test_any_name_is_looked_up_without_an_error_and_sure_of_one_at_most(text):
    found = REGISTRY.lookup(text, at=NOTICE)

    assert found.reason or len(found.holders) == 1


@given(st.sampled_from(sorted(REGISTRY.lives)), st.data())
def test_every_name_that_a_unit_bears_is_found_on_the_days_it_bears_it(unit, data):
    life = REGISTRY.lives[unit]
    if unit == "dnk":  # the name for all others is no name
        return
    named = data.draw(st.sampled_from(life.names))
    found = REGISTRY.lookup(named.name, at=named.first_day)

    assert unit in {holder.id for holder in found.holders}


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        (("Sabeco thoái vốn", "Habeco"), "sabeco"),
        (("Thoái vốn", "Habeco và Sabeco"), None),
        (("Sabeco, Habeco", "VEAM"), None),
        (("Thoái vốn", "VEAM lãi lớn, VEAM chia cổ tức"), "veam"),
        (("EVN và Sabeco",), "sabeco"),
        (("Thoái vốn ở SAB",), None),
        (("Thoái vốn",), None),
        ((), None),
    ],
)
def test_the_enterprise_an_article_is_about_is_named_where_it_is_exactly_one(organisation, zones, expected):
    named = organisation.named("DNK", zones, at=NOTICE)

    assert (named.id if named else None) == expected

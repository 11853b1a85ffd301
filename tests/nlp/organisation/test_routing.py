"""Who answered on the days around every reorganisation, written by hand from the sources and not from the data files.

One row: competence, topic, then day -> unit. A row gives the day before a change, the day itself and the day after, or
the days on both sides of several changes. Sources: numbers of decrees; S.. stand in datasets/organisation/README.md.
"""

from __future__ import annotations

from datetime import date

import pytest

POWER, OIL, PETROL = "dien-luc", "dau-khi-than-khoang-san", "xang-dau"
REMEDY, CONSUMER = "phong-ve-thuong-mai", "canh-tranh-nguoi-tieu-dung"
WTO = "hoi-nhap-quoc-te"
MARKET, FAKES, STATE = "thi-truong-trong-nuoc", "quan-ly-thi-truong", "dnnn-to-chuc-can-bo"
TRADE, LAW, LOCAL, FOOD = "xuat-nhap-khau", "the-che-cai-cach", "xuc-tien-dia-phuong", "an-toan-thuc-pham"
HEAVY, LIGHT, SAFETY, NET, CHEMICAL = (
    "cong-nghiep-nang", "cong-nghiep-nhe", "an-toan-moi-truong", "thuong-mai-dien-tu", "hoa-chat-phan-bon",
)  # fmt: skip

UNIT_CASES = [
    # The first day of the scope and the day of the notice, 95/2012/NĐ-CP
    ("2012-12-26", "TCNL", POWER, "tc.nl", "95/2012/NĐ-CP [S13]"),
    ("2012-12-26", "QLCT", REMEDY, "cuc.qlct", "95/2012/NĐ-CP [S15]"),
    ("2016-05-24", "VP", LAW, "vp", "thông báo 24/5/2016 [S01]"),
    ("2016-05-24", "TTB", STATE, "tt", "thông báo 24/5/2016 [S01]"),
    ("2016-05-24", "TMBGMN", LOCAL, "vu.tmbgmn", "GUIDELINE.md"),
    ("2016-05-24", "TTCP", TRADE, "vu.kv4", "báo chí 2016 [S10]"),
    # 98/2017/NĐ-CP: the energy directorate is split three ways
    ("2017-08-17", "TCNL", POWER, "tc.nl", "[S07][S08]"),
    ("2017-08-18", "TCNL", POWER, "cuc.dlnltt", "98/2017/NĐ-CP [S07][S08][S09]"),
    ("2017-08-19", "TCNL", POWER, "cuc.dlnltt", "98/2017/NĐ-CP [S07][S08][S09]"),
    ("2017-08-17", "TCNL", OIL, "tc.nl", "[S07][S08]"),
    ("2017-08-18", "TCNL", OIL, "vu.dkt", "98/2017/NĐ-CP [S07][S08][S09]"),
    ("2017-08-19", "TCNL", PETROL, "vu.dkt", "98/2017/NĐ-CP [S07][S08][S09]"),
    ("2017-08-17", "TCNL", HEAVY, "tc.nl", "[S07][S08]"),
    ("2017-08-18", "TCNL", HEAVY, "vu.tknl", "tên đơn vị mới, 98/2017/NĐ-CP"),
    ("2017-08-17", "KHCN", POWER, "vu.khcn", "GUIDELINE.md: tiết kiệm năng lượng"),
    ("2017-08-18", "KHCN", POWER, "vu.tknl", "tên đơn vị mới, 98/2017/NĐ-CP"),
    ("2017-08-18", "KHCN", FOOD, "vu.khcn", "giữ, 98/2017/NĐ-CP"),
    # … the competition agency in two, by topic
    ("2017-08-17", "QLCT", REMEDY, "cuc.qlct", "[S15]"),
    ("2017-08-18", "QLCT", REMEDY, "cuc.pvtm", "[S15][S26]"),
    ("2017-08-19", "QLCT", REMEDY, "cuc.pvtm", "[S15][S26]"),
    ("2017-08-17", "QLCT", CONSUMER, "cuc.qlct", "[S15]"),
    ("2017-08-18", "QLCT", CONSUMER, "cuc.ctbvntd", "[S15]"),
    ("2017-08-19", "QLCT", CONSUMER, "cuc.ctbvntd", "[S15]"),
    # … four foreign markets become two, two industries one, and names follow
    ("2017-08-17", "TTCA", TRADE, "vu.kv1", "[S10]"),
    ("2017-08-18", "TTCA", TRADE, "vu.tt_acp", "[S07][S08]"),
    ("2017-08-18", "TTCP", TRADE, "vu.tt_acp", "[S07][S08]"),
    ("2017-08-17", "TTCAU", TRADE, "vu.kv2", "[S10]"),
    ("2017-08-18", "TTCAU", TRADE, "vu.tt_am", "[S07][S08]"),
    ("2017-08-18", "TTCM", TRADE, "vu.tt_am", "[S07][S08]"),
    ("2017-08-17", "CNNG", HEAVY, "vu.cnn", "[S08]"),
    ("2017-08-18", "CNNG", HEAVY, "cuc.cn", "[S08]"),
    ("2017-08-18", "CNNH", LIGHT, "cuc.cn", "[S08]"),
    ("2017-08-17", "TMBGMN", LOCAL, "vu.tmbgmn", "[S08]"),
    ("2017-08-18", "TMBGMN", LOCAL, "vu.tttn", "[S08]"),
    ("2017-08-17", "TC", STATE, "vu.tc", "[S07]"),
    ("2017-08-18", "TC", STATE, "vu.tcdmdn", "[S07]"),
    ("2017-08-18", "KH", LAW, "vu.kh", "giữ: [S05] trái với [S07]"),
    ("2017-08-17", "CNDP", LOCAL, "cuc.cndp", "[S08]"),
    ("2017-08-18", "CNDP", LOCAL, "cuc.ctdp", "TT 15/2017/TT-BCT [S28]"),
    ("2017-08-18", "DTDL", POWER, "cuc.dtdl", "giữ [S07]"),
    # 34/2018/QĐ-TTg: the market-control department becomes a directorate
    ("2017-08-18", "QLTT", FAKES, "cuc.qltt", "giữ tạm [S07]"),
    ("2018-10-11", "QLTT", FAKES, "cuc.qltt", "[S17]"),
    ("2018-10-12", "QLTT", FAKES, "tc.qltt", "34/2018/QĐ-TTg [S06][S17]"),
    ("2018-10-13", "QLTT", PETROL, "tc.qltt", "34/2018/QĐ-TTg [S06][S17]"),
    # 96/2022/NĐ-CP: planning and finance become one
    ("2022-11-30", "KH", LAW, "vu.kh", "[S05]"),
    ("2022-12-01", "KH", LAW, "vu.khtc", "96/2022/NĐ-CP [S05]"),
    ("2022-12-02", "KH", STATE, "vu.khtc", "96/2022/NĐ-CP [S05]"),
    ("2022-11-30", "TC", STATE, "vu.tcdmdn", "[S05]"),
    ("2022-12-01", "TC", STATE, "vu.khtc", "96/2022/NĐ-CP [S05]"),
    ("2022-12-01", "QLCT", CONSUMER, "cuc.ctbvntd", "đến 31/3/2023 [S16]"),
    # 03/2023/NĐ-CP: the competition commission; trade remedies stay where they are
    ("2023-03-31", "QLCT", CONSUMER, "cuc.ctbvntd", "[S16]"),
    ("2023-04-01", "QLCT", CONSUMER, "ubctqg", "03/2023/NĐ-CP [S16]"),
    ("2023-04-02", "QLCT", CONSUMER, "ubctqg", "03/2023/NĐ-CP [S16]"),
    ("2023-04-01", "QLCT", REMEDY, "cuc.pvtm", "03/2023/NĐ-CP không nói đến phòng vệ [S16]"),
    # 40/2025/NĐ-CP: 28 units become 22
    ("2025-02-28", "TTTN", PETROL, "vu.tttn", "[S18]"),
    ("2025-03-01", "TTTN", PETROL, "cuc.qlpttttn", "40/2025/NĐ-CP, QĐ 516/QĐ-BCT [S18]"),
    ("2025-03-02", "TTTN", MARKET, "cuc.qlpttttn", "40/2025/NĐ-CP, QĐ 516/QĐ-BCT [S18]"),
    ("2025-02-28", "QLTT", FAKES, "tc.qltt", "[S18]"),
    ("2025-03-01", "QLTT", FAKES, "cuc.qlpttttn", "40/2025/NĐ-CP, QĐ 516/QĐ-BCT [S18]"),
    ("2025-03-01", "TMBGMN", LOCAL, "cuc.qlpttttn", "theo Vụ TTTN [S18]"),
    ("2025-02-28", "DTDL", POWER, "cuc.dtdl", "[S20]"),
    ("2025-03-01", "DTDL", POWER, "cuc.dl", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-02-28", "TCNL", POWER, "cuc.dlnltt", "[S20]"),
    ("2025-03-01", "TCNL", POWER, "cuc.dl", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-03-01", "TCNL", OIL, "vu.dkt", "giữ, 40/2025/NĐ-CP [S03]"),
    ("2025-03-01", "TCNL", HEAVY, "cuc.dmst", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-02-28", "KHCN", FOOD, "vu.khcn", "[S20]"),
    ("2025-03-01", "KHCN", FOOD, "cuc.dmst", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-03-01", "KHCN", POWER, "cuc.dmst", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-03-01", "CNDP", LOCAL, "cuc.dmst", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-02-28", "TTCA", TRADE, "vu.tt_acp", "[S30]"),
    ("2025-03-01", "TTCA", TRADE, "vu.ptttnn", "[S30]"),
    ("2025-03-01", "TTCAU", TRADE, "vu.ptttnn", "[S30]"),
    ("2025-03-01", "TTCM", TRADE, "vu.ptttnn", "[S30]"),
    ("2025-03-01", "TTCP", TRADE, "vu.ptttnn", "[S30]"),
    ("2025-02-28", "KH", LAW, "vu.khtc", "[S20]"),
    ("2025-03-01", "KH", LAW, "vu.khtcqldn", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-03-01", "TC", STATE, "vu.khtcqldn", "40/2025/NĐ-CP [S03][S20]"),
    ("2025-03-01", "QLCT", REMEDY, "cuc.pvtm", "QĐ 536/QĐ-BCT [S19]"),
    ("2025-03-01", "XNK", TRADE, "cuc.xnk", "QĐ 523/QĐ-BCT [S19]"),
    ("2025-03-01", "ATMT", SAFETY, "cuc.atmt", "40/2025/NĐ-CP [S03]"),
    ("2025-03-01", "HC", CHEMICAL, "cuc.hc", "40/2025/NĐ-CP [S03]"),
    ("2025-03-01", "TMDT", NET, "cuc.tmdt", "40/2025/NĐ-CP [S03]"),
    ("2025-03-01", "CNNG", HEAVY, "cuc.cn", "40/2025/NĐ-CP [S03]"),
    # 84/2025/QH15: the ministry's inspectorate ends
    ("2025-06-30", "TTB", STATE, "tt", "[S21]"),
    ("2025-07-01", "TTB", STATE, "ngoai.ttcp", "84/2025/QH15 [S21]"),
    ("2025-07-02", "TTB", STATE, "ngoai.ttcp", "84/2025/QH15 [S21]"),
    ("2026-02-25", "VP", LAW, "vp", "338/QĐ-BCT [S22]"),
]  # fmt: skip
"""(day, competence, topic, unit, source)"""

MINISTRY, COMMITTEE, TREASURY = "Bộ Công Thương", "Ủy ban Quản lý vốn nhà nước tại doanh nghiệp", "Bộ Tài chính"
SCIC = "Tổng công ty Đầu tư và Kinh doanh vốn nhà nước (SCIC)"
OWNER_CASES = [
    *[(day, code, *rest) for code in ("EVN", "PVN", "TKV", "VINACHEM") for day, *rest in (
        ("2018-11-09", True, MINISTRY, "[S50]"),
        ("2018-11-10", False, COMMITTEE, "[S50]"),
        ("2018-11-11", False, COMMITTEE, "[S50]"),
        ("2025-02-28", False, COMMITTEE, "[S51]"),
        ("2025-03-01", False, TREASURY, "[S51]"),
    )],
    ("2018-11-10", "PLX", False, COMMITTEE, "[S50]"),
    ("2018-11-22", "VINATEX", True, MINISTRY, "[S43]"),
    ("2018-11-23", "VINATEX", False, SCIC, "[S43]"),
    ("2018-11-24", "VINATEX", False, SCIC, "[S43]"),
]  # fmt: skip
"""(day, code, under the ministry, owner, source)"""

NAME_CASES = [
    ("2016-05-24", "TMDT", "Cục Thương mại điện tử và Công nghệ thông tin", "GUIDELINE.md"),
    ("2017-08-17", "TMDT", "Cục Thương mại điện tử và Công nghệ thông tin", "GUIDELINE.md"),
    ("2017-08-18", "TMDT", "Cục Thương mại điện tử và Kinh tế số", "[S06]"),
    ("2017-08-18", "TC", "Vụ Tài chính và Đổi mới doanh nghiệp", "[S07]"),
    ("2022-12-01", "TC", "Vụ Kế hoạch - Tài chính", "[S05]"),
    ("2025-03-01", "KH", "Vụ Kế hoạch, Tài chính và Quản lý doanh nghiệp", "[S03]"),
    ("2018-10-12", "QLTT", "Tổng cục Quản lý thị trường", "[S17]"),
    ("2025-03-01", "QLTT", "Cục Quản lý và Phát triển thị trường trong nước", "[S18]"),
    ("2025-03-01", "DTDL", "Cục Điện lực", "[S03]"),
    ("2025-03-01", "CNDP", "Cục Đổi mới sáng tạo, Chuyển đổi xanh và Khuyến công", "[S03]"),
    ("2023-04-01", "QLCT", "Ủy ban Cạnh tranh Quốc gia", "[S16]"),
    ("2025-04-08", "PVN", "Tập đoàn Dầu khí Việt Nam", "[S45]"),
    ("2025-04-09", "PVN", "Tập đoàn Công nghiệp - Năng lượng Quốc gia Việt Nam", "[S45]"),
    ("2025-04-10", "PVN", "Tập đoàn Công nghiệp - Năng lượng Quốc gia Việt Nam", "[S45]"),
]
COUNTS = [
    ("2012-12-26", 35, "[S07][S12]"), ("2017-08-17", 35, "[S07][S12]"), ("2017-08-18", 30, "[S07][S12]"),
    ("2018-10-12", 30, "[S06]"), ("2022-11-30", 30, "[S14]"), ("2022-12-01", 28, "[S05][S14]"),
    ("2023-04-01", 28, "[S06]"), ("2025-02-28", 28, "[S06]"), ("2025-03-01", 22, "[S03]"), ("2025-07-01", 21, "[S21]"),
]  # fmt: skip


DAYS_OF_THE_CROSSWALK = ("2016-05-24", "2018-11-11", "2023-05-01", "2025-03-02")
CROSSWALK = [
    ("TTTN", PETROL, "vu.tttn vu.tttn vu.tttn cuc.qlpttttn", "giá xăng dầu, Quỹ bình ổn"),
    ("TTTN", MARKET, "vu.tttn vu.tttn vu.tttn cuc.qlpttttn", "bán lẻ, chợ, siêu thị, bình ổn thị trường"),
    ("QLTT", FAKES, "cuc.qltt tc.qltt tc.qltt cuc.qlpttttn", "hàng giả, hàng lậu, kiểm tra thị trường"),
    ("DTDL", POWER, "cuc.dtdl cuc.dtdl cuc.dtdl cuc.dl", "giá điện, thị trường điện, cắt điện"),
    ("TCNL", POWER, "tc.nl cuc.dlnltt cuc.dlnltt cuc.dl", "quy hoạch điện, thủy điện, điện mặt trời, gió, hạt nhân"),
    ("TCNL", SAFETY, "tc.nl cuc.dlnltt cuc.dlnltt cuc.dl", "thủy điện xả lũ, tro xỉ nhiệt điện: cũng là điện"),
    ("TCNL", OIL, "tc.nl vu.dkt vu.dkt vu.dkt", "than, dầu khí, lọc dầu"),
    ("TCNL", CHEMICAL, "tc.nl vu.dkt vu.dkt vu.dkt", "khí, than làm nguyên liệu"),
    ("TCNL", HEAVY, "tc.nl vu.tknl vu.tknl cuc.dmst", "tiết kiệm năng lượng trong công nghiệp"),
    ("KHCN", POWER, "vu.khcn vu.tknl vu.tknl cuc.dmst", "tiết kiệm điện: năm 2016 mã KHCN, GUIDELINE.md"),
    ("CNNG", HEAVY, "vu.cnn cuc.cn cuc.cn cuc.cn", "thép, ô tô, cơ khí"),
    ("CNNG", OIL, "vu.cnn cuc.cn cuc.cn cuc.cn", "khoáng sản"),
    ("CNNH", LIGHT, "vu.cnnh cuc.cn cuc.cn cuc.cn", "dệt may, da giày, bia rượu, thuốc lá, sữa, giấy"),
    ("HC", CHEMICAL, "cuc.hc cuc.hc cuc.hc cuc.hc", "hóa chất, phân bón"),
    ("CNDP", LOCAL, "cuc.cndp cuc.ctdp cuc.ctdp cuc.dmst", "cụm công nghiệp, khuyến công"),
    ("QLCT", REMEDY, "cuc.qlct cuc.pvtm cuc.pvtm cuc.pvtm", "chống bán phá giá, tự vệ"),
    ("QLCT", CONSUMER, "cuc.qlct cuc.ctbvntd ubctqg ubctqg", "đa cấp, người tiêu dùng, cạnh tranh, M&A"),
    ("XNK", TRADE, "cuc.xnk cuc.xnk cuc.xnk cuc.xnk", "xuất khẩu gạo, C/O, tạm nhập tái xuất, logistics"),
    ("CSTMDB", WTO, "vu.csdb vu.csdb vu.csdb vu.csdb", "WTO, ASEAN, FTA, CPTPP, EVFTA"),
    ("TTCA", WTO, "vu.kv1 vu.tt_acp vu.tt_acp vu.ptttnn", "song phương, thương vụ: châu Á"),
    ("TTCP", WTO, "vu.kv4 vu.tt_acp vu.tt_acp vu.ptttnn", "châu Phi, Tây Á, Nam Á"),
    ("TTCAU", WTO, "vu.kv2 vu.tt_am vu.tt_am vu.ptttnn", "châu Âu"),
    ("TTCM", WTO, "vu.kv3 vu.tt_am vu.tt_am vu.ptttnn", "châu Mỹ"),
    ("TMDT", NET, "cuc.tmdt cuc.tmdt cuc.tmdt cuc.tmdt", "thương mại điện tử, sàn, livestream"),
    ("ATMT", SAFETY, "cuc.atmt cuc.atmt cuc.atmt cuc.atmt", "an toàn mỏ, vật liệu nổ, an toàn đập, môi trường"),
    ("TCCB", STATE, "vu.tccb vu.tccb vu.tccb vu.tccb", "cán bộ, bổ nhiệm"),
    ("TC", STATE, "vu.tc vu.tcdmdn vu.khtc vu.khtcqldn", "cổ phần hóa, thoái vốn"),
    ("KH", STATE, "vu.kh vu.kh vu.khtc vu.khtcqldn", "dự án thua lỗ"),
    ("TTB", STATE, "tt tt tt tt", "khiếu nại, tố cáo, kết luận thanh tra; đến 30/6/2025"),
]
"""(competence, topic, unit on each of the days, what the press calls it): the crosswalk of fields, row by row."""


@pytest.mark.parametrize(("competence", "topic", "units", "what"), CROSSWALK)
def test_a_field_of_work_goes_from_unit_to_unit_as_the_crosswalk_says(organisation, competence, topic, units, what):
    days = map(date.fromisoformat, DAYS_OF_THE_CROSSWALK)

    assert [organisation.resolve(competence, topic, at=day).id for day in days] == units.split(), what


@pytest.mark.parametrize(("day", "competence", "topic", "unit", "source"), UNIT_CASES)
def test_a_competence_is_held_by_the_unit_of_the_day(organisation, day, competence, topic, unit, source):
    assert organisation.resolve(competence, topic, at=date.fromisoformat(day)).id == unit, source


@pytest.mark.parametrize(("day", "code", "under", "owner", "source"), OWNER_CASES)
def test_an_enterprise_has_the_owner_of_the_day_and_is_named_all_the_same(
    organisation, day, code, under, owner, source
):
    holder = organisation.resolve(code, STATE, at=date.fromisoformat(day))

    assert (holder.under_ministry, holder.owner) == (under, owner), source
    assert holder.name.startswith("Tập đoàn")


@pytest.mark.parametrize(("day", "code", "name", "source"), NAME_CASES)
def test_a_unit_bears_the_name_of_the_day(organisation, day, code, name, source):
    assert organisation.resolve(code, CONSUMER, at=date.fromisoformat(day)).name == name, source


@pytest.mark.parametrize(("day", "count", "source"), COUNTS)
def test_the_ministry_has_as_many_units_as_the_press_counted(organisation, day, count, source):
    assert len(organisation.at(date.fromisoformat(day)).ministry_units()) == count, source


@pytest.mark.parametrize(("day", "there"), [("2024-08-11", False), ("2024-08-12", True), ("2024-08-13", True)])
def test_the_grid_operator_comes_to_the_ministry_from_the_power_group(organisation, day, there):
    """QĐ 752/QĐ-TTg of 2024-08-01 [S49]."""
    operator = organisation.at(date.fromisoformat(day)).enterprises.get("nsmo")

    assert (operator is not None and operator.under_ministry) == there
    assert organisation.lives["nsmo"].predecessors == ("evn",)


def test_the_table_is_as_long_as_was_promised():
    assert len(UNIT_CASES) >= 60


@pytest.mark.parametrize(
    ("code", "day", "verified"),
    [
        ("QLCT", date(2018, 1, 1), False),
        ("QLCT", date(2023, 4, 1), True),
        ("PC", date(2016, 5, 24), False),
        ("PC", date(2022, 11, 30), False),
        ("PC", date(2022, 12, 1), True),
        ("ATMT", date(2025, 3, 1), True),
        ("TTB", date(2016, 5, 24), True),
        ("TTB", date(2025, 7, 1), False),
        ("TCNL", date(2018, 1, 1), False),
        ("TMBGMN", date(2016, 5, 24), False),
        ("EVN", date(2019, 1, 1), True),
        ("EVN", date(2026, 1, 1), False),
    ],
)
def test_what_rests_on_memory_alone_is_marked_as_not_verified(organisation, code, day, verified):
    assert organisation.resolve(code, POWER, at=day).verified is verified

"""Vietnamese without marks is noticed and left as it is."""

import pytest

from nlp.vietnamese import repair, repair_all


def test_unmarked_vietnamese_is_noticed_and_not_touched():
    given = "Bo Cong Thuong dieu hanh gia xang dau trong nuoc tu ngay mai, dan lo lang"
    repaired = repair(given)
    assert repaired.text == given
    assert repaired.offsets is None
    assert repaired.faults == (("missing-diacritics", 16),)


def test_each_zone_of_an_unmarked_article_is_named():
    zones = repair_all(("Gia xang giam", "", "Nguoi dan vui mung vi gia xang dau giam manh trong tuan qua"))
    assert [zone.faults for zone in zones] == [(("missing-diacritics", 3),), (), (("missing-diacritics", 13),)]


@pytest.mark.parametrize(
    "text",
    [
        "The ministry said on Monday that it would cut fuel prices in the domestic market by the end of the month",
        "Le ministre a dit que les prix du carburant vont baisser dans le pays avant la fin du mois de mai",
        "gia xang giam",
        "Bộ Công Thương điều hành giá xăng dầu trong nước",
        "moit.gov.vn/gia-xang-dau-giam-manh-trong-tuan-qua-o-ha-noi-va-tp-hcm",
        "1.864,44 24/5/2016 QLTT XNK TMDT PLX SAB BHN VEA VGT TVN",
        "",
    ],
)
def test_other_languages_short_titles_and_addresses_are_not_called_unmarked(text):
    assert repair(text).faults == ()


def test_an_unmarked_title_over_a_marked_body_is_no_fault():
    title, body = repair_all(
        ("Gia xang dau trong nuoc giam manh tu ngay mai", "Bộ Công Thương điều hành giá xăng dầu. " * 4)
    )
    assert title.faults == body.faults == ()

"""Labels in the structure of another day: every unit has a code of its own, and no label is lost or breaks a rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.artifacts import load_organisation
from models.data import Label, breaches
from models.structure import TooManyUnitsError, crosswalk
from nlp.heads import MAX_COORDINATING, NO_UNIT, OUT_OF_SCOPE, TOPICS, UNITS
from nlp.organisation import Structure
from nlp.organisation.values import Holding

REGISTRY = load_organisation()
MARCH_2025 = REGISTRY.at(date(2025, 3, 1))
PAIRS = [(code, topic) for code in UNITS for topic in TOPICS]
every_structure = pytest.mark.parametrize("structure", REGISTRY.structures, ids=lambda s: s.first_day.isoformat())

teams = st.lists(st.sampled_from(list(UNITS)), min_size=1, max_size=1 + MAX_COORDINATING, unique=True)
inside = st.builds(
    lambda topic, team, urgency, tone: Label("1", topic, team[0], tuple(team[1:]), urgency, tone),
    st.sampled_from([topic for topic in TOPICS if topic != OUT_OF_SCOPE]), teams, st.integers(0, 3), st.integers(-1, 1),
)  # fmt: skip
labels = st.one_of(inside, st.just(Label("1", OUT_OF_SCOPE)))


def own_shares(structure: Structure) -> Counter[tuple[str, str]]:
    return Counter((structure.holder(code, topic).id, code) for code, topic in PAIRS)


@every_structure
def test_every_unit_that_holds_anything_has_a_code_that_no_other_has(structure):
    codes = crosswalk(structure).codes

    assert codes.keys() == {structure.holder(code, topic).id for code, topic in PAIRS}
    assert len(set(codes.values())) == len(codes)
    assert set(codes.values()) <= set(UNITS)


@every_structure
def test_every_competence_and_topic_maps_to_the_code_of_its_holder_and_back(structure):
    units = crosswalk(structure)

    for code, topic in PAIRS:
        assert units.units[units.code(code, topic)] == structure.holder(code, topic).id


@every_structure
def test_grouping_by_mapped_code_is_grouping_by_unit_and_loses_none(structure):
    units = crosswalk(structure)
    by_code: dict[str, list[tuple[str, str]]] = {}
    for pair in PAIRS:
        by_code.setdefault(units.code(*pair), []).append(pair)

    assert {units.units[code]: pairs for code, pairs in by_code.items()} == structure.map_labels(PAIRS)
    assert sorted(pair for pairs in by_code.values() for pair in pairs) == sorted(PAIRS)


@every_structure
def test_a_unit_bears_a_code_that_it_holds_unless_others_that_hold_more_of_it_bear_them_all(structure):
    codes, shares = crosswalk(structure).codes, own_shares(structure)
    bearers = {code: unit for unit, code in codes.items()}

    for unit, code in codes.items():
        if not shares[unit, code]:
            held = [(one, share) for (other, one), share in shares.items() if other == unit]
            assert all(shares[bearers[one], one] >= share for one, share in held)


@given(labels, st.sampled_from(REGISTRY.structures))
def test_a_valid_label_stays_valid(label, structure):
    mapped = crosswalk(structure).label(label)

    assert breaches(mapped) == []
    assert replace(mapped, lead=label.lead, coord=label.coord) == label


def test_in_the_structure_of_2016_every_code_stands_for_itself():
    units = crosswalk(REGISTRY.at(date(2016, 5, 24)))

    assert [pair for pair in PAIRS if units.code(*pair) != pair[0]] == []


def test_the_same_structure_gives_the_same_codes():
    assert crosswalk(MARCH_2025) == crosswalk(load_organisation().at(date(2025, 3, 1)))


def test_a_merger_makes_one_of_two_codes_and_a_split_two_of_one():
    units = crosswalk(MARCH_2025)

    assert units.code("TTTN", "xang-dau") == units.code("QLTT", "quan-ly-thi-truong")
    assert units.code("TCNL", "dien-luc") == units.code("DTDL", "dien-luc")
    assert units.codes["vu.dkt"] == units.code("TCNL", "dau-khi-than-khoang-san") == "TCNL"
    assert units.code("QLCT", "canh-tranh-nguoi-tieu-dung") == "QLCT"


def test_a_unit_split_off_by_topic_bears_a_code_that_a_merger_set_free():
    units = crosswalk(MARCH_2025)
    code = units.code("QLCT", "phong-ve-thuong-mai")

    assert units.units[code] == "cuc.pvtm"
    assert MARCH_2025.holder(code, "phong-ve-thuong-mai").id != "cuc.pvtm"
    assert units.code(code, "phong-ve-thuong-mai") != code


def test_helpers_that_became_one_unit_are_named_once_and_never_beside_themselves_as_lead():
    units = crosswalk(MARCH_2025)
    mapped = units.label(Label("1", "xang-dau", "TTTN", ("QLTT", "KH", "TC")))

    assert mapped.lead == units.code("TTTN", "xang-dau")
    assert mapped.coord == (units.code("KH", "xang-dau"),)


def test_no_unit_stays_no_unit():
    assert crosswalk(MARCH_2025).code(NO_UNIT, OUT_OF_SCOPE) == NO_UNIT


def test_more_units_than_codes_are_an_error_that_says_how_many():
    holder = MARCH_2025.holder("KH", "dien-luc")
    split = {topic: replace(holder, id=f"vu.{place}") for place, topic in enumerate(TOPICS)}
    crowded = replace(MARCH_2025, holdings={**MARCH_2025.holdings, "KH": Holding(holder, split)})

    with pytest.raises(TooManyUnitsError, match="01/03/2025 có 45 đơn vị giữ việc, chỉ có 33 mã"):
        crosswalk(crowded)

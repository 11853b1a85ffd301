"""What holds on every single day from the first decree to the end of 2030."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.artifacts import load_organisation
from models.data import load_labels
from nlp.heads import TOPICS, UNITS
from nlp.organisation import OrganisationError

FIRST, LAST = date(2012, 12, 26), date(2030, 12, 31)
DAYS = [FIRST + timedelta(days=step) for step in range((LAST - FIRST).days + 1)]
REGISTRY = load_organisation()
LABELS = sorted((Path(__file__).parents[3] / "datasets/labels").glob("*.jsonl"))

pairs = st.tuples(st.sampled_from(list(UNITS)), st.sampled_from(list(TOPICS)))
days = st.dates(FIRST, LAST)


def test_the_check_finds_nothing(organisation):
    assert organisation.check() == ()
    assert organisation.first_day == FIRST


def test_on_every_day_every_competence_and_topic_is_held_by_exactly_one_that_exists(organisation):
    seen: set[int] = set()
    for day in DAYS:
        structure = organisation.at(day)
        assert structure.first_day <= day
        if id(structure) in seen:  # the same frozen value: what was proven of it holds
            continue
        seen.add(id(structure))
        for code in UNITS:
            for topic in TOPICS:
                holder = organisation.resolve(code, topic, at=day)
                assert (holder.id in structure.units) != (holder.id in structure.enterprises)
    assert len(seen) == len(organisation.structures)


def test_a_structure_ends_only_where_the_next_begins(organisation):
    changes = [
        day for day, before in zip(DAYS[1:], DAYS, strict=False) if organisation.at(day) != organisation.at(before)
    ]

    assert [FIRST, *changes] == list(organisation.days)


@given(st.lists(pairs, max_size=60), days)
def test_mapping_labels_forward_and_back_loses_none(labels, day):
    grouped = REGISTRY.at(day).map_labels(labels)

    back = [label for unit in grouped.values() for label in unit]
    assert sorted(back) == sorted(labels)
    assert all(REGISTRY.resolve(*label, at=day).id == unit for unit, found in grouped.items() for label in found)


def test_every_label_of_the_project_finds_a_unit_on_the_first_and_the_latest_day(organisation):
    codes = {code for label in load_labels(LABELS) for code in (label.lead, *label.coord) if code}

    assert codes <= set(UNITS)
    for day in (FIRST, organisation.latest_decree_day):
        assert codes <= organisation.at(day).holdings.keys()


@given(pairs, days)
def test_history_says_what_resolve_says(pair, day):
    code, topic = pair
    held = [t for t in REGISTRY.history(code) if t.first_day <= day and (t.last_day is None or day <= t.last_day)]
    (holder,) = [t.holder for t in held if topic in t.topics] or [t.holder for t in held if not t.topics]

    assert holder == REGISTRY.resolve(code, topic, at=day)


@given(days)
def test_units_of_a_day_are_within_their_lives_and_under_units_of_that_day(day):
    structure = REGISTRY.at(day)
    for unit in structure.units.values():
        life = REGISTRY.lives[unit.id]
        assert life.opened <= day and (life.closed is None or day < life.closed)
        assert not unit.parent or unit.parent in structure.units


def test_every_ended_unit_but_the_school_has_a_successor_and_all_lines_agree(organisation):
    ended = {life.id for life in organisation.lives.values() if life.closed and not life.successors}

    assert ended == {"sn.truong"}
    for life in organisation.lives.values():
        assert all(life.id in organisation.lives[new].predecessors for new in life.successors)
        assert all(life.id in organisation.lives[old].successors for old in life.predecessors)


def test_the_line_of_a_unit_runs_back_and_forth_through_splits_and_mergers(organisation):
    def line(unit):
        return [life.id for life in organisation.lineage(unit)]

    assert line("cuc.qlct") == ["cuc.qlct", "cuc.ctbvntd", "cuc.pvtm", "ubctqg"]
    assert line("cuc.dl") == ["cuc.dtdl", "tc.nl", "cuc.dlnltt", "cuc.dl"]
    assert line("vu.ptttnn")[-3:] == ["vu.tt_acp", "vu.tt_am", "vu.ptttnn"]
    assert line("nsmo") == ["evn", "nsmo"]
    with pytest.raises(OrganisationError, match=r"không biết đơn vị 'cuc\.x'"):
        organisation.lineage("cuc.x")


def test_history_tells_a_split_by_topic(organisation):
    told = [(t.first_day.isoformat(), t.topics, t.holder.id) for t in organisation.history("QLCT")]

    assert told == [
        ("2012-12-26", (), "cuc.qlct"),
        ("2017-08-18", (), "cuc.ctbvntd"),
        ("2017-08-18", ("phong-ve-thuong-mai",), "cuc.pvtm"),
        ("2023-04-01", (), "ubctqg"),
        ("2025-03-01", ("phong-ve-thuong-mai",), "cuc.pvtm"),  # the same, and from here on its own text was seen
    ]


@pytest.mark.parametrize("day", [date(2012, 12, 25), date(1990, 1, 1), date.min])
def test_a_day_before_the_first_decree_is_an_error_that_names_it(organisation, day):
    with pytest.raises(OrganisationError, match="trước nghị định đầu tiên trong dữ liệu \\(95/2012/NĐ-CP"):
        organisation.at(day)
    with pytest.raises(OrganisationError, match="26/12/2012"):
        organisation.resolve("KH", "dien-luc", at=day)


def test_an_unknown_code_is_an_error(organisation):
    with pytest.raises(OrganisationError, match="mã lạ: 'XYZ'; các mã đúng: VP, KH"):
        organisation.resolve("XYZ", "dien-luc", at=FIRST)
    with pytest.raises(OrganisationError, match="mã lạ: 'XYZ'"):
        organisation.history("XYZ")


def test_what_is_not_verified_is_listed_with_its_place(organisation):
    facts = organisation.unverified()

    assert {fact.confidence for fact in facts} == {"C", "D"}
    inspectorate = [fact for fact in facts if "ngoai.ttcp" in fact.what]
    assert {(fact.file, fact.confidence) for fact in inspectorate} == {("decrees/2025-07-01-luat-thanh-tra.toml", "D")}
    assert len({(fact.file, fact.line) for fact in facts}) == len(facts)

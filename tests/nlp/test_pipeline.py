"""The released model end to end: text in, record out, evidence where it says, whatever the form of the text."""

import dataclasses
import json
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest

import nlp
from models.artifacts import load_engine
from nlp.clean import clean
from nlp.errors import ArticleTooLong
from nlp.organisation import OrganisationError
from nlp.pipeline import holders_of, run
from nlp.reading import read
from nlp.record import to_record
from nlp.types import MAX_ARTICLE_CHARS, VIETNAM, Article, Choice

SAMPLES = Path(__file__).parents[2] / "datasets" / "samples" / "clippings"
SCHEMA = json.loads((Path(nlp.__file__).parent / "record.schema.json").read_text("utf-8"))

ARTICLE = Article(
    id="1",
    title="Mất điện diện rộng tại ba huyện, người dân phản ánh tổng đài không trả lời",
    lead="Sự cố lưới điện khiến hàng nghìn hộ dân mất điện suốt đêm.",
    body="Điện lực địa phương cho biết sự cố xảy ra tại trạm biến áp 110 kV. EVN đã yêu cầu đơn vị khắc phục ngay. "
    * 3,
)


@pytest.fixture(scope="module")
def engine():
    return load_engine()


@pytest.fixture(scope="module")
def clippings():
    return [item for item in read([SAMPLES]) if isinstance(item, Article)]


def one(article, engine, **options):
    (decision,) = run([article], engine=engine, **options)
    return decision


def test_an_outage_goes_to_the_power_group_with_the_regulator(engine):
    record = to_record(one(ARTICLE, engine))
    assert record["topic"]["code"] == "dien-luc"
    assert record["lead_unit"]["code"] == "EVN"
    assert "DTDL" in [unit["code"] for unit in record["coordinating_units"]]
    assert record["urgency"]["level"] >= 2


def test_every_sample_gives_a_record_of_the_published_schema(engine, clippings):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    decisions = run(clippings, engine=engine, received=datetime(2026, 9, 10, 9, 30, tzinfo=VIETNAM))
    assert sum(bool(decision.deadlines) for decision in decisions) > 50
    assert len(decisions) == len(clippings) >= 150
    for decision in decisions:
        validator.validate(json.loads(json.dumps(to_record(decision))))


def test_out_of_scope_has_no_lead_and_in_scope_has_one_that_does_not_help_itself(engine, clippings):
    for decision in run(clippings, engine=engine):
        record = to_record(decision)
        helpers = [unit["code"] for unit in record["coordinating_units"]]
        assert (record["lead_unit"] is not None) == record["in_scope"]["value"]
        assert record["in_scope"]["value"] or not helpers
        assert not record["lead_unit"] or record["lead_unit"]["code"] not in helpers


def test_evidence_quotes_the_text_as_given_even_where_it_was_repaired(engine, clippings):
    quoted = repaired = 0
    for decision in run(clippings, engine=engine):
        for phrase in decision.evidence:
            assert getattr(decision.article, phrase.field)[phrase.start : phrase.end] == phrase.text
            assert phrase.text.strip()
            quoted += 1
            repaired += bool(decision.repairs)
    assert quoted > 3 * len(clippings)
    assert repaired > 50


def test_evidence_for_an_outage_speaks_of_power(engine):
    words = " ".join(phrase.text.lower() for phrase in one(ARTICLE, engine).evidence if phrase.purpose == "topic")
    assert "điện" in words


def test_without_evidence_the_decision_is_the_same(engine):
    bare = one(ARTICLE, engine, evidence=False)
    assert bare.evidence == ()
    assert dataclasses.replace(one(ARTICLE, engine), evidence=()) == bare


def test_a_decision_does_not_depend_on_the_articles_beside_it(engine, clippings):
    alone = [to_record(one(article, engine)) for article in clippings[:20]]
    assert [to_record(decision) for decision in run(clippings[:20], engine=engine)] == alone


def test_nothing_in_gives_nothing_out(engine):
    assert run([], engine=engine) == []


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
def test_decomposed_text_is_decided_alike(engine, form):
    zones = {zone: unicodedata.normalize(form, getattr(ARTICLE, zone)) for zone in ("title", "lead", "body")}
    decision = one(dataclasses.replace(ARTICLE, **zones), engine)
    assert decision.proposal == one(ARTICLE, engine).proposal
    assert {repair.kind for repair in decision.repairs} == {"unicode-form"}


def test_text_without_diacritics_keeps_its_topic_and_asks_for_a_person(engine):
    from models.design import strip_marks

    zones = {zone: strip_marks(getattr(ARTICLE, zone)) for zone in ("title", "lead", "body")}
    decision = one(dataclasses.replace(ARTICLE, **zones), engine)
    assert decision.proposal.topic.code == "dien-luc"
    assert "văn bản thiếu dấu tiếng Việt" in decision.reasons


def test_an_article_without_words_goes_to_a_person(engine):
    decision = one(Article(id="1", body="..."), engine)
    assert decision.needs_human
    assert decision.evidence == ()


def test_foreign_text_goes_to_a_person(engine):
    text = "El gobierno anunció nuevas medidas para controlar los precios de la vivienda en las grandes ciudades. " * 4
    assert one(Article(id="1", title="Noticias", body=text), engine).needs_human


def test_units_bear_the_name_of_the_day(engine):
    article = dataclasses.replace(
        ARTICLE,
        title="Giá xăng tăng mạnh từ 15 giờ",
        lead="Liên bộ điều chỉnh giá xăng dầu.",
        body="Giá xăng tăng. " * 20,
    )
    later = dataclasses.replace(article, published_at=datetime(2025, 6, 1, tzinfo=UTC))
    old, new = "Vụ Thị trường trong nước", "Cục Quản lý và Phát triển thị trường trong nước"
    assert one(article, engine, received=datetime(2016, 5, 24, tzinfo=VIETNAM)).holders["TTTN"].name == old
    assert one(later, engine, received=datetime(2016, 5, 24, tzinfo=VIETNAM)).holders["TTTN"].name == new
    assert one(later, engine, at=date(2016, 5, 24)).holders["TTTN"].name == old


def test_a_record_says_the_day_and_the_unit_that_holds_the_code_on_it(engine):
    record = to_record(one(dataclasses.replace(ARTICLE, published_at=datetime(2018, 11, 10, 8, tzinfo=UTC)), engine))

    assert record["as_of"] == "2018-11-10"
    lead = record["lead_unit"]
    assert (lead["code"], lead["unit"], lead["name"]) == ("EVN", "evn", "Tập đoàn Điện lực Việt Nam")
    assert (lead["under_ministry"], lead["owner"]) == (False, "Ủy ban Quản lý vốn nhà nước tại doanh nghiệp")
    regulator = next(unit for unit in record["coordinating_units"] if unit["code"] == "DTDL")
    assert regulator.keys() == {"code", "unit", "name", "p"}


@pytest.mark.parametrize(
    ("published", "day"),
    [
        (datetime(2018, 11, 9, 16, 59, 59, tzinfo=UTC), "2018-11-09"),
        (datetime(2018, 11, 9, 17, 0, 0, tzinfo=UTC), "2018-11-10"),
        (datetime(2018, 11, 9, 23, 59, 59), "2018-11-09"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31"),
        (None, "2020-05-05"),
    ],
)
def test_the_day_is_the_calendar_day_in_vietnam_and_else_that_of_the_run(engine, published, day):
    article = dataclasses.replace(ARTICLE, published_at=published)

    assert to_record(one(article, engine, received=datetime(2020, 5, 5, tzinfo=VIETNAM)))["as_of"] == day


def test_without_any_day_the_units_are_those_of_the_latest_decree(engine):
    assert one(ARTICLE, engine).day == engine.organisation.latest_decree_day


def test_an_article_from_before_the_first_decree_is_decided_and_asks_for_a_person(engine):
    early = one(dataclasses.replace(ARTICLE, published_at=datetime(2012, 12, 25, 9)), engine)

    assert early.day == date(2012, 12, 26)
    assert early.needs_human
    assert early.reasons[-1] == "bài ngày 25/12/2012, trước dữ liệu tổ chức: tên đơn vị là của 26/12/2012"
    assert early.holders["EVN"].under_ministry


@pytest.mark.parametrize(("day", "outside"), [(date(2025, 6, 30), False), (date(2025, 7, 1), True)])
def test_a_lead_outside_the_ministry_asks_for_a_person(engine, day, outside):
    """84/2025/QH15: the ministry's inspectorate ends, and nobody knows yet who in the ministry answers instead."""
    accused = Article(
        id="3",
        title="Cán bộ quản lý thị trường bị tố nhận hối lộ",
        lead="Người dân tố cáo cán bộ Bộ Công Thương.",
        body="Thanh tra Bộ xác minh tố cáo cán bộ quản lý thị trường nhận hối lộ, bao kê buôn lậu. " * 3,
    )
    decision = one(accused, engine, at=day)

    assert decision.proposal.lead_unit.code == "TTB"
    told = "chủ trì là Thanh tra Chính phủ, ngoài Bộ: chưa rõ đơn vị nào của Bộ trả lời"
    assert (told in decision.reasons) is outside
    assert decision.needs_human or not outside


def test_a_day_asked_for_before_the_first_decree_is_an_error(engine):
    with pytest.raises(OrganisationError, match="ngày 25/12/2012 trước nghị định đầu tiên"):
        one(ARTICLE, engine, at=date(2012, 12, 25))


RECEIVED = datetime(2026, 9, 10, 9, 30, tzinfo=VIETNAM)
HOT = dataclasses.replace(
    ARTICLE,
    title="Nổ lò hơi tại nhà máy giấy, 3 công nhân tử vong",
    lead="Vụ nổ xảy ra tại xưởng.",
    body="Lò hơi phát nổ làm ba công nhân tử vong tại xưởng sản xuất. " * 4,
)


def dues(decision):
    return {one.rule.id: one.due.isoformat() for one in decision.deadlines}


@pytest.mark.parametrize(
    ("published", "first_look"),
    [
        (datetime(2018, 3, 26, 14, 5, tzinfo=VIETNAM), "2018-03-26T15:05:00+07:00"),
        (datetime(2018, 3, 26, 7, 5, tzinfo=UTC), "2018-03-26T15:05:00+07:00"),
        (datetime(2018, 3, 26, 14, 5), "2018-03-26T15:05:00+07:00"),
        # a bare day: from the opening of the office; a moment at midnight is one
        (datetime(2018, 3, 26), "2018-03-26T09:00:00+07:00"),
        (datetime(2018, 3, 26, tzinfo=VIETNAM), "2018-03-26T01:00:00+07:00"),
        (None, "2026-09-10T10:30:00+07:00"),
    ],
)
def test_the_clock_starts_when_the_article_was_published_else_when_it_was_received(engine, published, first_look):
    decision = one(dataclasses.replace(HOT, published_at=published), engine, received=RECEIVED)

    assert decision.proposal.urgency == 3
    assert dues(decision)["first_look"] == first_look
    assert dues(decision).keys() == {"first_statement", "first_look", "acknowledge", "answer"}


def test_a_dated_article_has_the_same_record_whenever_it_is_decided(engine):
    article = dataclasses.replace(HOT, published_at=datetime(2018, 3, 26, 14, 5, tzinfo=VIETNAM))

    early, late, unknown = (
        one(article, engine, received=moment) for moment in (RECEIVED, RECEIVED.replace(year=2030), None)
    )

    assert to_record(early) == to_record(late) == to_record(unknown)
    assert early.deadlines


def test_without_any_moment_or_out_of_scope_nothing_is_due(engine):
    football = Article(id="2", title="Đội bóng thắng trận chung kết", body="Cầu thủ ghi bàn thắng đẹp. " * 20)
    decision = one(football, engine, received=RECEIVED)

    assert one(HOT, engine).deadlines == ()
    assert (decision.proposal.in_scope, decision.deadlines) == (False, ())


@pytest.mark.parametrize("year", [2012, 2100, 9999])
def test_before_the_first_rule_and_behind_the_last_day_off_that_is_known_nothing_is_due(engine, year):
    assert one(dataclasses.replace(HOT, published_at=datetime(year, 12, 20, 8)), engine).deadlines == ()


@pytest.mark.parametrize(("day", "bound"), [(9, True), (10, False)])
def test_an_enterprise_is_bound_to_the_day_only_while_it_is_under_the_ministry(engine, day, bound):
    decision = one(dataclasses.replace(ARTICLE, published_at=datetime(2018, 11, day, 8, tzinfo=VIETNAM)), engine)

    assert decision.proposal.lead_unit.code == "EVN"
    assert ("enterprise_same_day" in dues(decision)) is bound


def test_the_day_asked_for_is_that_of_the_units_and_moves_no_due_time(engine):
    article = dataclasses.replace(HOT, published_at=datetime(2018, 3, 26, 14, 5, tzinfo=VIETNAM))

    assert one(article, engine, at=date(2025, 3, 1)).deadlines == one(article, engine).deadlines


def test_a_record_says_by_when_and_on_what_basis(engine):
    first, *_ = to_record(one(dataclasses.replace(HOT, published_at=datetime(2014, 1, 27, 10)), engine))["deadlines"]

    assert first == {
        "rule": "first_statement",
        "name": "Phát ngôn ban đầu",
        "due": "2014-02-06T23:59:59+07:00",
        "basis": "Quyết định 25/2013/QĐ-TTg ngày 04/5/2013: chậm nhất 01 ngày kể từ khi vụ việc xảy ra",
        "verified": True,
        "kind": "law",
        "on_duty": False,
    }


@pytest.mark.parametrize(
    ("title", "holder", "name"),
    [
        (
            "Sabeco bị truy thu thuế tiêu thụ đặc biệt",
            "sabeco",
            "Tổng công ty cổ phần Bia - Rượu - Nước giải khát Sài Gòn",
        ),
        ("Sabeco và Habeco bị truy thu thuế", "dnk", "Doanh nghiệp khác thuộc hoặc gắn với Bộ"),
    ],
)
def test_another_enterprise_is_the_one_that_the_article_names(engine, title, holder, name):
    proposal = dataclasses.replace(one(ARTICLE, engine).proposal, lead_unit=Choice("DNK", 0.9))
    text = clean(Article(id="1", title=title, body="Nội dung."))

    found = holders_of(proposal, text, organisation=engine.organisation, day=date(2016, 5, 24))

    assert (found["DNK"].id, found["DNK"].name) == (holder, name)


def test_no_enterprise_is_read_across_the_border_of_title_and_lead(engine):
    proposal = dataclasses.replace(one(ARTICLE, engine).proposal, lead_unit=Choice("DNK", 0.9))
    text = clean(Article(id="1", title="Cuối tuần uống Bia", lead="Sài Gòn mưa lớn", body="Nội dung."))

    assert holders_of(proposal, text, organisation=engine.organisation, day=date(2016, 5, 24))["DNK"].id == "dnk"


def test_a_competence_that_was_split_goes_to_the_unit_of_its_topic(engine):
    base = one(ARTICLE, engine).proposal

    def lead(topic):
        proposal = dataclasses.replace(base, topic=Choice(topic, 0.9), lead_unit=Choice("QLCT", 0.9), runner_up=None)
        return holders_of(proposal, clean(ARTICLE), organisation=engine.organisation, day=date(2018, 1, 1))["QLCT"].id

    assert lead("phong-ve-thuong-mai") == "cuc.pvtm"
    assert lead("canh-tranh-nguoi-tieu-dung") == "cuc.ctbvntd"


def test_too_long_an_article_is_refused_with_its_id_and_length(engine):
    with pytest.raises(ArticleTooLong, match="dai"):
        one(Article(id="dai", body="a" * (MAX_ARTICLE_CHARS + 1)), engine)

"""One article on the terminal."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date, datetime

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from models.artifacts import load_deadlines
from nlp.deadlines import Due
from nlp.organisation import Holder
from nlp.types import VIETNAM, Article, Choice, Decision, Phrase, Proposal, Repair
from serve.cli import main
from serve.explain import show

ARTICLE = Article("bai-1", title="Nổ lò hơi tại nhà máy", body="Ba người tử vong\x1b[2J và \u202ecòn lại.")


def decision(**changes: object) -> Decision:
    proposal = Proposal(
        in_scope=True,
        in_scope_p=0.98,
        topic=Choice("an-toan-moi-truong", 0.93),
        lead_unit=Choice("ATMT", 0.9),
        runner_up=Choice("CNNG", 0.05),
        coordinating_units=(Choice("HC", 0.7),),
        urgency=3,
        urgency_p=(0.01, 0.04, 0.15, 0.8),
        tone=-1,
        tone_p=0.8,
        known_share=0.75,
        careful=False,
    )
    facts = {
        "article": ARTICLE,
        "proposal": proposal,
        "repairs": (),
        "needs_human": False,
        "reasons": (),
        "evidence": (
            Phrase("title", 0, 9, "Nổ lò hơi", "topic", 1.2),
            Phrase("title", 3, 9, "lò hơi", "lead_unit", 0.8),
            Phrase("body", 9, 16, "tử vong", "urgency", 0.7),
        ),
        "day": date(2016, 5, 24),
        "holders": {
            "ATMT": Holder("cuc.atmt", "Cục An toàn", "Cục"),
            "HC": Holder("cuc.hc", "Cục Hóa chất", "Cục"),
            "CNNG": Holder("vu.cnn", "Vụ Công nghiệp nặng", "Vụ"),
        },
        "deadlines": (),
        "model": "thu-1",
    }
    return Decision(**{**facts, **changes})


def drawn(what: Decision, **options: object) -> str:
    page = io.StringIO()
    show(what, console=Console(file=page, width=200, highlight=False, markup=False, **options))
    return page.getvalue()


def test_evidence_is_marked_where_it_stands_and_overlaps_are_one_mark():
    page = drawn(decision())

    assert "⟦Nổ lò hơi⟧ tại nhà máy" in page
    assert "Ba người ⟦tử vong⟧" in page


def test_evidence_is_coloured_by_purpose_and_underlined_on_a_terminal():
    page = drawn(decision(), force_terminal=True, color_system="standard")

    assert "\x1b[1;4;31mtử vong\x1b[0m" in page
    assert "⟦" not in page


def test_without_colours_evidence_is_still_underlined():
    page = drawn(decision(), force_terminal=True, color_system="standard", no_color=True)

    assert "\x1b[1;4mtử vong\x1b[0m" in page


def test_an_article_cannot_steer_the_terminal():
    page = drawn(decision())

    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "·[2J và ·còn lại." in page


def test_the_decision_is_said_in_words_with_its_probabilities():
    lines = drawn(decision()).splitlines()

    def line(begin: str) -> str:
        return next(line for line in lines if line.startswith(begin))

    assert "An toàn và môi trường công nghiệp" in line("Chủ đề")
    assert "vì “Nổ lò hơi”" in line("Chủ đề")
    assert "ATMT – Cục An toàn" in line("Đơn vị chủ trì")
    assert "HC – Cục Hóa chất" in line("Đơn vị phối hợp")
    assert "CNNG – Vụ Công nghiệp nặng" in line("Nếu không")
    assert "nóng" in line("Mức độ")
    assert line("Mức độ").count("█") == round(0.8 * 24)
    assert "80 %" in line("Mức độ")


def test_the_day_of_the_organisation_and_what_is_doubtful_about_it_are_said():
    holders = {
        "ATMT": Holder("ngoai.x", "Cơ quan X", "ngoài Bộ", under_ministry=False),
        "HC": Holder("cuc.hc", "Cục Hóa chất", "Cục", verified=False),
        "CNNG": Holder("vu.cnn", "Vụ Công nghiệp nặng", "Vụ"),
    }
    page = drawn(decision(holders=holders))

    assert "ATMT – Cơ quan X (không thuộc Bộ)" in page
    assert "HC – Cục Hóa chất [chưa kiểm chứng]" in page
    assert "Đơn vị theo tổ chức ngày 24/05/2016." in page


def test_due_times_are_said_the_first_first_with_basis_and_doubts():
    rule, *_ = load_deadlines().rules.rules
    press = dataclasses.replace(rule, name="Phát ngôn", basis="Nghị định 1", confidence="A")
    office = dataclasses.replace(rule, name="Xem bài", basis="Quy định", confidence="C")
    law = Due(press, datetime(2018, 3, 27, 23, 59, 59, tzinfo=VIETNAM), on_duty=False)
    own = Due(office, datetime(2018, 3, 26, 17, 5, tzinfo=VIETNAM), on_duty=True)

    said = [line for line in drawn(decision(deadlines=(law, own))).splitlines() if line.startswith("Hạn: ")]

    assert said == [
        "Hạn: 17:05 ngày 26/03/2018: Xem bài – căn cứ Quy định "
        "(chưa kiểm chứng, ngoài giờ làm việc, người trực theo dõi)",
        "Hạn: hết ngày 27/03/2018: Phát ngôn – căn cứ Nghị định 1",
    ]


def test_repairs_and_reasons_are_said():
    doubtful = decision(
        needs_human=True, reasons=("quá ngắn: chỉ có 5 tiếng",), repairs=(Repair("body", "tcvn3", 1234),)
    )

    page = drawn(doubtful)

    assert "CẦN NGƯỜI XEM: quá ngắn: chỉ có 5 tiếng" in page
    assert "nội dung: giải mã phông TCVN3 (ABC) (1.234 ký tự)" in page
    assert "CẦN NGƯỜI XEM" not in drawn(decision())


def test_a_long_body_is_cut_behind_its_last_phrase():
    body = "x" * 20_000 + " tử vong " + "y" * 20_000
    article = Article("bai-1", title="Tin", body=body)

    page = drawn(decision(article=article, evidence=(Phrase("body", 20_001, 20_008, "tử vong", "urgency", 0.7),)))

    assert "⟦tử vong⟧" in page
    assert "… (còn 14.001 ký tự)" in page.replace("\n", "")


def explain(*words: object, model: object, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, words), "--model", str(model)], input=given)


@pytest.mark.parametrize(
    ("words", "shown"), [([], "bai-00000"), (["--row", 3], "bai-00002"), (["--id", "bai-00299"], "bai-00299")]
)
def test_an_article_is_found_by_row_or_by_id_and_is_else_the_first(words, shown, items, model):
    done = explain(items, *words, model=model)

    assert done.exit_code == 0
    assert done.stdout.startswith(f"{shown} · Báo Thử · 26/03/2018")


def test_standard_input_and_plain_text_are_explained_too(model):
    assert "Giá xăng tăng" in explain("-", model=model, given='{"title": "Giá xăng tăng"}').stdout.translate(
        {ord("⟦"): None, ord("⟧"): None}
    )
    assert explain("--text", "Giá xăng tăng\nchiều nay", model=model).exit_code == 0


def test_the_explanation_says_what_the_record_says(items, tmp_path, model):
    out = tmp_path / "ra.jsonl"
    CliRunner().invoke(main, ["score", str(items), "--out", str(out), "--model", str(model)])
    record = json.loads(out.read_text("utf-8").splitlines()[4])

    page = explain(items, "--row", 5, model=model).stdout

    assert record["topic"]["name"] in page
    assert f"{record['lead_unit']['code']} – " in page if record["lead_unit"] else "ngoài phạm vi" in page
    for phrase in record["evidence"]:
        assert f"“{phrase['text']}”" in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["tin.jsonl", "--row", "999"], "Không tìm thấy dòng 999"),
        (["tin.jsonl", "--id", "khong-co"], "Không tìm thấy bài có mã “khong-co”"),
        (["tin.jsonl", "--row", "1", "--id", "x"], "Chỉ dùng một trong hai"),
        (["tin.jsonl", "--text", "x"], "Cần đúng một trong hai"),
        ([], "Cần đúng một trong hai"),
        (["--text", " "], "văn bản trống"),
        (["khong-co.jsonl"], "Không tìm thấy tệp"),
        (["hong.jsonl"], "dòng không phải JSON"),
        (["hong.jsonl", "--row", "1"], "dòng không phải JSON"),
    ],
)
def test_what_cannot_be_explained_is_one_clear_line(words, message, items, tmp_path, model, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hong.jsonl").write_text("{hong\n", "utf-8")

    done = explain(*words, model=model)

    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("Lỗi: ")
    assert message in line

"""`diembao org` show, trace, diff and check: what an office reads, and what it is told when something is wrong."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from models import artifacts
from models.artifacts import load_organisation
from nlp.heads import UNITS
from nlp.types import VIETNAM
from serve.cli import main
from serve.commands import options
from serve.org import check as checks
from serve.org.diff import compare
from serve.org.find import UnknownName, find
from serve.org.sources import sources_of

ROOT = Path(__file__).parents[2]
DATA = ROOT / "datasets/organisation"


def org(*words: str) -> Result:
    return CliRunner().invoke(main, ["org", *words])


def said(*words: str) -> str:
    """The output with runs of blanks and table lines folded, so that a broken cell reads as one."""
    done = org(*words)
    assert done.exit_code == 0, done.stderr
    return " ".join(done.stdout.replace("│", " ").split())


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An office's own copy of the data."""
    return Path(shutil.copytree(DATA, tmp_path / "to-chuc"))


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Replace a text that stands once; the line on which it stands."""
    path = folder / file
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return text[: text.index(old)].count("\n") + 1


# --- show ---


def test_show_names_the_decree_the_units_their_work_and_the_owners_of_a_day() -> None:
    text = said("show", "--at", "2018-11-11")

    assert "Bộ Công Thương ngày 11/11/2018: 30 đơn vị" in text
    assert "Thay đổi gần nhất: 34/2018/QĐ-TTg, có hiệu lực từ 12/10/2018" in text
    assert "Tổng cục Quản lý thị trường TCQLTT, QLTT tc.qltt 12/10/2018 B" in text
    assert "Phòng vệ thương mại Cục Phòng vệ thương mại" in text
    assert "EVN Tập đoàn Điện lực Việt Nam Ủy ban Quản lý vốn nhà nước tại doanh nghiệp không thuộc Bộ" in text


def test_show_marks_what_nobody_has_verified() -> None:
    assert "Vụ Pháp chế PC vu.pc 26/12/2012 C, chưa kiểm chứng" in said("show", "--at", "2016-05-24")


def test_show_is_of_today_in_vietnam_where_no_day_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "now_in_vietnam", lambda: datetime(2016, 5, 24, 23, 59, tzinfo=VIETNAM))

    assert "Bộ Công Thương ngày 24/05/2016: 35 đơn vị" in said("show")


def test_show_json_tells_a_tool_everything_of_the_day() -> None:
    told = json.loads(org("show", "--at", "11/11/2018", "--json").stdout)

    assert told["at"] == "2018-11-11"
    assert told["units_counted"] == sum(unit["counted"] for unit in told["units"]) == 30
    assert [decree["number"] for decree in told["decrees"]] == ["95/2012/NĐ-CP", "98/2017/NĐ-CP", "34/2018/QĐ-TTg"]
    assert [one["code"] for one in told["competences"]] == list(UNITS)
    energy = next(one for one in told["competences"] if one["code"] == "TCNL")
    assert {holder["id"]: holder["topics"] for holder in energy["holders"]} == {
        "cuc.dlnltt": [],
        "vu.dkt": ["xang-dau", "dau-khi-than-khoang-san", "hoa-chat-phan-bon"],
        "vu.tknl": ["cong-nghiep-nang", "cong-nghiep-nhe"],
    }
    power = next(one for one in told["enterprises"] if one["code"] == "EVN")
    assert power["under_ministry"] is False
    assert power["owner"] == "Ủy ban Quản lý vốn nhà nước tại doanh nghiệp"


@pytest.mark.parametrize("words", [("show", "--at", "2012-12-25"), ("diff", "2012-12-25", "2016-05-24")])
def test_a_day_before_the_first_decree_is_refused_with_the_first_day(words: tuple[str, ...]) -> None:
    done = org(*words)

    assert done.exit_code == 2
    assert "ngày 25/12/2012 trước nghị định đầu tiên trong dữ liệu (95/2012/NĐ-CP" in done.stderr
    assert "26/12/2012" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("words", [("show", "--at", "hôm qua"), ("diff", "hôm qua", "2025-03-01")])
def test_what_is_no_day_is_refused_with_how_to_write_one(words: tuple[str, ...]) -> None:
    done = org(*words)

    assert done.exit_code == 2
    assert "“hôm qua” không phải ngày; viết 2023-05-01 hoặc 1/5/2023" in done.stderr


# --- trace ---


def test_trace_of_a_code_says_who_held_which_topic_when_and_says_who() -> None:
    text = said("trace", "QLCT")

    assert "26/12/2012 – 17/08/2017 mọi chủ đề Cục Quản lý cạnh tranh cuc.qlct" in text
    assert "18/08/2017 – 31/03/2023 phần còn lại Cục Cạnh tranh và Bảo vệ người tiêu" in text
    assert "cuc.ctbvntd Dân chủ và Pháp luật 8/2017 [S15] C, chưa kiểm chứng" in text
    assert "18/08/2017 – 28/02/2025 Phòng vệ thương mại Cục Phòng vệ thương mại cuc.pvtm Dân chủ và Pháp" in text
    assert "từ 01/03/2025 Phòng vệ thương mại Cục Phòng vệ thương mại cuc.pvtm Quyết định 536/QĐ-BCT" in text
    assert "từ 01/04/2023 phần còn lại Ủy ban Cạnh tranh Quốc gia ubctqg Nghị định 03/2023/NĐ-CP [S16] B" in text


def test_trace_does_not_say_that_what_is_older_than_the_data_was_founded_on_its_first_day() -> None:
    assert "từ 26/12/2012 Vụ Pháp chế vu.pc đã có" in said("trace", "vu.pc")


def test_trace_says_from_which_day_on_a_unit_is_verified() -> None:
    text = said("trace", "vu.pc")

    assert "26/12/2012 Vụ Pháp chế PC Hiểu biết chung, khớp số đơn vị [S07] C, chưa kiểm chứng" in text
    assert "01/12/2022 Vụ Pháp chế PC Danh sách vụ và cục [S06] B" in text
    assert "01/03/2025 Vụ Pháp chế PC Tóm tắt của Chính phủ với danh sách đủ [S03] A" in text
    assert "PC Vụ Pháp chế 26/12/2012 – 30/11/2022 mọi chủ đề datasets/labels/GUIDELINE.md, mục 2 A, đơn vị" in text


def test_trace_of_a_code_marks_a_holding_that_is_our_own_reading() -> None:
    text = said("trace", "tcnl")

    assert "theo chủ đề tự suy" in text
    assert "C, chưa kiểm chứng" in text
    assert "D, chưa kiểm chứng" in text


@pytest.mark.parametrize(
    "word",
    ["cuc.qlct", "CUC.QLCT", "Cục Quản lý cạnh tranh", "cục quản lý cạnh  tranh", "cuc quan ly canh tranh", "VCAD"],
)
def test_trace_finds_a_unit_of_any_time_by_id_name_and_abbreviation(word: str) -> None:
    text = said("trace", word)

    assert text.startswith("Cục Quản lý cạnh tranh (cuc.qlct)")
    assert "cuc.ctbvntd" in text
    assert "ubctqg" in text
    assert "QLCT Cục Quản lý cạnh tranh 26/12/2012 – 17/08/2017 mọi chủ đề" in text


def test_trace_of_a_unit_that_holds_nothing_says_so() -> None:
    assert "Không giữ việc của mã nào." in said("trace", "sn.bao")


def test_trace_of_an_enterprise_says_who_owned_it_when() -> None:
    text = said("trace", "Petrolimex")

    assert "Tập đoàn Xăng dầu Việt Nam (petrolimex, mã PLX)" in text
    assert "10/11/2018 – 28/02/2025 Tập đoàn Xăng dầu Việt Nam Ủy ban Quản lý vốn nhà nước" in text
    assert "từ 01/03/2025" in text


def test_trace_of_a_code_of_many_enterprises_names_them() -> None:
    assert "Doanh nghiệp mang mã DNK: vinataba, sabeco" in said("trace", "DNK")


def test_a_name_that_several_bore_shows_them_all() -> None:
    text = said("trace", "BCT-TC")

    assert text.startswith("“BCT-TC” là vu.tc, vu.tcdmdn")
    assert "Vụ Tài chính (vu.tc)" in text
    assert "Vụ Tài chính và Đổi mới doanh nghiệp (vu.tcdmdn)" in text


def test_a_name_that_also_means_something_else_says_so() -> None:
    assert "“BCT” còn có nghĩa: Bộ Chính trị, báo cáo thuế" in said("trace", "BCT")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("QLCTT", "QLCT"),
        ("phòng vệ thương mai", "Cục Phòng vệ thương mại"),
        ("vu.dtk", "vu.dkt"),
        ("hoa chat", "Cục Hóa chất"),
        ("điện tử", "Cục Thương mại điện tử và Công nghệ thông tin"),
    ],
)
def test_an_unknown_name_is_answered_with_those_near_to_it(word: str, near: str) -> None:
    done = org("trace", word)

    assert done.exit_code == 2
    assert f"không biết mã, đơn vị hay doanh nghiệp nào là “{word}”" in done.stderr
    assert near in done.stderr.partition("gần giống: ")[2]


def test_a_name_like_no_other_is_answered_with_where_to_look() -> None:
    with pytest.raises(UnknownName, match="“xyzzy”; diembao org show liệt kê mọi mã"):
        find(load_organisation(), "xyzzy")


def test_a_name_known_only_for_other_meanings_is_not_guessed() -> None:
    with pytest.raises(UnknownName, match=r"“TCT” \(có thể là: tổng công ty, Tổng cục Thuế\)"):
        find(load_organisation(), "TCT")


def test_every_holding_and_every_owner_has_a_source() -> None:
    organisation = load_organisation()
    sources = sources_of(organisation)

    told = [sources.of_tenure(code, tenure) for code in UNITS for tenure in organisation.history(code)]

    assert [source for source in told if not source.text or source.confidence not in "ABCD"] == []


# --- diff ---


def test_diff_counts_and_says_what_came_went_and_passed_on() -> None:
    text = said("diff", "2016-05-24", "2025-03-01")

    assert "Từ 24/05/2016 đến 01/03/2025: 35 → 22 đơn vị (−13)" in text
    assert "Lập mới (10)" in text
    assert "Vụ Dầu khí và Than vu.dkt tách Tổng cục Năng lượng" in text
    assert "Cục Công tác phía Nam cuc.ctpn nhập vào Văn phòng Bộ" in text
    assert "kết thúc, nơi nhận chưa rõ –" in text
    assert "cuc.tmdt Cục Thương mại điện tử và Công nghệ thông tin Cục Thương mại điện tử và Kinh tế số" in text
    assert "QLCT Cục Quản lý cạnh tranh Phòng vệ thương mại Cục Quản lý cạnh tranh Cục Phòng vệ thương mại" in text
    assert "Tập đoàn Điện lực Việt Nam Bộ Công Thương Bộ Tài chính (không thuộc Bộ)" in text


def test_diff_follows_a_unit_through_all_that_came_between() -> None:
    diff = compare(load_organisation(), first=date(2016, 5, 24), last=date(2025, 3, 1))

    assert set(diff.ways["tc.nl"]) == {"cuc.dl", "vu.dkt", "cuc.dmst"}
    assert diff.origins("cuc.qlpttttn") == ("vu.tttn", "vu.tmbgmn", "cuc.qltt")


def test_diff_calls_a_unit_that_another_follows_alone_renamed_or_upgraded() -> None:
    assert "cuc.qltt nâng cấp Tổng cục Quản lý thị trường" in said("diff", "2018-10-11", "2018-10-12")
    assert "vu.khtc đổi tên Vụ Kế hoạch, Tài chính và Quản lý doanh nghiệp" in said("diff", "2025-02-28", "2025-03-01")


def test_diff_loses_no_unit_between_any_two_structures() -> None:
    organisation = load_organisation()
    for first in organisation.days:
        for last in (day for day in organisation.days if day >= first):
            diff = compare(organisation, first=first, last=last)

            assert len(diff.before.units) - len(diff.closed) + len(diff.opened) == len(diff.after.units)
            assert {unit.id for unit in diff.closed} <= diff.ways.keys()
            assert {one for new in diff.ways.values() for one in new} <= diff.after.units.keys()


def test_diff_of_a_day_on_which_only_enterprises_passed_shows_only_them() -> None:
    text = said("diff", "2018-11-09", "2018-11-10")

    assert "30 → 30 đơn vị" in text
    assert "Doanh nghiệp đổi chủ sở hữu hoặc tên (6)" in text
    assert "Kết thúc" not in text
    assert "Việc đổi người giữ" not in text


def test_diff_of_days_alike_says_that_nothing_changed() -> None:
    assert said("diff", "2021-01-01", "2021-12-31").endswith("Không có gì thay đổi giữa hai ngày này.")


def test_diff_the_wrong_way_round_is_refused() -> None:
    done = org("diff", "2025-03-01", "2016-05-24")

    assert done.exit_code == 2
    assert "ngày đầu 01/03/2025 sau ngày cuối 24/05/2016; đổi chỗ hai ngày" in done.stderr


def test_diff_without_its_second_day_says_which_is_missing() -> None:
    done = org("diff", "2025-03-01")

    assert done.exit_code == 2
    assert "thiếu ĐẾN_NGÀY" in done.stderr


# --- check ---


def test_check_of_the_released_data_finds_nothing_and_ends_well() -> None:
    text = said("check")

    assert "Tổ chức: 7 văn bản" in text
    assert "không có gì sai" in text


def test_check_unverified_lists_each_fact_with_file_line_grade_and_source() -> None:
    facts = [fact for part in checks.check(None) for fact in part.unverified]
    text = said("check", "--unverified")

    assert f"Điều chưa kiểm chứng ({len(facts)})" in text
    assert facts
    for fact in facts:
        line = (DATA / fact.file).read_text("utf-8").splitlines()[fact.line - 1]
        assert line == f'confidence = "{fact.confidence}"'
        assert f" {fact.line} {fact.confidence} " in text


def test_check_with_findings_lists_them_and_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    part = checks.Checked("Tổ chức", "7 văn bản", ("2025-07-01: TTB: không ai giữ",), ())
    monkeypatch.setattr(checks, "PARTS", (lambda folder: part,))

    done = org("check")

    assert done.exit_code == 1
    assert "1 chỗ sai" in done.stdout
    assert "2025-07-01: TTB: không ai giữ" in done.stdout


def test_check_goes_through_the_deadlines_where_they_are(monkeypatch: pytest.MonkeyPatch, own: Path) -> None:
    fact = SimpleNamespace(
        file="deadlines.toml", line=7, what="trả lời trong 5 ngày", confidence="C", source="?", note=""
    )
    deadlines = SimpleNamespace(rules=SimpleNamespace(rules=(1, 2)), check=lambda: (), unverified=lambda: (fact,))
    asked = []
    monkeypatch.setattr(artifacts, "load_deadlines", lambda folder: asked.append(folder) or deadlines)

    text = said("check", "--unverified", "--folder", str(own))

    assert asked == [own]
    assert "Thời hạn: 2 quy định; không có gì sai; 1 điều chưa kiểm chứng" in text
    assert "deadlines.toml 7 C trả lời trong 5 ngày ?" in text


# --- an office's own folder ---


@pytest.mark.parametrize("words", [("show",), ("trace", "QLCT"), ("diff", "2016-05-24", "2025-03-01"), ("check",)])
def test_a_fault_in_an_offices_folder_names_file_line_and_key(words: tuple[str, ...], own: Path) -> None:
    file = "decrees/2018-10-12-qd34.toml"
    line = spoil(own, file, "units = 30", "units = 31")

    done = org(*words, "--folder", str(own))

    assert done.exit_code == 2
    assert f"Lỗi: {file}, dòng {line}, khóa units: ghi 31 đơn vị" in done.stderr
    assert done.stdout == ""


def test_an_offices_own_decree_is_shown_without_any_code(own: Path) -> None:
    (own / "decrees/2030-01-01-moi.toml").write_text(
        """[decree]
id = "moi"
number = "1/2030/NĐ-CP"
title = "Đổi tên Cục Hóa chất"
first_day = 2030-01-01
source = "Thử"
confidence = "B"

[[rename]]
unit = "cuc.hc"
name = "Cục Hóa chất và \\u001b[31mVật liệu"
source = "Thử"
confidence = "B"
""",
        "utf-8",
    )

    text = said("trace", "cuc.hc", "--folder", str(own))

    assert "01/01/2030 Cục Hóa chất và ·[31mVật liệu" in text, "a name must not move the cursor"
    assert "\x1b" not in text


def test_a_folder_without_decrees_says_what_to_add(tmp_path: Path) -> None:
    done = org("show", "--folder", str(tmp_path))

    assert done.exit_code == 2
    assert "chưa có nghị định nào; thêm một tệp vào decrees/" in done.stderr


def test_a_folder_that_is_not_there_is_refused() -> None:
    done = org("show", "--folder", "khong-co")

    assert done.exit_code == 2
    assert "--folder" in done.stderr
    assert "khong-co" in done.stderr

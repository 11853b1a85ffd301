"""`diembao org draw`: a page that is whole, the same every time, and on which no text lies over another."""

from __future__ import annotations

import shutil
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from defusedxml.ElementTree import fromstring

from models.artifacts import load_organisation
from nlp.organisation import Organisation
from serve.cli import main
from serve.org.lanes import lay
from serve.org.layout import PAGE
from serve.org.measure import ELLIPSIS, narrowest, width, wrap
from serve.org.picture import draw

ROOT = Path(__file__).parents[2]
DATA = ROOT / "datasets/organisation"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return load_organisation()


def org_draw(*words: str) -> Result:
    return CliRunner().invoke(main, ["org", "draw", *words])


def boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Every text of the picture: what it says, left, top, right, bottom."""
    found = []
    for text in fromstring(svg).iter(f"{SVG}text"):
        size, x, y = (float(text.attrib[key]) for key in ("font-size", "x", "y"))
        says = text.text or ""
        right = x + width(says, size=size, bold=text.get("font-weight") == "bold")
        found.append((says, x, y - 0.74 * size, right, y + 0.2 * size))
    return found


def overlaps(svg: str) -> list[tuple[str, str]]:
    return [
        (one[0], other[0])
        for one, other in combinations(boxes(svg), 2)
        if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] - 0.01 and other[2] < one[4] - 0.01
    ]


def outside(svg: str) -> list[str]:
    wide, high = PAGE
    return [says for says, left, top, right, low in boxes(svg) if left < 0 or top < 0 or right > wide or low > high]


def says(svg: str) -> str:
    return " ".join(text.text or "" for text in fromstring(svg).iter(f"{SVG}text"))


def with_decrees(folder: Path, *, count: int, units: int) -> Organisation:
    """The released data and more decrees after it, each opening units of long names."""
    shutil.copytree(DATA, folder)
    for number in range(count):
        opened = "".join(
            f'[[open]]\nunit = "cuc.moi{number}x{one}"\nkind = "Cục"\nhow = "new"\nsource = "Thử"\nconfidence = "D"\n'
            f'name = "Cục Quản lý nhà nước về công nghiệp hỗ trợ, logistics và <dịch vụ> & số {number}.{one}"\n'
            for one in range(units)
        )
        (folder / f"decrees/{2030 + number}-01-01.toml").write_text(
            f'[decree]\nid = "n{number}"\nnumber = "{number}/2030/NĐ-CP"\ntitle = "Thử"\n'
            f'first_day = {2030 + number}-01-01\nsource = "Thử"\nconfidence = "B"\n{opened}',
            "utf-8",
        )
    return load_organisation(folder)


def test_the_picture_in_the_documents_is_what_draw_writes(tmp_path: Path) -> None:
    done = org_draw("--out", str(tmp_path / "co-cau.svg"))

    assert done.exit_code == 0
    assert (tmp_path / "co-cau.svg").read_bytes() == (ROOT / "docs/organisation.svg").read_bytes(), (
        "the data changed: diembao org draw --out docs/organisation.svg"
    )


def test_the_picture_goes_to_standard_output_where_asked() -> None:
    done = org_draw("--out", "-")

    assert done.exit_code == 0
    assert done.stdout == (ROOT / "docs/organisation.svg").read_text("utf-8")


def test_the_picture_is_an_a4_page_that_needs_nothing_from_elsewhere(organisation: Organisation) -> None:
    svg = draw(organisation)
    page = fromstring(svg)

    assert (page.attrib["width"], page.attrib["height"]) == ("297mm", "210mm")
    assert svg.count("http") == svg.count("http://www.w3.org/2000/svg") == 1
    assert not any(word in svg for word in ("<image", "<script", "<style", "url(", "@font-face"))


def test_the_picture_tells_a_screen_reader_what_it_shows(organisation: Organisation) -> None:
    page = fromstring(draw(organisation))
    ids = {element.get("id"): element.text or "" for element in page if element.get("id")}

    assert page.attrib["role"] == "img"
    assert [ids[one] != "" for one in page.attrib["aria-labelledby"].split()] == [True, True]
    assert (
        "Tổng cục Năng lượng → Vụ Dầu khí và Than" in ids["desc"] or "Tổng cục Năng lượng → Cục Điện lực" in ids["desc"]
    )
    assert "40/2025/NĐ-CP, từ 01/03/2025: 22 đơn vị." in ids["desc"]


def test_the_picture_heads_each_change_with_its_decree_day_and_count(organisation: Organisation) -> None:
    text = says(draw(organisation))

    for decree, count in zip(organisation.decrees, (35, 30, 30, 28, 28, 22, 21), strict=True):
        assert f"{decree.number} từ {decree.first_day:%d/%m/%Y} {count} đơn vị" in text


def test_the_picture_names_every_unit_whole(organisation: Organisation) -> None:
    text = says(draw(organisation))
    names = {unit.name for structure in organisation.structures for unit in structure.ministry_units()}

    assert ELLIPSIS not in text
    assert sorted(name for name in names if name not in text) == []


def test_the_picture_says_its_sources_and_what_its_signs_mean(organisation: Organisation) -> None:
    text = says(draw(organisation))

    for word in ("Nguồn: 95/2012/NĐ-CP;", "chưa kiểm chứng (hạng C, D)", "kết thúc, nơi nhận chưa rõ", "Ủy ban", "Vụ"):
        assert word in text


def test_what_is_not_verified_is_dashed_and_nothing_else(organisation: Organisation) -> None:
    page = fromstring(draw(organisation))
    boxed = {}
    for group in page.iter(f"{SVG}g"):
        title, box = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        if title is not None and box is not None:
            boxed[title.text or ""] = "stroke-dasharray" in box.attrib

    assert len(boxed) > 40
    assert [title for title, dashed in boxed.items() if dashed is not title.endswith("chưa kiểm chứng")] == []


def test_the_passing_of_the_inspectorate_is_dashed_for_nobody_saw_it(organisation: Organisation) -> None:
    flows = {(flow.old, flow.new): flow for flow in lay(organisation).flows if not flow.stays}

    assert not flows["tt", "ngoai.ttcp"].verified
    assert flows["tc.nl", "vu.dkt"].verified


def test_no_text_lies_over_another_or_off_the_page(organisation: Organisation) -> None:
    svg = draw(organisation)

    assert overlaps(svg) == []
    assert outside(svg) == []


@pytest.mark.parametrize(("count", "units"), [(1, 0), (1, 40), (12, 4), (40, 3)])
def test_an_office_may_add_many_decrees_and_units_of_long_names(tmp_path: Path, count: int, units: int) -> None:
    svg = draw(with_decrees(tmp_path / "to-chuc", count=count, units=units))

    assert overlaps(svg) == []
    assert outside(svg) == []


def test_a_name_with_signs_of_xml_is_escaped(tmp_path: Path) -> None:
    organisation = with_decrees(tmp_path / "to-chuc", count=1, units=1)

    svg = draw(organisation, first=date(2030, 1, 1))

    assert "<dịch vụ> & số 0.0" in " ".join(fromstring(svg).itertext())


@pytest.mark.parametrize(
    ("first", "last", "columns"),
    [
        (None, None, 7),
        (date(2016, 5, 24), date(2018, 12, 31), 3),
        (date(2016, 5, 24), date(2016, 5, 24), 1),
        (date(2030, 1, 1), None, 1),
        (None, date(2035, 1, 1), 7),
    ],
)
def test_the_picture_begins_and_ends_where_asked(
    organisation: Organisation, first: date | None, last: date | None, columns: int
) -> None:
    svg = draw(organisation, first=first, last=last)

    assert len(lay(organisation, first=first, last=last).columns) == columns
    assert overlaps(svg) == []
    assert outside(svg) == []


def test_a_picture_that_begins_between_decrees_says_the_day_not_a_decrees_first(organisation: Organisation) -> None:
    text = says(draw(organisation, first=date(2018, 1, 1), last=date(2019, 12, 31)))

    assert "Các đơn vị của Bộ Công Thương, 01/01/2018 – 31/12/2019" in text
    assert "98/2017/NĐ-CP ngày 01/01/2018 30 đơn vị" in text
    assert "34/2018/QĐ-TTg từ 12/10/2018 30 đơn vị" in text


def test_no_two_units_of_a_day_share_a_lane_and_none_leaves_its_own(organisation: Organisation) -> None:
    lanes = lay(organisation)

    for column in range(len(lanes.columns)):
        used = [lanes.lanes[unit.id] for unit in lanes.units(column)]
        assert len(used) == len(set(used))
    assert lanes.count < len({unit.id for structure in organisation.structures for unit in structure.units.values()})


def test_every_unit_that_goes_on_or_is_followed_has_a_flow(organisation: Organisation) -> None:
    lanes = lay(organisation)

    for number, (before, after) in enumerate(pairwise(lanes.columns), 1):
        flows = [flow for flow in lanes.flows if flow.column == number]
        ended = {one for one in before.structure.units if one in lanes.lanes} - {flow.old for flow in flows}
        begun = {one for one in after.structure.units if one in lanes.lanes} - {flow.new for flow in flows}
        assert ended == ({"sn.truong"} if after.decrees[0].id == "nd40" else set())
        assert begun == set()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "2012-12-25"], "trước nghị định đầu tiên trong dữ liệu"),
        (["--from", "2025-01-01", "--to", "2016-01-01"], "--from 01/01/2025 sau --to 01/01/2016; đổi chỗ hai ngày"),
        (["--to", "2012-01-01"], "sau --to 01/01/2012"),
        (["--out", "co-cau.png"], "co-cau.png: không biết ghi định dạng này. Tên tệp ra phải kết thúc bằng .svg"),
        (["--out", "khong-co/co-cau.svg"], "Không ghi được khong-co/co-cau.svg"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    done = org_draw(*words)

    assert done.exit_code == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_broken_where_it_reads_best() -> None:
    name = "Vụ Tiết kiệm năng lượng và Phát triển bền vững"

    assert wrap(name, room=150, size=8, most=2) == ["Vụ Tiết kiệm năng lượng", "và Phát triển bền vững"]
    assert wrap(name, room=400, size=8, most=2) == [name]
    assert narrowest(name, size=8, most=2) < 150


@pytest.mark.parametrize("room", [0, 3, 10, 30, 60, 90, 140])
def test_a_name_without_room_is_cut_to_fit(room: float) -> None:
    lines = wrap("Cục Đổi mới sáng tạo, Chuyển đổi xanh và Khuyến công", room=room, size=8, most=2)

    assert all(width(line, size=8) <= room for line in lines)
    assert lines == [] or room == 140 or lines[-1].endswith(ELLIPSIS)

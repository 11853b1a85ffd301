"""Every fault of the files is an error with file, line, key and what to write; nothing is loaded by halves."""

from __future__ import annotations

import pickle
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.artifacts import ORGANISATION, load_deadlines, load_organisation
from nlp.organisation import OrganisationError, parse

ND95, ND98, QD34 = "decrees/2012-12-26-nd95.toml", "decrees/2017-08-18-nd98.toml", "decrees/2018-10-12-qd34.toml"
ND96, ND03, ND40 = "decrees/2022-12-01-nd96.toml", "decrees/2023-04-01-nd03.toml", "decrees/2025-03-01-nd40.toml"
FIRMS, COLLISIONS = "enterprises.toml", "collisions.toml"
FACT = 'source = "thử"\nconfidence = "A"\n'
HOLD_HC = (
    '[[hold]]\ncompetence = "HC"\nunit = "cuc.hc"\nsource = "datasets/labels/GUIDELINE.md, mục 2"\nconfidence = "A"\n'
)
TCDMDN_SUCCESSORS = (
    'successors = ["vu.khtc"]\nsource = "Tóm tắt nghị định [S05]"\nconfidence = "B"\n\n[[close]]\nunit = "cuc'
)
NO_OWNER = f'[[enterprise]]\nid = "x"\ncode = "DNK"\n{FACT}[[enterprise.name]]\nfrom = 2013-01-01\nname = "X"\n{FACT}'


@dataclass(frozen=True)
class Fault:
    """`old` of a file becomes `new` (empty `old`: `new` goes to the end); the error points at the line with `where`.

    `where` is looked for from `new` on where it stands in it, else in the whole file.
    """

    what: str
    file: str
    old: str
    new: str
    where: str
    key: str
    says: str

    def spoil(self, text: str) -> tuple[str, int]:
        """The text with the fault, and the line of the error."""
        if self.old:
            assert text.count(self.old) >= 1, self.old
            place = text.index(self.old)
            spoiled = text[:place] + self.new + text[place + len(self.old) :]
        else:
            place = len(text) + 1
            spoiled = f"{text}\n{self.new}"
        start = spoiled.index(self.where, place if self.where in spoiled[place:] and self.where in self.new else 0)
        return spoiled, spoiled.count("\n", 0, start) + 1


def opening(unit: str, extra: str = "") -> str:
    return f'[[open]]\nunit = "{unit}"\nname = "Vụ Thử"\nkind = "Vụ"\nhow = "new"\n{extra}{FACT}'


FAULTS = [
    # the form of a file
    Fault("text that is no TOML", ND96, "units = 28", "units = = 28", "units = = 28", "", "không đúng TOML"),
    Fault(
        "an unknown table",
        ND96,
        "",
        "[[oppen]]\nunit = 1\n",
        "[[oppen]]",
        "oppen",
        "khóa lạ (có phải là open?); các bảng đúng: [decree], [[open]]",
    ),
    Fault(
        "an unknown key",
        ND96,
        'name = "Vụ Kế hoạch - Tài chính"',
        'naem = "x"',
        "naem",
        "naem",
        "các khóa đúng: unit, name",
    ),
    Fault("a key before the first table", ND96, "[decree]", 'ghi_chu = "x"\n[decree]', "ghi_chu", "ghi_chu", "khóa lạ"),
    Fault("two heads", ND96, "[decree]", "[[decree]]", "[[decree]]", "decree", "cần đúng một bảng [decree]"),
    Fault("a head written twice", ND96, "[[open]]", "[open]", "[open]", "open", "phải viết là [[open]]"),
    Fault(
        "a rule without a source",
        ND96,
        'source = "Dự thảo nghị định [S14]"\n',
        "",
        'unit = "cuc.ctpn"',
        "source",
        "thiếu khóa source; mọi điều ghi vào đều phải có nguồn",
    ),
    Fault(
        "an empty source",
        ND96,
        'source = "Dự thảo nghị định [S14]"',
        'source = " "',
        'source = " "',
        "source",
        "có nguồn",
    ),
    Fault(
        "a rule without a grade",
        ND03,
        'confidence = "B"\n\n[[open]]',
        "\n[[open]]",
        "[decree]",
        "confidence",
        "A, B, C, D",
    ),
    Fault("a grade that is none", ND03, 'confidence = "B"', 'confidence = "E"', '"E"', "confidence", "không biết 'E'"),
    Fault(
        "a day in quotes",
        ND96,
        "first_day = 2022-12-01",
        'first_day = "2022-12-01"',
        'first_day = "',
        "first_day",
        "một ngày không có dấu nháy, như 2025-03-01",
    ),
    Fault(
        "a moment for a day",
        ND96,
        "first_day = 2022-12-01",
        "first_day = 2022-12-01T08:00:00",
        "first_day",
        "first_day",
        "cần một ngày",
    ),
    Fault("a count of none", ND96, "units = 28", "units = 0", "units = 0", "units", "một số nguyên dương"),
    Fault(
        "a list with a number",
        ND96,
        'successors = ["vp"]',
        "successors = [1]",
        "successors = [1]",
        "successors",
        "một danh sách chuỗi",
    ),
    Fault("a kind that is none", ND96, 'kind = "Vụ"', 'kind = "Phòng"', '"Phòng"', "kind", "viết một trong: Vụ, Cục"),
    Fault("a beginning that is none", ND96, 'how = "merge"', 'how = "magic"', '"magic"', "how", "new, rename, merge"),
    # codes
    Fault(
        "an unknown competence",
        ND96,
        'competence = "KH"',
        'competence = "KHX"',
        '"KHX"',
        "competence",
        "không biết 'KHX'",
    ),
    Fault(
        "an unknown topic",
        ND98,
        'topics = ["phong-ve-thuong-mai"]',
        'topics = ["phong-ve"]',
        '["phong-ve"]',
        "topics",
        "không biết 'phong-ve'",
    ),
    Fault(
        "an unknown code of an enterprise",
        FIRMS,
        'code = "EVN"',
        'code = "EVNX"',
        '"EVNX"',
        "code",
        "không biết 'EVNX'",
    ),
    Fault(
        "an unknown holder",
        ND96,
        'competence = "KH"\nunit = "vu.khtc"',
        'competence = "KH"\nunit = "vu.x"',
        '"vu.x"',
        "unit",
        "vu.x không có ngày 01/12/2022",
    ),
    Fault(
        "an unknown unit that ends",
        ND96,
        'unit = "cuc.ctpn"',
        'unit = "cuc.x"',
        '"cuc.x"',
        "unit",
        "không biết đơn vị cuc.x",
    ),
    Fault(
        "an unknown unit that is renamed",
        ND98,
        '[[rename]]\nunit = "cuc.tmdt"',
        '[[rename]]\nunit = "cuc.x"',
        '"cuc.x"',
        "unit",
        "không biết đơn vị cuc.x",
    ),
    Fault(
        "an unknown unit that is kept",
        ND40,
        '["cuc.pvtm", "cuc.xnk"]',
        '["cuc.pvtm", "cuc.x"]',
        '"cuc.x"',
        "units",
        "không biết đơn vị cuc.x",
    ),
    Fault(
        "a unit that is kept after its end",
        ND40,
        '["cuc.pvtm", "cuc.xnk"]',
        '["cuc.pvtm", "vu.kh"]',
        '"vu.kh"',
        "units",
        "vu.kh đã kết thúc ngày 01/12/2022, không thể giữ nguyên nữa",
    ),
    Fault(
        "a unit that is kept by the decree that ends it",
        ND40,
        '["cuc.pvtm", "cuc.xnk"]',
        '["cuc.pvtm", "vu.khtc"]',
        '"vu.khtc"]',
        "units",
        "vu.khtc kết thúc trong chính tệp này; bỏ khỏi units, hoặc bỏ [[close]]",
    ),
    # lives
    Fault(
        "a unit that ends before it begins",
        ND95,
        "",
        f'[[close]]\nunit = "vu.khtc"\n{FACT}',
        'unit = "vu.khtc"',
        "unit",
        "vu.khtc kết thúc trước khi được lập (decrees/2022-12-01-nd96.toml, dòng",
    ),
    Fault(
        "a unit that ends on the day it begins",
        ND96,
        "",
        f'[[close]]\nunit = "vu.khtc"\n{FACT}',
        'unit = "vu.khtc"',
        "unit",
        "vu.khtc kết thúc trước khi được lập",
    ),
    Fault(
        "a unit that ends twice",
        ND40,
        "",
        f'[[close]]\nunit = "vu.kh"\n{FACT}',
        'unit = "vu.kh"\n',
        "unit",
        "vu.kh đã kết thúc ngày 01/12/2022",
    ),
    Fault(
        "a unit that ends twice in one decree",
        ND96,
        "",
        f'[[close]]\nunit = "vu.kh"\nsuccessors = ["vu.khtc"]\n{FACT}',
        'unit = "vu.kh"\nsuccessors = ["vu.khtc"]\nsource = "thử"',
        "unit",
        "vu.kh đã có thay đổi trong tệp này ở dòng",
    ),
    Fault(
        "a unit renamed twice in one decree",
        ND40,
        "",
        f'[[rename]]\nunit = "vp"\nname = "Văn phòng X"\n{FACT}[[rename]]\nunit = "vp"\nname = "Văn phòng Y"\n{FACT}',
        'unit = "vp"\nname = "Văn phòng Y"',
        "unit",
        "vp đã có thay đổi trong tệp này ở dòng",
    ),
    Fault(
        "a unit opened twice",
        ND40,
        "",
        opening("vu.kh"),
        'unit = "vu.kh"\n',
        "unit",
        "vu.kh đã được lập ngày 26/12/2012",
    ),
    Fault(
        "a unit opened twice in one decree",
        ND40,
        "",
        opening("cuc.dl"),
        'unit = "cuc.dl"',
        "unit",
        "cuc.dl đã được lập ngày 01/03/2025",
    ),
    Fault(
        "a name for a unit that has ended",
        ND40,
        "",
        f'[[rename]]\nunit = "vu.kh"\nname = "Vụ Kế hoạch"\n{FACT}',
        '"vu.kh"',
        "unit",
        "vu.kh đã kết thúc ngày 01/12/2022, không thể đổi tên",
    ),
    Fault(
        "a predecessor that does not exist",
        ND96,
        'predecessors = ["vu.kh", ',
        'predecessors = ["vu.x", ',
        '"vu.x"',
        "predecessors",
        "vu.x chưa được lập",
    ),
    Fault(
        "a predecessor that ended long ago",
        ND96,
        'predecessors = ["vu.kh", ',
        'predecessors = ["vu.tc", ',
        '"vu.tc"',
        "predecessors",
        "vu.tc đã kết thúc",
    ),
    Fault(
        "a successor that does not exist",
        ND96,
        'successors = ["vp"]',
        'successors = ["vu.x"]',
        '"vu.x"',
        "successors",
        "vu.x chưa được lập ngày 01/12/2022",
    ),
    Fault(
        "a successor that ends on the same day",
        ND96,
        'successors = ["vp"]',
        'successors = ["vu.kh"]',
        '["vu.kh"]',
        "successors",
        "vu.kh đã kết thúc",
    ),
    Fault(
        "an heir that the old unit does not name",
        ND96,
        'unit = "vu.kh"\nsuccessors = ["vu.khtc"]',
        'unit = "vu.kh"\nsuccessors = ["vp"]',
        'successors = ["vp"]',
        "successors",
        "thiếu 'vu.khtc'",
    ),
    Fault(
        "an heir that does not name the old unit",
        ND96,
        '["vu.kh", "vu.tcdmdn"]',
        '["vu.kh"]',
        TCDMDN_SUCCESSORS,
        "successors",
        "thêm 'vu.tcdmdn' vào predecessors của vu.khtc",
    ),
    Fault(
        "a cycle of succession",
        ND96,
        'predecessors = ["vu.kh", "vu.tcdmdn"]',
        'predecessors = ["vu.khtc"]',
        'predecessors = ["vu.khtc"]',
        "predecessors",
        "vòng lặp: vu.khtc → vu.khtc",
    ),
    Fault(
        "a cycle of two",
        ND96,
        'unit = "vu.kh"\nsuccessors = ["vu.khtc"]',
        'unit = "vu.kh"\nsuccessors = ["cuc.ctpn"]',
        'successors = ["cuc.ctpn"]',
        "successors",
        "đã kết thúc",
    ),
    Fault(
        "a parent that does not exist",
        ND96,
        'parent = "bct"',
        'parent = "bx"',
        'parent = "bx"',
        "parent",
        "bx, cấp trên của",
    ),
    Fault(
        "a parent of its own",
        ND96,
        'parent = "bct"',
        'parent = "vu.khtc"',
        'parent = "vu.khtc"',
        "parent",
        "vòng lặp: vu.khtc thuộc vu.khtc",
    ),
    Fault(
        "a cycle of parents",
        ND95,
        'kind = "Bộ"\n',
        'kind = "Bộ"\nparent = "vp"\n',
        'parent = "vp"',
        "parent",
        "vòng lặp: bct thuộc vp thuộc bct",
    ),
    # holding
    Fault(
        "an overlap of the rest",
        ND96,
        "",
        f'[[hold]]\ncompetence = "KH"\nunit = "vp"\n{FACT}',
        'competence = "KH"\nunit = "vp"',
        "competence",
        "chồng lấn: KH, phần còn lại",
    ),
    Fault(
        "an overlap of a topic",
        ND98,
        "",
        f'[[hold]]\ncompetence = "QLCT"\nunit = "vp"\ntopics = ["phong-ve-thuong-mai"]\n{FACT}',
        'topics = ["phong-ve-thuong-mai"]',
        "topics",
        "chồng lấn: QLCT, chủ đề phong-ve-thuong-mai",
    ),
    Fault(
        "a gap from the beginning",
        ND95,
        HOLD_HC,
        "",
        "[decree]",
        "hold",
        'chưa đơn vị nào giữ HC; thêm [[hold]] competence = "HC"',
    ),
    Fault(
        "a gap where a holder ends",
        ND96,
        'competence = "TC"',
        'competence = "VP"',
        'unit = "vu.tcdmdn"',
        "unit",
        'vu.tcdmdn kết thúc khi còn giữ TC; thêm [[hold]] competence = "TC"',
    ),
    Fault(
        "a gap where the holder of a topic ends",
        ND40,
        'topics = ["dien-luc"]',
        'topics = ["xang-dau"]',
        'unit = "vu.tknl"',
        "unit",
        'còn giữ KHCN; thêm [[hold]] competence = "KHCN", topics = ["dien-luc"]',
    ),
    Fault(
        "a unit that takes an enterprise's code",
        ND96,
        "",
        f'[[hold]]\ncompetence = "EVN"\nunit = "vp"\n{FACT}',
        '"EVN"',
        "competence",
        "EVN do doanh nghiệp giữ",
    ),
    Fault(
        "a count that does not come out",
        ND40,
        "units = 22",
        "units = 23",
        "units = 23",
        "units",
        "ghi 23 đơn vị, nhưng cộng các thay đổi được 22",
    ),
    Fault(
        "an id of a decree twice",
        ND40,
        'id = "nd40"',
        'id = "nd96"',
        'id = "nd96"',
        "id",
        "mã nd96 đã dùng trong decrees/2022-12-01-nd96.toml",
    ),
    # enterprises
    Fault("an enterprise twice", FIRMS, 'id = "pvn"', 'id = "evn"', 'id = "evn"', "id", "evn có hai lần"),
    Fault(
        "an enterprise with a unit's id",
        FIRMS,
        'id = "mie"',
        'id = "vp"',
        'id = "vp"',
        "id",
        "vp đã là mã của một đơn vị",
    ),
    Fault(
        "periods out of order",
        FIRMS,
        "from = 2018-11-10",
        "from = 2026-11-10",
        "from = 2025-03-01",
        "from",
        "chồng lấn",
    ),
    Fault(
        "a period that ends early",
        FIRMS,
        "from = 2018-11-10\n",
        "from = 2018-11-10\nto = 2025-02-01\n",
        "to = ",
        "to",
        "bỏ trống với kỳ sau; viết 2025-02-28",
    ),
    Fault(
        "a period that ends late",
        FIRMS,
        "from = 2018-11-10\n",
        "from = 2018-11-10\nto = 2025-03-01\n",
        "to = ",
        "to",
        "chồng lấn với kỳ sau; viết 2025-02-28",
    ),
    Fault(
        "a last period that ends",
        FIRMS,
        "from = 2025-03-01\n",
        "from = 2025-03-01\nto = 2027-01-01\n",
        "to = ",
        "to",
        "sau ngày này không có kỳ nào",
    ),
    Fault(
        "an owner before the first decree",
        FIRMS,
        "from = 2012-12-26",
        "from = 2012-12-25",
        "from = 2012-12-25",
        "from",
        "trước nghị định đầu tiên",
    ),
    Fault(
        "an owner of no name",
        FIRMS,
        'from = 2012-12-26\nname = "Tập đoàn Điện lực',
        'from = 2013-12-26\nname = "Tập đoàn Điện lực',
        'from = 2012-12-26\nowner = "Bộ Công Thương"',
        "from",
        "cùng tên đầu, 2013-12-26",
    ),
    Fault(
        "no owner at all",
        FIRMS,
        "",
        NO_OWNER,
        '[[enterprise]]\nid = "x"',
        "period",
        "viết ít nhất một [[enterprise.period]]",
    ),
    Fault(
        "two enterprises of one code",
        FIRMS,
        'id = "mie"\ncode = "DNK"',
        'id = "mie"\ncode = "EVN"',
        '[[enterprise]]\nid = "mie"',
        "generic",
        "chồng lấn: 2 doanh nghiệp mang mã EVN",
    ),
    Fault(
        "no general entry",
        FIRMS,
        "generic = true\n",
        "",
        '[[enterprise]]\nid = "nsmo"',
        "generic",
        "ghi generic = true ở đúng một mục",
    ),
    Fault(
        "an unknown predecessor of an enterprise",
        FIRMS,
        'predecessors = ["evn"]',
        'predecessors = ["evx"]',
        '"evx"',
        "predecessors",
        "không biết doanh nghiệp evx",
    ),
    Fault(
        "a flag in words",
        FIRMS,
        "under_ministry = true",
        'under_ministry = "có"',
        '"có"',
        "under_ministry",
        "true hoặc false",
    ),
    Fault(
        "an unknown key of a period",
        FIRMS,
        "under_ministry = true",
        "under = true",
        "under = true",
        "under",
        "các khóa đúng: from, to, owner",
    ),
    # collisions
    Fault(
        "a collision without meanings",
        COLLISIONS,
        'meanings = ["công nghiệp", "chi nhánh", "Chủ nhật"]\n',
        "",
        'alias = "CN"',
        "meanings",
        "thiếu khóa meanings",
    ),
]
MISSING = ("source", "confidence", "generic", "meanings", "period")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_a_fault_is_named_with_file_line_key_and_what_to_write(fault, files):
    files[fault.file], line = fault.spoil(files[fault.file])
    if (
        fault.key in ("source", "confidence", "generic", "meanings", "period", "parent")
        and fault.where not in fault.new
    ):
        # What is missing is looked for in its table, so the error points at the table's head.
        head = files[fault.file].splitlines()[:line]
        line = max(number for number, content in enumerate(head, 1) if content.startswith("["))

    with pytest.raises(OrganisationError, match=re.escape(fault.says)) as caught:
        parse(files)

    error = caught.value
    assert (error.file, error.key) == (fault.file, fault.key)
    assert error.line == line
    assert str(error).startswith(f"{fault.file}, dòng {line}")


def test_a_file_of_another_name_is_refused(files):
    with pytest.raises(OrganisationError, match=r"decrees/x\.json: tệp lạ"):
        parse({**files, "decrees/x.json": ""})


def test_without_a_decree_there_is_no_organisation(files):
    with pytest.raises(OrganisationError, match="chưa có nghị định nào; thêm một tệp vào decrees/"):
        parse({"enterprises.toml": files["enterprises.toml"]})


@pytest.mark.parametrize("name", ["enterprises.toml", "collisions.toml"])
def test_a_missing_file_is_told_by_name(name, files):
    del files[name]

    with pytest.raises(OrganisationError, match=f"^{name}: thiếu tệp này"):
        parse(files)


def test_a_name_without_a_letter_is_refused(files):
    files[COLLISIONS] += '[[collision]]\nalias = "–"\nmeanings = ["dấu"]\nsource = "x"\n'

    with pytest.raises(OrganisationError, match=r"khóa alias: không phải '–'; cần một chuỗi không trống"):
        parse(files)


def test_a_file_with_the_byte_order_mark_of_windows_is_read(tmp_path):
    copied = Path(shutil.copytree(ORGANISATION[0], tmp_path / "own"))
    for path in copied.rglob("*.toml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert load_organisation(copied).structures == load_organisation().structures
    assert load_deadlines(copied).rules.periods == load_deadlines().rules.periods


def test_a_decree_can_be_added_without_a_change_of_code(files):
    head = '[decree]\nid = "moi"\nnumber = "1/2027/NĐ-CP"\ntitle = "Thử"\nfirst_day = 2027-01-01\nunits = 22\n' + FACT
    files["decrees/2027-01-01-moi.toml"] = (
        head + opening("vu.thu") + f'[[hold]]\ncompetence = "PC"\nunit = "vu.thu"\n{FACT}'
    )

    organisation = parse(files)

    assert organisation.check() == ()
    assert [life.id for life in organisation.lineage("vu.thu")] == ["vu.thu"]
    assert organisation.history("PC")[-1].holder.name == "Vụ Thử"


def test_every_numbered_source_stands_in_the_list_of_sources(files):
    listed = set(re.findall(r"S\d\d", (ORGANISATION[0] / "README.md").read_text("utf-8")))

    assert set(re.findall(r"\[(S\d\d)\]", "".join(files.values()))) <= listed


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "enterprises.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(OrganisationError, match=r"enterprises\.toml: không đọc được"):
        load_organisation(tmp_path)


def test_an_empty_folder_is_no_organisation(tmp_path: Path):
    with pytest.raises(OrganisationError, match="chưa có nghị định nào"):
        load_organisation(tmp_path)


def test_an_error_comes_whole_out_of_another_process():
    error = OrganisationError("thử", file="a.toml", line=3, key="unit")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301

    assert (str(again), again.file, again.line, again.key) == ("a.toml, dòng 3, khóa unit: thử", "a.toml", 3, "unit")

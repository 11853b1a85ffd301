"""The sheet of a labelling round: a literal table of columns, and what its drop-down lists hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nlp.heads import TONES, TOPICS, UNITS, URGENCY
from nlp.reading.columns import fold

SHEET, CODES_SHEET, DRAW_SHEET = "Gán nhãn", "Danh mục", "Mẫu"
"""Where people work; what the lists hold; what was drawn and what the model thought, hidden."""
BODY_CHARS = 700
"""How much of a body is shown; the labels that come with diembao were made from as much."""
HEADER_ROWS = 10
"""The header is looked for in so many first rows."""
MAX_HELPERS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the part of a label that the column answers ("" for what is only shown), `names` what it may say.

    The drop-down list called `list_name` holds `entry` of every code and name.
    """

    key: str
    header: str
    width: int
    field: str = ""
    names: Mapping[str, str] | None = None
    list_name: str = ""
    entry: str = "{code} – {name}"

    def entries(self) -> list[str]:
        """What the drop-down list shows: "EVN – Tập đoàn Điện lực Việt Nam"."""
        return [self.entry.format(code=code, name=name) for code, name in (self.names or {}).items()]


COLUMNS = (
    Column("id", "Mã bài", 16, field="id"),
    Column("title", "Tiêu đề", 44),
    Column("lead", "Sapo", 44),
    Column("body", "Đầu bài", 60),
    Column("source", "Nguồn", 14),
    Column("published_at", "Ngày đăng", 16),
    Column("topic", "Chủ đề", 26, "topic", TOPICS, "chu_de"),
    Column("lead_unit", "Đơn vị chủ trì", 26, "lead", UNITS, "don_vi"),
    *(Column(f"helper{n}", f"Phối hợp {n}", 20, "coord", UNITS, "don_vi") for n in range(1, MAX_HELPERS + 1)),
    Column("urgency", "Mức khẩn", 16, "urgency", URGENCY, "muc_khan"),
    Column("tone", "Sắc thái", 14, "tone", TONES, "sac_thai", "{name}"),
    Column("unsure", "Chưa chắc", 10, "unsure", {"x": "người khác có thể chọn khác"}, "chua_chac", "{code}"),
    Column("note", "Ghi chú", 24),
    Column("reason", "Vì sao chọn", 34),
    Column("stratum", "Nhóm", 14),
)
PROPOSAL = Column("proposal", "Mô hình đề xuất", 40)
ERRORS = Column("errors", "Lỗi", 48)
BY_KEY = {column.key: column for column in (*COLUMNS, PROPOSAL, ERRORS)}
ANSWERS = tuple(column.key for column in COLUMNS if column.names is not None)
NEEDED = ("id", "topic", "lead_unit", "urgency", "tone")
"""Without these columns nothing can be read."""

_KEYS = {fold(column.header): column.key for column in BY_KEY.values()}


def find_columns(headers: list[str]) -> dict[str, int]:
    """Key -> position of each column among `headers`, in whatever order, case and Unicode form; the first of equals."""
    found: dict[str, int] = {}
    for position, header in enumerate(headers):
        key = _KEYS.get(fold(header))
        if key is not None:
            found.setdefault(key, position)
    return found

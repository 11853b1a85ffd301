"""Vietnamese words and numbers for what people read: tables, bulletins, explanations."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

YES, NO = "Có", "Không"

REPAIRS = {
    "unicode-form": "dựng lại dấu Unicode",
    "look-alike": "thay chữ giả dạng (như Ð, Đ)",
    "tone-placement": "đặt lại vị trí dấu thanh",
    "tcvn3": "giải mã phông TCVN3 (ABC)",
    "vni": "giải mã phông VNI",
    "mojibake": "sửa chữ đọc sai bảng mã",
    "invisible": "bỏ ký tự ẩn",
    "space": "thay khoảng trắng lạ",
    "missing-diacritics": "văn bản không dấu",
    "lone-surrogate": "bỏ ký tự hỏng",
}
"""Kind of repair (nlp/record.schema.json) -> what was done."""

PURPOSES = {"topic": "chủ đề", "lead_unit": "đơn vị chủ trì", "urgency": "mức độ"}
FIELDS = {"title": "tiêu đề", "lead": "sapo", "body": "nội dung"}
TONES = {-1: "tiêu cực", 0: "trung lập", 1: "tích cực"}

NOT_UNDER_MINISTRY = "không thuộc Bộ"
UNVERIFIED = "chưa kiểm chứng"
ON_DUTY = "ngoài giờ làm việc, người trực theo dõi"

_KEPT_CONTROLS = "\n\t"


def unit_name(unit: Mapping[str, Any]) -> str:
    """ "EVN – Tập đoàn Điện lực Việt Nam (không thuộc Bộ)", of a unit as a record has it."""
    outside = f" ({NOT_UNDER_MINISTRY})" if unit.get("under_ministry") is False else ""
    return f"{unit['code']} – {unit['name']}{outside}"


def due_time(moment: datetime) -> str:
    """ "hết ngày 19/05/2017" for the end of a day, else "08:30 ngày 19/05/2017"."""
    day = moment.strftime("%d/%m/%Y")
    return f"hết ngày {day}" if moment.strftime("%H:%M:%S") == "23:59:59" else f"{moment.strftime('%H:%M')} ngày {day}"


def deadline(one: Mapping[str, Any]) -> str:
    """ "hết ngày 19/05/2017: Phát ngôn ban đầu – căn cứ … (chưa kiểm chứng)", of a record's due time."""
    doubts = [UNVERIFIED] if not one["verified"] else []
    doubts += [ON_DUTY] if one["on_duty"] else []
    said = f" ({', '.join(doubts)})" if doubts else ""
    when = due_time(datetime.fromisoformat(one["due"]))
    return one_line(f"{when}: {one['name']} – căn cứ {one['basis']}") + said


def earliest_due(record: Mapping[str, Any]) -> datetime | None:
    """The first moment at which something of a record is due, None where nothing is."""
    return min((datetime.fromisoformat(one["due"]) for one in record["deadlines"]), default=None)


def decimal(value: float, digits: int = 1) -> str:
    """1234.5 -> "1.234,5"."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def percent(p: float) -> str:
    """0.931 -> "93 %"; never "100 %" for what is not certain."""
    return f"{min(100 * p, 99.4 if p < 1 else 100):.0f} %"


def printable(text: str) -> str:
    """`text` safe for a terminal, of the same length: an article must not move the cursor or turn the line round."""
    if text.isprintable():
        return text
    return "".join(c if c in _KEPT_CONTROLS or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "·" for c in text)


def one_line(text: str) -> str:
    """`text` on one line, without runs of white space, safe for a terminal."""
    return printable(" ".join(text.split()))

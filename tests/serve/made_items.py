"""Rows of input made by chance, for tests that need many."""

from __future__ import annotations

import json
import random
from pathlib import Path

SYLLABLES = [
    "giá",
    "xăng",
    "tăng",
    "mạnh",
    "chiều",
    "nay",
    "bộ",
    "công",
    "thương",
    "kiểm",
    "tra",
    "cây",
    "xăng",
    "hết",
    "hàng",
    "điện",
    "lực",
    "cắt",
    "điện",
    "đột",
    "ngột",
    "người",
    "dân",
    "phản",
    "ánh",
    "hóa",
    "đơn",
    "cháy",
    "nổ",
    "nhà",
    "máy",
    "hóa",
    "chất",
    "xuất",
    "khẩu",
    "gạo",
    "sang",
    "thị",
    "trường",
    "châu",
    "âu",
    "bóng",
    "đá",
    "ca",
    "sĩ",
    "hát",
]


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(SYLLABLES, k=words))


def item(number: int) -> dict[str, str]:
    """A row of input, different for every number."""
    chance = random.Random(number)  # noqa: S311
    return {
        "id": f"bai-{number:05d}",
        "title": f"Tin số {number}: {sentence(chance, 8)}",
        "lead": sentence(chance, 12),
        "body": sentence(chance, 40),
        "source": "Báo Thử",
        "published_at": "2018-03-26T14:05:00+07:00",
        "url": f"https://example.invalid/{number}",
    }


def write_items(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(item(number), ensure_ascii=False) + "\n")
    return path

"""Text of our own for the tests of repair, and a way to spoil it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import pytest

SENTENCES = (
    "Bộ Công Thương điều hành giá xăng dầu, giá xăng giảm 350 đồng một lít từ 15 giờ chiều nay.",
    "Cục Quản lý thị trường kiểm tra cửa hàng bán phân bón giả ở huyện Thủ Thừa, thu giữ 1.864,44 tấn.",
    "Thủy điện xả lũ khiến người dân vùng hạ du lo lắng; đường dây 500 kV vẫn vận hành an toàn.",
    "Quyết định số 123/QĐ-BCT và Nghị định 40/2025/NĐ-CP quy định rõ đơn vị chủ trì, đơn vị phối hợp.",
    "Doanh nghiệp thủy sản, rượu bia khuấy động hội chợ; kim ngạch xuất khẩu gỗ ước đạt 3,2 tỷ USD.",
    "Ủy ban nghe báo cáo về hóa chất độc hại, khí quyển, ngoại thương, nghiêng về phương án khỏe hơn.",
)


@pytest.fixture
def sentences() -> tuple[str, ...]:
    return SENTENCES


@pytest.fixture(scope="session")
def to_tcvn3() -> Callable[[str], str]:
    """Write text in TCVN3 by iconv and read it as Latin-1, as a program that knows no fonts does."""
    assert shutil.which("iconv"), "these tests need iconv (glibc: package libc-bin)"

    def convert(text: str) -> str:
        command = ["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        return done.stdout.decode("latin-1")

    return convert


@pytest.fixture(scope="session")
def to_vni() -> Callable[[str], str]:
    """Write text in VNI by a table of the tests' own: what a VNI keyboard driver puts into the file."""
    hats = {"ă": "aê", "â": "aâ", "ê": "eâ", "ô": "oâ", "ơ": "ô", "ư": "ö", "đ": "ñ"}
    tones = dict(zip("àằầèềòồờùừỳ", ["aø", "aè", "aà", "eø", "eà", "oø", "oà", "ôø", "uø", "öø", "yø"], strict=True))
    tones |= dict(zip("ảẳẩẻểỏổởủửỷ", ["aû", "aú", "aå", "eû", "eå", "oû", "oå", "ôû", "uû", "öû", "yû"], strict=True))
    tones |= dict(zip("ãẵẫẽễõỗỡũữỹ", ["aõ", "aü", "aã", "eõ", "eã", "oõ", "oã", "ôõ", "uõ", "öõ", "yõ"], strict=True))
    tones |= dict(zip("áắấéếóốớúứý", ["aù", "aé", "aá", "eù", "eá", "où", "oá", "ôù", "uù", "öù", "yù"], strict=True))
    tones |= dict(zip("ạặậẹệọộợụự", ["aï", "aë", "aä", "eï", "eä", "oï", "oä", "ôï", "uï", "öï"], strict=True))
    single = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
    table = hats | tones | single
    table |= {letter.upper(): code.upper() for letter, code in table.items()}
    return lambda text: text.translate(str.maketrans(table))

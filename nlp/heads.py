"""What the classifier decides: a literal table of heads, and the names of their codes.

Codes and names are those of the labelling guideline (datasets/labels/GUIDELINE.md), structure of the ministry of 2016.
A new head is one row of HEADS and one column of the labels.
"""

from __future__ import annotations

from dataclasses import dataclass

OUT_OF_SCOPE = "ngoai-pham-vi"
NO_UNIT = ""
OTHER_ENTERPRISE = "DNK"
"""The code of every enterprise that has none of its own."""
MAX_COORDINATING = 3
"""The guideline names none to three coordinating units."""

TOPICS = {
    "dien-luc": "Điện lực",
    "xang-dau": "Xăng dầu",
    "dau-khi-than-khoang-san": "Dầu khí, than, khoáng sản",
    "cong-nghiep-nang": "Công nghiệp nặng",
    "cong-nghiep-nhe": "Công nghiệp nhẹ",
    "hoa-chat-phan-bon": "Hóa chất, phân bón",
    "an-toan-moi-truong": "An toàn và môi trường công nghiệp",
    "quan-ly-thi-truong": "Quản lý thị trường",
    "thi-truong-trong-nuoc": "Thị trường trong nước",
    "xuat-nhap-khau": "Xuất nhập khẩu",
    "phong-ve-thuong-mai": "Phòng vệ thương mại",
    "hoi-nhap-quoc-te": "Hội nhập quốc tế",
    "canh-tranh-nguoi-tieu-dung": "Cạnh tranh và người tiêu dùng",
    "thuong-mai-dien-tu": "Thương mại điện tử",
    "an-toan-thuc-pham": "An toàn thực phẩm",
    "xuc-tien-dia-phuong": "Xúc tiến thương mại và công thương địa phương",
    "dnnn-to-chuc-can-bo": "Doanh nghiệp nhà nước và tổ chức cán bộ",
    "the-che-cai-cach": "Thể chế và cải cách",
    OUT_OF_SCOPE: "Ngoài phạm vi",
}

UNITS = {
    "VP": "Văn phòng Bộ",
    "KH": "Vụ Kế hoạch",
    "TC": "Vụ Tài chính",
    "TCCB": "Vụ Tổ chức cán bộ",
    "PC": "Vụ Pháp chế",
    "TTB": "Thanh tra Bộ",
    "KHCN": "Vụ Khoa học và Công nghệ",
    "CNNG": "Vụ Công nghiệp nặng",
    "CNNH": "Vụ Công nghiệp nhẹ",
    "TTTN": "Vụ Thị trường trong nước",
    "TMBGMN": "Vụ Thương mại biên giới và miền núi",
    "TTCA": "Vụ Thị trường châu Á - Thái Bình Dương",
    "TTCAU": "Vụ Thị trường châu Âu",
    "TTCM": "Vụ Thị trường châu Mỹ",
    "TTCP": "Vụ Thị trường châu Phi, Tây Á, Nam Á",
    "CSTMDB": "Vụ Chính sách thương mại đa biên",
    "TCNL": "Tổng cục Năng lượng",
    "DTDL": "Cục Điều tiết điện lực",
    "QLCT": "Cục Quản lý cạnh tranh",
    "QLTT": "Cục Quản lý thị trường",
    "XTTM": "Cục Xúc tiến thương mại",
    "CNDP": "Cục Công nghiệp địa phương",
    "XNK": "Cục Xuất nhập khẩu",
    "ATMT": "Cục Kỹ thuật an toàn và Môi trường công nghiệp",
    "TMDT": "Cục Thương mại điện tử và Công nghệ thông tin",
    "HC": "Cục Hóa chất",
    "EVN": "Tập đoàn Điện lực Việt Nam",
    "PVN": "Tập đoàn Dầu khí Việt Nam",
    "TKV": "Tập đoàn Công nghiệp Than - Khoáng sản Việt Nam",
    "PLX": "Tập đoàn Xăng dầu Việt Nam",
    "VINACHEM": "Tập đoàn Hóa chất Việt Nam",
    "VINATEX": "Tập đoàn Dệt may Việt Nam",
    "DNK": "Doanh nghiệp khác thuộc hoặc gắn với Bộ",
}

URGENCY = {"0": "lưu", "1": "theo dõi", "2": "cần xử lý", "3": "nóng"}
TONES = {"-1": "tiêu cực", "0": "trung lập", "1": "tích cực"}


@dataclass(frozen=True, slots=True)
class Head:
    """One question the model answers about an article.

    `label` is the field of a label that holds the answer; `multi` heads answer yes or no for every code.
    """

    name: str
    label: str
    codes: tuple[str, ...]
    multi: bool = False


HEADS = (
    Head("topic", "topic", tuple(TOPICS)),
    Head("lead_unit", "lead", (*UNITS, NO_UNIT)),
    Head("coordinating", "coord", tuple(UNITS), multi=True),
    Head("urgency", "urgency", tuple(URGENCY)),
    Head("tone", "tone", tuple(TONES)),
)

N_OUTPUTS = sum(len(head.codes) for head in HEADS)


def columns(name: str) -> slice:
    """The columns of a score matrix (articles, N_OUTPUTS) that belong to the head called `name`."""
    start = 0
    for head in HEADS:
        if head.name == name:
            return slice(start, start + len(head.codes))
        start += len(head.codes)
    raise KeyError(name)

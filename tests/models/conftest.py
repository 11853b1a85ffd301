"""A tiny model trained on sentences written for it: seconds to make, good enough to tell petrol from football."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.data import Label
from nlp.types import Article

KINDS = {
    "xang-dau": ("TTTN", "xăng dầu giá lít cây xăng quỹ bình ổn bán lẻ dầu diesel kỳ điều hành liên bộ"),
    "dien-luc": ("EVN", "điện lực mất điện trạm biến áp hóa đơn lưới điện công tơ cắt điện phụ tải đường dây"),
    "quan-ly-thi-truong": (
        "QLTT",
        "hàng giả tạm giữ kiểm tra lô hàng không hóa đơn quản lý thị trường buôn lậu nhập lậu",
    ),
    "ngoai-pham-vi": ("", "bóng đá ca sĩ trận đấu bàn thắng khán giả sân khấu học sinh bệnh viện du lịch lễ hội"),
}
LEVELS = ("thường kỳ", "theo dõi diễn biến", "khiếu nại phản ánh vướng mắc", "chết người nghiêm trọng thảm họa")
FILLER = "ngày hôm nay theo phóng viên cho biết nhiều người dân tại tỉnh thành phố đã được trong khi với các"


@dataclass(frozen=True)
class World:
    """Labels with their articles."""

    labels: list[Label]
    articles: dict[str, Article]


def make_world(size: int = 240, *, seed: int = 1) -> World:
    """Every fourth article is of one kind; every fifth is of the dev split."""
    chance = random.Random(seed)  # noqa: S311

    def words(text: str, count: int) -> str:
        return " ".join(chance.choices(text.split(), k=count))

    labels, articles = [], {}
    for number in range(size):
        topic, (lead, vocabulary) = list(KINDS.items())[number % len(KINDS)]
        name = f"bai-{number:04d}"
        urgency, tone = (0, 0) if not lead else (1 + number // 4 % 3, (0, -1, 1)[number // 4 % 3])
        articles[name] = Article(
            name,
            title=f"{words(vocabulary, 8)} {LEVELS[urgency]}",
            lead=f"{words(FILLER, 6)} {words(vocabulary, 10)} {LEVELS[urgency]}",
            body=" ".join(f"{words(FILLER, 9)} {words(vocabulary, 5)} {number}." for _ in range(8)),
        )
        coord = ("KH",) if lead and number % 8 < 4 else ()
        labels.append(
            Label(name, topic, lead, coord, urgency, tone, stratum="random", split="train" if number % 5 else "dev")
        )
    return World(labels, articles)


@pytest.fixture(scope="session")
def world() -> World:
    return make_world()


@pytest.fixture(scope="session")
def trained(world: World) -> Any:
    from models.layers import Settings
    from models.train import fit

    return fit([x for x in world.labels if x.split == "train"], world.articles, settings=Settings(jobs=1))


@pytest.fixture(scope="session")
def release(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "release"
    trained.save(folder, card="# Thẻ mô hình thử", metrics={"topic_acc": 1.0})
    return folder

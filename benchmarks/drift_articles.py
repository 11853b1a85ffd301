"""Numbers of real articles, and of damaged copies, as the released model sees them: what `benchmarks.drift` draws from.

No text is kept. Scoring 75,000 articles takes some minutes; the numbers are kept in a file outside the project.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.robustness import in_tcvn3
from models.artifacts import load_engine, read_manifest
from models.design import strip_marks
from models.drift.traffic import of_decision
from nlp.heads import TOPICS
from nlp.pipeline import Engine, run
from nlp.types import VIETNAM, ZONES, Article

VIETNEWS = 30_000
DAMAGED = 3_000
AT_ONCE = 256
COLUMNS = ("topic", "topic_p", "urgency", "needs_human", "faulty", "known_share", "chars")
CODES = tuple(TOPICS)
MENU = (
    "Trang chủ | Thời sự | Kinh doanh | Thể thao | Giải trí | Đăng nhập | Đăng ký | Chia sẻ Facebook | Bình luận (0) "
)
TAGS = '<div class="box-tin"><a href="#" onclick="share()">&nbsp;Xem thêm&raquo;</a><script>var ads=[];</script></div> '


@dataclass(frozen=True)
class Pool:
    """Numbers of articles of one kind: COLUMNS -> (articles,), topics as places in CODES."""

    columns: dict[str, npt.NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.columns["topic"])


def _each_zone(damage: Callable[[str], str]) -> Callable[[Article], Article]:
    return lambda article: replace(article, **{zone: damage(getattr(article, zone)) for zone in ZONES})


def _cut(article: Article) -> Article:
    return replace(article, body=article.body[:200])


def _boilerplate(article: Article) -> Article:
    return replace(article, body=f"{MENU * 4}{TAGS * 10}{article.body}{TAGS * 10}{MENU * 4}")


def _shuffled(text: str) -> str:
    words = text.split()
    random.Random(len(text)).shuffle(words)  # noqa: S311
    return " ".join(words)


DAMAGES: dict[str, Callable[[Article], Article]] = {
    "tcvn3": _each_zone(in_tcvn3),
    "no marks": _each_zone(strip_marks),
    "cut": _cut,
    "boilerplate": _boilerplate,
    "shuffled": _each_zone(_shuffled),
}


def pools(cache: Path) -> dict[str, Pool]:
    """The pools `baomoi` (in order of time), `vietnews` and one a damage; scored where the file does not hold them."""
    version = read_manifest()["version"]
    if cache.exists():
        with np.load(cache) as kept:
            if str(kept["version"]) == version:
                return _unpacked(kept)
    found = _scored()
    arrays = {f"{name}/{column}": array for name, pool in found.items() for column, array in pool.columns.items()}
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(cache, version=np.array(version), **arrays)
    return found


def _unpacked(kept: np.lib.npyio.NpzFile) -> dict[str, Pool]:
    names = dict.fromkeys(key.split("/")[0] for key in kept.files if "/" in key)
    return {name: Pool({column: kept[f"{name}/{column}"] for column in COLUMNS}) for name in names}


def _scored() -> dict[str, Pool]:
    corpora = os.environ.get("DIEMBAO_CORPORA")
    if not corpora:
        sys.exit("DIEMBAO_CORPORA names no folder: this measurement needs the real articles")
    engine, chance = load_engine(), random.Random(0)  # noqa: S311
    baomoi = sorted(_articles(Path(corpora) / "baomoi.parquet"), key=lambda one: int(one.id.rsplit("-", 1)[1]))
    vietnews = chance.sample(list(_articles(Path(corpora) / "vietnews.parquet")), VIETNEWS)
    sample = chance.sample([*baomoi, *vietnews], DAMAGED)
    kinds = {"baomoi": baomoi, "vietnews": vietnews}
    kinds |= {name: [damage(article) for article in sample] for name, damage in DAMAGES.items()}
    return {name: _numbers(name, articles, engine) for name, articles in kinds.items()}


def _articles(path: Path) -> Iterator[Article]:
    for batch in pq.ParquetFile(path).iter_batches(batch_size=2048):
        for row in batch.to_pylist():
            yield Article(row["id"], row["title"] or "", row["lead"] or "", row["body"] or "")


def _numbers(name: str, articles: list[Article], engine: Engine) -> Pool:
    now = datetime(2018, 1, 1, tzinfo=VIETNAM)
    rows = []
    for start in range(0, len(articles), AT_ONCE):
        for decision in run(articles[start : start + AT_ONCE], engine=engine, received=now, evidence=False):
            seen = of_decision(decision, day=now.date())
            rows.append([CODES.index(seen.topic), *(getattr(seen, column) for column in COLUMNS[1:])])
        print(f"\r{name}: {len(rows)} of {len(articles)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return Pool(dict(zip(COLUMNS, np.array(rows, float).T, strict=True)))

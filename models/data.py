"""What a model is trained and measured on: labels, their articles, and which articles tell the same story."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from models.environment import LABELS_VARIABLE
from nlp.errors import DiembaoError
from nlp.heads import MAX_COORDINATING, NO_UNIT, OUT_OF_SCOPE, TONES, TOPICS, UNITS, URGENCY
from nlp.types import Article

LABELS = Path(__file__).parent.parent / "datasets" / "labels" / "train.jsonl"
HEADLINES = LABELS.parent / "headlines.jsonl"
"""Labels whose articles come with them: headlines of our own, which stand in no corpus."""
HEADLINE = "headline"
"""Their stratum, and how their ids begin."""
SPLITS = ("train", "dev")
CORRECTED = "correction"
"""Stratum of the labels that come from corrections of the office (models/corrections.py)."""
TEXT_COLUMNS = ("id", "title", "lead", "body")

SHINGLE = 4
"""Syllables in a shingle: long enough that two articles seldom share one by chance."""
STORY_CHARS = 1200
"""How much of an article, from its title on, is compared: the tails of reposts differ, they hold links and credits."""
SAME_STORY = 0.3
"""Shared shingles over those of the shorter text from which two articles count as one story."""
COMMON_SHINGLE = 60
"""A shingle in more articles than this is a turn of phrase and says nothing about a story."""


class LabelError(DiembaoError):
    """A line of a label file that breaks the guideline. `line` counts from 1."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


class CorpusError(DiembaoError):
    """A folder of articles that cannot be read."""


class MissingArticlesError(DiembaoError):
    """Labels speak of articles that the corpora do not hold. `ids` lists all of them."""

    def __init__(self, corpora: Path, ids: Sequence[str], wanted: int) -> None:
        some = ", ".join(ids[:5]) + (", ..." if len(ids) > 5 else "")
        super().__init__(f"{corpora}: thiếu {len(ids)} trong {wanted} bài có nhãn: {some}")
        self.corpora, self.ids = corpora, tuple(ids)


@dataclass(frozen=True, slots=True)
class Label:
    """What the guideline says of one article. `coord` holds up to three units, never `lead`.

    `undecided` names the fields among topic, lead, coord, urgency and tone on which nobody has decided: their values
    here say nothing, and no head is trained or measured on them.
    """

    id: str
    topic: str
    lead: str = NO_UNIT
    coord: tuple[str, ...] = ()
    urgency: int = 0
    tone: int = 0
    unsure: bool = False
    stratum: str = ""
    split: str = field(default="train")
    undecided: tuple[str, ...] = ()

    @property
    def in_scope(self) -> bool:
        """Whether the ministry would be asked about the article."""
        return self.topic != OUT_OF_SCOPE


def load_labels(paths: Sequence[Path]) -> list[Label]:
    """Read label files (one JSON object a line, see datasets/labels/README.md) in the order given.

    Raises:
        LabelError: a file cannot be read, or a line is not JSON, breaks the guideline or repeats an id.
    """
    labels: list[Label] = []
    seen: dict[str, str] = {}
    for path in paths:
        for number, line in read_lines(path):
            label = _label(path, number, line)
            if label.id in seen:
                raise LabelError(path, number, f"trùng id {label.id!r}, đã có ở {seen[label.id]}")
            seen[label.id] = f"{path.name}:{number}"
            labels.append(label)
    return labels


def default_labels() -> list[Path]:
    """The label files of DIEMBAO_LABELS (separated as in PATH), else every JSONL file that comes with diembao."""
    named = os.environ.get(LABELS_VARIABLE, "")
    if named:
        return [Path(part) for part in named.split(os.pathsep) if part]
    return [LABELS, *sorted(path for path in LABELS.parent.glob("*.jsonl") if path != LABELS)]


def load_articles(corpora: Path, ids: Collection[str]) -> dict[str, Article]:
    """Read the articles called `ids` from the Parquet files of the folder `corpora`; no other row is kept in memory.

    Headlines of our own come from HEADLINES.

    Raises:
        CorpusError: the folder or a file in it cannot be read, or two files hold one id.
        MissingArticlesError: some ids are in no file.
    """
    files = sorted(corpora.glob("*.parquet"))
    if not files:
        raise CorpusError(f"{corpora}: không có tệp Parquet nào; tạo bằng: diembao corpora import")
    found = _headlines({id for id in ids if id.startswith(f"{HEADLINE}-")})
    wanted = pa.array(sorted(set(ids) - found.keys()), type=pa.large_string())
    for file in files:
        for article in _rows(file, wanted):
            if article.id in found:
                raise CorpusError(f"{file}: id {article.id!r} đã có trong tệp khác hoặc lặp lại")
            found[article.id] = article
    missing = sorted(set(ids) - found.keys())
    if missing:
        raise MissingArticlesError(corpora, missing, len(set(ids)))
    return found


def _headlines(ids: Collection[str]) -> dict[str, Article]:
    if not ids:
        return {}
    rows = (json.loads(line) for _, line in read_lines(HEADLINES))
    return {row["id"]: Article(row["id"], row["title"]) for row in rows if row["id"] in ids}


def fingerprint(labels: Iterable[Label], articles: Mapping[str, Article]) -> str:
    """SHA-256 (hex) over ids, labels and texts in the order of the ids: the same data give the same on any machine."""
    digest = hashlib.sha256()
    for label in sorted(labels, key=lambda label: label.id):
        article = articles[label.id]
        said = {name: value for name, value in asdict(label).items() if value or name != "undecided"}
        row = [said, article.title, article.lead, article.body]
        digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def groups(articles: Sequence[Article]) -> list[int]:
    """Number the stories: articles that repeat one another's text, directly or through others, bear one number."""
    if not articles:
        return []
    shared = _overlap(_shingles(articles))
    _, numbers = sparse.csgraph.connected_components(shared >= SAME_STORY, directed=False)
    return [int(number) for number in numbers]


def leaks(train: Sequence[Article], dev: Sequence[Article]) -> list[tuple[str, str]]:
    """Pairs of ids, one of `train` and one of `dev`, that tell the same story in the same words."""
    if not train or not dev:
        return []
    close = (_overlap(_shingles([*train, *dev])) >= SAME_STORY).tocoo()
    n = len(train)
    pairs = {(int(i), int(j)) for i, j in zip(close.row, close.col, strict=True) if i < n <= j}
    return [(train[i].id, dev[j - n].id) for i, j in sorted(pairs)]


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(path, 0, f"không đọc được tệp nhãn: {error}") from error


def _label(path: Path, number: int, line: str) -> Label:
    try:
        row = json.loads(line)
        label = Label(**{**_fields(row), "coord": tuple(row.get("coord", ())), "undecided": ()})
    except (ValueError, TypeError, AttributeError) as error:
        raise LabelError(path, number, f"không phải một nhãn: {error}") from error
    for _, reason in breaches(label):
        raise LabelError(path, number, reason)
    return label


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    """`pass` and later additions to the form are notes of the annotators; they do not travel."""
    return {name: row[name] for name in Label.__dataclass_fields__ if name in row}


def breaches(label: Label) -> list[tuple[str, str]]:
    """Every rule of the guideline's form that `label` breaks, as (field of the label, what is said of it)."""
    return [(field, reason) for broken, field, reason in _rules(label) if broken and field not in label.undecided]


def _rules(label: Label) -> Iterator[tuple[bool, str, str]]:
    yield not isinstance(label.id, str) or not label.id, "id", "thiếu id"
    yield label.topic not in TOPICS, "topic", f"mã chủ đề lạ: {label.topic!r}"
    yield label.lead != NO_UNIT and label.lead not in UNITS, "lead", f"mã đơn vị chủ trì lạ: {label.lead!r}"
    strange = [code for code in label.coord if code not in UNITS]
    yield bool(strange), "coord", f"mã đơn vị phối hợp lạ: {strange}"
    yield len(set(label.coord)) != len(label.coord), "coord", f"đơn vị phối hợp lặp lại: {list(label.coord)}"
    yield len(label.coord) > MAX_COORDINATING, "coord", f"quá {MAX_COORDINATING} đơn vị phối hợp"
    led_twice = label.lead != NO_UNIT and label.lead in label.coord
    yield led_twice, "coord", f"đơn vị chủ trì {label.lead} cũng là đơn vị phối hợp"
    level_is_known = type(label.urgency) is int and str(label.urgency) in URGENCY
    yield not level_is_known, "urgency", f"mức khẩn lạ: {label.urgency!r}"
    yield type(label.tone) is not int or str(label.tone) not in TONES, "tone", f"sắc thái lạ: {label.tone!r}"
    yield type(label.unsure) is not bool, "unsure", f"unsure phải là true hoặc false: {label.unsure!r}"
    yield label.split not in SPLITS, "split", f"split lạ: {label.split!r}"
    if label.in_scope:
        yield label.lead == NO_UNIT, "lead", "bài trong phạm vi mà không có đơn vị chủ trì"
    else:
        empty = (label.lead, label.coord, label.urgency, label.tone) == (NO_UNIT, (), 0, 0)
        yield not empty, "topic", "bài ngoài phạm vi mà có đơn vị, mức khẩn hoặc sắc thái"


def _rows(file: Path, wanted: pa.Array) -> Iterator[Article]:
    try:
        parquet = pq.ParquetFile(file)
        absent = [name for name in TEXT_COLUMNS if name not in parquet.schema_arrow.names]
        if absent:
            raise CorpusError(f"{file}: thiếu cột {', '.join(absent)}")
        # A first pass over the ids alone spares the texts of files that hold none of them.
        ids = parquet.read(columns=["id"]).column("id").cast(pa.large_string())
        if not pc.any(pc.is_in(ids, value_set=wanted)).as_py():
            return
        for batch in parquet.iter_batches(batch_size=2048, columns=list(TEXT_COLUMNS)):
            hits = batch.filter(pc.is_in(batch.column("id").cast(pa.large_string()), value_set=wanted))
            for row in hits.to_pylist():
                yield Article(row["id"], row["title"] or "", row["lead"] or "", row["body"] or "")
    except (OSError, pa.ArrowException) as error:
        raise CorpusError(f"{file}: không đọc được: {error}") from error


def _shingles(articles: Sequence[Article]) -> sparse.csr_matrix:
    """Which shingles stand in which article: (articles, 2^22) of 0 and 1."""
    texts = [
        re.sub(r"\W+", " ", f"{article.title} {article.lead} {article.body}"[:STORY_CHARS].lower())
        for article in articles
    ]
    hashing = HashingVectorizer(
        tokenizer=str.split, token_pattern=None, ngram_range=(SHINGLE, SHINGLE), lowercase=False,
        n_features=2**22, binary=True, norm=None, alternate_sign=False, dtype=np.float32,
    )  # fmt: skip
    return hashing.transform(texts).tocsr()


def _overlap(shingles: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shared shingles over the shingles of the shorter article: (articles, articles), 0 where nothing is shared."""
    counts = np.asarray(shingles.sum(axis=0)).ravel()
    telling = shingles[:, (counts > 1) & (counts <= COMMON_SHINGLE)]
    sizes = np.maximum(np.asarray(shingles.sum(axis=1)).ravel(), 1)
    shared = (telling @ telling.T).tocoo()
    shared.data = shared.data / np.minimum(sizes[shared.row], sizes[shared.col])
    return shared.tocsr()

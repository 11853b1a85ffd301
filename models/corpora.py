"""Clones of the public repositories -> the Parquet files that labels refer to.

ThanhChinhBK/vietnews keeps word-segmented text: words joined by underscores, spaces around punctuation. `desegment`
undoes that; the rules give back the spacing on which the released model was trained, so the fingerprint of the data
comes out the same on any machine. vpnsgde/vneconomy-fulltext-crawler keeps no titles; `models.titles` restores them.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.titles import Marks
from nlp.errors import DiembaoError

Progress = Callable[[str, int, int], None]
"""Called with the corpus, files read and files in all."""

PARTS = ("train", "val", "test")
SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "title", "lead", "body")])
ROWS_A_GROUP = 4096
DEPTH = 2
"""How many folders below the one given a clone is looked for."""

_BEFORE_CLOSING = re.compile(r"\s+([.,;:?!)\]”…%])")
_AFTER_OPENING = re.compile(r"([(\[“])\s+")
_STRAIGHT_QUOTES = re.compile(r'" ([^"]*?) "')
_BETWEEN_DIGITS = re.compile(r"(\d) ([-/]) ?(\d)")


class LayoutError(DiembaoError):
    """A folder that is not laid out as the repositories are. `folder` is the one at fault."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(f"{folder}: {reason}")
        self.folder, self.reason = folder, reason


@dataclass(frozen=True, slots=True)
class Imported:
    """One corpus written. `kept` means that an earlier run had finished it; `skipped` holds (file, reason)."""

    corpus: str
    file: Path
    rows: int
    skipped: tuple[tuple[Path, str], ...] = ()
    kept: bool = False


Row = Callable[[str, str], tuple[str, str, str]]
"""Name of a file and its text, NFC -> title, lead, body."""


@dataclass(frozen=True, slots=True)
class Source:
    """A repository: the folders that reveal a clone, how to list its articles, how to read one.

    Where it is `deep`, articles lie one folder further down, and one may lie in several: the first is taken.
    """

    corpus: str
    folders: tuple[str, ...]
    name: re.Pattern[str]
    example: str
    reader: Callable[[Sequence[Path]], Row]
    """All files of the repository -> how one of them is read."""
    deep: bool = False

    def id(self, folder: str, file: str) -> str:
        """The id of the article in `file` of `folder`."""
        if self.deep:
            return f"{self.corpus}-{slug(file)}"
        part = folder.removeprefix("data/").removesuffix("_tokenized")
        middle = f"{part}-" if len(self.folders) > 1 else ""
        return f"{self.corpus}-{middle}{file.split('.', 1)[0]}"


def desegment(text: str) -> str:
    """Undo word segmentation: underscores become spaces, punctuation joins the word it belongs to.

    Quotes that do not pair and some rare punctuation keep their spaces, because the segmented text no longer tells
    which side they belong to.
    """
    text = text.replace("_", " ")
    text = _BEFORE_CLOSING.sub(r"\1", text)
    text = _AFTER_OPENING.sub(r"\1", text)
    text = _STRAIGHT_QUOTES.sub(r'"\1"', text)
    return _BETWEEN_DIGITS.sub(r"\1\2\3", text)


def segmented_row(_name: str, text: str) -> tuple[str, str, str]:
    """Title, blank line, lead, blank line, body; captions may follow as further blocks of the body."""
    # Quotes may open in the title and close in the lead: the whole text is repaired before it is cut.
    return _three(desegment(text).split("\n\n", 2))


def plain_row(_name: str, text: str) -> tuple[str, str, str]:
    """Line 1 title, line 2 lead, the rest body."""
    return _three(text.split("\n", 2))


def slug(name: str) -> str:
    """The address's words in a name like 2025-05-21-11-30-gia-xang-tang.txt."""
    return name[len("2025-05-21-11-30-") :].removesuffix(".txt")


def titled_rows(paths: Sequence[Path]) -> Row:
    """Files that hold a body alone: the title comes from the name, and the marks of its syllables from all bodies."""
    marks = Marks()
    for path in paths:
        marks.learn(unicodedata.normalize("NFC", path.read_text("utf-8-sig", errors="ignore")))

    def row(name: str, text: str) -> tuple[str, str, str]:
        body = text.strip()
        return (marks.title(slug(name), body), "", body) if body else ("", "", "")

    return row


SOURCES = (
    Source(
        corpus="vietnews",
        folders=tuple(f"data/{part}_tokenized" for part in PARTS),
        name=re.compile(r"\d{6}\.txt\.seg"),
        example="000001.txt.seg",
        reader=lambda _paths: segmented_row,
    ),
    Source(
        corpus="baomoi",
        folders=("vn_news/data",),
        name=re.compile(r"\d+\.txt"),
        example="21468834.txt",
        reader=lambda _paths: plain_row,
    ),
    Source(
        corpus="vneconomy",
        folders=("content_data",),
        name=re.compile(r"\d{4}(-\d\d){4}-[a-z0-9-]+\.txt"),
        example="2025-05-21-11-30-gia-xang-tang.txt",
        reader=titled_rows,
        deep=True,
    ),
)


def import_repositories(
    folder: Path, out: Path, *, again: bool = False, progress: Progress | None = None
) -> list[Imported]:
    """Read the clones found in or below `folder` and write one Parquet file a repository into `out`.

    A corpus whose file stands in `out` is not read again unless `again`: files appear whole or not at all, so an
    interrupted import goes on with the corpus it stopped in. A file that is not UTF-8
    or holds no text is skipped and named.

    Raises:
        LayoutError: no clone is found, a clone lacks one of its folders, or a folder holds no article.
    """
    clones = [(source, clone) for source in SOURCES if (clone := find_clone(folder, source))]
    if not clones:
        wanted = "; ".join(f"{source.folders[0]}/{source.example}" for source in SOURCES)
        raise LayoutError(folder, f"không thấy bản sao kho nào ở đây hoặc trong thư mục con (cần {wanted})")
    out.mkdir(parents=True, exist_ok=True)
    return [_import(source, clone, out / f"{source.corpus}.parquet", again, progress) for source, clone in clones]


def find_clone(folder: Path, source: Source) -> Path | None:
    """The first folder, `folder` itself or at most DEPTH below, that holds one of the folders of `source`."""
    level = [folder]
    for _ in range(DEPTH + 1):
        for candidate in level:
            if any((candidate / name).is_dir() for name in source.folders):
                return candidate
        level = [child for parent in level for child in _folders(parent)]
    return None


def _import(source: Source, clone: Path, file: Path, again: bool, progress: Progress | None) -> Imported:
    if file.exists() and not again:
        return Imported(source.corpus, file, pq.read_metadata(file).num_rows, kept=True)
    paths = _articles(source, clone)
    read = source.reader([path for _, path in paths])
    skipped: list[tuple[Path, str]] = []
    rows = 0
    unfinished = file.with_suffix(".parquet.part")
    with pq.ParquetWriter(unfinished, SCHEMA, compression="zstd") as writer:
        for start in range(0, len(paths), ROWS_A_GROUP):
            chosen = paths[start : start + ROWS_A_GROUP]
            columns = list(zip(*_read(read, chosen, skipped), strict=True)) or [()] * len(SCHEMA)
            writer.write_table(pa.table([pa.array(c, pa.string()) for c in columns], schema=SCHEMA))
            rows += len(columns[0])
            if progress:
                progress(source.corpus, start + len(chosen), len(paths))
    if not rows:
        unfinished.unlink()
        raise LayoutError(clone, f"không đọc được bài nào; bài đầu tiên {skipped[0][0].name}: {skipped[0][1]}")
    unfinished.replace(file)
    return Imported(source.corpus, file, rows, tuple(skipped))


def _articles(source: Source, clone: Path) -> list[tuple[str, Path]]:
    """(id, path) of every article, in the order of folders and of numbers or dates."""
    found: dict[str, Path] = {}
    for name in source.folders:
        folder = clone / name
        if not folder.is_dir():
            raise LayoutError(clone, f"thiếu thư mục {name}; bản sao chưa đầy đủ")
        places = _folders(folder) if source.deep else [folder]
        files = [Path(entry) for place in places for entry in os.scandir(place) if source.name.fullmatch(entry.name)]
        if not files:
            raise LayoutError(folder, f"không có tệp nào tên như {source.example}")
        files.sort(key=lambda file: (0 if source.deep else len(file.name), file.name))
        for file in files:
            found.setdefault(source.id(name, file.name), file)
    return list(found.items())


def _read(
    row: Row, paths: Sequence[tuple[str, Path]], skipped: list[tuple[Path, str]]
) -> Iterator[tuple[str, str, str, str]]:
    for article, path in paths:
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError:
            skipped.append((path, "không phải UTF-8"))
            continue
        title, lead, body = row(path.name, unicodedata.normalize("NFC", text))
        if title or lead or body:
            yield article, title, lead, body
        else:
            skipped.append((path, "không có chữ nào"))


def _three(blocks: Sequence[str]) -> tuple[str, str, str]:
    title, lead, body = (block.strip() for block in (*blocks, "", "")[:3])
    return title, lead, body


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(child for child in parent.iterdir() if child.is_dir() and not child.name.startswith("."))
    except OSError as error:
        raise LayoutError(parent, f"không đọc được thư mục: {error}") from error

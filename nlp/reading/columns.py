"""Which column is which field of an article, by the headers that Vietnamese newsrooms and tools use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from nlp.reading.errors import AmbiguousColumns, ColumnNotFound, ColumnsMissing, ReadingError, UnknownField

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "mã", "mã bài", "mã tin", "article id"),
    "title": ("title", "headline", "tiêu đề", "tít", "tên bài", "tên bài viết", "tiêu đề bài viết", "tiêu đề tin"),
    "lead": ("lead", "sapo", "tóm tắt", "summary", "description", "mô tả", "tóm tắt nội dung", "trích yếu"),
    "body": ("body", "content", "text", "nội dung", "toàn văn", "nội dung bài viết", "nội dung tin"),
    "source": ("source", "publisher", "nguồn", "báo", "nguồn tin", "tên báo", "cơ quan báo chí"),
    "published_at": (
        "published_at", "date", "pubdate", "published", "publish date", "published date", "ngày", "ngày đăng",
        "thời gian", "thời gian đăng", "ngày đăng tin", "ngày xuất bản",
    ),
    "url": ("url", "link", "liên kết", "đường dẫn", "đường link"),
}  # fmt: skip
"""Field of an article -> headers, compared after `fold`. The literal table for every format that has columns."""


def fold(header: str) -> str:
    """A header without case, accents, spaces and punctuation: "Tiêu  đề:" -> "tieude"."""
    marked = unicodedata.normalize("NFKD", header.casefold().replace("đ", "d"))
    return re.sub(r"[\W_]+", "", "".join(c for c in marked if not unicodedata.combining(c)))


FIELD_OF_HEADER = {fold(name): field for field, names in HEADERS.items() for name in names}


def field_of(header: str) -> str | None:
    """The field that a header names, if any."""
    return FIELD_OF_HEADER.get(fold(header))


def check_fields(columns: Mapping[str, str]) -> None:
    """Raise UnknownField where `columns` maps something an article does not have."""
    for field in columns:
        if field not in HEADERS:
            raise UnknownField(field, tuple(HEADERS))


def resolve(headers: Sequence[str], columns: Mapping[str, str], *, file: str) -> dict[str, int]:
    """Field -> position in `headers`; the user's `columns` first, the table of headers for the rest.

    Raises ColumnNotFound, AmbiguousColumns, or ColumnsMissing where there is neither a title nor a body.
    """
    positions = {field: _chosen(headers, field, name, file=file) for field, name in columns.items()}
    taken = set(positions.values())
    candidates: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        field = field_of(header)
        if field is not None and field not in positions and i not in taken:
            candidates.setdefault(field, []).append(i)
    for field, found in candidates.items():
        positions[field] = _preferred(headers, field, found, file=file)
    if "title" not in positions and "body" not in positions:
        raise ColumnsMissing(file, [h for h in headers if h.strip()])
    return positions


def has_text_column(headers: Iterable[str], columns: Mapping[str, str]) -> bool:
    """Whether these headers could head a table of articles."""
    headers = list(headers)
    try:
        return bool(resolve(headers, columns, file=""))
    except AmbiguousColumns:
        return True
    except ReadingError:
        return False


@lru_cache(maxsize=256)
def resolve_keys(keys: tuple[str, ...], columns: tuple[tuple[str, str], ...], *, file: str) -> dict[str, str]:
    """Field -> key of a record; a chosen key that this record lacks is simply absent. Raises as `resolve`."""
    present = {field: key for field, key in columns if key in keys or fold(key) in map(fold, keys)}
    absent = {field for field, _ in columns} - set(present)
    return {field: keys[i] for field, i in resolve(keys, present, file=file).items() if field not in absent}


def _chosen(headers: Sequence[str], field: str, name: str, *, file: str) -> int:
    exact = [i for i, header in enumerate(headers) if header == name]
    found = exact[:1] or [i for i, header in enumerate(headers) if fold(header) == fold(name)]
    if not found:
        raise ColumnNotFound(file, field=field, column=name, found=headers)
    if len(found) > 1:
        raise AmbiguousColumns(file, field=field, candidates=[headers[i] for i in found])
    return found[0]


def _preferred(headers: Sequence[str], field: str, found: Sequence[int], *, file: str) -> int:
    if len(found) == 1:
        return found[0]
    exact = [i for i in found if headers[i].strip().casefold() == field]
    if not exact:
        raise AmbiguousColumns(file, field=field, candidates=[headers[i] for i in found])
    return exact[0]

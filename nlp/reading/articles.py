"""Row -> Article, or the reason why not: the rules that hold for every format."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from nlp.errors import number
from nlp.reading.dates import parse_date
from nlp.reading.ids import SeenIds
from nlp.reading.rows import Broken, Row
from nlp.types import MAX_ARTICLE_CHARS, ZONES, Article, Origin, Rejection

KIND_NAMES = {bool: "đúng/sai", int: "số", float: "số", bytes: "nhị phân", dict: "đối tượng lồng", list: "danh sách"}


class _FieldError(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


def to_article(row: Row, *, file: str, label: str, seen: SeenIds) -> Article | Rejection:
    """The article of a row. `file` names it to the user, `label` begins the id where the row gives none."""
    try:
        return _build(row, file=file, label=label, seen=seen)
    except _FieldError as refused:
        return Rejection(file, row.number, refused.field, refused.reason)


def to_row(article: Article) -> dict[str, str]:
    """The fields of an article that are not empty, as text: what `to_article` makes the same article of."""
    moment = article.published_at
    said = {name: getattr(article, name) for name in ("id", *ZONES, "source", "url")}
    said["published_at"] = moment.isoformat() if moment else ""
    return {name: value for name, value in said.items() if value}


def _build(row: Row, *, file: str, label: str, seen: SeenIds) -> Article:
    values = row.values
    title, lead, body = _text(values, "title"), _text(values, "lead"), _text(values, "body")
    if len(title) + len(lead) + len(body) > MAX_ARTICLE_CHARS:
        size = len(title) + len(lead) + len(body)
        raise _FieldError("body", f"bài dài {number(size)} ký tự, quá giới hạn {number(MAX_ARTICLE_CHARS)}")
    if not title.strip() and not body.strip():
        raise _FieldError("", "không có tiêu đề và nội dung")
    source, url = _text(values, "source").strip(), _text(values, "url").strip()
    published_at = _date(values)
    given = _id(values)
    return Article(
        id=seen.unique(given) if given else f"{label}#{row.number}",
        title=title,
        lead=lead,
        body=body,
        source=source,
        url=url,
        published_at=published_at,
        origin=Origin(file, row.number),
    )


def _text(values: Mapping[str, object], field: str) -> str:
    value = values.get(field)
    if value is None:
        return ""
    if isinstance(value, str):
        if "\0" in value:
            raise _FieldError(field, "có byte NUL, tệp hỏng hoặc sai bảng mã")
        return value
    if isinstance(value, Broken):
        raise _FieldError(field, value.reason)
    raise _FieldError(field, f"cần chữ nhưng gặp {KIND_NAMES.get(type(value), type(value).__name__)}")


def _id(values: Mapping[str, object]) -> str:
    value = values.get("id")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(values, "id").strip()


def _date(values: Mapping[str, object]) -> datetime | None:
    value = values.get("published_at")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, Broken):
        raise _FieldError("published_at", value.reason)
    try:
        return parse_date(value)
    except (ValueError, OverflowError, OSError) as error:
        raise _FieldError("published_at", str(error)) from None

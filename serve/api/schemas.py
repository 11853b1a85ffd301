"""What clients may send. Strict: no field that is not named here, no value taken for another type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.config import JsonDict

from nlp.heads import MAX_COORDINATING, OUT_OF_SCOPE, TOPICS, UNITS
from nlp.reading.articles import KIND_NAMES, to_article
from nlp.reading.ids import SeenIds
from nlp.reading.rows import Row
from nlp.types import MAX_ARTICLE_CHARS, Article
from serve.agreed import MAX_BATCH
from serve.api.problems import Fault, pointer

LABEL = "api"
"""An article without an id is called api#1, api#2 ... by its place in the request."""
MAX_FAULTS = 20
MAX_KEYS = 100
"""pydantic tells every unknown field, and would do so for seconds."""
_LONE = re.compile("[\ud800-\udfff]")

EXAMPLE: JsonDict = {
    "id": "vd-1",
    "title": "Cháy kho hóa chất trong khu công nghiệp",
    "lead": "Khói đen bốc cao, công nhân phải sơ tán.",
    "body": "Sáng nay, kho chứa hóa chất của một nhà máy phân bón bốc cháy. Chưa rõ nguyên nhân.",
    "source": "Báo Ví Dụ",
    "published_at": "2018-03-26T14:05:00+07:00",
}

CORRECTION_EXAMPLE: JsonDict = {
    "id": "vd-1",
    "decided": {"topic": "hoa-chat-phan-bon", "lead_unit": "HC", "coordinating_units": ["ATMT"], "urgency": 3},
    "reason": "Nhà máy phân bón thuộc diện Cục Hóa chất quản lý.",
    "actor": "van-phong",
}

_Place: TypeAlias = "tuple[_Place, str | int] | None"
Zone = Annotated[str, Field(json_schema_extra={"maxLength": MAX_ARTICLE_CHARS})]
"""Judged with the other zones by `to_article`; pydantic would take 10 µs to count the characters of a body."""


class Strict(BaseModel):
    """The ground of all bodies."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Body = TypeVar("Body", bound=Strict)


class ArticleIn(Strict):
    """Một bài báo như tòa soạn đăng; cần có tiêu đề hoặc nội dung. Văn bản không bị sửa."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [EXAMPLE],
            "anyOf": [{"required": [part], "properties": {part: {"pattern": r"\S"}}} for part in ("title", "body")],
        }
    )

    id: Annotated[str, Field(max_length=200)] = Field("", description="Mã của bài; trống thì là api#1, api#2 …")
    title: Zone = Field("", description="Tiêu đề")
    lead: Zone = Field("", description="Sapo")
    body: Zone = Field("", description="Nội dung; cả ba phần nhiều nhất 1.000.000 ký tự")
    source: Annotated[str, Field(max_length=500)] = Field("", description="Báo, trang đã đăng")
    url: Annotated[str, Field(max_length=4000)] = Field("", description="Liên kết")
    published_at: Annotated[str, Field(max_length=100)] | None = Field(
        None,
        description="Lúc đăng, ISO 8601; các cách viết ngày của báo Việt Nam cũng đọc được. Không có múi giờ: giờ VN",
    )


class BatchIn(Strict):
    """Nhiều bài; mỗi bài như của /v1/route. Bài sai không làm hỏng bài đúng."""

    articles: list[Any] = Field(min_length=1, max_length=MAX_BATCH, description="Các bài, theo thứ tự trả lời")


def _one_of(codes: Collection[str]) -> AfterValidator:
    def check(given: str) -> str:
        if given not in codes:
            raise ValueError(f"mã lạ; các mã: {', '.join(codes)}")
        return given

    return AfterValidator(check)


TopicCode = Annotated[str, _one_of(TOPICS), Field(json_schema_extra={"enum": list(TOPICS)})]
UnitCode = Annotated[str, _one_of(UNITS), Field(json_schema_extra={"enum": list(UNITS)})]


class Decided(Strict):
    """Điều cán bộ đã quyết; chỉ nêu những gì đã xem. Mã như của /v1/topics và /v1/units."""

    model_config = ConfigDict(
        json_schema_extra={
            "minProperties": 1,
            "if": {"required": ["topic"], "properties": {"topic": {"const": OUT_OF_SCOPE}}},
            "then": {
                "properties": {
                    "lead_unit": {"type": "null"},
                    "coordinating_units": {"maxItems": 0},
                    "urgency": {"const": 0},
                    "tone": {"const": 0},
                }
            },
            "else": {"properties": {"lead_unit": {"type": "string"}}},
        }
    )

    topic: TopicCode = Field("", description="Mã chủ đề; ngoai-pham-vi là ngoài phạm vi")
    lead_unit: UnitCode | None = Field(None, description="Mã đơn vị chủ trì; null chỉ cho bài ngoài phạm vi")
    coordinating_units: list[UnitCode] = Field(
        [], max_length=MAX_COORDINATING, description="Mã các đơn vị phối hợp", json_schema_extra={"uniqueItems": True}
    )
    urgency: int = Field(0, ge=0, le=3, description="0 lưu, 1 theo dõi, 2 cần xử lý, 3 nóng")
    tone: int = Field(0, ge=-1, le=1)

    @model_validator(mode="after")
    def _hold_together(self) -> Decided:
        """What the guideline of labels asks of every label."""
        if not self.model_fields_set:
            raise ValueError("cần ít nhất một điều đã quyết")
        if len({*self.coordinating_units, self.lead_unit}) <= len(self.coordinating_units):
            raise ValueError("một đơn vị chỉ nêu một lần, chủ trì hoặc phối hợp")
        if self.topic == OUT_OF_SCOPE and (self.lead_unit or self.coordinating_units or self.urgency or self.tone):
            raise ValueError("bài ngoài phạm vi không có đơn vị, mức khẩn hay sắc thái")
        if self.lead_unit is None and "lead_unit" in self.model_fields_set and self.topic != OUT_OF_SCOPE:
            raise ValueError("không đơn vị nào chủ trì tức là ngoài phạm vi; hãy nêu topic là ngoai-pham-vi")
        return self


class CorrectionIn(Strict):
    """Một sửa đổi: bài (hoặc mã của bài mà khóa này vừa gửi phân), điều đã quyết, vì sao."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [CORRECTION_EXAMPLE],
            "oneOf": [{"required": ["article"]}, {"required": ["id"]}],
        }
    )

    article: Any = Field(None, description="Cả bài, như của /v1/route")
    id: Annotated[str, Field(min_length=1, max_length=200)] = Field("", description="Mã của bài; thay cho article")
    decided: Decided
    reason: Annotated[str, Field(min_length=1, max_length=2000)] = Field(description="Vì sao")
    actor: Annotated[str, Field(max_length=200)] = Field("", description="Ai quyết")

    @model_validator(mode="after")
    def _name_one_article(self) -> CorrectionIn:
        """Exactly one of the two ways."""
        if len(self.model_fields_set & {"article", "id"}) != 1:
            raise ValueError("nêu article hoặc id, không cả hai")
        return self


class Invalid(Exception):
    """A value that is not what was asked for. Fact: `faults`, at least one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].detail)
        self.faults = faults


def checked(model: type[Body], value: Any, *, is_suspect: bool) -> Body:
    """`value` as `model`; `is_suspect` where it may hold lone surrogates, which pydantic lets pass. Raises Invalid."""
    if is_suspect and (faults := [_surrogate(parts) for parts in islice(surrogates(value), MAX_FAULTS)]):
        raise Invalid(faults)
    if isinstance(value, dict):
        _require_few_keys(value)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid([_fault(found, model) for found in error.errors(include_url=False)[:MAX_FAULTS]]) from None


def _require_few_keys(value: Any, *above: str) -> None:
    if len(value) > MAX_KEYS:
        raise Invalid([Fault(pointer(above), f"có {len(value)} trường, nhiều quá")])
    if not above:
        for key, inner in value.items():
            if isinstance(inner, dict):
                _require_few_keys(inner, key)


def article_of(value: Any, *, number: int, seen: SeenIds, is_suspect: bool) -> Article:
    """The article of a JSON value under the same rules as a row of a file (`nlp.reading`). Raises Invalid."""
    given = checked(ArticleIn, value, is_suspect=is_suspect)
    article = to_article(Row(number, given.__dict__), file=LABEL, label=LABEL, seen=seen)
    if isinstance(article, Article):
        return article
    raise Invalid([Fault(pointer([article.field] if article.field else []), article.reason)])


def surrogates(value: Any) -> Iterator[tuple[str | int, ...]]:
    """Where lone surrogates lie in a JSON value, in keys too.

    A loop, because the value may be deep; a place is a link to the one above until it is told, because it may be wide.
    """
    waiting: list[tuple[_Place, Any]] = [(None, [value])]
    while waiting:
        above, found = waiting.pop()
        children: Iterable[tuple[Any, Any]] = found.items() if isinstance(found, dict) else enumerate(found)
        for key, inner in children:
            if isinstance(inner, dict | list):
                waiting.append(((above, key), inner))
            if any(isinstance(one, str) and _LONE.search(one) for one in (key, inner)):
                yield _told((above, key))


def _told(place: _Place) -> tuple[str | int, ...]:
    parts: list[str | int] = []
    while place is not None:
        place, part = place
        parts.append(part)
    return tuple(parts[-2::-1])  # the outermost is the list put around the value


def _surrogate(parts: tuple[str | int, ...]) -> Fault:
    return Fault(pointer(parts), "có nửa cặp thay thế Unicode (lone surrogate) đứng một mình, không phải chữ")


def _fault(error: Mapping[str, Any], model: type[Strict]) -> Fault:
    """A fault of pydantic in Vietnamese, without the value."""
    for part in error["loc"][:-1]:
        inner = model.model_fields[part].annotation if part in model.model_fields else None
        model = inner if isinstance(inner, type) and issubclass(inner, Strict) else model
    facts, given = error.get("ctx", {}), error.get("input")
    said = {
        "missing": "thiếu trường này",
        "extra_forbidden": f"trường lạ; các trường: {', '.join(model.model_fields)}",
        "string_type": f"cần chữ nhưng gặp {_kind(given)}",
        "string_too_long": f"dài quá {facts.get('max_length')} ký tự",
        "string_too_short": "không được để trống",
        "model_type": f"cần một đối tượng JSON {{...}} nhưng gặp {_kind(given)}",
        "list_type": f"cần một danh sách nhưng gặp {_kind(given)}",
        "too_long": f"nhiều quá {facts.get('max_length')} mục",
        "too_short": f"cần ít nhất {facts.get('min_length')} mục",
        "int_type": f"cần số nguyên nhưng gặp {_kind(given)}",
        "bool_type": f"cần true hoặc false nhưng gặp {_kind(given)}",
        "less_than_equal": f"lớn quá {facts.get('le')}",
        "greater_than_equal": f"nhỏ hơn {facts.get('ge')}",
        "value_error": str(facts.get("error", "")),
    }
    return Fault(pointer(error["loc"]), said.get(error["type"]) or f"không hợp lệ ({error['type']})")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return "chữ" if isinstance(value, str) else KIND_NAMES.get(type(value), type(value).__name__)

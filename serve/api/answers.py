"""JSON Schemas of what the API answers, besides the record, which has its own file."""

from __future__ import annotations

from typing import Any

from nlp.heads import TOPICS, UNITS, URGENCY
from nlp.organisation import ENTERPRISE, KINDS
from serve.api.problems import KINDS as PROBLEM_KINDS
from serve.api.problems import TYPE_PREFIX

PLACE = "#/components/schemas/"
TEXT = {"type": "string"}
TRUE_OR_FALSE = {"type": "boolean"}
COUNT = {"type": "integer", "minimum": 0}
DAY = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
TOPIC, UNIT = {"enum": list(TOPICS)}, {"enum": list(UNITS)}
KIND, GRADE = {"enum": list(KINDS)}, {"enum": ["A", "B", "C", "D"]}


def ref(name: str) -> dict[str, Any]:
    """A schema told elsewhere in the document."""
    return {"$ref": PLACE + name}


def thing(**properties: Any) -> dict[str, Any]:
    """An object of these properties, all there, and no other."""
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """An array."""
    return {"type": "array", "items": items}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return {"oneOf": [schema, {"type": "null"}]}


HOLDER = {
    "id": TEXT,
    "name": TEXT,
    "kind": {"enum": [*KINDS, ENTERPRISE]},
    "under_ministry": TRUE_OR_FALSE,
    "owner": or_null(TEXT),
    "verified": TRUE_OR_FALSE,
}
FACT = {"source": TEXT, "confidence": GRADE, "verified": TRUE_OR_FALSE}
MOMENT = {"type": "string", "format": "date-time"}
LOADED = {"fingerprint": TEXT, "source": TEXT, "loaded_at": MOMENT}
REFUSED = {
    "description": "Mô hình mới bị từ chối, và vì sao",
    **or_null(thing(candidate=TEXT, reason=TEXT, at=MOMENT)),
}

ANSWERS = {
    "BatchOut": thing(results=listed(ref("RecordOrError"))),
    "RecordOrError": {"oneOf": [thing(record=ref("Record")), thing(error=ref("Problem"))]},
    "RecordOrStreamError": {"oneOf": [ref("Record"), thing(error=ref("Problem"))]},
    "CorrectionOut": thing(
        id=TEXT, article_id=TEXT, created_at=MOMENT, model=TEXT,
        prediction=ref("Record"), decided=ref("Decided"),
    ),
    "TopicsOut": thing(
        topics=listed(thing(code=TOPIC, name=TEXT, in_scope=TRUE_OR_FALSE)),
        urgency=listed(thing(level={"enum": [int(level) for level in URGENCY]}, name=TEXT)),
    ),
    "UnitsOut": thing(
        at=DAY,
        units_counted=COUNT,
        decrees=listed(thing(id=TEXT, number=TEXT, title=TEXT, first_day=DAY, units=or_null(COUNT), **FACT)),
        units=listed(thing(id=TEXT, name=TEXT, kind=KIND, counted=TRUE_OR_FALSE, parent=or_null(TEXT),
                           abbreviations=listed(TEXT), since=DAY, **FACT)),
        competences=listed(thing(code=UNIT, name=TEXT, holders=listed(thing(topics=listed(TOPIC), **HOLDER)))),
        enterprises=listed(thing(code=UNIT, **HOLDER)),
    ),
    "ModelOut": thing(
        **LOADED,
        version=TEXT,
        data_fingerprint=or_null(TEXT),
        metrics=or_null({"type": "object", "additionalProperties": {"type": "number"}}),
        card={"type": "string", "description": "Markdown"},
        refused=REFUSED,
    ),
    "HealthOut": thing(status={"const": "ok"}),
    "ReadyOut": thing(
        status={"const": "ready"}, model=TEXT, **LOADED, refused=REFUSED, demo=TRUE_OR_FALSE,
        outage={**or_null(TEXT), "description": "Vì sao không hỏi được nguồn mô hình"},
    ),
    "Problem": {
        "description": "RFC 9457",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"enum": [TYPE_PREFIX + kind.name for kind in PROBLEM_KINDS]},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "errors": {
                "description": "Từng chỗ sai: #/title trong nội dung gửi lên, ?at trong địa chỉ",
                **listed(thing(pointer=TEXT, detail=TEXT)),
            },
            "request_id": TEXT,
        },
        "examples": [
            {
                "type": f"{TYPE_PREFIX}invalid",
                "title": "Dữ liệu không hợp lệ",
                "status": 422,
                "detail": "#/title: cần chữ nhưng gặp số",
                "errors": [{"pointer": "#/title", "detail": "cần chữ nhưng gặp số"}],
                "request_id": "9f1c2a",
            }
        ],
    },
}  # fmt: skip

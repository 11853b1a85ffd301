"""The types of the client agree with the published schemas; importing it costs next to nothing."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from nlp.record_types import Record
from serve.api.openapi import schemas
from serve.api.schemas import ArticleIn
from serve.api.schemas import Decided as DecidedIn
from serve.client.types import Article, Correction, Decided

ROOT = Path(__file__).parents[3]
RECORD = json.loads((ROOT / "nlp/record.schema.json").read_text(encoding="utf-8"))
NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null", date: "string",
         datetime: "string"}  # fmt: skip


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        parts = schema["$ref"].removeprefix("#/").split("/")
        schema = whole
        for part in parts:
            schema = schema[part]
    return schema


def json_type(schema: dict[str, Any]) -> str:
    """The type that a schema names or, where it names values alone, theirs."""
    values = schema.get("enum", [schema.get("const")])
    return schema.get("type") or NAMES[type(values[0])]


def type_name(hint: Any) -> str:
    return "object" if is_typeddict(hint) else "array" if get_origin(hint) is list else NAMES[hint]


def disagreements(hint: Any, schema: dict[str, Any], whole: dict[str, Any], place: str = "#") -> list[str]:
    """Where a type and a JSON schema differ: in names, in what is required, in types."""
    schema = resolved(schema, whole)
    # Beside a type, anyOf tells what must be there; alone, it tells which types there are.
    choices = [schema] if "type" in schema else schema.get("oneOf", schema.get("anyOf", [schema]))
    options = [resolved(option, whole) for option in choices]
    by_type = {json_type(option): option for option in options}
    hints = {type_name(one): one for one in (get_args(hint) if isinstance(hint, UnionType) else [hint])}
    if set(by_type) != set(hints):
        return [f"{place}: {sorted(by_type)}, not {sorted(hints)}"]
    found = []
    if "array" in hints:
        found += disagreements(get_args(hints["array"])[0], by_type["array"]["items"], whole, f"{place}[]")
    if "object" in hints:
        found += differing_fields(hints["object"], by_type["object"], whole, place)
    return found


def differing_fields(hint: Any, schema: dict[str, Any], whole: dict[str, Any], place: str) -> list[str]:
    fields = get_type_hints(hint, include_extras=True)
    properties = schema["properties"]
    found = [f"{place}/{name}: only on one side" for name in fields.keys() ^ properties.keys()]
    for name in fields.keys() & properties.keys():
        is_optional = get_origin(fields[name]) is NotRequired or not hint.__total__
        if is_optional == (name in schema.get("required", [])):
            found.append(f"{place}/{name}: required on one side")
        inner = get_args(fields[name])[0] if get_origin(fields[name]) is NotRequired else fields[name]
        found += disagreements(inner, properties[name], whole, f"{place}/{name}")
    return found


PAIRS = {
    "Record": (Record, RECORD, RECORD),
    "Article": (Article, ArticleIn.model_json_schema(), {}),
    "Decided": (Decided, DecidedIn.model_json_schema(), {}),
    "Correction": (Correction, schemas()["CorrectionOut"], {"components": {"schemas": schemas()}}),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_type_agrees_with_its_schema_field_by_field(name: str) -> None:
    assert disagreements(*PAIRS[name]) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda record: record["properties"].pop("id"), ["#/id: only on one side"]),
        (lambda record: record["properties"].update(since={"type": "string"}), ["#/since: only on one side"]),
        (lambda record: record["required"].remove("model"), ["#/model: required on one side"]),
        (lambda record: record["properties"].update(as_of={"type": "number"}), ["#/as_of: ['number'], not ['string']"]),
        (lambda record: record["properties"].update(lead_unit={"$ref": "#/$defs/unit"}),
         ["#/lead_unit: ['object'], not ['null', 'object']"]),
        (lambda record: record["$defs"]["unit"]["required"].append("owner"),
         ["#/coordinating_units[]/owner: required on one side", "#/lead_unit/owner: required on one side"]),
        (lambda record: record["properties"]["tone"]["properties"]["value"].update(enum=["low"]),
         ["#/tone/value: ['string'], not ['integer']"]),
    ],
)  # fmt: skip
def test_a_disagreement_is_found(change: Callable[[dict[str, Any]], object], found: list[str]) -> None:
    changed = copy.deepcopy(RECORD)
    change(changed)

    assert sorted(disagreements(Record, changed, changed)) == found


def test_importing_the_client_needs_no_part_of_the_server_or_the_model() -> None:
    code = "import sys, serve.client; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    loaded = {name for name in done.stdout.split() if name.partition(".")[0] in ("nlp", "models", "serve")}
    others = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - {"nlp", "nlp.errors", "nlp.record_types", "serve", "serve.agreed"} == {
        name for name in loaded if name.startswith("serve.client")
    }  # fmt: skip
    assert others.isdisjoint({"numba", "numpy", "fastapi", "starlette", "pydantic", "orjson", "mlflow", "sqlite3"})


def test_a_missing_httpx2_names_the_extra_to_install() -> None:
    code = "import sys; sys.modules['httpx2'] = None; import serve.client"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "serve.client cần httpx2; hãy cài bằng: pip install 'diembao[client]'" in done.stderr

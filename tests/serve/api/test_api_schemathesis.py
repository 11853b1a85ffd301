"""Every route attacked with what schemathesis makes of the OpenAPI document: no 5xx, and nothing but what it tells.

For longer: SCHEMATHESIS_EXAMPLES=2000 pytest --log-cli-level=INFO tests/serve/api/test_api_schemathesis.py
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from api_helpers import make_app
from schemathesis.engine import events, from_schema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from nlp.pipeline import Engine
from serve.api.routes import ROUTES
from serve.keys import SCOPES, make_key
from serve.store import Store

LOG = logging.getLogger(__name__)
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "20"))
NDJSON = "application/x-ndjson"
UNTOLD = {
    "trước nghị định đầu tiên": "?at: JSON Schema has no least date",
    "ngày tháng": "published_at: dates in the forms of newspapers are plain text",
    "nằm ngoài khoảng": "the same",
    "cần số nguyên": "2.0 is an integer of JSON Schema",
    "có byte NUL": "text of an article: a pattern would have to tell every other character",
    "không có tiêu đề và nội dung": "white space of Unicode is not that of a pattern",
    "một đơn vị chỉ nêu một lần": "lead and coordinating units stand in two fields",
    "đã dùng cho một nội dung khác": "an Idempotency-Key that came before",
}
"""What a refusal of valid data may say, and why JSON Schema has no words for the rule."""

INSTEAD = ("positive_data_acceptance", "negative_data_rejection")
"""Checks of schemathesis whose place is taken by those below."""
CHECKS = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "valid_data_is_taken", "invalid_data_is_refused", "missing_required_header",
    "unsupported_method", "allow_header_conformance", "ignored_auth", "use_after_free", "ensure_resource_availability",
    "object_level_authorization",
}  # fmt: skip


@schemathesis.serializer(NDJSON)
def one_line(_context: Any, value: Any) -> Any:
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer(NDJSON)
def first_line(_context: Any, response: Any) -> Any:
    return json.loads(response.content.split(b"\n")[0])


@schemathesis.hook
def before_load_schema(_context: Any, raw_schema: dict[str, Any]) -> None:
    """Hypothesis makes no text of a million characters, and calls shorter ones too long; test_api_attacks has one."""
    for part in ("title", "lead", "body"):
        del raw_schema["components"]["schemas"]["ArticleIn"]["properties"][part]["maxLength"]


@schemathesis.check
def valid_data_is_taken(ctx: Any, response: Any, case: Any) -> bool | None:
    """`positive_data_acceptance`, but for UNTOLD."""
    if response.status_code == 422:
        problem = response.json()
        details = [error["detail"] for error in problem.get("errors", [{"detail": problem["title"]}])]
        if all(any(words in detail for words in UNTOLD) for detail in details):
            return None
    return positive_data_acceptance(ctx, response, case)


@schemathesis.check
def invalid_data_is_refused(ctx: Any, response: Any, case: Any) -> bool | None:
    """`negative_data_rejection`; in a batch or stream the error of an item stands in its place, under status 200."""
    if response.status_code == 200 and b'{"error":' in response.content:
        return None
    return negative_data_rejection(ctx, response, case)


@dataclass
class Run:
    """What a run of schemathesis found: statuses by operation, and what was wrong, the first of each kind."""

    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    phases: set[str] = field(default_factory=set)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, event: Any) -> None:
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.wrong[str(getattr(event, "label", "")), type(event).__name__] = str(
                event.value if isinstance(event, events.NonFatalError) else event.exception
            )
        if not isinstance(event, events.ScenarioFinished):
            return
        self.phases.add(event.phase.name)
        for case_id, interaction in event.recorder.interactions.items():
            operation = event.recorder.cases[case_id].value.operation.label
            self.answered[operation, interaction.response.status_code if interaction.response else 0] += 1
        for nodes in event.recorder.checks.values():
            for node in nodes:
                self.checked[node.name] += 1
                if node.failure_info:
                    said = f"{node.failure_info.failure}\n{node.failure_info.code_sample}"
                    self.wrong.setdefault((event.recorder.label, node.name), said)


@pytest.fixture(scope="module")
def run(engine: Engine, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    database = tmp_path_factory.mktemp("schemathesis") / "d.db"
    key, text = make_key(name="schemathesis", scopes=SCOPES, at="")
    Store(database).add_key(key)
    app = make_app(engine, model, database, demo=False, rate=0)
    asyncio.run(app.state.watcher.begin())
    config = schemathesis.Config.from_dict(
        {
            "headers": {"Authorization": f"Bearer {text}"},
            "continue-on-failure": True,
            "generation": {"deterministic": True, "max-examples": EXAMPLES},
            "checks": {name: {"enabled": False} for name in INSTEAD},
        }
    )
    found = Run()
    for event in from_schema(schemathesis.openapi.from_asgi("/openapi.json", app, config=config)).execute():
        found.note(event)
    LOG.info("%d requests: %s; checks: %s", sum(found.answered.values()), found.answered, found.checked)
    return found


def test_every_route_answers_as_the_document_tells(run: Run) -> None:
    assert not run.wrong, "\n\n".join(f"{place}: {said}" for place, said in run.wrong.items())


def test_every_route_is_once_content(run: Run) -> None:
    for route in ROUTES:
        assert any((f"{route.method} {route.path}", status) in run.answered for status in route.ok)


def test_nothing_is_left_out(run: Run) -> None:
    assert run.phases >= {"EXAMPLES", "COVERAGE", "FUZZING", "STATEFUL_TESTING"}
    assert set(run.checked) == CHECKS

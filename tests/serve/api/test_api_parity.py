"""API, batch, stream, Python client, command line and a notebook give the same record for the same article."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import orjson
import pytest
from api_helpers import NOW
from click.testing import CliRunner
from fastapi.testclient import TestClient
from made_items import item

from models.artifacts import load_engine
from nlp.pipeline import run
from nlp.reading import read
from nlp.record import to_record
from nlp.types import Article
from serve.cli import main
from serve.client import Client
from serve.commands import options

SAMPLES = Path(__file__).parents[3] / "datasets" / "samples" / "clippings" / "clippings.jsonl"
FIELDS = ("id", "title", "lead", "body", "source", "url", "published_at")


def articles() -> list[dict[str, str]]:
    """Articles dated in every way and not at all, well written and not, the samples among them."""
    samples = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    undated = {**item(1), "id": "khong-ngay"}
    del undated["published_at"]
    return [
        *({name: sample[name] for name in FIELDS if isinstance(sample.get(name), str)} for sample in samples),
        undated,
        {**item(2), "id": "ngay-viet", "published_at": "Thứ hai, 26/3/2018 14:05 (GMT+7)"},
        {**item(3), "id": "ngay-tron", "published_at": "2018-03-26"},
        {**item(4), "id": "to-hop", "body": unicodedata.normalize("NFD", item(4)["body"])},
        {**item(5), "id": " co-dau-cach ", "source": " Báo "},
        {"id": "chi-noi-dung", "body": "giá xăng tăng mạnh"},
        {"title": "không có mã"},
    ]


@pytest.mark.parametrize("query", [{}, {"at": "2018-11-11"}, {"evidence": "false"}], ids=str)
def test_every_way_gives_the_same_record(
    client: TestClient, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: dict[str, str]
) -> None:
    monkeypatch.setattr(options, "now_in_vietnam", lambda: NOW)
    given = articles()
    lines = [json.dumps(article, ensure_ascii=False) for article in given]
    source, out = tmp_path / "api", tmp_path / "out.jsonl"
    source.with_suffix(".jsonl").write_text("\n".join(lines), encoding="utf-8")
    words = ["--at", query["at"]] if "at" in query else ["--no-evidence"] if "evidence" in query else []
    done = CliRunner().invoke(
        main, ["score", str(source.with_suffix(".jsonl")), "--out", str(out), "--model", str(model), "--quiet", *words]
    )
    assert done.exit_code == 0, done.output

    scored = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    scored[-1]["id"] = scored[-1]["id"].replace("api.jsonl#", "api#")  # only a nameless article tells whence it came
    batch = client.post("/v1/route/batch", params=query, json={"articles": given}).json()["results"]
    stream = client.post(
        "/v1/route/stream",
        params=query,
        content="\n".join(lines).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    notebook = run(
        [one for one in read([source.with_suffix(".jsonl")]) if isinstance(one, Article)],
        engine=load_engine(model), received=NOW, at=date.fromisoformat(query["at"]) if "at" in query else None,
        evidence="evidence" not in query,
    )  # fmt: skip
    in_notebook = [json.loads(orjson.dumps(to_record(decision))) for decision in notebook]
    in_notebook[-1]["id"] = scored[-1]["id"]
    ours = Client("http://127.0.0.1", key="", transport=client._transport)
    asked = {"at": query.get("at"), "evidence": "evidence" not in query}
    single = [client.post("/v1/route", params=query, json=article).json() for article in given]
    single[-1]["id"] = scored[-1]["id"]

    assert len(scored) == len(given)
    assert [result["record"] for result in batch] == scored
    assert [json.loads(line) for line in stream.content.splitlines()] == scored
    assert single == scored
    assert in_notebook == scored
    assert ours.batch(given, **asked) == list(ours.stream(given, window=7, **asked)) == scored
    assert [ours.route(article, **asked) for article in given[:-1]] == scored[:-1]

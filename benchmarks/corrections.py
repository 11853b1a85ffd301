"""From corrections through the API to a promoted model that acts on them, timed: `diembao learn` on real labels.

The sample clippings that the release routes otherwise than their expected label are corrected (topic and lead unit),
each by its id; a copy of the release is what is replaced. Takes a training and a pass of the gate.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from models.artifacts import RELEASE
from nlp.heads import OUT_OF_SCOPE
from serve.api.app import create_app
from serve.api.sources import folder
from serve.commands.options import now_in_vietnam
from serve.settings import Settings
from serve.store import Store

SAMPLES = Path(__file__).parent.parent / "datasets" / "samples"
FIELDS = ("id", "title", "lead", "body")


def main() -> None:
    """Print what was corrected, how long learning took, and what the new model does."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        source = partial(folder, Path(shutil.copytree(RELEASE, place / "release")))
        settings = Settings(demo=True, rate=0, model_seconds=0)
        store = Store(place / "diembao.db")
        app = create_app(settings, loaded=source().load(at=now_in_vietnam()), store=store, source=source)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            while client.get("/readyz").status_code != 200:
                time.sleep(0.1)
            before = route(client)
            wanted = {id_: label for id_, label in expected().items() if id_ in before and not acts(before[id_], label)}
            for id_, label in wanted.items():
                body = {"id": id_, "decided": label, "reason": "nhãn của bài mẫu", "actor": "đo"}
                client.post("/v1/corrections", json=body).raise_for_status()
            print(f"{len(wanted)} of {len(before)} clippings corrected")
            started = time.perf_counter()
            words = ["learn", "--database", str(store.path), "--release", str(place / "release")]
            done = subprocess.run([sys.executable, "-m", "serve.cli", *words], check=False)
            print(f"learn: exit code {done.returncode}, {time.perf_counter() - started:.0f} s")
            client.portal.call(app.state.watcher.look)
            after = route(client)
        moved = sum(said(after[id_]) != said(before[id_]) for id_ in before if id_ not in wanted)
        print(f"acted on: {sum(acts(after[id_], label) for id_, label in wanted.items())} of {len(wanted)}")
        print(f"others whose topic or lead unit changed: {moved} of {len(before) - len(wanted)}")


def route(client: TestClient) -> dict[str, dict[str, Any]]:
    """The records of the clippings, by id."""
    lines = (SAMPLES / "clippings" / "clippings.jsonl").read_text("utf-8").splitlines()
    articles = [{field: row.get(field) or "" for field in FIELDS} for row in map(json.loads, lines)]
    answer = client.post("/v1/route/batch?evidence=false", json={"articles": articles}).json()
    return {one["record"]["id"]: one["record"] for one in answer["results"]}


def expected() -> dict[str, dict[str, Any]]:
    """Topic and lead unit as a person would send them, by id; the topic alone out of scope."""
    rows = map(json.loads, (SAMPLES / "expected.jsonl").read_text("utf-8").splitlines())
    return {
        row["id"]: {"topic": row["topic"]} | ({} if row["topic"] == OUT_OF_SCOPE else {"lead_unit": row["lead"]})
        for row in rows
    }


def said(record: dict[str, Any]) -> dict[str, Any]:
    """Topic and lead unit of a record."""
    unit = record["lead_unit"]
    return {"topic": record["topic"]["code"], "lead_unit": unit["code"] if unit else None}


def acts(record: dict[str, Any], decided: dict[str, Any]) -> bool:
    """Whether a record says what was decided."""
    return said(record) == {"lead_unit": None, **decided}


if __name__ == "__main__":
    main()

"""Apps of a given engine, and articles for them."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from models.artifacts import read_manifest
from nlp.pipeline import Engine
from nlp.types import VIETNAM
from serve.api.app import create_app
from serve.settings import Settings

NOW = datetime(2025, 4, 2, 9, 30, tzinfo=VIETNAM)
WORDS = [
    "giá",
    "xăng",
    "tăng",
    "mạnh",
    "chiều",
    "nay",
    "bộ",
    "công",
    "thương",
    "kiểm",
    "tra",
    "cây",
    "xăng",
    "hết",
    "hàng",
    "điện",
    "lực",
    "cắt",
    "điện",
    "đột",
    "ngột",
]


def item(number: int) -> dict[str, str]:
    """An article, different for every number."""
    turn = number % len(WORDS)
    text = " ".join(WORDS[turn:] + WORDS[:turn])
    return {
        "id": f"bai-{number:05d}", "title": f"Tin {number}: {text[:40]}", "lead": text, "body": f"{text}. {text}.",
        "source": "Báo Thử", "published_at": "2018-03-26T14:05:00+07:00", "url": f"https://example.invalid/{number}",
    }  # fmt: skip


def make_app(engine: Engine, model: Path, **settings: object) -> FastAPI:
    """An app in demo mode whose clock stands still."""
    return create_app(
        Settings(**{"demo": True, **settings}), engine=engine, manifest=read_manifest(model), card="# Thẻ",
        clock=lambda: NOW,
    )  # fmt: skip


def until_ready(client: TestClient) -> TestClient:
    """The client, once its server is warm."""
    for _ in range(600):
        if client.get("/readyz").status_code == 200:
            return client
        time.sleep(0.05)
    raise AssertionError("the server does not get ready")

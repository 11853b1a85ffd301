"""A bare FastAPI app to compare with: `... PORT FILE_OF_THE_RECORD HTTP LOOP`, the last two as uvicorn names them.

/v1/route parses the body with orjson and answers with bytes made before: no FastAPI route can do less. /typed is how
FastAPI is meant to be used: a model of the article in, a typed dictionary out.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

from serve.api.schemas import ArticleIn

app = FastAPI()
content = b""
record: dict[str, Any] = {}


@app.post("/v1/route")
async def route(request: Request) -> Response:
    """Parse, answer."""
    orjson.loads(await request.body())
    return Response(content, media_type="application/json")


@app.post("/typed")
async def typed(_article: ArticleIn) -> dict[str, Any]:
    """Parse, check, answer, check, write."""
    return record


if __name__ == "__main__":
    port, path, http, loop = sys.argv[1:]
    content = Path(path).read_bytes()
    record = orjson.loads(content)
    uvicorn.run(
        app, port=int(port), http=http, loop=loop, access_log=False, log_config=None, server_header=False
    )  # fmt: skip

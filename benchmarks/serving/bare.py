"""A bare FastAPI app to compare with, on uvicorn as `diembao serve` runs it: `... PORT FILE_OF_THE_RECORD`.

/v1/route parses the body with orjson and answers with bytes made before: no FastAPI route can do less. /echo is the
usual way: a pydantic model in, the same model out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

from serve.api.schemas import ArticleIn

app = FastAPI()
record = b""


@app.post("/v1/route")
async def route(request: Request) -> Response:
    """Parse, answer."""
    orjson.loads(await request.body())
    return Response(record, media_type="application/json")


@app.post("/echo")
async def echo(article: ArticleIn) -> ArticleIn:
    """Parse, check, answer with the same."""
    return article


if __name__ == "__main__":
    record = Path(sys.argv[2]).read_bytes()
    uvicorn.run(app, port=int(sys.argv[1]), http="httptools", access_log=False, log_config=None, server_header=False)

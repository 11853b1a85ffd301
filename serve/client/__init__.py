"""The client of the prediction API, for programs elsewhere: Client, and AsyncClient with the same methods to await.

It needs httpx2 and nothing else of what diembao depends on. Answers are the JSON of the API, typed: the README's table
of the record is their documentation, and fields of a later server come through.
"""

from __future__ import annotations

try:
    import httpx2  # noqa: F401 — asked here, so that a missing one is told in words
except ModuleNotFoundError as error:
    if error.name != "httpx2":
        raise
    message = "serve.client cần httpx2; hãy cài bằng: pip install 'diembao[client]'"
    raise ModuleNotFoundError(message, name="httpx2") from error

from nlp.record_types import Record
from serve.client.clients import AsyncClient, Client
from serve.client.errors import (
    AccessDenied,
    ApiError,
    BadOption,
    ClientError,
    ConnectionFailed,
    Fault,
    InvalidRequest,
    ItemError,
    NotDiembao,
    NotFound,
    Problem,
    TooManyRequests,
    Unavailable,
)
from serve.client.types import Article, Correction, Decided, ModelFacts, Topics, Units

__all__ = [
    "AccessDenied", "ApiError", "Article", "AsyncClient", "BadOption", "Client", "ClientError", "ConnectionFailed",
    "Correction", "Decided", "Fault", "InvalidRequest", "ItemError", "ModelFacts", "NotDiembao", "NotFound", "Problem",
    "Record", "TooManyRequests", "Topics", "Unavailable", "Units",
]  # fmt: skip

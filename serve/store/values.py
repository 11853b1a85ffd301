"""The rows of the store. Moments are ISO 8601 with a zone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """An API key; of the secret only its SHA-256 is kept. `revoked_at` is empty while it is in force."""

    id: str
    name: str
    scopes: tuple[str, ...]
    digest: bytes
    created_at: str
    revoked_at: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided against a prediction.

    `article`, `prediction` and `decided` are JSON; `article` is empty only in rows of an earlier version, where the
    client had named it by its id alone. `actor` is whoever the client says decided, `key_id` the key that sent it.
    `request_digest` is the SHA-256 of the body, by which a repeated `idempotency_key` (empty: none) shows itself as the
    same request or another one.
    """

    id: str
    article_id: str
    article: bytes
    prediction: bytes
    model: str
    decided: bytes
    reason: str
    actor: str
    key_id: str
    created_at: str
    idempotency_key: str = ""
    request_digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Choice:
    """`actor` chose a correction against contrary ones of the same article: `overruled`, their ids, count no more."""

    id: str
    correction_id: str
    overruled: tuple[str, ...]
    reason: str
    actor: str
    created_at: str

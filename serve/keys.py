"""API keys: made of chance, shown once, kept as a hash.

A key reads db_ID_SECRET. The secret is 32 random bytes, so nobody can guess it, and a plain SHA-256 is enough to keep:
slow hashes guard what people make up.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256

from serve.store import Key

SCOPES = ("route", "correct", "admin")
"""What a key may do: route articles and read reference data; send corrections; read metrics."""
SECRET_BYTES = 32
MAX_KEY_CHARS = 200
NOBODY = b"\0" * 32
"""Compared with where the id is not known, so that both cases take the same time."""


def make_key(*, name: str, scopes: Sequence[str], at: str) -> tuple[Key, str]:
    """A new key, and the text of it that its owner must keep: it cannot be had again."""
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    return Key(key_id, name, tuple(scopes), _digest(secret), at), f"db_{key_id}_{secret}"


def matches(text: str, key: Key | None) -> bool:
    """Whether the text is that of the key, in a time that tells nothing."""
    secret = text.split("_", 2)[-1]
    is_same = secrets.compare_digest(_digest(secret), key.digest if key else NOBODY)
    return is_same and key is not None


def id_of(text: str) -> str:
    """The id within the text of a key; empty where the text is none."""
    parts = text.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "db" and len(text) <= MAX_KEY_CHARS else ""


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "replace")).digest()

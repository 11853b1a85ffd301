"""Headers by name: one dictionary a request, where starlette would walk over all of them at every look."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

_BY_NAME = "diembao.headers"
WHOLE = "diembao.whole"
"""In the scope of a request: its body has come in whole. Nobody need wait for it, or be told to wait no longer."""


def by_name(scope: MutableMapping[str, Any]) -> dict[bytes, bytes]:
    """The headers of a request; of one that comes twice, the first."""
    found: dict[bytes, bytes] | None = scope.get(_BY_NAME)
    if found is None:
        found = scope[_BY_NAME] = dict(reversed(scope["headers"]))
    return found


def header(scope: MutableMapping[str, Any], name: bytes) -> str:
    """The header of this lower-case name; empty where there is none."""
    return by_name(scope).get(name, b"").decode("latin-1")

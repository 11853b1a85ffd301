"""Who may ask what: API keys with scopes, looked up in memory and fresh with every change of the database."""

from __future__ import annotations

import re

from fastapi import Request

from serve.agreed import is_loopback
from serve.api.headers import header
from serve.api.problems import FORBIDDEN, UNAUTHORIZED, Problem
from serve.keys import id_of, matches
from serve.store import Key, Store

DEMO = "demo"
"""The name under which whoever asks in demo mode is counted."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="diembao"'}

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:]*)(?::[0-9]{1,5})?", re.IGNORECASE)


class Access:
    """Decides who asks. Without a store the server is in demo mode: no key, but only under a name of this machine."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._version = -1
        self._keys: dict[str, Key] = {}

    def admit(self, request: Request, scope: str) -> str:
        """The id of the key that asks. Raises Problem: no key, a wrong or revoked one, or one without the scope."""
        if self._store is None:
            _require_loopback_name(header(request.scope, b"host"))
            return DEMO
        key = self._key(header(request.scope, b"authorization"), self._store)
        if scope not in key.scopes:
            raise Problem(FORBIDDEN, f"cần quyền {scope}; khóa này có: {', '.join(key.scopes)}")
        return key.id

    def _key(self, header: str, store: Store) -> Key:
        scheme, _, text = header.partition(" ")
        text = text.strip()
        if scheme.lower() != "bearer" or not text:
            raise Problem(UNAUTHORIZED, "gửi khóa trong Authorization: Bearer db_…", headers=CHALLENGE)
        version = store.data_version()
        if version != self._version:  # keys are made and revoked by another process
            self._keys = {key.id: key for key in store.all_keys() if not key.revoked_at}
            self._version = version
        key = self._keys.get(id_of(text))
        if not matches(text, key) or key is None:
            raise Problem(UNAUTHORIZED, "khóa sai hoặc đã bị thu hồi", headers=CHALLENGE)
        return key


def _require_loopback_name(host: str) -> None:
    """A site elsewhere may give its own name the address of this machine; its pages would then be let in."""
    named = _HOST.fullmatch(host)
    if named is None or not is_loopback(named[1].lower()):
        raise Problem(FORBIDDEN, "chế độ thử chỉ trả lời dưới tên localhost hoặc 127.0.0.1")

"""Who is asked, with which key, for how long: checked before anything is sent."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import httpx2

from serve.agreed import KEY_VARIABLE, is_loopback
from serve.client.errors import BadOption

_VISIBLE = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What both clients are made of. `timeout` is in seconds; `chance` gives numbers from 0 to 1, `clock` seconds."""

    url: str
    key: str | None = field(repr=False)
    timeout: float
    allow_http: bool
    chance: Callable[[], float]
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        """Raises BadOption. Without a key given, that of the environment counts; an empty one is none."""
        key = os.environ.get(KEY_VARIABLE, "") if self.key is None else self.key
        object.__setattr__(self, "key", key.strip())
        if self.key:
            visible("key", self.key)
        if not self.timeout > 0:
            raise BadOption("timeout", "cần một số giây lớn hơn 0")
        self._check_url()

    def _check_url(self) -> None:
        try:
            parts = httpx2.URL(self.url)
        except httpx2.InvalidURL:
            parts = httpx2.URL()
        if parts.scheme not in ("http", "https") or not parts.host or parts.query or parts.fragment:
            raise BadOption("url", "cần một địa chỉ như https://may-chu.example")
        if parts.userinfo:
            raise BadOption("url", "không để mật khẩu trong địa chỉ; khóa đưa qua key")
        if parts.scheme == "http" and self.key and not self.allow_http and not self.is_local:
            raise BadOption("url", "khóa không gửi qua http ra ngoài máy này, vì ai trên đường cũng đọc được; hãy dùng "
                                   "https, hoặc allow_http=True nếu mạng ở giữa là của mình")  # fmt: skip

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return is_loopback(httpx2.URL(self.url).host)

    def for_http(self) -> dict[str, Any]:
        """What httpx2.Client and httpx2.AsyncClient are made with.

        The environment may name a proxy, which must not see what stays on this machine.
        """
        headers = {"User-Agent": f"diembao-client/{version('diembao')}", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        return {"base_url": self.url, "headers": headers, "trust_env": not self.is_local}


def visible(name: str, value: str, *, form: re.Pattern[str] = _VISIBLE) -> str:
    """The value of a header, if it has the form. Raises BadOption, which does not repeat it: it may be the key."""
    if not form.fullmatch(value):
        raise BadOption(name, f"cần có dạng {form.pattern}")
    return value

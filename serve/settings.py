"""How the server runs: read once from the environment, frozen, every key checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from models.environment import CACHE_VARIABLE, CORPORA_VARIABLE, LABELS_VARIABLE
from nlp.errors import DiembaoError
from serve.agreed import KEY_VARIABLE, MAX_BATCH, is_loopback

PREFIX = "DIEMBAO_"
OF_OTHERS = (CACHE_VARIABLE, CORPORA_VARIABLE, LABELS_VARIABLE, KEY_VARIABLE)
"""Variables of the same prefix that the commands of training and the client read."""
TRUE, FALSE = ("1", "true", "yes"), ("0", "false", "no")


class SettingsError(DiembaoError):
    """A setting that is not known, cannot be read, or does not go with another. Fact: `name`."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"{name}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field a variable: `max_body_bytes` is DIEMBAO_MAX_BODY_BYTES. Times are in seconds.

    `rate` is articles a second for each key, 0 for no limit; `burst` is how many a rested key may send at once.
    `model_seconds` lie between two looks for a newer model, 0 is never; `registered_model` is its name in MLflow.
    """

    host: str = "127.0.0.1"
    port: int = 8600
    demo: bool = False
    model: Path | None = None
    database: Path | None = None
    max_body_bytes: int = 8_000_000
    head_seconds: float = 10.0
    body_seconds: float = 15.0
    request_seconds: float = 30.0
    drain_seconds: int = 30
    rate: float = 200.0
    burst: int = 2000
    model_seconds: float = 10.0
    registered_model: str = "diembao"

    def __post_init__(self) -> None:
        if self.demo and not is_loopback(self.host):
            raise SettingsError("demo", f"chế độ thử không cần khóa, nên chỉ chạy trên máy này; {self.host} thì không")
        if not 0 <= self.port <= 65_535:
            raise SettingsError("port", f"cổng phải từ 0 đến 65535, không phải {self.port}")
        for name in ("max_body_bytes", "head_seconds", "body_seconds", "request_seconds", "drain_seconds"):
            if not getattr(self, name) > 0:
                raise SettingsError(name, "cần một số lớn hơn 0")
        if not self.rate >= 0:
            raise SettingsError("rate", "cần một số từ 0 trở lên; 0 là không giới hạn")
        if not 0 <= self.model_seconds < float("inf"):
            raise SettingsError("model_seconds", "cần một số từ 0 trở lên; 0 là không xem lại")
        if self.rate and self.burst < MAX_BATCH:
            raise SettingsError("burst", f"nhỏ hơn một lô {MAX_BATCH} bài, thì không lô đầy nào qua được")


def from_environment(environment: Mapping[str, str], **options: Any) -> Settings:
    """The settings of DIEMBAO_* variables; `options` that are not None win over them.

    Raises:
        SettingsError: a DIEMBAO_ variable is not known, or a value cannot be read.
    """
    known = {f"{PREFIX}{field.name.upper()}": field for field in fields(Settings)}
    found: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name in OF_OTHERS:
            continue
        if name not in known:
            raise SettingsError(name, f"không có thiết đặt này; các thiết đặt: {', '.join(known)}")
        found[known[name].name] = _read(name, value, kind=str(known[name].type))
    found.update({name: value for name, value in options.items() if value is not None})
    return replace(Settings(), **found)


def _read(name: str, value: str, *, kind: str) -> Any:
    if kind == "bool":
        if value.lower() not in TRUE + FALSE:
            raise SettingsError(name, f"cần 1 hoặc 0, không phải “{value}”")
        return value.lower() in TRUE
    if kind == "Path | None":
        return Path(value) if value else None
    try:
        return {"int": int, "float": float, "str": str}[kind](value)
    except ValueError:
        raise SettingsError(name, f"cần một số, không phải “{value}”") from None


def default_database(environment: Mapping[str, str]) -> Path:
    """Where keys and corrections lie unless said otherwise: the same place for the server and for `diembao keys`."""
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "diembao" / "diembao.db"

"""Settings of the recipe as a TOML file: `diembao search` writes it, `diembao train --settings` reads it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from models.layers import Settings
from nlp.errors import DiembaoError

LIMITS: dict[str, tuple[type[int] | type[float], float, float]] = {
    "c": (float, 1e-4, 1e4),
    "balance": (float, 0, 1),
    "mixing": (float, 1e-3, 1e3),
    "min_documents": (int, 1, 1000),
    "folds": (int, 2, 100),
    "precision": (float, 0.5, 0.999),
}
"""Key -> its kind, smallest and largest value. `seed` and `jobs` belong to a run, not to the recipe."""


class SettingsFileError(DiembaoError):
    """A settings file that cannot be used. Facts: `file`, and the `key` at fault, empty where it is the whole file."""

    def __init__(self, file: Path, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file, self.key = file, key


def read_settings(file: Path, *, seed: int = 0, jobs: int = 2) -> Settings:
    """The settings in `file`; what it does not name stays at its default.

    Raises:
        SettingsFileError: it cannot be read, is not TOML, or a key is unknown or its value out of range.
    """
    try:
        values = tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsFileError(file, "", f"không đọc được: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsFileError(file, "", f"không đúng TOML: {error}") from error
    return Settings(seed=seed, jobs=jobs, **{key: _checked(file, key, value) for key, value in values.items()})


def _checked(file: Path, key: str, value: Any) -> Any:
    if key not in LIMITS:
        raise SettingsFileError(file, key, f"khóa lạ; các khóa dùng được: {', '.join(LIMITS)}")
    kind, low, high = LIMITS[key]
    is_number = type(value) is int or (type(value) is float and kind is float)
    if not is_number or not low <= value <= high:
        what = "số nguyên" if kind is int else "số"
        raise SettingsFileError(file, key, f"phải là {what} từ {low:g} đến {high:g}, không phải {value!r}")
    return kind(value)


def settings_text(values: dict[str, float], *, remark: str) -> str:
    """The text of a settings file that holds `values`, under `remark` as a comment."""
    comments = "".join(f"# {line}\n" for line in remark.splitlines())
    return comments + "".join(f"{key} = {LIMITS[key][0](value)}\n" for key, value in values.items())

"""TOML tables that know the line of each of their keys, so that a fault can be shown to the one who wrote it.

tomllib keeps no lines; they are found again by a pass over the text that knows headers, keys and long strings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from nlp.deadlines.errors import DeadlineError

CONFIDENCE = ("A", "B", "C", "D")
"""A: the text itself was seen; B: a press or secondary page; C: general knowledge that fits the findings; D: unsure."""
VERIFIED = ("A", "B")

_HEADER = re.compile(r"\s*\[\[?\s*([\w-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_LONG_STRING = re.compile('"""|' + "'''")
_TOML_LINE = re.compile(r"at line (\d+)")


@dataclass(frozen=True, slots=True)
class Table:
    """One [[name]] of a file: its values, and the lines of its header and keys."""

    file: str
    name: str
    line: int
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def fault(self, key: str, advice: str) -> DeadlineError:
        """The error to raise about `key`; at the header's line where the key is missing."""
        return DeadlineError(file=self.file, line=self.lines.get(key, self.line), key=key, advice=advice)

    def check_keys(self, known: Collection[str]) -> None:
        """Raise DeadlineError about a key that is not in `known`."""
        for key in self.values:
            if key not in known:
                raise self.fault(
                    key, f"khóa lạ trong [[{self.name}]]{_close(key, known)}; các khóa đúng: {_list(known)}"
                )

    def text(self, key: str, *, required: bool = True) -> str:
        """A text on one line; "" where an optional key is missing."""
        value = self._value(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, f'cần một dòng chữ trong ngoặc kép, ví dụ {key} = "…", không phải {value!r}')
        return " ".join(value.split())

    def choice(self, key: str, allowed: Collection[str], *, required: bool = True) -> str:
        """One of `allowed`; "" where an optional key is missing."""
        value = self._value(key, required=required)
        if value is None:
            return ""
        if value not in allowed:
            raise self.fault(
                key, f"không có giá trị {value!r}{_close(value, allowed)}; hãy viết một trong: {_list(allowed)}"
            )
        return str(value)

    def number(self, key: str, *, lowest: int, highest: int) -> int:
        """A whole number from `lowest` to `highest`."""
        value = self._value(key, required=True)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise self.fault(key, f"cần số nguyên từ {lowest} đến {highest}, không có ngoặc kép, không phải {value!r}")
        return value

    def day(self, key: str) -> date:
        """A day."""
        value = self._value(key, required=True)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.fault(
                key, f"cần ngày dạng năm-tháng-ngày, không có ngoặc kép, ví dụ 2017-03-30, không phải {value!s}"
            )
        return value

    def day_or_none(self, key: str) -> date | None:
        """A day, or None where the key is missing."""
        return self.day(key) if key in self.values else None

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self._value(key, required=True)
        if not isinstance(value, bool):
            raise self.fault(key, f"cần true hoặc false, không có ngoặc kép, không phải {value!r}")
        return value

    def rows(self, key: str) -> list[Any]:
        """A list that is not empty."""
        value = self._value(key, required=True)
        if not isinstance(value, list) or not value:
            raise self.fault(key, f"cần một danh sách trong ngoặc vuông, ví dụ {key} = […], không phải {value!r}")
        return value

    def _value(self, key: str, *, required: bool) -> Any:
        if required and key not in self.values:
            raise self.fault(key, f"[[{self.name}]] thiếu khóa này; hãy thêm một dòng {key} = …")
        return self.values.get(key)


def read_tables(file: str, text: str, *, known: Collection[str]) -> dict[str, list[Table]]:
    """The [[tables]] of a TOML text by name; a name of `known` that does not occur has an empty list.

    Raises:
        DeadlineError: the text is no TOML, or holds anything but [[tables]] of `known` names.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        raise DeadlineError(
            file=file, line=int(found[1]) if found else 0, key="", advice=f"không đúng TOML: {error}"
        ) from error
    places = _places(text)
    tables: dict[str, list[Table]] = {name: [] for name in known}
    for name, rows in values.items():
        line = places[name][0][0] if name in places else _key_line(text, name)
        if name not in tables:
            raise DeadlineError(
                file=file, line=line, key=name, advice=f"bảng lạ{_close(name, known)}; các bảng đúng: {_list(known)}"
            )
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise DeadlineError(file=file, line=line, key=name, advice=f"hãy viết hai ngoặc vuông: [[{name}]]")
        for number, row in enumerate(rows):
            at, lines = places[name][number] if number < len(places.get(name, [])) else (line, {})
            tables[name].append(Table(file, name, at, row, lines))
    return tables


def _places(text: str) -> dict[str, list[tuple[int, dict[str, int]]]]:
    """By name of a table: the line of each of its headers, and of the keys below it."""
    places: dict[str, list[tuple[int, dict[str, int]]]] = {}
    keys: dict[str, int] = {}
    within_string = False
    for number, line in enumerate(text.splitlines(), 1):
        if not within_string:
            if header := _HEADER.match(line):
                keys = {}
                places.setdefault(header[1], []).append((number, keys))
            elif key := _KEY.match(line):
                keys.setdefault(key[1], number)
        within_string ^= len(_LONG_STRING.findall(line)) % 2 == 1
    return places


def _key_line(text: str, name: str) -> int:
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if (key := _KEY.match(line)) and key[1] == name), 0)


def _close(value: object, allowed: Collection[str]) -> str:
    near = get_close_matches(str(value), list(allowed), n=1)
    return f" (có phải là {near[0]}?)" if near else ""


def _list(names: Collection[str]) -> str:
    return ", ".join(names)

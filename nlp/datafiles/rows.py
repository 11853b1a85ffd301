"""TOML -> rows of checked types: a literal table says which keys a table may have. A new key is one entry there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from nlp.datafiles.errors import DataFileError
from nlp.datafiles.locate import line_of

Values = Mapping[str, Any]

_FORMS = {
    "text": 'một chuỗi không trống, như "Vụ Kế hoạch"',
    "texts": 'một danh sách chuỗi, như ["vu.kh"]',
    "numbers": "một danh sách số, như [2, 3]",
    "day": "một ngày không có dấu nháy, như 2025-03-01",
    "count": "một số nguyên dương, không có dấu nháy, như 22",
    "flag": "true hoặc false, không có dấu nháy",
}
ONE_OF_A_LIST = {"texts": "text", "numbers": "number", "rows": "table"}
"""Form of a list -> form of each of its values; a list is never empty."""


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind a key.

    `form` is one of _FORMS, or "rows" for nested tables; `among` are the values allowed; `most` limits a count.
    """

    form: str = "text"
    needed: bool = True
    among: tuple[str | int, ...] = ()
    most: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """Which tables a file may have, and which keys each of them; `enterprise.period` stands within `enterprise`.

    `single` are tables of which there is exactly one, `[decree]`; all others are `[[…]]`. `error` is raised at a fault.
    """

    tables: Mapping[str, Mapping[str, Key]]
    error: type[DataFileError] = DataFileError
    single: tuple[str, ...] = ()

    @property
    def top(self) -> tuple[str, ...]:
        """The tables that stand within no other."""
        return tuple(name for name in self.tables if "." not in name)


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a file. `number` counts the tables of that name in the file, from 0."""

    file: str
    text: str
    table: str
    number: int
    values: Values
    error: type[DataFileError]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def text_of(self, key: str) -> str:
        """The text behind a key on one line, empty where the key is not there."""
        return " ".join(str(self.values.get(key, "")).split())

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts behind a key, none where the key is not there."""
        return tuple(self.values.get(key, ()))

    def line(self, key: str = "") -> int:
        """Where the key stands, else the table."""
        return line_of(self.text, self.table, self.number, key)

    def wrong(self, key: str, message: str) -> DataFileError:
        """An error at this place."""
        return self.error(message, file=self.file, line=self.line(key), key=key)


def rows_of(file: str, text: str, form: Form) -> list[Row]:
    """All tables of a file, each checked; nested ones (`enterprise.period`) follow their parent.

    Raises:
        DataFileError (`form.error`): no TOML, an unknown table or key, a missing key, a value of a wrong form.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise form.error(f"không đúng TOML: {_toml_advice(text, line)} ({error})", file=file, line=line) from error
    for name in content:
        if name not in form.top:
            # A key before the first table is of no table; a table that is not known has a line of its own.
            line = line_of(text, name, 0) if isinstance(content[name], list | dict) else line_of(text, "", 0, name)
            tables = ", ".join(_written(one, form) for one in form.top)
            raise form.error(f"khóa lạ{_near(name, form.top)}; các bảng đúng: {tables}", file=file, line=line, key=name)
    return [row for name in form.top for row in _tables(file, text, name, content.get(name, []), form)]


def _toml_advice(text: str, line: int) -> str:
    """What is most likely wrong in a line, for people who have never heard of TOML."""
    content = text.splitlines()[line - 1] if 0 < line <= len(text.splitlines()) else ""
    if re.search(r"=\s*\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}", content):
        return "ngày viết là năm-tháng-ngày, như 2025-03-01"
    return "xem lại dòng này: khóa = giá trị; chữ trong dấu nháy kép, danh sách trong [ ], ngày như 2025-03-01"


def _written(table: str, form: Form) -> str:
    return f"[{table}]" if table in form.single else f"[[{table}]]"


def _tables(file: str, text: str, name: str, found: Any, form: Form) -> Iterator[Row]:
    single = name in form.single
    if single is isinstance(found, list) or not isinstance(found, list | dict):
        written = _written(name, form)
        message = f"cần đúng một bảng {written}" if single else f"phải viết là {written}"
        raise form.error(message, file=file, line=line_of(text, name, 0), key=name)
    nested: dict[str, int] = {}
    for number, values in enumerate([found] if single else found):
        row = Row(file, text, name, number, values, form.error)
        _check(row, form)
        yield row
        for key, wanted in form.tables[name].items():
            if wanted.form == "rows":
                for inner in values[key]:
                    path = f"{name}.{key}"
                    inner_row = Row(file, text, path, nested.get(path, 0), inner, form.error)
                    nested[path] = inner_row.number + 1
                    _check(inner_row, form)
                    yield inner_row


def _check(row: Row, form: Form) -> None:
    keys = form.tables[row.table]
    if not isinstance(row.values, dict):
        raise row.error(f"phải viết là [[{row.table}]]", file=row.file, line=1, key=row.table)
    for key in row.values:
        if key not in keys:
            raise row.wrong(
                key, f"khóa lạ trong {_written(row.table, form)}{_near(key, keys)}; các khóa đúng: {', '.join(keys)}"
            )
    for key, wanted in keys.items():
        if key not in row.values:
            if wanted.needed:
                raise row.wrong(key, f"{_written(row.table, form)} thiếu khóa {key}; {_advice(row.table, key, wanted)}")
        else:
            _check_value(row, key, wanted)


def _check_value(row: Row, key: str, wanted: Key) -> None:
    value = row.values[key]
    if not _fits(value, wanted):
        raise row.wrong(key, f"không phải {value!r}; {_advice(row.table, key, wanted)}")
    for one in value if isinstance(value, list) else [value]:
        if wanted.among and one not in wanted.among:
            allowed = _list(wanted.among)
            raise row.wrong(key, f"không biết {one!r}{_near(one, wanted.among)}; viết một trong: {allowed}")


def _advice(table: str, key: str, wanted: Key) -> str:
    if wanted.form == "rows":
        return f"viết ít nhất một [[{table}.{key}]]"
    if key == "source":
        return 'mọi điều ghi vào đều phải có nguồn, như source = "Nghị định 40/2025/NĐ-CP"'
    if key == "basis":
        return 'thời hạn nào cũng phải có căn cứ, như basis = "Nghị định 09/2017/NĐ-CP, Điều 6"'
    if wanted.form == "text" and wanted.among:
        return f"viết một trong: {_list(wanted.among)}"
    return f"cần {_FORMS[wanted.form]}" + (f", nhiều nhất {wanted.most}" if wanted.most else "")


def _near(given: object, allowed: Collection[object]) -> str:
    near = get_close_matches(str(given), [str(one) for one in allowed], n=1)
    return f" (có phải là {near[0]}?)" if near else ""


def _list(values: Collection[object]) -> str:
    return ", ".join(map(str, values))


def _fits(value: Any, wanted: Key) -> bool:
    if wanted.form in ONE_OF_A_LIST:
        one = Key(ONE_OF_A_LIST[wanted.form])
        return isinstance(value, list) and bool(value) and all(_fits(each, one) for each in value)
    if wanted.form == "text":
        return isinstance(value, str) and any(map(str.isalnum, value))  # "-" is neither a name nor a source
    if wanted.form == "day":
        return isinstance(value, date) and not isinstance(value, datetime)
    if wanted.form in ("number", "count"):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return is_number and (wanted.form == "number" or 0 < value <= (wanted.most or value))
    return isinstance(value, dict if wanted.form == "table" else bool)

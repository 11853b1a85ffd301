"""TOML -> rows of checked types: a literal table says which keys a table may have. A new key is one entry there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nlp.heads import TOPICS, UNITS
from nlp.organisation.errors import OrganisationError
from nlp.organisation.locate import line_of
from nlp.organisation.values import KINDS

Values = Mapping[str, Any]

HOWS = ("new", "rename", "merge", "split", "upgrade")
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind a key. `form` is text, texts, day, count or flag; `among` are the words allowed."""

    form: str = "text"
    needed: bool = True
    among: tuple[str, ...] = ()


_SOURCE = {"source": Key(), "confidence": Key(among=GRADES), "note": Key(needed=False)}
_WORDS = {"abbreviations": Key("texts", needed=False), "aliases": Key("texts", needed=False)}

TABLES: dict[str, dict[str, Key]] = {
    "decree": {
        "id": Key(),
        "number": Key(),
        "title": Key(),
        "signed": Key("day", needed=False),
        "first_day": Key("day"),
        "units": Key("count", needed=False),
        **_SOURCE,
    },
    "open": {
        "unit": Key(),
        "name": Key(),
        "kind": Key(among=tuple(KINDS)),
        "parent": Key(needed=False),
        **_WORDS,
        "predecessors": Key("texts", needed=False),
        "how": Key(among=HOWS),
        **_SOURCE,
    },
    "rename": {"unit": Key(), "name": Key(), **_WORDS, **_SOURCE},
    "close": {"unit": Key(), "successors": Key("texts", needed=False), **_SOURCE},
    "hold": {
        "competence": Key(among=tuple(UNITS)),
        "unit": Key(),
        "topics": Key("texts", needed=False, among=tuple(TOPICS)),
        **_SOURCE,
    },
    "enterprise": {
        "id": Key(),
        "code": Key(among=tuple(UNITS)),
        "generic": Key("flag", needed=False),
        "predecessors": Key("texts", needed=False),
        "aliases": Key("texts", needed=False),
        "members": Key("texts", needed=False),
        "name": Key("rows"),
        "period": Key("rows"),
        **_SOURCE,
    },
    "enterprise.name": {"from": Key("day"), "name": Key(), **_SOURCE},
    "enterprise.period": {
        "from": Key("day"),
        "to": Key("day", needed=False),
        "owner": Key(),
        "under_ministry": Key("flag"),
        **_SOURCE,
    },
    "collision": {"alias": Key(), "meanings": Key("texts"), "source": Key()},
}
DECREES, ENTERPRISES, COLLISIONS = "decrees/", "enterprises.toml", "collisions.toml"
_TOP = {
    DECREES: ("decree", "open", "rename", "close", "hold"),
    ENTERPRISES: ("enterprise",),
    COLLISIONS: ("collision",),
}
_FORMS = {
    "text": 'một chuỗi không trống, như "Vụ Kế hoạch"',
    "texts": 'một danh sách chuỗi, như ["vu.kh"]',
    "day": "một ngày không có dấu nháy, như 2025-03-01",
    "count": "một số nguyên dương, như 22",
    "flag": "true hoặc false",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a file. `number` counts the tables of that name in the file, from 0."""

    file: str
    text: str
    table: str
    number: int
    values: Values

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def text_of(self, key: str) -> str:
        """The text behind a key, empty where the key is not there."""
        return str(self.values.get(key, ""))

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts behind a key, none where the key is not there."""
        return tuple(self.values.get(key, ()))

    def line(self, key: str = "") -> int:
        """Where the key stands, else the table."""
        return line_of(self.text, self.table, self.number, key)

    def wrong(self, key: str, message: str) -> OrganisationError:
        """An error at this place."""
        return OrganisationError(message, file=self.file, line=self.line(key), key=key)


def kind_of(file: str) -> str:
    """DECREES, ENTERPRISES or COLLISIONS; OrganisationError for a file of another name."""
    for kind in _TOP:
        if file == kind or (kind.endswith("/") and file.startswith(kind) and file.endswith(".toml")):
            return kind
    raise OrganisationError(f"tệp lạ; các tệp đúng: decrees/*.toml, {ENTERPRISES}, {COLLISIONS}", file=file)


def rows_of(file: str, text: str) -> list[Row]:
    """All tables of a file, each checked; nested ones (`enterprise.period`) follow their parent.

    Raises:
        OrganisationError: no TOML, an unknown table or key, a missing key, a value of a wrong form.
    """
    allowed = _TOP[kind_of(file)]
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise OrganisationError(f"không đúng TOML: {error}", file=file, line=line) from error
    for name in content:
        if name not in allowed:
            # A key before the first table is of no table; a table that is not known has a line of its own.
            line = line_of(text, name, 0) if isinstance(content[name], list | dict) else line_of(text, "", 0, name)
            raise OrganisationError(
                f"khóa lạ; các bảng đúng: {', '.join(f'[[{one}]]' for one in allowed)}", file=file, line=line, key=name
            )
    return [row for name in allowed for row in _tables(file, text, name, content.get(name, []))]


def _tables(file: str, text: str, name: str, found: Any) -> Iterator[Row]:
    single = name == "decree"
    if single is isinstance(found, list) or not isinstance(found, list | dict):
        form = f"[{name}]" if single else f"[[{name}]]"
        raise OrganisationError(f"cần đúng một bảng {form}" if single else f"phải viết là {form}",
                                file=file, line=line_of(text, name, 0), key=name)  # fmt: skip
    nested: dict[str, int] = {}
    for number, values in enumerate([found] if single else found):
        row = Row(file, text, name, number, values)
        _check(row)
        yield row
        for key, wanted in TABLES[name].items():
            if wanted.form == "rows":
                for inner in values[key]:
                    path = f"{name}.{key}"
                    inner_row = Row(file, text, path, nested.get(path, 0), inner)
                    nested[path] = inner_row.number + 1
                    _check(inner_row)
                    yield inner_row


def _check(row: Row) -> None:
    keys = TABLES[row.table]
    if not isinstance(row.values, dict):
        raise OrganisationError(f"phải viết là [[{row.table}]]", file=row.file, line=1, key=row.table)
    for key in row.values:
        if key not in keys:
            raise row.wrong(key, f"khóa lạ trong [[{row.table}]]; các khóa đúng: {', '.join(keys)}")
    for key, form in keys.items():
        if key not in row.values:
            if form.needed:
                raise row.wrong(key, f"[[{row.table}]] thiếu khóa {key}; {_advice(form, key)}")
        else:
            _check_value(row, key, form)


def _check_value(row: Row, key: str, form: Key) -> None:
    value = row.values[key]
    if not _fits(value, form.form):
        raise row.wrong(key, f"không phải {value!r}; {_advice(form, key)}")
    for one in value if isinstance(value, list) else [value]:
        if form.among and one not in form.among:
            raise row.wrong(key, f"không biết {one!r}; viết một trong: {', '.join(form.among)}")


def _advice(form: Key, key: str) -> str:
    if form.form == "rows":
        return f"viết ít nhất một [[enterprise.{key}]]"
    if key == "source":
        return 'mọi điều ghi vào đều phải có nguồn, như source = "Nghị định 40/2025/NĐ-CP"'
    if form.among:
        return f"viết một trong: {', '.join(form.among)}"
    return f"cần {_FORMS[form.form]}"


def _fits(value: Any, form: str) -> bool:
    if form == "text":
        return isinstance(value, str) and bool(value.strip())
    if form == "texts":
        return isinstance(value, list) and all(_fits(one, "text") for one in value)
    if form == "day":
        return isinstance(value, date) and not isinstance(value, datetime)
    if form == "count":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if form == "rows":
        return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
    return isinstance(value, bool)

"""Line numbers, which TOML readers do not keep. Needed for messages only, so looked for only then."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?$")
_LONG_TEXT = ('"""', "'''")


def line_of(text: str, table: str, number: int, key: str = "") -> int:
    """The line, from 1, of `key` in the `number`-th (from 0) `[table]` or `[[table]]` of a TOML text.

    The line of the table's header where the key is not there or empty; 1 where there is no such table. Text in
    triple quotes is passed over; tables written in line, as `a = {b = 1}`, are not known.
    """
    header = 1 if not table else 0
    seen = -1
    inside, open_quotes = not table, ""
    for line, content in enumerate(text.splitlines(), 1):
        if open_quotes:
            open_quotes = "" if open_quotes in content else open_quotes
            continue
        open_quotes = next((quotes for quotes in _LONG_TEXT if content.count(quotes) % 2), "")
        if match := _HEADER.match(content):
            seen += match[1] == table
            inside = match[1] == table and seen == number
            header = line if inside else header
        elif inside and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", content):
            return line
    return header or 1

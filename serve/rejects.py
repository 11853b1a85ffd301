"""Rows that became no article: to OUT.rejected.jsonl, or said on standard error where there is no OUT."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import orjson

from nlp.errors import number
from nlp.types import Rejection
from serve.errors import writing
from serve.outputs import write_all
from serve.words import one_line
from serve.workers import rejection_dict

MOST_SAID = 20


class Rejects:
    """Counts and writes rejections; a resumed run writes the file anew, for the input is read again from its start."""

    def __init__(self, out: Path | None) -> None:
        self.path = out.with_name(out.name + ".rejected.jsonl") if out else None
        self.count = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Rejects:
        """Remove what an earlier run left; the file is made by the first rejection."""
        if self.path:
            with writing(self.path):
                self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, _type: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if self._file:
            with suppress(OSError):
                self._file.close()

    def add(self, rejection: Rejection) -> None:
        """Keep one rejection."""
        self.count += 1
        if self.path is None:
            self._say(rejection)
            return
        with writing(self.path):
            self._file = self._file or self.path.open("wb", buffering=0)
            write_all(self._file, orjson.dumps(rejection_dict(rejection), option=orjson.OPT_APPEND_NEWLINE))

    def _say(self, rejection: Rejection) -> None:
        if self.count <= MOST_SAID:
            where = f"{rejection.file}, dòng {number(rejection.row)}" if rejection.row else rejection.file
            field = f", {rejection.field}" if rejection.field else ""
            print(f"Bị loại: {one_line(f'{where}{field}: {rejection.reason}')}", file=sys.stderr)  # noqa: T201

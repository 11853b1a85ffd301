"""A fault in a file that an office edits."""

from __future__ import annotations

from typing import Self

from nlp.errors import DiembaoError


class DataFileError(DiembaoError):
    """A wrong fact. Facts: `file`, `line` (from 1) and `key`, empty or 0 where no file, line or key is at fault.

    The message is in Vietnamese and says what to write.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, key: str = "") -> None:
        self.message, self.file, self.line, self.key = message, file, line, key
        where = [file, f"dòng {line}" if line else "", f"khóa {key}" if key else ""]
        place = ", ".join(part for part in where if part)
        super().__init__(f"{place}: {message}" if place else message)

    @classmethod
    def _again(cls, message: str, file: str, line: int, key: str) -> Self:
        return cls(message, file=file, line=line, key=key)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled whole, for it may come from another process."""
        return self._again, (self.message, self.file, self.line, self.key)

"""What is wrong with the organisation's data, or with a question about it."""

from __future__ import annotations

from nlp.errors import DiembaoError


class OrganisationError(DiembaoError):
    """A wrong fact or question. Facts: `file`, `line` (from 1) and `key`, empty or 0 where no file is at fault.

    The message is in Vietnamese and says what to write.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0, key: str = "") -> None:
        self.message, self.file, self.line, self.key = message, file, line, key
        where = [file, f"dòng {line}" if line else "", f"khóa {key}" if key else ""]
        place = ", ".join(part for part in where if part)
        super().__init__(f"{place}: {message}" if place else message)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled whole, for it may come from another process."""
        return _again, (self.message, self.file, self.line, self.key)


def _again(message: str, file: str, line: int, key: str) -> OrganisationError:
    return OrganisationError(message, file=file, line=line, key=key)

"""What can go wrong before a row is read: errors of setup, each with its facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlp.errors import DiembaoError
from nlp.types import Rejection


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names) or "(không có)"


class ReadingError(DiembaoError):
    """Reading cannot start, or was told to stop at the first fault."""


class SourceNotFound(ReadingError):
    """A source that was named does not exist. Fact: `source`."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__(f"Không tìm thấy tệp hoặc thư mục: {source}")


class UnknownFormat(ReadingError):
    """A file that was named has an ending no reader knows. Facts: `source`, `known` endings."""

    def __init__(self, source: str, known: Sequence[str]) -> None:
        self.source, self.known = source, tuple(known)
        super().__init__(f"{source}: không biết đọc định dạng này. Các định dạng đọc được: {', '.join(known)}")


class UnknownField(ReadingError):
    """`columns` maps a field that articles do not have. Facts: `field`, `known`."""

    def __init__(self, field: str, known: Sequence[str]) -> None:
        self.field, self.known = field, tuple(known)
        super().__init__(f"--map: không có trường “{field}”. Các trường: {', '.join(known)}")


class ColumnsMissing(ReadingError):
    """Neither a title nor a body column was found. Facts: `file`, `found`."""

    def __init__(self, file: str, found: Sequence[str]) -> None:
        self.file, self.found = file, tuple(found)
        super().__init__(
            f"{file}: không thấy cột tiêu đề hay nội dung. Các cột có trong tệp: {_quoted(found)}. "
            "Cần ít nhất một cột như “tiêu đề”/“title” hoặc “nội dung”/“body”; "
            "nếu cột mang tên khác, hãy chỉ ra bằng --map, ví dụ: --map title=“Tên cột” --map body=“Tên cột”"
        )


class ColumnNotFound(ReadingError):
    """A column named in `columns` is not in the file. Facts: `file`, `field`, `column`, `found`."""

    def __init__(self, file: str, *, field: str, column: str, found: Sequence[str]) -> None:
        self.file, self.field, self.column, self.found = file, field, column, tuple(found)
        super().__init__(
            f"{file}: --map {field}=“{column}” chỉ một cột không có trong tệp. Các cột có trong tệp: {_quoted(found)}"
        )


class AmbiguousColumns(ReadingError):
    """Several columns could be one field. Facts: `file`, `field`, `candidates`."""

    def __init__(self, file: str, *, field: str, candidates: Sequence[str]) -> None:
        self.file, self.field, self.candidates = file, field, tuple(candidates)
        super().__init__(
            f"{file}: nhiều cột cùng có thể là {field}: {_quoted(candidates)}. "
            f"Hãy chọn một cột bằng --map, ví dụ: --map {field}=“{candidates[0]}”"
        )


class RowRejected(ReadingError):
    """The first fault of a strict run. Fact: `rejection`."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection
        where = f"{rejection.file}, dòng {rejection.row}" if rejection.row else rejection.file
        field = f", trường {rejection.field}" if rejection.field else ""
        super().__init__(f"{where}{field}: {rejection.reason}")


class FileUnreadable(Exception):
    """Raised by a reader to give up on the rest of its file; becomes a Rejection. The message is the reason."""

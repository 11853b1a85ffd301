"""What can go wrong on the way out: errors of the batch scorer, each with its facts. Messages are for the user."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nlp.errors import DiembaoError, number

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OptionError(DiembaoError):
    """Options that cannot be followed together, or one that makes no sense."""


class ModelRefused(DiembaoError):
    """The first model of a server must not answer, so there is no server. Fact: `reason`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"máy chủ đã dừng vì mô hình đầu tiên không dùng được: {reason}")


class UnknownEnding(DiembaoError):
    """An output whose ending names no format. Facts: `path`, `known` endings."""

    def __init__(self, path: str, known: Sequence[str]) -> None:
        self.path, self.known = path, tuple(known)
        super().__init__(f"{path}: không biết ghi định dạng này. Tên tệp ra phải kết thúc bằng {', '.join(known)}")


class OutputInsideInput(DiembaoError):
    """An output would overwrite an input, or would be read as one. Facts: `path`, `source`."""

    def __init__(self, path: Path, source: str) -> None:
        self.path, self.source = path, source
        super().__init__(f"{path}: tệp ra nằm trong đầu vào {source}; hãy ghi ra một chỗ khác")


class OutputFailed(DiembaoError):
    """An output could not be written. Facts: `path`, `reason`."""

    def __init__(self, path: str, error: OSError) -> None:
        self.path = path
        self.is_full = error.errno in FULL
        self.reason = "hết chỗ ghi (đĩa đầy hoặc vượt hạn mức)" if self.is_full else (error.strerror or str(error))
        super().__init__(f"Không ghi được {path}: {self.reason}")


class OutputBusy(DiembaoError):
    """Another run writes the same output. Fact: `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path}: một lượt chạy khác đang ghi tệp này")


class ResumeRefused(DiembaoError):
    """What was left half done belongs to other inputs, options or another model. Fact: `changed`, in words."""

    def __init__(self, path: Path, changed: Sequence[str]) -> None:
        self.path, self.changed = path, tuple(changed)
        super().__init__(
            f"Không thể làm tiếp {path}: so với lượt trước, đã thay đổi {', '.join(changed)}. "
            "Hãy chạy với đúng đầu vào và tùy chọn cũ, hoặc bỏ --resume để làm lại từ đầu"
        )


class TooManyRows(DiembaoError):
    """More rows than a sheet holds. Facts: `path`, `limit`."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path, self.limit = path, limit
        most = f"một bảng Excel chứa nhiều nhất {number(limit)} bài"
        super().__init__(f"{path}: {most}; hãy ghi ra .csv, .parquet hoặc .jsonl")


class WorkerDied(DiembaoError):
    """A process of --jobs ended by itself."""

    def __init__(self) -> None:
        super().__init__("Một tiến trình con dừng đột ngột, có thể do hết bộ nhớ; hãy thử lại với --jobs nhỏ hơn")


class ArticleNotFound(DiembaoError):
    """`explain` was asked for an article that the input does not hold. Fact: `what`."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"Không tìm thấy {what} trong đầu vào")


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Turn a failure to write into OutputFailed. A reader that went away (`| head`) is no failure of ours."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputFailed(str(path), error) from error

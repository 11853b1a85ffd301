"""`diembao explain`: one article on the terminal, with the words that carried its decision."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlp.errors import number
from serve.commands import options
from serve.commands.base import Command
from serve.errors import ArticleNotFound, OptionError

if TYPE_CHECKING:
    from nlp.types import Article, Rejection


@click.command(cls=Command, short_help="Xem một bài: kết luận, xác suất, và từ ngữ đã dẫn đến kết luận.")
@click.argument("source", required=False, metavar="[ĐẦU_VÀO]")
@click.option("--id", "wanted_id", metavar="MÃ", help="Bài có mã này; mặc định là bài đầu tiên.")
@click.option("--row", type=click.IntRange(min=1), metavar="SỐ", help="Bài ở dòng này, tính từ 1, không kể tên cột.")
@click.option("--text", metavar="VĂN_BẢN", help="Giải thích chính đoạn văn bản này; dòng đầu là tiêu đề.")
@options.map_option
@options.at_option
@options.model_option
@options.stdin_format_option
def explain(
    source: str | None,
    wanted_id: str | None,
    row: int | None,
    text: str | None,
    pairs: tuple[str, ...],
    at: date | None,
    model: Path | None,
    stdin_format: str | None,
) -> None:
    """Hiện một bài với những từ ngữ đã dẫn đến kết luận được tô sáng, kết luận bằng lời, xác suất, các chỗ chữ đã
    sửa, và lý do nếu cần người xem.

    \b
    Ví dụ:
      diembao explain diem-bao.xlsx                 bài đầu tiên
      diembao explain diem-bao.xlsx --row 3         bài ở dòng 3
      diembao explain tin.jsonl --id bai-0042       bài có mã bai-0042
      diembao explain bai-bao.html
      diembao explain --text 'Giá xăng tăng mạnh từ 15 giờ chiều nay'
      cat tin.jsonl | diembao explain -
    """
    if (source is None) == (text is None):
        raise OptionError("Cần đúng một trong hai: ĐẦU_VÀO hoặc --text")
    if wanted_id is not None and row is not None:
        raise OptionError("Chỉ dùng một trong hai: --id hoặc --row")
    from serve.workers import engine_of, use_one_thread

    use_one_thread()
    from nlp.pipeline import run
    from serve.explain import show
    from serve.terminal import console

    results = _read(str(source), pairs, stdin_format)
    article = _of_text(text) if text is not None else _found(results, wanted_id, row)
    (decision,) = run([article], engine=engine_of(model), at=at, received=options.now_in_vietnam())
    show(decision, console=console())


def _read(source: str, pairs: tuple[str, ...], stdin_format: str | None) -> Iterator[Article | Rejection]:
    """Articles of the input; nothing is opened before the first is asked for."""
    from nlp.reading import read

    stdin = sys.stdin.buffer if source == "-" else None
    yield from read([source], columns=options.read_map(pairs), stdin=stdin, stdin_format=stdin_format)


def _of_text(text: str) -> Article:
    from nlp.types import Article

    title, _, body = text.strip().partition("\n")
    if not title:
        raise OptionError("--text: văn bản trống")
    return Article(id="text", title=title.strip(), body=body.strip())


def _found(results: Iterable[Article | Rejection], wanted_id: str | None, row: int | None) -> Article:
    """The first article, or the one with this id or row. Where that row was rejected, its reason is the error."""
    from nlp.types import Rejection

    refused: Rejection | None = None
    for result in results:
        if isinstance(result, Rejection):
            if result.row == row or (refused is None and row is None and wanted_id is None):
                refused = result
        elif row is not None:
            if result.origin is not None and result.origin.row == row:
                return result
        elif wanted_id is None or result.id == wanted_id:
            return result
    what = f"dòng {number(row)}" if row else f"bài có mã “{wanted_id}”" if wanted_id else "bài nào đọc được"
    if refused is not None:
        what += f" ({refused.file}, dòng {number(refused.row)}: {refused.reason})"
    raise ArticleNotFound(what)

"""Options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from serve.errors import OptionError

FIELDS = ("id", "title", "lead", "body", "source", "published_at", "url")


def read_day(_ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """A day as 2023-05-01 or 1/5/2023; a callback for an option."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(value, form).date() if value is not None else None
        except ValueError:
            continue
    raise click.BadParameter(f"“{value}” không phải ngày; viết 2023-05-01 hoặc 1/5/2023", param=param)


def read_map(pairs: Sequence[str]) -> Mapping[str, str]:
    """("Tiêu đề bài=title", ...) -> field: header. A header may hold "=" itself; "title=Tiêu đề bài" is understood too.

    Raises OptionError where neither side is a field, or a field is named twice.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        header, equals, field = pair.rpartition("=")
        if field.strip() not in FIELDS:
            field, equals, header = pair.partition("=")
        field, header = field.strip(), header.strip()
        if not equals or field not in FIELDS or not header:
            raise OptionError(
                f"--map “{pair}”: viết là “Tên cột=trường”, với trường là một trong {', '.join(FIELDS)}; "
                "ví dụ: --map “Tiêu đề bài=title”"
            )
        if field in columns:
            raise OptionError(f"--map: trường {field} được nêu hai lần")
        columns[field] = header
    return columns


def map_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--map, repeatable."""
    return click.option(
        "--map",
        "pairs",
        multiple=True,
        metavar="CỘT=TRƯỜNG",
        help="Cột nào của bảng là trường nào, khi tên cột lạ; nêu được nhiều lần. "
        f"Các trường: {', '.join(FIELDS)}. Ví dụ: --map 'Tiêu đề bài=title'.",
    )(command)


def model_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--model DIR."""
    return click.option(
        "--model",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="THƯ_MỤC",
        help="Thư mục mô hình; mặc định là mô hình phát hành kèm diembao.",
    )(command)


def at_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--at DATE."""
    return click.option(
        "--at",
        callback=read_day,
        metavar="NGÀY",
        help="Đơn vị theo tổ chức ngày này (2023-05-01); mặc định theo ngày đăng của từng bài, "
        "bài không ngày thì theo hôm nay.",
    )(command)


def now_in_vietnam() -> datetime:
    """The start of a run, to the second: when articles that bear no date were received."""
    from nlp.types import VIETNAM

    return datetime.now(VIETNAM).replace(microsecond=0)


def stdin_format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--stdin-format."""
    return click.option(
        "--stdin-format",
        metavar="ĐỊNH_DẠNG",
        help="Định dạng của đầu vào chuẩn “-”, như csv hay jsonl; mặc định là tự nhận ra.",
    )(command)

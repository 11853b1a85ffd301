"""`diembao keys`: who may ask the API, and what."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from serve.commands.base import Command, Group
from serve.commands.options import now_in_vietnam
from serve.errors import OptionError
from serve.keys import SCOPES, make_key

if TYPE_CHECKING:
    from serve.store import Store


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--database FILE."""
    return click.option(
        "--database",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="TỆP",
        help="Tệp SQLite giữ khóa và sửa đổi; mặc định là DIEMBAO_DATABASE, rồi ~/.local/share/diembao/diembao.db.",
    )(command)


def open_store(database: Path | None) -> Store:
    """The store that a server with the same option and environment would open."""
    from serve.settings import default_database, from_environment
    from serve.store import Store

    settings = from_environment(os.environ, database=database)
    return Store(settings.database or default_database(os.environ))


@click.group(cls=Group, short_help="Khóa API: tạo, xem, thu hồi.")
def keys() -> None:
    """Khóa của các công cụ được hỏi máy chủ diembao serve. Khóa chỉ hiện một lần lúc tạo; máy chủ chỉ giữ mã băm.

    \b
    Các quyền:
      route     phân bài, xem chủ đề, đơn vị, mô hình
      correct   gửi sửa đổi của cán bộ
      admin     xem số đo (/metrics)

    \b
    Ví dụ:
      diembao keys create --name "Cổng thông tin" --scope route --scope correct
      diembao keys list
      diembao keys revoke 1a2b3c4d5e6f
    """


@keys.command(cls=Command, short_help="Tạo một khóa; khóa hiện ra một lần.")
@click.option("--name", required=True, metavar="TÊN", help="Ai dùng khóa này, để sau còn biết mà thu hồi.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), metavar="QUYỀN",
              help=f"Quyền của khóa: {', '.join(SCOPES)}; nêu được nhiều lần.")  # fmt: skip
@database_option
def create(name: str, scopes: tuple[str, ...], database: Path | None) -> None:
    """Tạo một khóa. Khóa in ra đầu ra chuẩn, một lần duy nhất; phần còn lại in ra đầu ra lỗi.

    \b
    Ví dụ:
      diembao keys create --name "Cổng thông tin" --scope route
      KEY=$(diembao keys create --name thu --scope route)
    """
    if not name.strip() or not name.isprintable():
        raise OptionError("--name: cần một tên đọc được")
    wanted = tuple(scope for scope in SCOPES if scope in scopes)
    key, text = make_key(name=name.strip(), scopes=wanted, at=now_in_vietnam().isoformat())
    open_store(database).add_key(key)
    click.echo(
        f"Khóa {key.id} của “{key.name}”, quyền {', '.join(key.scopes)}. Hãy cất ngay: không xem lại được.", err=True
    )
    click.echo(text)


@keys.command("list", cls=Command, short_help="Các khóa đã tạo.")
@database_option
def list_keys(database: Path | None) -> None:
    """Các khóa đã tạo, cả khóa đã thu hồi; không hiện phần bí mật.

    \b
    Ví dụ:
      diembao keys list
    """
    from rich.table import Table
    from rich.text import Text

    from serve.terminal import console

    table = Table("Mã", "Tên", "Quyền", "Tạo lúc", "Thu hồi lúc")
    for key in open_store(database).all_keys():
        cells = (key.id, key.name, ", ".join(key.scopes), key.created_at, key.revoked_at or "còn hiệu lực")
        table.add_row(*map(Text, cells))
    console().print(table if table.row_count else "Chưa có khóa nào; tạo bằng diembao keys create.")


@keys.command(cls=Command, short_help="Thu hồi một khóa, có hiệu lực ngay.")
@click.argument("key_id", metavar="MÃ")
@database_option
def revoke(key_id: str, database: Path | None) -> None:
    """Thu hồi khóa có MÃ này (xem bằng diembao keys list). Máy chủ đang chạy từ chối khóa ngay từ yêu cầu sau.

    \b
    Ví dụ:
      diembao keys revoke 1a2b3c4d5e6f
    """
    if not open_store(database).revoke_key(key_id, at=now_in_vietnam().isoformat()):
        raise OptionError(f"không có khóa {key_id} còn hiệu lực; xem diembao keys list")
    click.echo(f"Đã thu hồi khóa {key_id}.", err=True)

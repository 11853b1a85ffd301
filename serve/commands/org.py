"""`diembao org`: who answers on which day, told from the dated files of the organisation."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from serve.commands import options
from serve.commands.base import Command, Group

if TYPE_CHECKING:
    from rich.console import RenderableType


def folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--folder DIR."""
    return click.option(
        "--folder",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        metavar="THƯ_MỤC",
        help="Bản sao datasets/organisation của cơ quan; mặc định là dữ liệu kèm diembao.",
    )(command)


@click.group(cls=Group, short_help="Đơn vị nào trả lời việc gì, vào ngày nào.")
def org() -> None:
    """Tổ chức của Bộ theo thời gian: đơn vị, việc mỗi đơn vị giữ, doanh nghiệp, và nguồn của từng điều.

    \b
    Ví dụ:
      diembao org show --at 2018-11-11           cơ cấu của một ngày
      diembao org trace QLCT                     một mã, đơn vị hay doanh nghiệp theo thời gian
      diembao org diff 2016-05-24 2025-03-01     hai ngày khác nhau ở đâu
      diembao org check                          dữ liệu có chỗ nào sai không
      diembao org draw --out co-cau.svg          bức tranh để in trong báo cáo
    """


@org.command(cls=Command, short_help="Cơ cấu của một ngày.")
@click.option("--at", callback=options.read_day, metavar="NGÀY",
              help="Ngày cần xem, như 2018-11-11 hoặc 11/11/2018; mặc định là hôm nay, giờ Việt Nam.")  # fmt: skip
@folder_option
@click.option("--json", "as_json", is_flag=True, help="In thành một tài liệu JSON cho công cụ khác.")
def show(at: date | None, folder: Path | None, as_json: bool) -> None:
    """Cơ cấu của một ngày: văn bản có hiệu lực, các đơn vị theo loại và tên tắt, đơn vị nào giữ việc của mã nào (theo
    chủ đề, nếu đã chia), doanh nghiệp và chủ sở hữu.

    \b
    Ví dụ:
      diembao org show
      diembao org show --at 2018-11-11
      diembao org show --at 1/3/2025 --json
      diembao org show --folder to-chuc-cua-toi
    """
    from models.artifacts import load_organisation
    from serve.org.show import document, tables

    organisation = load_organisation(folder)
    day = at or options.now_in_vietnam().date()
    if as_json:
        click.echo(json.dumps(document(organisation, at=day), ensure_ascii=False, indent=1))
    else:
        _print(tables(organisation, at=day))


@org.command(cls=Command, short_help="Một mã, đơn vị hay doanh nghiệp theo thời gian.")
@click.argument("wanted", metavar="TÊN")
@folder_option
def trace(wanted: str, folder: Path | None) -> None:
    """Theo thời gian: ai giữ, chủ đề nào, tiền thân và kế tục, kèm nguồn và hạng tin cậy. TÊN là mã của hướng dẫn gán
    nhãn, mã của đơn vị, tên đầy đủ hoặc tên tắt, có dấu hay không dấu.

    \b
    Ví dụ:
      diembao org trace QLCT
      diembao org trace TCNL
      diembao org trace cuc.qlct
      diembao org trace "Cục Quản lý cạnh tranh"
      diembao org trace Petrolimex
    """
    from models.artifacts import load_organisation
    from serve.org.trace import tables

    _print(tables(load_organisation(folder), wanted=wanted))


@org.command(cls=Command, short_help="Hai ngày khác nhau ở đâu.")
@click.argument("first", metavar="TỪ_NGÀY", callback=options.read_day)
@click.argument("last", metavar="ĐẾN_NGÀY", callback=options.read_day)
@folder_option
def diff(first: date, last: date, folder: Path | None) -> None:
    """So cơ cấu của hai ngày: đơn vị lập mới, kết thúc, đổi tên, gộp, tách; việc nào đổi người giữ; doanh nghiệp nào
    đổi chủ sở hữu; số đơn vị trước và sau.

    \b
    Ví dụ:
      diembao org diff 2016-05-24 2025-03-01
      diembao org diff 9/11/2018 10/11/2018
    """
    from models.artifacts import load_organisation
    from serve.org.diff import compare, tables

    _print(tables(compare(load_organisation(folder), first=first, last=last)))


@org.command(cls=Command, short_help="Dữ liệu tổ chức có chỗ nào sai, điều gì chưa kiểm chứng.")
@click.option("--unverified", is_flag=True, help="Liệt kê từng điều hạng C, D: tệp, dòng, nguồn, ghi chú.")
@folder_option
@click.pass_context
def check(ctx: click.Context, unverified: bool, folder: Path | None) -> None:
    """Kiểm tra dữ liệu: không bỏ trống, không chồng lấn, không vòng lặp, ngày nào mỗi mã cũng có đúng một đơn vị giữ.
    Có chỗ sai thì mã thoát là 1; tệp không đọc được thì lỗi nêu tệp, dòng, khóa, và mã thoát là 2.

    \b
    Ví dụ:
      diembao org check
      diembao org check --unverified
      diembao org check --folder to-chuc-cua-toi
    """
    from serve.org.check import check as check_files
    from serve.org.check import tables

    checked = check_files(folder)
    _print(tables(checked, unverified=unverified))
    if any(part.findings for part in checked):
        ctx.exit(1)


@org.command(cls=Command, short_help="Vẽ các đơn vị qua các lần sắp xếp, thành một tệp SVG để in.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("co-cau.svg"), show_default=True,
              metavar="TỆP.svg", help="Tệp ảnh; “-” là đầu ra chuẩn.")  # fmt: skip
@click.option("--from", "first", callback=options.read_day, metavar="NGÀY",
              help="Bắt đầu từ cơ cấu của ngày này; mặc định là văn bản đầu tiên trong dữ liệu.")  # fmt: skip
@click.option("--to", "last", callback=options.read_day, metavar="NGÀY",
              help="Đến cơ cấu của ngày này; mặc định là văn bản mới nhất trong dữ liệu.")  # fmt: skip
@folder_option
def draw(out: Path, first: date | None, last: date | None, folder: Path | None) -> None:
    """Vẽ một trang A4 ngang: mỗi đơn vị một làn, mỗi lần sắp xếp một cột; dải nối cho biết đơn vị nào đổi tên, gộp,
    tách thành đơn vị nào; nét đứt là điều chưa kiểm chứng. Cùng dữ liệu luôn cho cùng một tệp.

    \b
    Ví dụ:
      diembao org draw --out co-cau.svg
      diembao org draw --from 2016-05-24 --to 2018-12-31 --out 2016-2018.svg
      diembao org draw --out - > co-cau.svg
    """
    from models.artifacts import load_organisation
    from serve.errors import UnknownEnding, writing
    from serve.org.picture import draw as picture

    if str(out) != "-" and out.suffix.lower() != ".svg":
        raise UnknownEnding(str(out), (".svg",))
    drawn = picture(load_organisation(folder), first=first, last=last)
    if str(out) == "-":
        click.echo(drawn, nl=False)
        return
    with writing(out):
        out.write_text(drawn, encoding="utf-8", newline="\n")
    click.echo(f"Đã vẽ {out}.", err=True)


def _print(parts: Sequence[RenderableType]) -> None:
    """On the terminal, a blank line between tables."""
    from rich.table import Table

    from serve.terminal import console

    terminal = console()
    for number, part in enumerate(parts):
        if number and isinstance(part, Table):
            terminal.print()
        terminal.print(part)

"""`diembao corrections`: what people decided against the model, on its way to becoming labels."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from nlp.errors import number
from serve.commands.base import Command, Group
from serve.commands.keys import database_option, open_store
from serve.commands.options import now_in_vietnam, read_day
from serve.errors import OptionError

if TYPE_CHECKING:
    from serve.corrections import Decided

UNSETTLED = 1
"""Exit code where something is left for people to settle."""


@click.group(cls=Group, short_help="Sửa đổi của cán bộ: xem, chọn khi trái nhau, xuất thành nhãn.")
def corrections() -> None:
    """Sửa đổi mà cán bộ gửi qua POST /v1/corrections trở thành nhãn để mô hình học. Người quyết sau thay chính mình
    quyết trước; hai người quyết trái nhau thì hiện cả hai, chờ người chọn, không lấy trung bình. Điều không ai quyết
    thì để trống, không lấy điều mô hình đoán làm nhãn.

    \b
    Ví dụ:
      diembao corrections list
      diembao corrections choose 5f0c… --actor "chị Hoa" --reason "Theo quy chế phối hợp."
      diembao corrections export --out sua-doi.jsonl
      diembao train --corrections sua-doi.jsonl --corpora corpora
    """


@corrections.command("list", cls=Command, short_help="Các bài đã có người quyết, và những chỗ trái nhau.")
@database_option
def list_corrections(database: Path | None) -> None:
    """Các bài đã có người quyết: mô hình nói gì, người nói gì, ai, lúc nào, đã dùng làm nhãn được chưa.

    \b
    Ví dụ:
      diembao corrections list
    """
    from serve.corrections import overview, read_decided
    from serve.terminal import console

    found = read_decided(open_store(database))
    if not found.cases:
        console().print("Chưa có sửa đổi nào; gửi bằng POST /v1/corrections.")
    else:
        console().print(overview(found.cases))
    show_open(found)


@corrections.command(cls=Command, short_help="Xuất thành nhãn: mỗi bài một dòng JSONL, kèm cả bài.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="TỆP",
              help="Tệp JSONL ghi ra, cho diembao train --corrections. Có cả bài: giữ như cơ sở dữ liệu.")  # fmt: skip
@click.option("--at", callback=read_day, metavar="NGÀY",
              help="Ghi thêm đơn vị giữ từng mã theo tổ chức ngày này (2025-03-01); mã vẫn giữ nguyên.")  # fmt: skip
@database_option
def export(out: Path, at: date | None, database: Path | None) -> int:
    """Ghi những bài đã ngã ngũ ra TỆP: mã bài, điều đã quyết, mô hình đã nói gì, phiên bản, lý do, ai, lúc nào, cả bài.
    Bài còn trái nhau hay vướng hướng dẫn thì ghi ra TỆP.unsettled.jsonl và hiện lên; khi đó mã thoát là 1.

    \b
    Ví dụ:
      diembao corrections export --out sua-doi.jsonl
      diembao corrections export --out sua-doi.jsonl --at 2025-03-01
    """
    from models.artifacts import load_organisation
    from models.corrections import to_line
    from serve.corrections import read_decided

    structure = load_organisation().at(at) if at else None
    found = read_decided(open_store(database))
    rest = out.with_name(f"{out.name}.unsettled.jsonl")
    write_private(out, (to_line(case, structure=structure) for case in found.settled))
    if found.open:
        write_private(rest, (to_line(case) for case in found.open))
    else:
        rest.unlink(missing_ok=True)
    click.echo(f"Đã ghi {number(len(found.settled))} bài vào {out}.", err=True)
    show_open(found)
    return UNSETTLED if found.open or found.orphans else 0


@corrections.command(cls=Command, short_help="Khi trái nhau: chọn một sửa đổi.")
@click.argument("correction_id", metavar="MÃ")
@click.option("--reason", required=True, metavar="LÝ_DO", help="Vì sao chọn ý kiến này; được lưu lại.")
@click.option("--actor", required=True, metavar="AI", help="Ai chọn; được lưu lại.")
@database_option
def choose(correction_id: str, reason: str, actor: str, database: Path | None) -> None:
    """Chọn ý kiến của người đã gửi sửa đổi có MÃ này (xem bằng diembao corrections list). Mọi điều những người trái ý
    đã nói về bài ấy cho đến nay không tính nữa; sửa đổi gửi sau đó lại được tính.

    \b
    Ví dụ:
      diembao corrections choose 5f0c… --actor "chị Hoa" --reason "Theo quy chế phối hợp."
    """
    from models.rulings import overruled_by
    from serve.corrections import read_decided
    from serve.store import Choice

    if not reason.strip() or not actor.strip():
        raise OptionError("--reason và --actor không được để trống")
    store = open_store(database)
    found = read_decided(store)
    sides = {one.id: one for case in found.open for clash in case.clashes for _, one, _ in clash.sides}
    if correction_id not in sides:
        raise OptionError(
            f"{correction_id} không phải một trong các ý kiến đang trái nhau; xem diembao corrections list"
        )
    lost = overruled_by(sides[correction_id], found.rulings)
    at = now_in_vietnam().isoformat()
    store.add_choice(Choice(uuid4().hex, correction_id, tuple(lost), reason.strip(), actor.strip(), at))
    click.echo(f"Đã chọn {correction_id}; {number(len(lost))} sửa đổi trái ý không tính nữa.", err=True)


def show_open(found: Decided) -> None:
    """Tell what is left for people, on standard output."""
    from serve.corrections import conflicts, faults
    from serve.terminal import console

    terminal = console()
    for table in (conflicts(found.open), faults(found.open)):
        if table is not None:
            terminal.print(table)
    if any(case.clashes for case in found.open):
        terminal.print("Chọn một ý kiến bằng: diembao corrections choose MÃ --actor AI --reason LÝ_DO")
    if found.orphans:
        terminal.print(f"{number(found.orphans)} sửa đổi cũ không kèm bài nên không dạy được; hãy gửi lại cùng bài.")


def write_private(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """JSON lines, put in place whole, for the owner's eyes only: they hold articles and names of people."""
    import orjson

    from serve.outputs import replacing

    with (
        replacing(path) as new,
        os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file,
    ):
        file.writelines(orjson.dumps(line) + b"\n" for line in lines)

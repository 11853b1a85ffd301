"""`diembao drift`: whether what is served is still what the model is used to."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serve.commands.base import Command
from serve.commands.keys import database_option
from serve.commands.options import now_in_vietnam, read_day
from serve.errors import OptionError

if TYPE_CHECKING:
    from serve.store import Store

ALARM = 1
"""Exit code where something is out of its limits."""
MIN_REFERENCE = 28


@click.command(cls=Command, short_help="Tin đang phân có còn giống lúc đầu không; báo động khi lệch.")
@click.argument("records", nargs=-1, metavar="[BẢN_GHI]...",
                type=click.Path(path_type=Path, dir_okay=False, exists=True))  # fmt: skip
@database_option
@click.option("--labels", multiple=True, type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="TỆP",
              help="Nhãn do người gán cho các bài trong bản ghi (JSONL); nêu được nhiều lần. Chỉ bài rút ngẫu nhiên "
              "(stratum là random) được tính tỷ lệ đúng.")  # fmt: skip
@click.option("--until", callback=read_day, metavar="NGÀY",
              help="Xét đến hết ngày này; mặc định là hôm qua, với bản ghi là ngày cuối trong đó.")  # fmt: skip
@click.option("--since", callback=read_day, metavar="NGÀY",
              help="Quên mọi ngày trước ngày này: để nhận một thay đổi là bình thường mới.")  # fmt: skip
@click.option("--reference-days", default=56, show_default=True, metavar="SỐ", type=click.IntRange(MIN_REFERENCE, 365),
              help="Số ngày đầu dùng làm mức bình thường.")  # fmt: skip
@click.option("--false-alarms", default=1.0, show_default=True, metavar="SỐ", type=click.FloatRange(0.01, 50),
              help="Số lần báo động nhầm chấp nhận được trong một năm, tính cho tất cả.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="In ra JSON.")
def drift(
    records: tuple[Path, ...],
    database: Path | None,
    labels: tuple[Path, ...],
    until: date | None,
    since: date | None,
    reference_days: int,
    false_alarms: float,
    as_json: bool,
) -> None:
    """So tin đang phân với những tuần đầu, không cần nhãn: lượng bài và chữ nghĩa của từng nguồn, tỷ lệ chủ đề, độ chắc
    chắn, tỷ lệ cần người xem. Không nêu tệp thì đọc số đếm mà diembao serve giữ trong cơ sở dữ liệu; nêu các tệp JSONL
    của diembao score thì đọc các tệp đó (không có nguồn, độ dài và tỷ lệ cụm từ nhận ra).

    Mã thoát: 0 bình thường, 1 đang báo động, 2 lỗi. Chạy mỗi sáng bằng cron được.

    \b
    Ví dụ:
      diembao drift
      diembao drift --since 2025-03-01 --json
      diembao drift thang-3.jsonl thang-4.jsonl --labels nhan.jsonl
    """
    import orjson

    from serve.drift.ask import Question, of_records, of_store
    from serve.drift.report import to_json, to_tables
    from serve.terminal import console

    if labels and not records:
        raise OptionError("--labels: cần nêu cả tệp bản ghi, vì cơ sở dữ liệu chỉ giữ số đếm, không giữ từng bài")
    if records and database:
        raise OptionError("--database và tệp bản ghi: chỉ dùng một")
    yesterday = now_in_vietnam().date() - timedelta(days=1)
    if until is not None and until > yesterday:
        raise OptionError(f"--until: ngày {until:%d/%m/%Y} chưa hết")
    question = Question(
        until=until, yesterday=yesterday, since=since, reference_days=reference_days, false_alarms=false_alarms
    )
    found = of_records(records, labels, question) if records else of_store(_store(database), question)
    if as_json:
        click.echo(orjson.dumps(to_json(found), option=orjson.OPT_INDENT_2).decode())
    else:
        console().print(to_tables(found))
    if found.report.on:
        click.get_current_context().exit(ALARM)


def _store(database: Path | None) -> Store:
    """The store of the server with the same option and environment; one that is not there yet is not made."""
    from serve.settings import default_database, from_environment
    from serve.store import Store

    path = from_environment(os.environ, database=database).database or default_database(os.environ)
    if not path.exists():
        raise OptionError(
            f"chưa có cơ sở dữ liệu {path}; diembao serve tạo ra, hoặc nêu --database hay các tệp bản ghi"
        )
    return Store(path)

"""`diembao corpora import`: clones of public repositories -> the articles that labels refer to."""

from __future__ import annotations

from pathlib import Path

import click

from nlp.errors import number
from serve.bars import parallel
from serve.commands.base import Command, Group


@click.group(cls=Group, short_help="Chuẩn bị các bài báo để huấn luyện.")
def corpora() -> None:
    """Các bài báo mà nhãn nhắc đến. Bản quyền bài báo thuộc các tòa soạn nên chúng không đi kèm diembao."""


@corpora.command("import", cls=Command, short_help="Đọc bản sao các kho công khai thành các tệp Parquet.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="THƯ_MỤC")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("corpora"), show_default=True,
              metavar="THƯ_MỤC", help="Nơi ghi vietnews.parquet, baomoi.parquet, vneconomy.parquet.")  # fmt: skip
@click.option("--again", is_flag=True, help="Đọc lại cả kho đã có tệp Parquet.")
def import_(folder: Path, out: Path, again: bool) -> None:
    """Tìm trong THƯ_MỤC (và hai cấp dưới) bản sao của ThanhChinhBK/vietnews, magizbox/scraper và
    vpnsgde/vneconomy-fulltext-crawler, nhận ra theo cách sắp xếp tệp; bỏ dấu tách từ, chuẩn hóa Unicode, trả dấu cho
    những tựa đề chỉ còn trong địa chỉ, và ghi mỗi kho thành một tệp Parquet. Bị dừng giữa chừng thì chạy lại đúng
    lệnh đó: kho đã xong được giữ nguyên.

    \b
    Ví dụ:
      git clone https://github.com/ThanhChinhBK/vietnews kho/vietnews
      git clone https://github.com/magizbox/scraper kho/scraper
      git clone https://github.com/vpnsgde/vneconomy-fulltext-crawler kho/vneconomy
      diembao corpora import kho/ --out corpora
    """
    from models.corpora import import_repositories

    with parallel() as progress:
        done = import_repositories(folder, out, again=again, progress=progress)
    for one in done:
        how = "giữ nguyên" if one.kept else "đã ghi"
        click.echo(f"{one.corpus}: {how} {one.file}, {number(one.rows)} bài")
        for path, reason in one.skipped[:5]:
            click.echo(f"  bỏ qua {path}: {reason}", err=True)
        if len(one.skipped) > 5:
            click.echo(f"  ... và {number(len(one.skipped) - 5)} tệp khác bị bỏ qua", err=True)

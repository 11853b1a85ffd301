"""`diembao learn`: from the corrections that people sent to a model that acts on them."""

from __future__ import annotations

from pathlib import Path

import click

from serve.bars import stages
from serve.commands import options
from serve.commands.base import Command
from serve.commands.corrections import show_open
from serve.commands.keys import database_option, open_store
from serve.commands.training import (
    STAGES,
    corpora_option,
    labels_option,
    print_numbers,
    read_labelled,
    say_data,
    training_extra,
)


@click.command(cls=Command, short_help="Học từ sửa đổi của cán bộ: huấn luyện lại rồi đưa mô hình mới vào dùng.")
@labels_option
@corpora_option
@database_option
@options.model_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="THƯ_MỤC",
              help="Nơi để mô hình mới trước khi dùng. Mặc định: thư mục candidate cạnh cơ sở dữ liệu.")  # fmt: skip
@click.option("--jobs", default=2, show_default=True, metavar="SỐ", help="Số tiến trình chạy cùng lúc.")
def learn(
    label_files: tuple[Path, ...], corpora: Path, database: Path | None, model: Path | None, out: Path | None, jobs: int
) -> int:
    """Một lệnh cho mỗi tuần: lấy các sửa đổi đã ngã ngũ từ cơ sở dữ liệu, huấn luyện lại cùng các nhãn, qua cổng kiểm
    tra, rồi thay mô hình đang dùng. Máy chủ đang chạy tự đổi sang mô hình mới. Không có gì mới thì không làm gì.

    \b
    Ví dụ:
      diembao learn --corpora corpora
    """
    with training_extra():
        from models.artifacts import RELEASE, read_manifest
        from models.corrections import corrected, join
        from models.data import fingerprint
        from models.experiment import split_labels, train_release
        from models.layers import Settings
    from serve.corrections import read_decided

    champion = model or RELEASE
    store = open_store(database)
    found = read_decided(store)
    show_open(found)
    with stages(STAGES) as progress:
        progress("read", 0.0)
        files, labels, articles = read_labelled(label_files, corpora)
        joined = join(labels, articles, corrected(found.settled))
        data = fingerprint(split_labels(joined.labels, joined.articles).train, joined.articles)
        if data == read_manifest(champion)["data_fingerprint"]:
            click.echo("Mô hình đang dùng đã học đúng những nhãn và sửa đổi này; không có gì mới để học.", err=True)
            return 0
        finished = train_release(
            joined.labels,
            joined.articles,
            files=[*(path.name for path in files), "corrections"],
            out=out or store.path.parent / "candidate",
            settings=Settings(jobs=jobs),
            progress=progress,
        )
    print_numbers(finished.assessment)
    say_data(finished, joined)
    return 0

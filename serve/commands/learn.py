"""`diembao learn`: from the corrections that people sent to a model that acts on them."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serve.bars import stages
from serve.commands.base import Command
from serve.commands.corrections import show_open
from serve.commands.keys import database_option, open_store
from serve.commands.promotion import (
    by_option,
    registered_model,
    registry_option,
    release_option,
    say_promoted,
    through_gate,
)
from serve.commands.training import (
    STAGES,
    corpora_option,
    labels_option,
    print_numbers,
    read_labelled,
    say_data,
    track_run,
    training_extra,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.corrections import Joined
    from models.experiment import Finished


@click.command(cls=Command, short_help="Học từ sửa đổi của cán bộ: huấn luyện lại rồi đưa mô hình mới vào dùng.")
@labels_option
@corpora_option
@database_option
@release_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="THƯ_MỤC",
              help="Nơi để mô hình mới trước khi dùng. Mặc định: thư mục candidate cạnh cơ sở dữ liệu.")  # fmt: skip
@by_option
@registry_option
@click.option("--jobs", default=2, show_default=True, metavar="SỐ", help="Số tiến trình chạy cùng lúc.")
def learn(
    label_files: tuple[Path, ...],
    corpora: Path,
    database: Path | None,
    release: Path | None,
    out: Path | None,
    by: str | None,
    use_registry: bool | None,
    jobs: int,
) -> None:
    """Một lệnh cho mỗi tuần: lấy các sửa đổi đã ngã ngũ từ cơ sở dữ liệu, huấn luyện lại cùng các nhãn, qua cổng kiểm
    tra như diembao promote, rồi thay mô hình đang dùng; máy chủ đang chạy tự đổi theo. Bài còn trái nhau thì hiện lên
    và để lại cho lần sau. Không có gì mới thì không làm gì.

    Mã thoát: 0 xong, 1 mô hình mới không đạt, 3 cần người quyết định; khi đó mô hình mới vẫn nằm ở --out.

    \b
    Ví dụ:
      diembao learn --corpora corpora
    """
    with training_extra():
        from models.artifacts import RELEASE
        from models.corrections import corrected, join
    from serve.corrections import read_decided

    champion, store = release or RELEASE, open_store(database)
    candidate, registered = out or store.path.parent / "candidate", registered_model(use_registry)
    found = read_decided(store)
    show_open(found)
    with stages(STAGES) as progress:
        progress("read", 0.0)
        files, labels, articles = read_labelled(label_files, corpora)
        joined = join(labels, articles, corrected(found.settled))
        finished = _train(joined, files, champion=champion, out=candidate, jobs=jobs, progress=progress)
        if finished is not None and registered:
            progress("track", 0.95)
            track_run(finished, files, candidate, registered)
    if finished is None:
        click.echo("Mô hình đang dùng đã học đúng những nhãn và sửa đổi này; không có gì mới để học.", err=True)
        return
    print_numbers(finished.assessment)
    say_data(finished, joined)
    whole = [label for label in joined.labels if not label.undecided]
    done = through_gate(candidate, champion, whole, joined.articles, by=by or getpass.getuser(), registered=registered)
    say_promoted(done, champion)


def _train(
    joined: Joined,
    files: Sequence[Path],
    *,
    champion: Path,
    out: Path,
    jobs: int,
    progress: Callable[[str, float], None],
) -> Finished | None:
    """Train and write the candidate; None where the champion has learnt from exactly the same."""
    from models.artifacts import read_manifest
    from models.data import fingerprint
    from models.experiment import split_labels, train_release
    from models.layers import Settings

    data = fingerprint(split_labels(joined.labels, joined.articles).train, joined.articles)
    if data == read_manifest(champion)["data_fingerprint"]:
        return None
    names = [*(path.name for path in files), "corrections"]
    settings = Settings(jobs=jobs)
    return train_release(joined.labels, joined.articles, files=names, out=out, settings=settings, progress=progress)

"""`diembao search`: tries settings of the training within a budget, and writes the best ones for `diembao train`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from serve.commands.base import Command
from serve.commands.training import STAGES, corpora_option, labels_option, read_labelled, training_extra
from serve.words import decimal

if TYPE_CHECKING:
    from models.data import Label
    from models.search import Trial
    from models.train import Ground
    from models.trials import Trials

WORDS = {**STAGES, "second layer, out of fold": "lớp hai, kiểm tra chéo"}
MATCH = {"c": "C", "balance": "cân bằng lớp", "min_documents": "số bài tối thiểu", "mixing": "độ mạnh lớp hai"}
"""Setting -> how it is said."""
SHOWN = 5
"""Trials in the table."""
FILE = "settings.toml"


@click.command(cls=Command, short_help="Thử nhiều bộ thông số huấn luyện, chọn bộ tốt nhất.")
@labels_option
@corpora_option
@click.option("--trials", "count", type=click.IntRange(1), default=8, show_default=True, metavar="SỐ",
              help="Số lượt thử, tính cả những lượt đã có. Lượt đầu luôn là bộ thông số mặc định.")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(0), metavar="SỐ",
              help="Hết chừng này phút thì không bắt đầu lượt nào nữa. Mặc định: không giới hạn.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, metavar="SỐ", help="Hạt giống của việc rút bộ thông số.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out/search"), show_default=True,
              metavar="THƯ_MỤC", help="Nơi giữ các lượt thử và bộ thông số tốt nhất (settings.toml).")  # fmt: skip
@click.option("--jobs", default=2, show_default=True, metavar="SỐ", help="Số tiến trình chạy cùng lúc.")
@click.option("--track/--no-track", default=True, show_default="--track",
              help="Có ghi các lượt thử vào MLflow (MLFLOW_TRACKING_URI, mặc định mlflow.db ở thư mục hiện tại), "
              "lồng trong một lượt chạy chung, hay không.")  # fmt: skip
def search(
    label_files: tuple[Path, ...],
    corpora: Path,
    count: int,
    minutes: float | None,
    seed: int,
    out: Path,
    jobs: int,
    track: bool,
) -> None:
    """Rút ngẫu nhiên các bộ thông số, chấm từng bộ bằng kiểm tra chéo trên phần “train”; phần “dev” không được dùng.
    Điểm là log loss trung bình của chủ đề và đơn vị chủ trì, càng thấp càng tốt.

    Ctrl-C lúc nào cũng được: những lượt đã xong nằm ở --out, chạy lại cùng lệnh thì làm tiếp, không thử lại bộ nào.
    Cùng hạt giống, cùng dữ liệu thì ra cùng các lượt thử và cùng điểm.

    \b
    Ví dụ:
      diembao search --corpora corpora --trials 8 --minutes 30
      diembao train --corpora corpora --settings out/search/settings.toml --out thu-nghiem
    """
    # The budget counts from here: reading and features are part of what a person waits for.
    is_over = _deadline(minutes)
    with training_extra():
        from models.data import fingerprint
        from models.experiment import split_labels
        from models.search import FOLDS, draws, judged_stories
        from models.train import lay_ground
        from models.trials import open_trials
    click.echo("đọc nhãn và bài, tính đặc trưng ...", err=True)
    files, labels, articles = read_labelled(label_files, corpora)
    train = split_labels(labels, articles).train
    trials = open_trials(out / "trials.jsonl", data=fingerprint(train, articles))
    if trials.finished:
        click.echo(f"Đã có {len(trials.finished)} lượt thử trong {trials.file}; làm tiếp.", err=True)
    ground = lay_ground(train, articles, folds=FOLDS)
    drawn = list(islice(draws(seed), count))
    with _tracked(track, trials, train, files, seed) as tell:
        tell()
        for trial in _tried(trials, ground, drawn, is_over=is_over, jobs=jobs):
            trials.add(trial)
            _write_best(out / FILE, trials)
            tell()
    if not trials.finished:
        click.echo("Chưa lượt nào được thử: hết thời gian.", err=True)
        return
    _print(trials, judged_stories(ground))
    click.echo(f"Bộ tốt nhất: {out / FILE}. Huấn luyện với nó: diembao train --settings {out / FILE}", err=True)


def _deadline(minutes: float | None) -> Callable[[], bool]:
    end = None if minutes is None else time.monotonic() + 60 * minutes
    return lambda: end is not None and time.monotonic() >= end


def _tried(
    trials: Trials, ground: Ground, drawn: Sequence[Mapping[str, float]], *, is_over: Callable[[], bool], jobs: int
) -> Iterator[Trial]:
    """The trials that `trials` lacks, under the bar."""
    from models.search import search as run
    from serve import bars

    known = [trial.values for trial in trials.finished]
    done = sum(values in known for values in drawn)
    with bars.trials(len(drawn), done) as say:

        def progress(what: str, share: float) -> None:
            say(WORDS.get(what, what), done + min(share, 0.99))

        for trial in run(ground, [dict(values) for values in drawn], known=known, is_over=is_over, jobs=jobs,
                         progress=progress):  # fmt: skip
            yield trial
            done += 1
            say("", done)
            click.echo(f"lượt {done}/{len(drawn)}: {_said(trial.values)}: log loss {_loss(trial.loss)}", err=True)


@contextmanager
def _tracked(
    track: bool, trials: Trials, train: Sequence[Label], files: Sequence[Path], seed: int
) -> Iterator[Callable[[], None]]:
    """What tells MLflow of all finished trials, each once; nothing where it is not wanted."""
    if not track:
        yield lambda: None
        return
    from models.tracking import nest

    facts: dict[str, Any] = {"labels": train, "label_files": files, "fingerprints": {"train": trials.data}}
    tags = {"data_fingerprint": trials.data, "seed": str(seed)}
    with nest(f"search-{trials.name}", tags=tags, **facts) as parent:

        def tell() -> None:
            for trial in trials.finished:
                parent.add(_said(trial.values), params=trial.values, metrics=trial.numbers)
            if trials.finished:
                parent.say(metrics=trials.best.numbers, texts={FILE: _text(trials)})

        yield tell
    click.echo(f"Lượt chạy MLflow: {parent.run_id}", err=True)


def _text(trials: Trials) -> str:
    from models.search import FOLDS
    from models.settings_file import settings_text

    best = trials.best
    remark = (
        f"The best of {len(trials.finished)} trials of `diembao search`: log loss {best.loss:.4f} of topic and lead\n"
        f"unit out of {FOLDS} folds of the train split whose fingerprint begins with {trials.data[:8]}."
    )
    return settings_text(best.values, remark=remark)


def _write_best(path: Path, trials: Trials) -> None:
    from serve.outputs import replacing

    with replacing(path) as new:
        new.write_text(_text(trials), encoding="utf-8")


def _print(trials: Trials, stories: Any) -> None:
    """The best trials and the recipe's own settings, on standard output."""
    from rich.table import Table

    from models.layers import Settings
    from models.search import difference, values_of
    from serve.terminal import console

    own = trials.of(values_of(Settings()))
    table = Table(title=f"{len(trials.finished)} lượt thử; log loss càng thấp càng tốt", title_justify="left")
    heads = [*MATCH.values(), "log loss", "giảm so với mặc định (± sai số chuẩn)", "đúng chủ đề", "đúng đơn vị"]
    for head in heads:
        table.add_column(head, justify="right")
    ranked = sorted(trials.finished, key=lambda trial: trial.loss)
    for trial in ranked[:SHOWN] + [trial for trial in ranked[SHOWN:] if trial is own]:
        gap = "mặc định" if trial is own else "?"
        if own and trial is not own:
            better, error = difference(own, trial, stories)
            gap = f"{_loss(better)} ± {_loss(error)}"
        shares = [decimal(100 * trial.numbers[name]) + " %" for name in ("topic_acc", "lead_acc")]
        table.add_row(*(f"{trial.values[key]:g}".replace(".", ",") for key in MATCH), _loss(trial.loss), gap, *shares)
    console().print(table)


def _said(values: Mapping[str, float]) -> str:
    return " ".join(f"{key}={values[key]:g}" for key in MATCH)


def _loss(value: float) -> str:
    return f"{value:.4f}".replace(".", ",").replace("-", "−")

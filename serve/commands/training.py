"""`diembao train` and `evaluate`: from labels and articles to a measured model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlp.errors import DiembaoError, number
from serve.bars import counted, stages
from serve.commands import options
from serve.commands.base import Command
from serve.commands.corpora import corpora
from serve.errors import OptionError

if TYPE_CHECKING:
    from models.corrections import Joined
    from models.data import Label
    from models.evaluate import Assessment
    from models.experiment import Finished
    from nlp.types import Article

__all__ = ["corpora", "evaluate", "train"]

STAGES = {
    "read": "đọc nhãn và bài",
    "split": "chia dữ liệu, tìm bài trùng",
    "features": "tính đặc trưng",
    "first layer, out of fold": "huấn luyện lớp một, kiểm tra chéo",
    "first layer, all rows": "huấn luyện lớp một, toàn bộ bài",
    "thresholds": "chọn ngưỡng",
    "encoder": "bộ mã hóa đọc bài",
    "measure": "đo trên phần dev",
    "track": "ghi vào MLflow",
}
"""What a training run is doing -> how it is said."""

NUMBERS = {
    "scope_f1": "F1 phạm vi",
    "topic_acc": "đúng chủ đề",
    "topic_mf1": "macro-F1 chủ đề",
    "lead_acc": "đúng đơn vị chủ trì",
    "lead_mf1": "macro-F1 đơn vị chủ trì",
    "topic_acc_in": "đúng chủ đề, trong phạm vi",
    "lead_acc_in": "đúng đơn vị chủ trì, trong phạm vi",
    "coord_f1": "micro-F1 đơn vị phối hợp",
    "urgency_qwk": "kappa bậc hai của mức khẩn",
    "hot_recall": "tìm được tin nóng",
    "hot_recall_at_p50": "tìm được tin nóng khi một nửa báo nóng là đúng",
    "tone_mf1": "macro-F1 sắc thái",
    "topic_ece": "sai số hiệu chỉnh của chủ đề",
    "lead_ece": "sai số hiệu chỉnh của đơn vị",
    "auto_share_in": "phần tự quyết, trong phạm vi",
    "auto_precision": "đúng đơn vị khi tự quyết",
    "coverage_at_95": "phần có thể tự quyết với 95 % đúng",
}
"""Number (models.evaluate) -> its name, in the order of the table."""


class TrainingExtraMissing(DiembaoError):
    """Training was asked for where its libraries are not installed. Fact: `module`."""

    def __init__(self, module: str) -> None:
        self.module = module
        super().__init__(f"thiếu thư viện {module}; cài phần huấn luyện bằng: pip install 'diembao[train]'")


def labels_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--labels FILE, repeatable, else DIEMBAO_LABELS, else the labels that come with diembao."""
    return click.option(
        "--labels",
        "label_files",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        envvar="DIEMBAO_LABELS",
        metavar="TỆP",
        help="Tệp nhãn JSONL; nêu được nhiều lần. Mặc định: biến DIEMBAO_LABELS, rồi các nhãn kèm diembao.",
    )(command)


def corpora_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--corpora DIR, else DIEMBAO_CORPORA."""
    return click.option(
        "--corpora",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        envvar="DIEMBAO_CORPORA",
        required=True,
        metavar="THƯ_MỤC",
        help="Thư mục các tệp Parquet chứa bài báo (diembao corpora import tạo ra). Mặc định: biến DIEMBAO_CORPORA.",
    )(command)


@click.command(cls=Command, short_help="Huấn luyện mô hình từ nhãn, đo, và ghi thành bản phát hành.")
@labels_option
@corpora_option
@click.option("--corrections", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="TỆP",
              help="Sửa đổi của cán bộ, do diembao corrections export ghi ra; học cùng các nhãn.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="THƯ_MỤC",
              help="Nơi ghi mô hình. Mặc định: models/release của diembao, tức thay mô hình đang dùng.")  # fmt: skip
@click.option("--settings", "settings_file", type=click.Path(path_type=Path, exists=True), metavar="TỆP",
              help="Tệp TOML các thông số huấn luyện, như diembao search ghi ra; không nêu thì mặc định.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, metavar="SỐ", help="Hạt giống của các bước ngẫu nhiên.")
@click.option("--jobs", default=2, show_default=True, metavar="SỐ", help="Số tiến trình chạy cùng lúc.")
@click.option("--track/--no-track", default=True, show_default="--track",
              help="Ghi lượt chạy vào MLflow (MLFLOW_TRACKING_URI, mặc định mlflow.db ở thư mục hiện tại) hay không.",
              )  # fmt: skip
@click.option("--register", metavar="TÊN", help="Ghi mô hình thành một phiên bản mới dưới tên này trong sổ mô hình "
              "của MLflow, như diembao. Máy chủ chỉ dùng phiên bản mang bí danh champion.")  # fmt: skip
def train(
    label_files: tuple[Path, ...],
    corpora: Path,
    corrections: Path | None,
    out: Path | None,
    settings_file: Path | None,
    seed: int,
    jobs: int,
    track: bool,
    register: str | None,
) -> None:
    """Huấn luyện trên phần “train” của nhãn, đo trên phần “dev” các quyết định cuối cùng như người dùng nhận được,
    viết thẻ mô hình, ghi bản phát hành, và lưu lượt chạy vào MLflow.

    \b
    Ví dụ:
      diembao corpora import kho/ --out corpora
      diembao train --corpora corpora
      diembao train --corpora corpora --labels nhan.jsonl --out thu-nghiem --no-track
      diembao train --corpora corpora --out thu-nghiem --register diembao
      diembao train --corpora corpora --corrections sua-doi.jsonl --out thu-nghiem
      diembao train --corpora corpora --settings out/search/settings.toml --out thu-nghiem
    """
    if register and not track:
        raise OptionError("--register cần lượt chạy được ghi vào MLflow; bỏ --no-track")
    with training_extra():
        from models.artifacts import RELEASE
        from models.corrections import join, load_corrections
        from models.experiment import train_release
        from models.layers import Settings
        from models.settings_file import read_settings
    run_of = {"seed": seed, "jobs": jobs}
    settings = read_settings(settings_file, **run_of) if settings_file else Settings(**run_of)
    with stages(STAGES) as progress:
        progress("read", 0.0)
        files, labels, articles = read_labelled(label_files, corpora)
        if corrections:
            joined = join(labels, articles, load_corrections(corrections))
            files, labels, articles = [*files, corrections], joined.labels, joined.articles
        finished = train_release(
            labels,
            articles,
            files=[path.name for path in files],
            out=out or RELEASE,
            settings=settings,
            progress=progress,
        )
        if track:
            progress("track", 0.95)
            run = track_run(finished, files, out or RELEASE, register)
    print_numbers(finished.assessment)
    click.echo(f"Đã ghi mô hình {finished.trained.manifest['version']} vào {out or RELEASE}.", err=True)
    say_data(finished, joined if corrections else None)
    if track:
        click.echo(f"Lượt chạy MLflow: {run}", err=True)


@click.command(cls=Command, short_help="Đo một mô hình, hoặc các bản ghi đã có, trên bài có nhãn.")
@labels_option
@corpora_option
@click.option("--split", type=click.Choice(["dev", "train", "all"]), default="dev", show_default=True,
              metavar="PHẦN", help="Phần nhãn để đo: dev, train hoặc all.")  # fmt: skip
@options.model_option
@click.option("--records", type=click.Path(path_type=Path, dir_okay=False), metavar="TỆP",
              help="Ghi các bản ghi định tuyến ra tệp JSONL này.")  # fmt: skip
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), metavar="TỆP",
              help="Ghi toàn bộ số đo ra tệp JSON này: khoảng tin cậy, từng lớp, nhầm lẫn, độ tin cậy.")  # fmt: skip
def evaluate(
    label_files: tuple[Path, ...],
    corpora: Path,
    split: str,
    model: Path | None,
    records: Path | None,
    report: Path | None,
) -> None:
    """Định tuyến các bài có nhãn và so quyết định cuối cùng với nhãn. Khoảng tin cậy 95 % lấy mẫu lại theo chùm tin.

    \b
    Ví dụ:
      diembao evaluate --corpora corpora
      diembao evaluate --corpora corpora --model thu-nghiem --report so-do.json --records dev.jsonl
    """
    with training_extra():
        from models.artifacts import load_engine, read_manifest
        from models.experiment import SplitError, measure, route
    engine = load_engine(model)
    _, labels, articles = read_labelled(label_files, corpora)
    chosen = [label for label in labels if split in ("all", label.split)]
    if not chosen:
        raise SplitError(f"không có nhãn nào thuộc phần “{split}”")
    with counted("định tuyến", len(chosen)) as advance:
        routed = route(chosen, articles, engine=engine, advance=advance)
    assessment = measure(chosen, articles, routed)
    if records:
        _write(records, "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in routed))
    if report:
        manifest = read_manifest(model)
        facts = {"model": manifest["version"], "data_fingerprint": manifest["data_fingerprint"], "split": split}
        _write(report, json.dumps({**facts, **assessment.to_dict()}, ensure_ascii=False, indent=1) + "\n")
    print_numbers(assessment)


def read_labelled(files: Sequence[Path], corpora: Path) -> tuple[list[Path], list[Label], dict[str, Article]]:
    """The label files that count (`files`, else the default ones), their labels and the articles of these."""
    from models.data import default_labels, load_articles, load_labels

    chosen = list(files) or default_labels()
    labels = load_labels(chosen)
    return chosen, labels, load_articles(corpora, [label.id for label in labels])


def say_data(finished: Finished, joined: Joined | None) -> None:
    """Tell what of labels and corrections was learnt and what was left out, on standard error."""
    if joined is not None:
        used = number(finished.trained.manifest["corrections"])
        click.echo(
            f"Đã học {used} bài do cán bộ quyết, trong đó {number(len(joined.replaced))} bài thay nhãn cũ.", err=True
        )
    if joined is not None and joined.of_dev:
        click.echo(
            f"Không học {number(len(joined.of_dev))} bài sửa vì là bài dùng để đo; nhãn đo giữ nguyên.", err=True
        )
    if finished.split.dropped:
        dropped = number(finished.split.dropped)
        click.echo(f"Đã bỏ {dropped} bài huấn luyện trùng nội dung với bài dùng để đo.", err=True)


def track_run(
    finished: Finished, files: Sequence[Path], release: Path, register: str | None, *, experiment: str | None = None
) -> str:
    """Keep a finished training in MLflow, registered under the name `register` if one is given; the run's id."""
    # A run is tracked by what it used: labels dropped as leaks are not among its data.
    from models.tracking import EXPERIMENT, TrainedRun, track

    return track(
        TrainedRun(
            release=release,
            manifest=finished.trained.manifest,
            params={**finished.trained.manifest["settings"], "labels": ", ".join(path.name for path in files)},
            labels=[*finished.split.train, *finished.split.dev],
            label_files=files,
            assessment=finished.assessment,
            card=finished.card,
            dev_fingerprint=finished.dev_fingerprint,
            leaks=finished.split.dropped,
        ),
        experiment=experiment or EXPERIMENT,
        register=register,
    )


def print_numbers(assessment: Assessment) -> None:
    """The table of numbers, on standard output."""
    from rich.table import Table

    from serve.terminal import console

    found = assessment.numbers
    terminal = console()
    counts = (
        f"{number(int(found['rows']))} bài, {number(int(found['in_scope']))} trong phạm vi, {int(found['hot'])} nóng"
    )
    table = Table(title=f"Số đo trên {counts}", title_justify="left")
    table.add_column("số đo")
    table.add_column("giá trị", justify="right")
    table.add_column("khoảng 95 %", justify="right")
    for name, words in NUMBERS.items():
        low, high = assessment.intervals[name]
        table.add_row(words, _digits(found[name]), f"{_digits(low)} – {_digits(high)}")
    terminal.print(table)


def _digits(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


def _write(path: Path, text: str) -> None:
    from serve.errors import writing

    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@contextmanager
def training_extra() -> Iterator[None]:
    """Say how to install the training libraries where an import within fails for want of one."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise TrainingExtraMissing(error.name or "") from error

"""`diembao queue`, `labels read` and `audit`: what to label next, the labels that came back, and those to doubt."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlp.errors import number
from serve.bars import stages
from serve.commands import options
from serve.commands.base import Command, Group
from serve.commands.training import STAGES, corpora_option, labels_option, training_extra
from serve.errors import OptionError
from serve.words import one_line, percent

if TYPE_CHECKING:
    from nlp.types import Article
    from serve.labelling.answers import Returned
    from serve.labelling.draw import Draw

FAULTS_SAID = 20
XLSX, JSONL, PARQUET = ".xlsx", ".jsonl", ".parquet"


def out_option(help_: str) -> Callable[..., Any]:
    """--out FILE."""
    return click.option(
        "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="TỆP", help=help_
    )


@click.command(cls=Command, short_help="Chọn bài nên gán nhãn tiếp, ghi ra bảng Excel có danh sách chọn.")
@click.argument("sources", nargs=-1, required=True, metavar="ĐẦU_VÀO...")
@out_option("Bảng để gán nhãn, .xlsx.")
@click.option("--count", default=200, show_default=True, type=click.IntRange(min=1), metavar="SỐ", help="Số bài.")
@click.option("--random", "random_share", default=0.15, show_default=True, type=click.FloatRange(0, 1), metavar="PHẦN",
              help="Phần chọn ngẫu nhiên, để đo độ đúng.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, metavar="SỐ", help="Hạt giống của việc chọn ngẫu nhiên.")
@labels_option
@click.option("--articles", type=click.Path(path_type=Path, dir_okay=False), metavar="TỆP",
              help="Ghi nguyên văn các bài được chọn ra tệp Parquet này, để đặt vào thư mục --corpora.")  # fmt: skip
@click.option("--with-proposals", is_flag=True,
              help="Hiện đề xuất của mô hình, trừ ở phần ngẫu nhiên. Người gán dễ làm theo đề xuất.")  # fmt: skip
@options.map_option
@options.model_option
@options.stdin_format_option
def queue(
    sources: tuple[str, ...],
    out: Path,
    count: int,
    random_share: float,
    seed: int,
    label_files: tuple[Path, ...],
    articles: Path | None,
    with_proposals: bool,
    pairs: tuple[str, ...],
    model: Path | None,
    stdin_format: str | None,
) -> None:
    """Chọn trong ĐẦU_VÀO (mọi thứ mà diembao score đọc được) những bài đáng gán nhãn nhất: mô hình phân vân, lớp hiếm,
    chữ lạ, và một phần ngẫu nhiên; mỗi tin một bài. Bài đã có nhãn thì bỏ qua.

    \b
    Ví dụ:
      diembao queue tin-thang-9.xlsx --out can-gan-nhan.xlsx --count 200
      diembao queue tin/ --out can-gan-nhan.xlsx --articles corpora/thang-9.parquet
    Điền xong thì: diembao labels read can-gan-nhan.xlsx --out nhan.jsonl
    """
    _check_endings((out, XLSX), (articles, PARQUET))
    with training_extra():
        from models.data import default_labels, load_labels
        from models.queue import QueueSettings

    from serve.labelling.draw import draw
    from serve.labelling.sheet import write_sheet
    from serve.outputs import parse_outputs, replacing
    from serve.workers import engine_of

    parse_outputs([str(out)], sources=sources)
    settings = QueueSettings(random=random_share, seed=seed)
    labelled = {label.id for label in load_labels(list(label_files) or default_labels())}
    found, rejected = _read(sources, pairs, stdin_format)
    drawn = draw(found, engine=engine_of(model), labelled=labelled, count=count, settings=settings)
    if not drawn.items:
        raise OptionError(f"không có bài nào để chọn: đọc được {drawn.seen} bài, {drawn.labelled} bài đã có nhãn")
    with replacing(out) as part:
        write_sheet(drawn.items, part, with_proposals=with_proposals)
    if articles:
        from serve.labelling.texts import write_texts

        with replacing(articles) as part:
            write_texts(drawn.articles, part)
    _say_drawn(drawn, out, rejected)


@click.group(cls=Group, short_help="Nhãn do người gán: đọc bảng Excel gửi về.")
def labels() -> None:
    """Nhãn do người gán.

    \b
    Ví dụ:
      diembao labels read can-gan-nhan.xlsx --out nhan.jsonl
    """


@labels.command("read", cls=Command, short_help="Đọc bảng đã điền thành tệp nhãn; chỉ ra từng ô sai.")
@click.argument("source", metavar="BẢNG.xlsx", type=click.Path(path_type=Path, dir_okay=False))
@out_option("Tệp nhãn, .jsonl.")
@click.option("--errors", type=click.Path(path_type=Path, dir_okay=False), metavar="TỆP",
              help="Bản sao của bảng có tô và ghi lỗi; mặc định là BẢNG.loi.xlsx, chỉ ghi khi có lỗi.")  # fmt: skip
def read_labels(source: Path, out: Path, errors: Path | None) -> None:
    """Đọc bảng do diembao queue tạo, đã điền. Dòng đúng thành nhãn; dòng sai được nói rõ ô nào, vì sao, và được tô đỏ
    trong một bản sao để sửa rồi đọc lại. Cột có thể đổi chỗ, mã có thể gõ tay. Dòng chưa điền thì bỏ qua.

    \b
    Ví dụ:
      diembao labels read can-gan-nhan.xlsx --out nhan.jsonl
      diembao train --labels nhan.jsonl --corpora corpora
    """
    errors = errors or source.with_name(f"{source.stem}.loi.xlsx")
    _check_endings((out, JSONL), (errors, XLSX))
    if source.resolve() in (out.resolve(), errors.resolve()):
        raise OptionError("tệp ra trùng với tệp vào; hãy ghi ra một chỗ khác")
    with training_extra():
        import models.data  # noqa: F401 - the rules of a label
    from serve.labelling.answers import read_answers, to_line
    from serve.labelling.marks import write_marked
    from serve.labelling.texts import write_lines
    from serve.outputs import replacing

    returned = read_answers(source)
    with replacing(out) as part:
        write_lines((to_line(answer, returned.drawn) for answer in returned.answers), part)
    if returned.faults:
        with replacing(errors) as part:
            write_marked(returned, part)
    _say_returned(returned, out, errors)


@click.command(cls=Command, short_help="Tìm nhãn có thể sai, xếp hạng cho người xem lại.")
@out_option("Danh sách, .xlsx cho người đọc hoặc .jsonl cho chương trình.")
@labels_option
@corpora_option
@click.option("--jobs", default=2, show_default=True, metavar="SỐ", help="Số tiến trình chạy cùng lúc.")
def audit(out: Path, label_files: tuple[Path, ...], corpora: Path, jobs: int) -> None:
    """Tìm nhãn mà mô hình chưa từng thấy tin ấy vẫn một mực không đồng ý (học có tin cậy, thư viện cleanlab). Chỉ liệt
    kê, không sửa nhãn nào. Lâu như một lần huấn luyện.

    \b
    Ví dụ:
      diembao audit --corpora corpora --out nhan-dang-ngo.xlsx
    """
    if out.suffix.lower() not in (XLSX, JSONL):
        raise OptionError(f"{out}: tên tệp này phải kết thúc bằng {XLSX} hoặc {JSONL}")
    with training_extra():
        from models.audit import audit as find
        from models.layers import Settings
    from serve.commands.training import read_labelled
    from serve.labelling.suspects import write_suspect_lines, write_suspects
    from serve.outputs import replacing

    with stages(STAGES) as progress:
        progress("read", 0.0)
        _, known, articles = read_labelled(label_files, corpora)
        found = find(known, articles, settings=Settings(jobs=jobs), progress=progress)
    with replacing(out) as part:
        if out.suffix.lower() == XLSX:
            write_suspects(found, articles, part)
        else:
            write_suspect_lines(found, part)
    _say_suspects([suspect.head for suspect in found], len(known), out)


def _check_endings(*wanted: tuple[Path | None, str]) -> None:
    for path, ending in wanted:
        if path is not None and path.suffix.lower() != ending:
            raise OptionError(f"{path}: tên tệp này phải kết thúc bằng {ending}")


def _read(sources: Sequence[str], pairs: Sequence[str], stdin_format: str | None) -> tuple[list[Article], int]:
    """The articles of the sources, and how many rows could not be read."""
    from nlp.reading import read
    from nlp.types import Rejection

    found: list[Article] = []
    rejected = 0
    stdin = sys.stdin.buffer if "-" in sources else None
    for result in read(sources, columns=options.read_map(pairs), stdin=stdin, stdin_format=stdin_format):
        if isinstance(result, Rejection):
            rejected += 1
        else:
            found.append(result)
    return found, rejected


def _say_drawn(drawn: Draw, out: Path, rejected: int) -> None:
    from collections import Counter

    strata = Counter(item.shown["stratum"] for item in drawn.items)
    parts = ", ".join(f"{name} {number(count)}" for name, count in strata.most_common())
    click.echo(f"Đã chọn {number(len(drawn.items))} trong {number(drawn.seen)} bài ({parts}), ghi vào {out}.", err=True)
    for count, what in (
        (drawn.labelled, "bài đã có nhãn, bỏ qua"),
        (drawn.left_out, "bài có mã mà Excel không giữ nguyên được, bỏ qua"),
        (rejected, "dòng không đọc được; xem lý do bằng diembao score"),
    ):
        if count:
            click.echo(f"{number(count)} {what}.", err=True)


def _say_suspects(heads: Sequence[str], labels: int, out: Path) -> None:
    from collections import Counter

    from serve.labelling.suspects import HEADS

    parts = ", ".join(f"{HEADS[head]} {number(count)}" for head, count in Counter(heads).items()) or "không có"
    click.echo(f"Nhãn đáng ngờ trong {number(labels)} bài: {parts}; ghi vào {out}.", err=True)


def _say_returned(returned: Returned, out: Path, errors: Path) -> None:
    from serve.labelling.answers import accuracy

    for fault in returned.faults[:FAULTS_SAID]:
        click.echo(f"Sai: {one_line(str(fault))}", err=True)
    if len(returned.faults) > FAULTS_SAID:
        click.echo(f"… và {number(len(returned.faults) - FAULTS_SAID)} lỗi nữa.", err=True)
    rows = len({fault.row for fault in returned.faults})
    click.echo(f"Đã ghi {number(len(returned.answers))} nhãn vào {out}.", err=True)
    if rows:
        click.echo(f"{number(rows)} dòng có lỗi, được tô đỏ trong {errors}; sửa ở đó rồi đọc lại tệp ấy.", err=True)
    if returned.untouched:
        click.echo(f"{number(returned.untouched)} dòng chưa điền, bỏ qua.", err=True)
    for name, (share, low, high, n) in accuracy(returned).items():
        bounds = f"khoảng 95 %: {percent(low)} – {percent(high)}"
        click.echo(f"Trên {number(n)} bài ngẫu nhiên, mô hình đúng {name} {percent(share)} ({bounds}).", err=True)

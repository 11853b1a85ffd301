"""`diembao coverage`: how much each unit's items can go out without a person, and the office's choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlp.heads import UNITS
from serve.bars import stages
from serve.commands import options
from serve.commands.base import Command
from serve.commands.training import corpora_option, labels_option, read_labelled, training_extra

if TYPE_CHECKING:
    from models.coverage import Given

PRECISIONS = (0.9, 0.95, 0.99)
STAGES = {
    "read": "đọc nhãn và bài",
    "folds": "huấn luyện trên phần còn lại, định tuyến phần để riêng",
    "route": "định tuyến phần dev",
}


@click.command(cls=Command, short_help="Mỗi đơn vị: bao nhiêu bài có thể định tuyến không cần người xem.")
@labels_option
@corpora_option
@options.model_option
@click.option("--precision", type=click.FloatRange(0.5, 0.999), metavar="TỶ_LỆ",
              help="Ghi vào policy.toml của mô hình ngưỡng để đúng ít nhất tỷ lệ này, như 0.95.")  # fmt: skip
@click.option("--unit", "units", multiple=True, type=click.Choice(tuple(UNITS)), metavar="MÃ",
              help="Chỉ ghi cho đơn vị này; nêu được nhiều lần. Mặc định: mọi đơn vị.")  # fmt: skip
@click.option("--folds", type=click.IntRange(2, 20), metavar="SỐ",
              help="Đo thêm trên phần “train” bằng từng này lượt huấn luyện; lâu, nhưng nhiều bài hơn.")  # fmt: skip
def coverage(
    label_files: tuple[Path, ...],
    corpora: Path,
    model: Path | None,
    precision: float | None,
    units: tuple[str, ...],
    folds: int | None,
) -> None:
    """Đo trên những bài không dùng để huấn luyện: nếu đòi 90, 95, 99 % đúng đơn vị chủ trì, thì bao nhiêu phần các
    bài được đề xuất cho đơn vị ấy có thể đi thẳng. Đơn vị quá ít bài thì nói rõ là chưa đủ. Với --precision, ngưỡng
    của từng đơn vị được ghi vào policy.toml; máy chủ đang chạy tự nhận.

    \b
    Ví dụ:
      diembao coverage --corpora corpora
      diembao coverage --corpora corpora --folds 3
      diembao coverage --corpora corpora --precision 0.95
      diembao coverage --corpora corpora --precision 0.99 --unit EVN
    """
    if units and precision is None:
        raise click.UsageError("--unit cần --precision")
    with training_extra():
        from models import coverage as dial
        from models.artifacts import RELEASE, load_engine
        from models.experiment import in_folds, route, split_labels, train_and_route
    place = model or RELEASE
    engine = dial.opened(load_engine(place))
    with stages(STAGES) as progress:
        progress("read", 0.0)
        _, labels, articles = read_labelled(label_files, corpora)
        split = split_labels(labels, articles)
        decide = train_and_route(articles, dial.opened)
        records = in_folds(split.train, articles, decide, folds=folds, progress=progress) if folds else []
        progress("route", 0.9)
        records += route(split.dev, articles, engine=engine)
    parts = dial.given(labels, records)
    _print(parts, rows=len(records))
    if precision is not None:
        chosen = dial.thresholds(parts, precision, units)
        _write(place / "policy.toml", chosen, precision=precision, keep=bool(units))


def _print(parts: Mapping[str, Given], *, rows: int) -> None:
    from rich.table import Table

    from models.coverage import together
    from nlp.errors import number
    from serve.terminal import console

    title = f"Phần có thể đi thẳng, đo trên {number(rows)} bài để riêng; trong ngoặc: khoảng 95 % của tỷ lệ đúng"
    table = Table(title=title, title_justify="left")
    for name in ("đơn vị", "được đề xuất"):
        table.add_column(name, justify="right" if name != "đơn vị" else "left")
    for precision in PRECISIONS:
        table.add_column(f"đúng {precision:.0%}".replace("%", " %"), justify="right")
    for code, one in [("tất cả", together(list(parts.values()))), *parts.items()]:
        table.add_row(code, number(one.proposed), *(_cell(one, precision) for precision in PRECISIONS))
    console().print(table)


def _cell(one: Given, precision: float) -> str:
    from models.coverage import needed, reach
    from serve.words import decimal

    if len(one.p) < needed(precision):
        return "chưa đủ bài"
    found = reach(one, precision)
    if found is None:
        return "chưa đạt"
    return f"{100 * found.share:.0f} % ({decimal(100 * found.low)}–{decimal(100 * found.high)})"


def _write(path: Path, chosen: Mapping[str, float], *, precision: float, keep: bool) -> None:
    """Write the thresholds; with `keep` those of other units stay."""
    from models.coverage import NEVER, with_units
    from nlp.policy import parse
    from serve.outputs import replacing

    text = path.read_text("utf-8-sig")
    table = {**(parse(text).auto_unit_p_by_unit if keep else {}), **chosen}
    note = f"By unit, chosen by `diembao coverage --precision {precision:g}`; 1 sends every item to a person."
    with replacing(path) as new:
        new.write_text(with_units(text, table, note), encoding="utf-8")
    alone = sum(p < NEVER for p in chosen.values())
    click.echo(f"Đã ghi ngưỡng của {len(chosen)} đơn vị vào {path}; {len(chosen) - alone} đơn vị luôn cần người xem.",
               err=True)  # fmt: skip

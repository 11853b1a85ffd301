"""`diembao score`: many articles in, routed decisions out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlp.errors import number
from serve.commands import options
from serve.commands.base import Command
from serve.errors import OptionError, OutputFailed
from serve.words import decimal

if TYPE_CHECKING:
    from serve.batch import Plan, Report
    from serve.rows import Row


@click.command(cls=Command, short_help="Phân nhiều bài: chủ đề, đơn vị chủ trì, mức độ; ghi ra tệp.")
@click.argument("sources", nargs=-1, required=True, metavar="ĐẦU_VÀO...")
@click.option(
    "--out",
    "outs",
    multiple=True,
    required=True,
    metavar="TỆP",
    help="Tệp ra, dạng theo đuôi: .xlsx, .csv, .jsonl, .parquet; “-” là JSONL ra đầu ra chuẩn; nêu được nhiều lần.",
)
@options.map_option
@click.option("--jobs", default=1, show_default=True, metavar="SỐ", help="Số tiến trình chạy cùng lúc; -1 là mọi lõi.")
@options.at_option
@click.option("--resume", is_flag=True, help="Làm tiếp lượt trước bị dừng giữa chừng (cùng đầu vào, cùng tùy chọn).")
@click.option("--strict", is_flag=True, help="Dừng ngay ở dòng đầu tiên không đọc được, thay vì loại dòng đó ra.")
@click.option(
    "--evidence/--no-evidence",
    default=True,
    help="Có (mặc định) hay không tìm những từ ngữ đã dẫn đến kết luận; không tìm thì nhanh hơn.",
)
@click.option("--table", is_flag=True, help="In bảng kết quả, bài gấp lên đầu, và bản tổng hợp.")
@options.model_option
@options.stdin_format_option
@click.option("--quiet", is_flag=True, help="Không hiện thanh tiến độ và dòng tổng kết.")
def score(
    sources: tuple[str, ...],
    outs: tuple[str, ...],
    pairs: tuple[str, ...],
    jobs: int,
    at: date | None,
    resume: bool,
    strict: bool,
    evidence: bool,
    table: bool,
    model: Path | None,
    stdin_format: str | None,
    quiet: bool,
) -> int:
    """Đọc các bài báo và cho biết với từng bài: có thuộc phạm vi của Bộ không, chủ đề, đơn vị chủ trì, đơn vị
    phối hợp, mức độ, sắc thái, và có cần người xem lại không.

    ĐẦU_VÀO là tệp CSV, JSONL, Parquet, XLSX, DOCX, HTML, RSS/Atom, văn bản thường, một thư mục gồm các tệp đó,
    hoặc “-” để đọc từ đầu vào chuẩn.

    \b
    Ví dụ:
      diembao score diem-bao.xlsx --out ket-qua.xlsx
      diembao score thu-muc/ --out ket-qua.jsonl --out ket-qua.xlsx --table
      diembao score tin.csv --map 'Tiêu đề bài=title' --out ket-qua.csv
      diembao score lon.parquet --out lon.jsonl --jobs 4
      cat tin.jsonl | diembao score - --out -

    Dòng không đọc được thì ghi vào TỆP.rejected.jsonl kèm lý do, và chạy tiếp. Bấm Ctrl-C lúc nào cũng được: phần
    đã xong nằm trong tệp ra; chạy lại đúng lệnh đó với --resume để làm tiếp.
    """
    if jobs == 0 or jobs < -1:
        raise OptionError("--jobs: cần một số từ 1 trở lên, hoặc -1 để dùng mọi lõi")
    from serve.workers import Job, use_one_thread

    use_one_thread()
    from serve.batch import Plan, score_files
    from serve.outputs import parse_outputs
    from serve.progress import progress_bar
    from serve.writers import RECORD_ONLY

    outputs = parse_outputs(outs, sources=sources)
    with_facts = table or any(path.suffix.lower() not in RECORD_ONLY for path in outputs.files)
    plan = Plan(
        sources=sources,
        outputs=outputs,
        job=Job(model=model, at=at, received=options.now_in_vietnam(), evidence=evidence, with_facts=with_facts),
        columns=options.read_map(pairs),
        stdin_format=stdin_format,
        jobs=jobs,
        resume=resume,
        strict=strict,
        table=table,
    )
    drawn: list[object] = []
    with progress_bar(sources, hidden=quiet) as progress:
        try:
            report = score_files(plan, progress=progress, show=lambda rows: drawn.extend(_draw(rows)))
        except OutputFailed as error:
            raise _with_advice(error, plan) from error
    if table:
        _print(drawn, to_stderr=bool(outputs.streams))
    _say(report, plan, quiet=quiet)
    return 128 + report.signal if report.signal else 0


def _draw(rows: Iterator[Row]) -> Sequence[object]:
    from serve.table import draw

    return draw(rows)


def _print(drawn: list[object], *, to_stderr: bool) -> None:
    from serve.terminal import console

    terminal = console(stderr=to_stderr)
    for part in drawn:
        terminal.print(part)


def _with_advice(error: OutputFailed, plan: Plan) -> OutputFailed:
    """Say how to go on, where the finished part lies on disk."""
    if plan.outputs.files:
        error.args = (
            f"{error.args[0]}. Tệp ra chưa bị động đến. Phần đã xong còn giữ trong {plan.outputs.files[0]}.partial; "
            "giải phóng chỗ rồi chạy lại lệnh này với --resume để làm tiếp",
        )
    return error


def _say(report: Report, plan: Plan, *, quiet: bool) -> None:
    """The end in words, on standard error. Rejected rows and an early end are said even with --quiet."""
    lines = []
    if report.signal:
        lines.append("Đã dừng theo yêu cầu. Phần đã xong nằm trong tệp ra; chạy lại với --resume để làm tiếp.")
        if not plan.outputs.files or "-" in plan.sources:
            lines = ["Đã dừng theo yêu cầu."]
    if not quiet:
        fresh = report.scored - report.resumed
        rate = f", {number(round(fresh / report.seconds))} bài/giây" if report.seconds >= 1 and fresh > 0 else ""
        before = f", trong đó {number(report.resumed)} từ lượt trước" if report.resumed else ""
        lines.append(
            f"Đã phân {number(report.scored)} bài{before} trong {decimal(report.seconds)} giây{rate}; "
            f"{number(report.needs_human)} bài cần người xem."
        )
    if report.rejected:
        where = f" Lý do từng dòng: {report.rejected_path}" if report.rejected_path else ""
        lines.append(f"CHÚ Ý: {number(report.rejected)} dòng không đọc được, đã bị loại.{where}")
    for line in lines:
        click.echo(line, err=True)

"""The `diembao` command: one group, one module a command; each imports what it needs when it runs."""

from __future__ import annotations

import click

from serve.commands import (
    corrections,
    coverage,
    drift,
    explain,
    keys,
    labelling,
    learn,
    org,
    promotion,
    score,
    search,
    serve,
    training,
    warm,
)
from serve.commands.base import Group


@click.group(cls=Group, context_settings={"help_option_names": ["--help", "-h"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, help="Hiện phiên bản rồi thoát.",
              callback=lambda ctx, _param, wanted: _show_version(ctx) if wanted else None)  # fmt: skip
def main() -> None:
    """Điểm báo: đọc tin, bài báo tiếng Việt; cho biết chủ đề, đơn vị của Bộ Công Thương nên chủ trì trả lời, và mức độ
    khẩn; chỉ rõ những từ ngữ dẫn đến kết luận, và nói khi nào cần người xem.

    \b
    Bắt đầu:
      diembao score diem-bao.xlsx --out ket-qua.xlsx     phân cả một tệp
      diembao explain diem-bao.xlsx --row 3              xem vì sao một bài được phân như vậy
      diembao score --help                               mọi tùy chọn và ví dụ
    """


def _show_version(ctx: click.Context) -> None:
    from importlib.metadata import version

    from models.artifacts import ArtifactError, read_manifest

    try:
        model = read_manifest()["version"]
    except ArtifactError:
        model = "(không có)"
    click.echo(f"diembao {version('diembao')}, mô hình {model}")
    ctx.exit()


main.add_command(score.score)
main.add_command(explain.explain)
main.add_command(training.train)
main.add_command(training.evaluate)
main.add_command(search.search)
main.add_command(coverage.coverage)
main.add_command(promotion.promote)
main.add_command(promotion.rollback)
main.add_command(training.corpora)
main.add_command(labelling.queue)
main.add_command(labelling.labels)
main.add_command(labelling.audit)
main.add_command(corrections.corrections)
main.add_command(learn.learn)
main.add_command(org.org)
main.add_command(serve.serve)
main.add_command(keys.keys)
main.add_command(drift.drift)
main.add_command(warm.warm)

if __name__ == "__main__":
    main(prog_name="diembao")

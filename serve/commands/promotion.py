"""`diembao promote` and `rollback`: a model goes through the gate, or comes back."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from serve.bars import stages
from serve.commands import options
from serve.commands.base import Command
from serve.commands.training import corpora_option, labels_option, read_labelled, training_extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.data import Label
    from models.promotion import Promoted, PromotionRefused, Waiver
    from nlp.types import Article

FAILS, ASKS = 1, 3
"""Exit codes of a refusal: something is worse; a person must decide."""

STAGES = {
    "read": "đọc nhãn và bài",
    "champion": "chạy mô hình đang dùng trong tiến trình sạch",
    "candidate": "chạy ứng viên trong tiến trình sạch, hai lần",
    "speed": "đo tốc độ, xen kẽ hai mô hình",
    "compare": "so sánh, lấy mẫu lại theo chùm tin",
}
REGISTRY_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")

release_option = click.option(
    "--release", type=click.Path(path_type=Path, file_okay=False), metavar="THƯ_MỤC",
    help="Thư mục mô hình đang dùng. Mặc định: models/release của diembao.",
)  # fmt: skip
registry_option = click.option(
    "--registry/--no-registry", "use_registry", default=None,
    help="Có chuyển bí danh champion trong sổ mô hình của MLflow hay không. "
    "Mặc định: có, nếu MLFLOW_TRACKING_URI được đặt.",
)  # fmt: skip
by_option = click.option("--by", metavar="TÊN", help="Người quyết định, để ghi vào sổ. Mặc định: người dùng máy này.")


@click.command(cls=Command, short_help="Xét một mô hình mới; đạt thì cho thay mô hình đang dùng.")
@click.argument("candidate", metavar="ỨNG_VIÊN", type=click.Path(path_type=Path, file_okay=False, exists=True))
@labels_option
@corpora_option
@release_option
@click.option("--override", "rules", multiple=True, metavar="QUY_TẮC",
              help="Bỏ qua một quy tắc; nêu được nhiều lần. Cần --by và --reason; cả ba được ghi vào sổ.")  # fmt: skip
@by_option
@click.option("--reason", default="", metavar="LÝ_DO", help="Vì sao bỏ qua quy tắc.")
@registry_option
@click.option("--dry-run", is_flag=True, help="Chỉ xét và viết báo cáo, không thay gì.")
def promote(
    candidate: Path,
    label_files: tuple[Path, ...],
    corpora: Path,
    release: Path | None,
    rules: tuple[str, ...],
    by: str | None,
    reason: str,
    use_registry: bool | None,
    dry_run: bool,
) -> None:
    """Nạp ứng viên trong tiến trình sạch, so các quyết định cuối cùng với mô hình đang dùng trên phần “dev” của nhãn,
    theo từng mặt, từng đơn vị, tin nóng, độ tin cậy của xác suất, tốc độ và cỡ; viết báo cáo HTML. Đạt thì ứng viên
    thay mô hình đang dùng; bản cũ được giữ lại để rollback. Máy chủ đang chạy tự nhận mô hình mới.

    Mã thoát: 0 đạt, 1 không đạt, 3 cần người quyết định.

    \b
    Ví dụ:
      diembao promote thu-nghiem --corpora corpora --dry-run
      diembao promote thu-nghiem --corpora corpora
      diembao promote thu-nghiem --corpora corpora --override hot_recall --by "Nguyễn An" --reason "đã xem 3 bài"
    """
    with training_extra():
        from models.artifacts import RELEASE
        from models.promotion import Waiver
    place, waiver = release or RELEASE, Waiver(rules=rules, by=by or "", reason=reason)
    _, labels, articles = read_labelled(label_files, corpora)
    done = through_gate(candidate, place, labels, articles, by=by or getpass.getuser(), waiver=waiver,
                        registered=registered_model(use_registry), dry_run=dry_run)  # fmt: skip
    say_promoted(done, place, dry_run=dry_run)


def through_gate(
    candidate: Path,
    place: Path,
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    by: str,
    registered: str | None,
    waiver: Waiver | None = None,
    dry_run: bool = False,
) -> Promoted:
    """Let a candidate take the place of the release; a refusal is told and ends the command with its exit code."""
    from models.promotion import PromotionRefused
    from models.promotion import promote as run

    with stages(STAGES) as progress:
        try:
            return run(
                candidate, place, labels, articles, at=options.now_in_vietnam(), by=by, waiver=waiver,
                registered=registered, dry_run=dry_run, progress=progress,
            )  # fmt: skip
        except PromotionRefused as error:
            refused = error
    _refuse(refused)


def say_promoted(done: Promoted, place: Path, *, dry_run: bool = False) -> None:
    """Tell what the gate found and what was replaced."""
    waived = ", ".join(finding.rule for finding in done.outcome.findings if finding.verdict)
    if waived:
        said = f"được nhận theo quyết định của người, dù không đạt ở: {waived}"
    else:
        said = "đạt và tốt hơn rõ rệt" if done.outcome.is_better else "đạt, không kém mô hình đang dùng"
    click.echo(f"Mô hình {done.outcome.candidate} {said}. Báo cáo: {done.report}", err=True)
    if dry_run:
        click.echo("Chưa thay gì (--dry-run).", err=True)
        return
    alias = f" Bí danh champion: {done.alias}." if done.alias else ""
    click.echo(f"Đã thay mô hình ở {place}: {done.outcome.champion} -> {done.outcome.candidate}.{alias}", err=True)
    click.echo("Quay lại bản trước: diembao rollback", err=True)


@click.command(cls=Command, short_help="Quay lại mô hình mà lần promote cuối đã thay.")
@release_option
@by_option
@click.option("--reason", default="", metavar="LÝ_DO", help="Vì sao quay lại, để ghi vào sổ.")
@registry_option
def rollback(release: Path | None, by: str | None, reason: str, use_registry: bool | None) -> None:
    """Đặt lại mô hình trước lần promote cuối, cả khi mô hình đang dùng đã hỏng; gọi nhiều lần thì lùi nhiều bước.
    Không cần nhãn, không cần bài.

    \b
    Ví dụ:
      diembao rollback --reason "định tuyến sai tin điện"
    """
    with training_extra():
        from models.artifacts import RELEASE
        from models.promotion import rollback as run
    place = release or RELEASE
    version, alias = run(place, at=options.now_in_vietnam(), by=by or getpass.getuser(), reason=reason,
                         registered=registered_model(use_registry))  # fmt: skip
    moved = f" Bí danh champion: {alias}." if alias else ""
    click.echo(f"Đã quay lại mô hình {version} ở {place}.{moved}", err=True)


def registered_model(wanted: bool | None) -> str | None:
    """The registered model whose alias moves, None for none."""
    from serve.settings import PREFIX, Settings

    used = any(os.environ.get(name) for name in REGISTRY_VARIABLES) if wanted is None else wanted
    return os.environ.get(f"{PREFIX}REGISTERED_MODEL") or Settings().registered_model if used else None


def _refuse(error: PromotionRefused) -> NoReturn:
    """Say what stands in the way, one line a rule, and end with the verdict's exit code."""
    from models.gate_report import WORDS
    from models.rules import Verdict

    left = [finding for finding in error.outcome.findings if finding.rule in error.rules]
    for finding in sorted(left, key=lambda finding: -finding.verdict):
        click.echo(f"{WORDS[finding.verdict]}: {finding.title} ({finding.rule}): {finding.reason}", err=True)
    fails = any(f.verdict is Verdict.FAILS for f in left)
    click.echo(f"Chưa thay gì: {error}", err=True)
    if not fails:
        overrides = " ".join(f"--override {rule}" for rule in error.rules)
        click.echo(f"Xem báo cáo; nếu chấp nhận, chạy lại, thêm: {overrides} --by TÊN --reason LÝ_DO", err=True)
    click.get_current_context().exit(FAILS if fails else ASKS)

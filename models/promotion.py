"""A candidate becomes the release, or is refused, or the release before it comes back; each with a line in the record.

Beside the folder RELEASE lies RELEASE-history: `promotions.jsonl`, one line an event, only ever added to; the reports
of the gate; the releases that were replaced, up to KEPT of them. The line is on the disk before the release changes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models import artifacts, registry
from models.data import Label
from models.gate import Outcome, Progress, judge
from models.gate_policy import Limits
from models.gate_report import write_report
from models.golden import prove
from models.rules import ABSOLUTE, LOADS, RULES, Verdict
from nlp.errors import DiembaoError
from nlp.types import Article

LOG = "promotions.jsonl"
KEPT = 5
"""How many replaced releases are kept: so often `rollback` can be called in a row."""
STAGED = ".candidate-"
PROMOTE, REFUSE, FAILED, ROLLBACK = "promote", "refuse", "failed", "rollback"


class PromotionError(DiembaoError):
    """A promotion or a return that cannot be begun or was not finished; the message says what stands now."""


class PromotionRefused(DiembaoError):
    """The gate did not let a candidate pass. Facts: `outcome`, `report`, `rules` that stand in the way."""

    def __init__(self, outcome: Outcome, report: Path, rules: Sequence[str]) -> None:
        self.outcome, self.report, self.rules = outcome, report, tuple(rules)
        asks = outcome.verdict_without(()) is Verdict.ASKS
        what = "cần người quyết định" if asks else "không đạt"
        super().__init__(f"mô hình {outcome.candidate or 'ứng viên'} {what} ở: {', '.join(rules)}; xem {report}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Rules that somebody sets aside: `by` whom and for what `reason`."""

    rules: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.rules) - {*RULES, LOADS})
        if unknown:
            raise PromotionError(f"không có quy tắc {', '.join(unknown)}; các quy tắc: {', '.join(RULES)}")
        fixed = sorted(set(self.rules) & set(ABSOLUTE))
        if fixed:
            raise PromotionError(f"không ai bỏ qua được quy tắc {', '.join(fixed)}: máy chủ sẽ không nhận mô hình ấy")
        if self.rules and not (self.by.strip() and self.reason.strip()):
            raise PromotionError("bỏ qua một quy tắc thì phải nêu tên người quyết định (--by) và lý do (--reason)")


@dataclass(frozen=True, slots=True)
class Promoted:
    """A promotion that was carried out. `report` is the gate's; `alias` the registry's version that bears it now."""

    outcome: Outcome
    report: Path
    alias: registry.Version | None


def promote(
    candidate: Path,
    release: Path,
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    at: datetime,
    by: str,
    waiver: Waiver | None = None,
    registered: str | None = None,
    limits: Limits | None = None,
    dry_run: bool = False,
    progress: Progress = lambda _what, _share: None,
) -> Promoted:
    """Judge `candidate` against `release` and let it take its place. With `dry_run` only the report is written.

    `registered` is the model of MLflow's registry whose alias moves too.

    Raises:
        PromotionRefused: the gate does not let it pass; the record says so, the release stays.
        PromotionError: nothing could be begun, or writing failed; the record says so.
        RegistryError: the registry has no such version or cannot be asked; the release stays.
    """
    waiver = waiver or Waiver()
    with _history(release) as history, _staged(candidate, history) as copy:
        # Asked first: a registry that is away shall not cost the minutes of a judgement.
        alias = _registered(copy, registered) if registered and not dry_run else None
        outcome = judge(copy, release, labels, articles, limits=limits, progress=progress)
        report = history / f"{outcome.candidate or candidate.name}-{at:%Y%m%d-%H%M%S}.html"
        write_report(report, outcome, at=at, waived=waiver.rules, by=waiver.by, reason=waiver.reason)
        waived = [f for f in outcome.findings if f.rule in waiver.rules and f.verdict is not Verdict.PASSES]
        line = _line(outcome, at=at, by=by, report=report.name) | {
            "waived": [{"rule": f.rule, "verdict": f.verdict.name.lower(), "found": f.reason} for f in waived],
            "reason": waiver.reason,
        }
        if outcome.verdict_without(waiver.rules) is not Verdict.PASSES:
            if not dry_run:
                _append(history, {"action": REFUSE, **line})
            left = [f.rule for f in outcome.findings if f.verdict and f.rule not in waiver.rules]
            raise PromotionRefused(outcome, report, left)
        if dry_run:
            return Promoted(outcome, report, None)
        _install(copy, release, history, line, alias)
        return Promoted(outcome, report, alias)


def _registered(copy: Path, name: str) -> registry.Version | None:
    """The registry's version of the candidate in `copy`; None where it does not load, which is the gate's to say."""
    try:
        version = artifacts.load_release(copy).engine.model.version
    except DiembaoError:
        return None
    return registry.version_of(name, version)


def rollback(
    release: Path, *, at: datetime, by: str, reason: str = "", registered: str | None = None
) -> tuple[str, registry.Version | None]:
    """Put back the release that the last promotion replaced; returns its version, and who bears the alias now.

    What stands in `release` need not load.

    Raises:
        PromotionError: there is none before, or it cannot be written; the release stays.
        ArtifactError, GoldenError: the one before is damaged; the release stays.
        RegistryError: the folder is back, but the alias could not be moved.
    """
    with _history(release) as history:
        names = _stack(history)
        if not names:
            raise PromotionError(f"{history / LOG}: không có lần thay mô hình nào để quay lại")
        before = history / names[-1]
        loaded = artifacts.load_release(before)
        prove(loaded.engine)
        version = loaded.engine.model.version
        _append(history, {"action": ROLLBACK, "at": at.isoformat(), "by": by, "reason": reason, "restored": names[-1]})
        try:
            artifacts.copy(before, release)
        except OSError as error:
            _append(history, {"action": FAILED, "of": ROLLBACK, "restored": names[-1], "at": at.isoformat()})
            raise PromotionError(f"chưa quay lại được {version}: không ghi được {release}: {error}") from error
    if registered is None:
        return version, None
    alias = registry.version_of(registered, version)
    registry.move_alias(alias)
    return version, alias


def _install(copy: Path, release: Path, history: Path, line: Mapping[str, Any], alias: registry.Version | None) -> None:
    """Keep the old release aside, write the record, move the alias, write the new release; undo what was done."""
    bearer = registry.bearer(alias.name) if alias else None
    kept = _keep(release, history)
    registered_as = str(alias) if alias else None
    _append(history, {"action": PROMOTE, **line, "kept": kept, "registered": registered_as})
    try:
        if alias:
            registry.move_alias(alias)
        artifacts.copy(copy, release)
    except (OSError, DiembaoError) as error:
        _append(history, {"action": FAILED, "of": PROMOTE, "at": line["at"], "found": str(error)})
        artifacts.copy(history / kept, release)
        if alias and bearer:
            registry.move_alias(bearer)
        raise PromotionError(f"chưa thay được mô hình, {release} vẫn như cũ: {error}") from error
    _forget(history)


def read_log(release: Path) -> list[dict[str, Any]]:
    """The record of a release, oldest event first. Raises PromotionError where somebody damaged it."""
    return _events(history_of(release))


def _events(history: Path) -> list[dict[str, Any]]:
    path = history / LOG
    # What follows the last line break is a line that a power cut tore: its event was not begun.
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    events = []
    for number, line in enumerate(lines, 1):
        try:
            events.append(json.loads(line))
        except ValueError as error:
            raise PromotionError(f"{path}:{number}: dòng hỏng: {error}") from error
    return events


def history_of(release: Path) -> Path:
    """The folder beside a release that holds its record, reports and predecessors."""
    folder = release.resolve()
    return folder.with_name(f"{folder.name}-history")


def _stack(history: Path) -> list[str]:
    """Names of the kept releases in the order in which `rollback` would return to them, the next one last."""
    names: list[str] = []
    for event in _events(history):
        action = event["action"]
        if action == PROMOTE:
            names.append(event["kept"])
        elif action == ROLLBACK or (action == FAILED and event["of"] == PROMOTE):
            names.pop()
        elif action == FAILED:
            names.append(event["restored"])
    return names[-KEPT:]


def _keep(release: Path, history: Path) -> str:
    loaded = artifacts.load_release(release)
    name = f"{loaded.engine.model.version}-{loaded.fingerprint[:8]}"
    artifacts.copy(release, history / name)
    return name


def _forget(history: Path) -> None:
    """Remove kept releases that no rollback would reach."""
    wanted = set(_stack(history))
    for folder in history.iterdir():
        if folder.is_dir() and folder.name not in wanted and not folder.name.startswith("."):
            shutil.rmtree(folder, ignore_errors=True)


def _line(outcome: Outcome, *, at: datetime, by: str, report: str) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "by": by,
        "candidate": outcome.candidate,
        "fingerprint": outcome.fingerprint,
        "champion": outcome.champion,
        "verdict": outcome.verdict.name.lower(),
        "is_better": outcome.is_better,
        "report": report,
    }


def _append(history: Path, event: Mapping[str, Any]) -> None:
    """One line more, on the disk when this returns, in place of one that a power cut tore."""
    path = history / LOG
    whole = path.read_bytes().rpartition(b"\n") if path.exists() else (b"", b"", b"")
    with path.open("ab") as file:
        file.truncate(len(whole[0]) + len(whole[1]))
        file.write(json.dumps(event, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _history(release: Path) -> Iterator[Path]:
    """The history folder, for one promotion at a time."""
    folder = history_of(release)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / ".lock").open("ab")
    except OSError as error:
        raise PromotionError(f"không ghi được {folder}: {error.strerror or error}") from error
    with lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # Windows: a person promotes, one at a time
            pass
        except BlockingIOError as error:
            raise PromotionError(f"{folder}: một lượt thay mô hình khác đang chạy") from error
        yield folder


@contextmanager
def _staged(candidate: Path, history: Path) -> Iterator[Path]:
    """A copy of the candidate: what is judged is what is installed, whatever happens to the original meanwhile."""
    for left in history.glob(f"{STAGED}*"):  # of a run that was killed: nobody else is here
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=STAGED, dir=history) as folder:
        copy = Path(folder) / "release"
        try:
            artifacts.copy(candidate, copy)
        except artifacts.ArtifactError:
            # Damaged: the gate shall say so in its report.
            shutil.copytree(candidate, copy) if candidate.is_dir() else copy.mkdir()
        yield copy

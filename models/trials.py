"""Finished trials of a search on disk, a JSON line each, so that it can be stopped at any moment and gone on with."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.search import FOLDS, SPACE, Trial, Values
from nlp.errors import DiembaoError

DIGITS = 5
"""Decimals kept of the loss of a row; the numbers of a trial are kept whole."""


class TrialsError(DiembaoError):
    """A file of trials that cannot be gone on with. Fact: `file`."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


@dataclass(slots=True)
class Trials:
    """The trials in `file` on data of the fingerprint `data`. `name`, given at the start, tells a tracker who it is."""

    file: Path
    name: str
    data: str
    finished: list[Trial] = field(default_factory=list)

    def add(self, trial: Trial) -> None:
        """Keep a trial.

        Raises:
            TrialsError: it cannot be written.
        """
        losses = [round(float(loss), DIGITS) for loss in trial.losses]
        _append(self.file, {"values": trial.values, "numbers": trial.numbers, "losses": losses})
        self.finished.append(trial)

    @property
    def best(self) -> Trial:
        """The trial of the lowest loss, the earlier of two that are equal."""
        return min(self.finished, key=lambda trial: trial.loss)

    def of(self, values: Values) -> Trial | None:
        """The trial of these values, if it is finished."""
        return next((trial for trial in self.finished if trial.values == values), None)


def open_trials(file: Path, *, data: str) -> Trials:
    """The trials in `file`, which is begun where it is not there. `data`: fingerprint of what is trained on.

    A last line torn by a killed process is cut off.

    Raises:
        TrialsError: the file belongs to other data or another way of judging, or cannot be read or written.
    """
    mark = {"data_fingerprint": data, "folds": FOLDS, "space": {key: list(values) for key, values in SPACE.items()}}
    try:
        head, rows = _read(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrialsError(file, f"không đọc được các lượt thử đã có: {error}") from error
    if not head:
        head = {"name": secrets.token_hex(4), **mark}
        _append(file, head)
    changed = [key for key, value in mark.items() if head.get(key) != value]
    if changed:
        words = {"data_fingerprint": "dữ liệu", "folds": "cách chấm", "space": "không gian tìm kiếm"}
        raise TrialsError(
            file,
            f"các lượt thử ở đây có {', '.join(words[key] for key in changed)} khác, không so được; chọn --out khác",
        )
    return Trials(file, head["name"], data, rows)


def _read(file: Path) -> tuple[dict[str, Any], list[Trial]]:
    if not file.exists():
        return {}, []
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        with file.open("r+b") as opened:
            opened.truncate(len(whole))
    lines = [dict(json.loads(line)) for line in whole.splitlines()]
    rows = [Trial(line["values"], line["numbers"], np.array(line["losses"])) for line in lines[1:]]
    return (lines[0] if lines else {}), rows


def _append(file: Path, line: dict[str, Any]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(line) + "\n")
    except OSError as error:
        raise TrialsError(file, f"không ghi được: {error}") from error

"""Train the encoder from a packed token file, on whatever accelerator there is: python -m models.training.encoder.

It needs torch and numpy alone, so that it runs on a bare machine with a GPU that is lent for minutes. `diembao train
--encoder` does the rest: it makes the pack and turns the student into a release.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from models.training.encoder import quantised, stages
from models.training.encoder.network import state
from models.training.encoder.optimise import Report
from models.training.encoder.pack import DEV, NOT_LABELLED, OUTPUTS, Pack, load

START, PRETRAINED, STUDENT = "start.npz", "pretrained.npz", "student.npz"


def _report(stage: str) -> Report:
    began, last = time.monotonic(), [0.0]

    def report(done: float, what: str) -> None:
        now = time.monotonic()
        if now - last[0] < 10:
            return
        last[0] = now
        left = (now - began) * (1 - done) / max(done, 1e-3)
        print(f"{stage}: {done:.0%}, {what}, {left:.0f} s left", flush=True)  # noqa: T201

    return report


def asked(pack: Pack) -> npt.NDArray[np.int64]:
    """The rows on which teachers give their opinion: those of the pool, and all with a label."""
    return np.flatnonzero(pack.pool | (pack.fold >= DEV))


def taught(pack: Pack) -> npt.NDArray[np.int64]:
    """Of `asked`, the places of those that the student learns from: all but what is only judged on."""
    rows = asked(pack)
    return np.flatnonzero(pack.fold[rows] != DEV)


def _judge(name: str, pack: Pack, opinions: npt.NDArray[Any]) -> None:
    """Print how often topic and lead unit are right on the labels that nothing was trained on."""
    rows = asked(pack)
    dev = np.flatnonzero(pack.fold[rows] == DEV)
    truth = pack.targets[pack.fold[pack.labelled] == DEV].astype(np.float32)
    said = opinions[dev].astype(np.float32)
    parts = {"topic": slice(0, 19), "lead": slice(19, 53), "urgency": slice(86, 90)}
    right = {k: float((truth[:, p].argmax(1) == said[:, p].argmax(1)).mean()) for k, p in parts.items()}
    print(name, {k: round(v, 4) for k, v in right.items()}, flush=True)  # noqa: T201


def main() -> None:
    """Run one stage, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m models.training.encoder", description=__doc__)
    parser.add_argument("stage", choices=("all", "pretrain", "teachers", "teacher", "student"))
    parser.add_argument("--pack", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="holds start.npz; everything made is put there")
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--layers", type=int, help="layers of the student, in place of the recipe's")
    parser.add_argument("--at-once", type=int, default=1, help="teachers that are trained side by side")
    parser.add_argument("--batch", type=float, default=1.0, help="factor on the recipe's batches, for small memories")
    parser.add_argument("--steps", type=float, default=1.0, help="factor on the recipe's numbers of steps")
    for name in ("pretrain", "teacher", "student"):
        parser.add_argument(f"--{name}-seconds", type=float, help=f"ends the {name} stage, its decay with it")
    options = parser.parse_args()
    recipe = stages.Recipe()
    recipe = replace(recipe, layers=options.layers or recipe.layers)
    for name in ("pretrain", "teacher", "student"):
        plan = getattr(recipe, name)
        steps = max(2, round(plan.steps * options.steps))
        plan = replace(plan, steps=steps, seconds=getattr(options, f"{name}_seconds"))
        size = max(2, round(getattr(recipe, f"{name}_batch") * options.batch))
        recipe = replace(recipe, **{name: plan, f"{name}_batch": size})
    began = time.monotonic()
    pack = load(options.pack)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    ground = stages.Ground(pack, recipe, device)
    print(f"{options.stage}: {len(pack.fold)} articles after {time.monotonic() - began:.0f} s on {device}", flush=True)  # noqa: T201
    folder = options.folder
    if options.stage in ("all", "pretrain"):
        stages.pretrain(
            ground,
            folder / START,
            folder / PRETRAINED,
            report=_report("pretrain"),
            checkpoint=folder / "pretrain.checkpoint",
        )
    if options.stage == "teacher":
        _teacher(ground, folder, options.fold)
    if options.stage in ("all", "teachers"):
        _teachers(recipe.folds, options.at_once)
    if options.stage in ("all", "student"):
        _student(ground, folder)


def _teacher(ground: stages.Ground, folder: Path, fold: int) -> None:
    reader = stages.teach(
        ground,
        folder / PRETRAINED,
        fold=fold,
        seed=fold,
        report=_report(f"teacher {fold}"),
        checkpoint=folder / f"teacher-{fold}.checkpoint",
    )
    opinions = stages.ask(reader, ground.lines, asked(ground.pack))
    _judge(f"teacher {fold}", ground.pack, opinions)
    np.save(folder / f"opinions-{fold}.npy", opinions)


def _teachers(folds: int, at_once: int) -> None:
    """Every teacher in a process of its own, `at_once` at a time: one alone leaves a large accelerator idle."""
    waiting = list(range(folds))
    running: list[subprocess.Popen[bytes]] = []
    arguments = ["teacher" if argument in ("all", "teachers") else argument for argument in sys.argv[1:]]
    while waiting or running:
        while waiting and len(running) < at_once:
            command = [sys.executable, "-m", "models.training.encoder", *arguments, "--fold", str(waiting.pop(0))]
            running.append(subprocess.Popen(command))  # noqa: S603
        first = running.pop(0)
        if first.wait():
            raise SystemExit(first.returncode)


def _student(ground: stages.Ground, folder: Path) -> None:
    pack, rows = ground.pack, asked(ground.pack)
    opinions = [np.load(folder / f"opinions-{fold}.npy") for fold in range(ground.recipe.folds)]
    agreed = stages.combine(pack, opinions, rows)
    _judge("teachers together", pack, agreed)
    np.save(folder / "agreed.npy", agreed.astype(np.float16))
    learnt = taught(pack)
    reader = stages.study(
        ground,
        folder / PRETRAINED,
        rows[learnt],
        agreed[learnt],
        report=_report("student"),
        checkpoint=folder / "student.checkpoint",
    )
    quantised.write(folder / STUDENT, state(reader))
    labelled = np.flatnonzero(pack.fold[rows] != NOT_LABELLED)
    opinion = np.zeros((len(rows), OUTPUTS), np.float16)
    opinion[labelled] = stages.ask(reader, ground.student_lines, rows[labelled])
    np.save(folder / "labelled.npy", opinion[labelled])
    _judge("student", pack, opinion)


if __name__ == "__main__":
    main()

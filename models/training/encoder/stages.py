"""The trainings of the encoder in their order: pretrain, teachers, ask them, student. Each reads and writes files.

Why teachers and a student: a linear layer fitted on vectors of articles whose labels the encoder has learnt by heart
would trust them too much. Every teacher leaves out one fold of the labels, and the student learns of each labelled
article only what the teachers think that never saw its label. So the student's vectors are as honest on labelled
articles as on new ones, and heads can be fitted on them, again every week, without touching the encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.training.encoder import quantised
from models.training.encoder.batches import Batch, Crop, Lines, epoch
from models.training.encoder.masking import Guesser, Masking, choose
from models.training.encoder.network import Encoder, Reader, load_state, shape_of, state
from models.training.encoder.optimise import Plan, Report, optimise
from models.training.encoder.pack import FIRST_FOLD, OUTPUTS, Pack, lines
from models.training.encoder.targets import loss, probabilities


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the trainings can be told.

    Teachers read `length` tokens of an article, what the labels' readers read; the student `student_length`, with
    `layers` layers: what one core can read in 40 ms. The layers are the pretrained ones, evenly chosen.
    """

    length: int = 256
    student_length: int = 224
    layers: int = 8
    folds: int = 5
    pretrain: Plan = field(default=Plan(steps=2400, rate=3e-4))
    pretrain_batch: int = 512
    teacher: Plan = field(default=Plan(steps=2000, rate=1.5e-4, layer_decay=0.92))
    teacher_batch: int = 48
    student: Plan = field(default=Plan(steps=3800, rate=1e-4, layer_decay=0.95))
    student_batch: int = 256
    masking: Masking = field(default=Masking())
    crop: Crop = field(default=Crop())


class Ground:
    """A pack on the training's device."""

    def __init__(self, pack: Pack, recipe: Recipe, device: torch.device) -> None:
        self.pack, self.recipe, self.device = pack, recipe, device
        dense = lines(pack.tokens, max_tokens=recipe.length)
        tokens = torch.from_numpy(dense.astype(np.int32)).to(device)
        self.lines = Lines(tokens, pack.tokens.sizes)
        self.student_lines = Lines(tokens[:, : recipe.student_length], pack.tokens.sizes)
        self.titles = torch.from_numpy(pack.tokens.sizes[:, 0].astype(np.int64)).to(device)


def pretrain(
    ground: Ground, start: Path, out: Path, *, report: Report, checkpoint: Path | None = None, seed: int = 0
) -> None:
    """Go on with the masked tokens of all articles of the pack, from the encoder in `start`."""
    torch.manual_seed(seed)
    recipe, arrays = ground.recipe, quantised.read(start)
    encoder = Encoder(shape_of(arrays))
    load_state(encoder, arrays)
    guesser = Guesser(encoder).to(ground.device)
    rows, random = np.arange(len(ground.pack.fold)), np.random.default_rng(seed)
    whole = Crop(title=0, title_and_lead=0.05, blank=0)

    def batches() -> Iterator[Batch]:
        return epoch(ground.lines, rows, size=recipe.pretrain_batch, crop=whole, random=random)

    def loss_of(batch: Batch) -> Tensor:
        titles = ground.titles[torch.from_numpy(batch.rows).to(ground.device)]
        return guesser(batch.tokens, batch.present, choose(batch.tokens, titles, recipe.masking))

    optimise(guesser, batches, loss_of, plan=recipe.pretrain, report=report, checkpoint=checkpoint)
    quantised.write(out, state(encoder))


def _reader(file: Path, layers: int | None = None) -> Reader:
    """A reader on the encoder in `file`, or on `layers` of its layers, evenly chosen with the first and the last."""
    arrays = quantised.read(file)
    shape = shape_of(arrays)
    if layers is not None and layers < shape.layers:
        kept = np.linspace(0, shape.layers - 1, layers).round().astype(int).tolist()
        place = {old: new for new, old in enumerate(kept)}
        chosen = {name: value for name, value in arrays.items() if not name.startswith("blocks.")}
        for name, value in arrays.items():
            if name.startswith("blocks.") and (old := int(name.split(".")[1])) in place:
                chosen[f"blocks.{place[old]}.{name.split('.', 2)[2]}"] = value
        arrays, shape = chosen, replace(shape, layers=layers)
    reader = Reader(shape)
    load_state(reader.encoder, arrays)
    return reader


def teach(
    ground: Ground, start: Path, *, fold: int, report: Report, checkpoint: Path | None = None, seed: int = 0
) -> Reader:
    """A teacher that has read the labels of all folds but `fold`."""
    torch.manual_seed(seed)
    recipe, device, pack = ground.recipe, ground.device, ground.pack
    reader = _reader(start).to(device)
    labelled = pack.labelled
    place = np.full(len(pack.fold), -1)
    place[labelled] = np.arange(len(labelled))
    rows = labelled[(pack.fold[labelled] >= FIRST_FOLD) & (pack.fold[labelled] != fold)]
    targets = torch.from_numpy(pack.targets.astype(np.float32)).to(device)
    known = torch.from_numpy(pack.known).to(device)
    random = np.random.default_rng(seed)

    def batches() -> Iterator[Batch]:
        return epoch(ground.lines, rows, size=recipe.teacher_batch, crop=recipe.crop, random=random)

    def loss_of(batch: Batch) -> Tensor:
        at = torch.from_numpy(place[batch.rows]).to(device)
        return loss(reader(batch.tokens, batch.present).float(), targets[at], known[at])

    optimise(reader, batches, loss_of, plan=recipe.teacher, report=report, checkpoint=checkpoint)
    return reader


@torch.no_grad()
def ask(reader: nn.Module, lines: Lines, rows: npt.NDArray[np.int64], *, size: int = 512) -> npt.NDArray[np.float16]:
    """What `reader` thinks of whole articles: probabilities (rows, OUTPUTS)."""
    reader.eval()
    out = np.zeros((len(rows), OUTPUTS), np.float16)
    order = np.argsort(lines.full[rows], kind="stable")
    at = 0
    for batch in epoch(lines, rows[order], size=size, crop=None, random=np.random.default_rng(0)):
        with torch.autocast(batch.tokens.device.type, torch.bfloat16):
            scores = reader(batch.tokens, batch.present)
        out[order[at : at + len(batch.rows)]] = probabilities(scores.float()).half().cpu().numpy()
        at += len(batch.rows)
    return out


def combine(
    pack: Pack, opinions: list[npt.NDArray[np.float16]], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """The teachers' mean opinion of `rows`, of a labelled article only from those that never saw its label.

    `opinions[k]` (rows, OUTPUTS) is of the teacher that left out fold k.
    """
    together = np.stack(opinions).astype(np.float32)
    mean: npt.NDArray[np.float32] = together.mean(axis=0)
    fold = pack.fold[rows]
    for number in range(len(opinions)):
        mean[fold == number] = together[number][fold == number]
    return mean


def study(
    ground: Ground,
    start: Path,
    rows: npt.NDArray[np.int64],
    opinions: npt.NDArray[np.float32],
    *,
    report: Report,
    checkpoint: Path | None = None,
    seed: int = 0,
) -> Reader:
    """A student of fewer layers that has learnt the `opinions` (rows, OUTPUTS) of the teachers."""
    torch.manual_seed(seed)
    recipe, device = ground.recipe, ground.device
    reader = _reader(start, recipe.layers).to(device)
    place = np.full(len(ground.pack.fold), -1)
    place[rows] = np.arange(len(rows))
    targets = torch.from_numpy(opinions).to(device)
    known = torch.ones((1, ground.pack.known.shape[1]), dtype=torch.bool, device=device)
    random = np.random.default_rng(seed)

    def batches() -> Iterator[Batch]:
        return epoch(ground.student_lines, rows, size=recipe.student_batch, crop=recipe.crop, random=random)

    def loss_of(batch: Batch) -> Tensor:
        at = torch.from_numpy(place[batch.rows]).to(device)
        return loss(reader(batch.tokens, batch.present).float(), targets[at], known.expand(len(at), -1))

    optimise(reader, batches, loss_of, plan=recipe.student, report=report, checkpoint=checkpoint)
    return reader

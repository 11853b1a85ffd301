"""Batches of articles for a training: of like length, cut or blanked in part as a training may ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nlp.encoder.tokens import END, PADDING, UNKNOWN

TOGETHER = 50
"""Batches that are drawn at once and sorted by length, so that little is padding and yet every epoch differs."""


@dataclass(frozen=True, slots=True)
class Crop:
    """How often (0 to 1) an article is cut to its title, or to title and lead; and how many tokens are blanked."""

    title: float = 0.12
    title_and_lead: float = 0.12
    blank: float = 0.08


@dataclass(frozen=True, slots=True)
class Lines:
    """All articles on the training's device: `tokens` (n, length) int32, `sizes` (n, 3) of the zones, on the host."""

    tokens: Tensor
    sizes: npt.NDArray[np.int32]

    @property
    def full(self) -> npt.NDArray[np.int64]:
        """Length of every article with its four marks, at most that of the lines (n,)."""
        sizes: npt.NDArray[np.int64] = np.minimum(self.sizes.sum(axis=1) + 4, self.tokens.shape[1])
        return sizes


@dataclass(frozen=True, slots=True)
class Batch:
    """`rows` (batch,) of the articles; `tokens` (batch, length); `present` is None where nothing is padding."""

    rows: npt.NDArray[np.int64]
    tokens: Tensor
    present: Tensor | None


def epoch(
    lines: Lines, rows: npt.NDArray[np.int64], *, size: int, crop: Crop | None, random: np.random.Generator
) -> Iterator[Batch]:
    """`rows` in random order, `size` at a time; without `crop` in the order given, and whole."""
    order = rows if crop is None else random.permutation(rows)
    step = size * TOGETHER if crop else len(order)
    for at in range(0, len(order), max(step, 1)):
        chunk = order[at : at + step]
        kept = lines.full[chunk] if crop is None else _kept(lines, chunk, crop, random)
        by_length = np.argsort(kept, kind="stable") if crop else np.arange(len(chunk))
        starts = np.arange(0, len(chunk), size)
        if crop:
            random.shuffle(starts)
        for start in starts:
            some = by_length[start : start + size]
            yield _batch(lines, chunk[some], kept[some], crop)


def _kept(lines: Lines, rows: npt.NDArray[np.int64], crop: Crop, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """How many tokens of each article stay, without the marks of what was cut; negative where something was cut."""
    title, lead = lines.sizes[rows, 0], lines.sizes[rows, 1]
    draw = random.random(len(rows))
    short = draw < crop.title
    middle = (draw >= crop.title) & (draw < crop.title + crop.title_and_lead) & (lead > 0)
    kept = lines.full[rows].copy()
    kept[short] = np.minimum(kept[short], 1 + title[short] + 3)
    kept[middle] = np.minimum(kept[middle], 2 + title[middle] + lead[middle] + 2)
    return kept


def _batch(lines: Lines, rows: npt.NDArray[np.int64], kept: npt.NDArray[np.int64], crop: Crop | None) -> Batch:
    device = lines.tokens.device
    length = int(kept.max())
    tokens = lines.tokens[torch.from_numpy(rows).to(device), :length].long()
    ends = torch.from_numpy(kept).to(device)[:, None]
    place = torch.arange(length, device=device)[None]
    if crop is not None:
        # The marks of empty zones stay: an article that has only a title ends on three of them.
        cut = torch.from_numpy(_cut(lines, rows, kept)).to(device)[:, None]
        tokens = torch.where((place >= cut) & (place < ends), END, tokens)
        blank = torch.rand(tokens.shape, device=device) < crop.blank
        tokens = torch.where(blank & (tokens > UNKNOWN), UNKNOWN, tokens)
    tokens = torch.where(place < ends, tokens, PADDING)
    return Batch(rows, tokens, None if (kept == length).all() else place < ends)


def _cut(lines: Lines, rows: npt.NDArray[np.int64], kept: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """From which place on only marks follow in an article of which `kept` tokens stay."""
    title, lead = lines.sizes[rows, 0], lines.sizes[rows, 1]
    whole = kept == lines.full[rows]
    is_title = kept == 1 + title + 3
    return np.where(whole, kept, np.where(is_title, 1 + title, 2 + title + lead)).astype(np.int64)

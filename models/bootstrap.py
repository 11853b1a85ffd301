"""Draws of whole stories with replacement: articles of one story err together, so that drawing articles would make
intervals too narrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt


def story_draws(
    stories: Sequence[int] | npt.NDArray[np.int64], *, samples: int, seed: int
) -> Iterator[npt.NDArray[np.int64]]:
    """`samples` times the rows of as many drawn stories as there are; `stories[i]` is the story of row i."""
    random = np.random.default_rng(seed)
    _, of_row = np.unique(stories, return_inverse=True)
    members = np.split(np.argsort(of_row, kind="stable"), np.cumsum(np.bincount(of_row))[:-1])
    for _ in range(samples):
        chosen = random.integers(len(members), size=len(members))
        yield np.concatenate([members[k] for k in chosen])

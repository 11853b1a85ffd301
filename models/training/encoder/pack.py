"""Articles as token numbers, with what is known of each: all that a training needs, in one compressed file.

The file holds no text, but token numbers that a tokeniser turns back into text: it is not for publishing.
"""

from __future__ import annotations

import io
import lzma
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encoder.tokens import Tokens, assemble
from nlp.errors import DiembaoError
from nlp.heads import N_OUTPUTS

LEVELS = 3
"""Beside the heads' outputs stand three of their own: is the urgency at least 1, at least 2, 3?"""
OUTPUTS = N_OUTPUTS + LEVELS
NOT_LABELLED, DEV, FIRST_FOLD = -2, -1, 0
"""Values of `Pack.fold`: no label; a label that is only judged on; from 0 on, the fold that holds a label out."""
_ARRAYS = ("flat", "sizes", "fold", "pool", "targets", "known")
CHUNK = 8192


class PackError(DiembaoError):
    """A pack file that is not of the expected form."""


@dataclass(frozen=True, slots=True)
class Pack:
    """n articles, of which l have labels.

    `fold` (n,) int8: see NOT_LABELLED; `pool` (n,) bool: articles on which the teachers are asked and the student is
    taught. `targets` (l, OUTPUTS) and `known` (l, heads) belong to the rows whose fold is at least DEV, in order.
    """

    tokens: Tokens
    fold: npt.NDArray[np.int8]
    pool: npt.NDArray[np.bool_]
    targets: npt.NDArray[np.float16]
    known: npt.NDArray[np.bool_]

    @property
    def labelled(self) -> npt.NDArray[np.int64]:
        """The rows that `targets` speaks of."""
        return np.flatnonzero(self.fold >= DEV)


def lines(tokens: Tokens, *, max_tokens: int) -> npt.NDArray[np.uint16]:
    """Every article as the encoder reads it, padded: (n, max_tokens)."""
    starts, n = tokens.starts, len(tokens.sizes)
    out = np.ones((n, max_tokens), np.uint16)
    for at in range(0, n, CHUNK):
        rows = np.arange(at, min(at + CHUNK, n))
        part = assemble(tokens, rows, max_tokens=max_tokens, starts=starts)
        out[rows, : part.shape[1]] = part
    return out


def save(pack: Pack, file: Path) -> None:
    """Write `pack`, each array compressed by LZMA: some 0.9 bytes a token."""
    arrays: dict[str, npt.NDArray[Any]] = {"flat": pack.tokens.flat, "sizes": pack.tokens.sizes.astype(np.uint16)}
    arrays |= {"fold": pack.fold, "pool": pack.pool, "targets": pack.targets, "known": pack.known}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            even = {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 2**27, "lc": 0, "lp": 1, "pb": 1}
            archive.writestr(name, lzma.compress(buffer.getvalue(), filters=[even]))


def load(file: Path) -> Pack:
    """Read a pack.

    Raises:
        PackError: the file cannot be read or lacks an array.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            found: dict[str, Any] = {
                name: np.load(io.BytesIO(lzma.decompress(archive.read(name))), allow_pickle=False) for name in _ARRAYS
            }
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, lzma.LZMAError) as error:
        raise PackError(f"{file}: không đọc được gói token: {error}") from error
    tokens = Tokens(found["flat"], found["sizes"].astype(np.int32))
    return Pack(tokens, found["fold"], found["pool"], found["targets"], found["known"])

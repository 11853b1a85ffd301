"""Weights on disk in 8 bits: blocks of 32 values with one scale, some 0.4 % off, a quarter of the size."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

BLOCK = 32


def write(file: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write `arrays`: matrices rounded, vectors in float32."""
    stored: dict[str, npt.NDArray[Any]] = {}
    for name, array in arrays.items():
        value = np.asarray(array, np.float32)
        if value.ndim < 2:
            stored[name] = value
            continue
        blocks = value.reshape(-1, BLOCK)
        scale = np.maximum(np.abs(blocks).max(axis=1, keepdims=True) / 127, 1e-8).astype(np.float16)
        rounded = np.clip(np.round(blocks / scale.astype(np.float32)), -127, 127).astype(np.int8)
        stored[f"{name}/8"], stored[f"{name}/scale"] = rounded.reshape(value.shape), scale.ravel()
    part = file.with_name(file.name + ".part")
    with part.open("wb") as out:
        np.savez(out, **stored)  # type: ignore[arg-type]
    part.replace(file)


def read(file: Path) -> dict[str, npt.NDArray[np.float32]]:
    """The arrays of `write`, as float32; `file` may lie in pieces: FILE.00, FILE.01 and so on (`split -d`)."""
    found: dict[str, npt.NDArray[np.float32]] = {}
    pieces = sorted(file.parent.glob(f"{file.name}.[0-9][0-9]")) or [file]
    with np.load(io.BytesIO(b"".join(piece.read_bytes() for piece in pieces)), allow_pickle=False) as stored:
        for name in stored.files:
            base, _, kind = name.rpartition("/")
            if kind == "8":
                scale = stored[f"{base}/scale"].astype(np.float32)[:, None]
                rounded = stored[name]
                found[base] = (rounded.reshape(-1, BLOCK).astype(np.float32) * scale).reshape(rounded.shape)
            elif kind != "scale":
                found[name] = stored[name]
    return found

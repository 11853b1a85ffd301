"""The encoder in a release: three files beside the model's, under the same sums, or none of them.

`encoder.onnx` is the network, `tokenizer.json` its vocabulary, `encoder.npz` the pieces' vectors and the layers that
turn the network's vector into scores, and the scores into decisions.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.careful import Careful
from nlp.encoder.vectors import Encoder
from nlp.errors import DiembaoError
from nlp.heads import N_OUTPUTS, UNITS

NETWORK, VOCABULARY, TABLES = "encoder.onnx", "tokenizer.json", "encoder.npz"
FILES = (NETWORK, VOCABULARY, TABLES)
MAX_BYTES = 40 * 2**20
"""Largest size of the three together."""

# name: (type, shape); V pieces of width W, O outputs.
ARRAYS: dict[str, tuple[str, tuple[int | str, ...]]] = {
    "words": ("int8", ("V", "W")),
    "scales": ("float32", ("V",)),
    "weights": ("float32", ("2W", "O")),
    "bias": ("float32", ("O",)),
    "mixing": ("float32", ("N+O", N_OUTPUTS)),
    "offset": ("float32", (N_OUTPUTS,)),
    "helps": ("float32", (2, len(UNITS), len(UNITS))),
    "max_tokens": ("int32", ()),
}


class EncoderFilesError(DiembaoError):
    """Files of an encoder that hold what none may hold."""


def arrays_of(careful: Careful) -> dict[str, npt.NDArray[Any]]:
    """The arrays of TABLES."""
    encoder = careful.encoder
    return {
        "words": encoder.words,
        "scales": encoder.scales,
        "weights": encoder.weights,
        "bias": encoder.bias,
        "mixing": careful.mixing,
        "offset": careful.offset,
        "helps": careful.helps,
        "max_tokens": np.array(encoder.max_tokens, np.int32),
    }


def pack(careful: Careful) -> dict[str, bytes]:
    """The content of FILES."""
    tables = io.BytesIO()
    np.savez_compressed(tables, allow_pickle=False, **arrays_of(careful))
    return {
        NETWORK: careful.encoder.network,
        VOCABULARY: careful.encoder.vocabulary,
        TABLES: tables.getvalue(),
    }


def unpack(files: Mapping[str, bytes], *, place: str) -> Careful:
    """The careful reader of the content of FILES; the network is not started before a first article needs it.

    Raises:
        EncoderFilesError: they are too large, or an array is not on the allow-list. `place` is named.
    """
    if sum(len(files[name]) for name in FILES) > MAX_BYTES:
        raise EncoderFilesError(f"{place}: bộ mã hóa lớn hơn {MAX_BYTES // 2**20} MiB")
    arrays = _arrays(files[TABLES], f"{place}/{TABLES}")
    encoder = Encoder(
        network=files[NETWORK],
        vocabulary=files[VOCABULARY],
        words=arrays["words"],
        scales=arrays["scales"],
        weights=arrays["weights"],
        bias=arrays["bias"],
        max_tokens=int(arrays["max_tokens"]),
    )
    return Careful(encoder, arrays["mixing"], arrays["offset"], arrays["helps"])


def _arrays(content: bytes, place: str) -> dict[str, npt.NDArray[Any]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as data:
            if set(data.files) != set(ARRAYS):
                raise EncoderFilesError(f"{place}: các mảng không đúng danh sách cho phép")
            arrays = {name: data[name] for name in ARRAYS}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:  # numpy's answer to a pickled array, or to no file
        raise EncoderFilesError(f"{place}: {error}") from error
    pieces, width = arrays["words"].shape if arrays["words"].ndim == 2 else (0, 0)
    outputs = arrays["bias"].size
    sizes = {"V": pieces, "W": width, "2W": 2 * width, "O": outputs, "N+O": N_OUTPUTS + outputs}
    for name, (kind, shape) in ARRAYS.items():
        wanted = tuple(sizes[size] if isinstance(size, str) else size for size in shape)
        if arrays[name].dtype != kind or arrays[name].shape != wanted:
            raise EncoderFilesError(f"{place}: mảng {name} phải là {kind} {wanted}")
        if kind == "float32" and not np.isfinite(arrays[name]).all():
            raise EncoderFilesError(f"{place}: mảng {name} có giá trị không hữu hạn")
    return arrays

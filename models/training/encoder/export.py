"""A trained reader -> the ONNX file in 8 bits that `nlp.encoder` runs, and the check that both answer alike."""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.training.encoder.network import Reader
from nlp.errors import DiembaoError

OPSET = 17
LEAST_COSINE = 0.98
"""The vectors in 8 bits and in 32 lie at least this close; measured: 0.995 and more."""


class ExportError(DiembaoError):
    """The exported file does not answer as the network did."""


class _Vectors(nn.Module):
    """One whole article -> its vector: without padding no mask is needed, and the graph stays simple."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, tokens: Tensor) -> Tensor:
        return self.reader.vectors(tokens, None)


def export(reader: Reader, file: Path, *, samples: list[npt.NDArray[np.int64]]) -> float:
    """Write `reader` without its last layer to `file` in 8 bits; the lowest cosine on `samples` (1, tokens) each.

    Raises:
        ExportError: a vector of the file is further than LEAST_COSINE from the network's.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    reader = reader.float().cpu().eval()
    shape = reader.encoder.shape
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            _Vectors(reader), (torch.from_numpy(samples[0]),), str(plain), dynamo=False, opset_version=OPSET,
            input_names=["tokens"], output_names=["vectors"], dynamic_axes={"tokens": {1: "length"}},
        )  # fmt: skip
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False
        model = optimizer.optimize_model(
            str(plain), model_type="bert", num_heads=shape.attention_heads, hidden_size=shape.width,
            optimization_options=options, opt_level=0,
        )  # fmt: skip
        model.save_model_to_file(str(fused))
        float_type = {"DefaultTensorType": 1}  # onnx.TensorProto.FLOAT: what the fused operators give is not inferred
        quantize_dynamic(fused, file, per_channel=True, weight_type=QuantType.QInt8, extra_options=float_type)
    return check(reader, file, samples=samples)


def check(reader: Reader, file: Path, *, samples: list[npt.NDArray[np.int64]]) -> float:
    """The lowest cosine between the vectors of `reader` and those of `file`; errors as `export`."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    lowest = 1.0
    for sample in samples:
        with torch.no_grad():
            ours = reader.vectors(torch.from_numpy(sample), None)[0].numpy()
        theirs = session.run(None, {"tokens": sample})[0][0]
        lowest = min(lowest, float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs)))
    if lowest < LEAST_COSINE:
        raise ExportError(f"{file}: vector của ONNX lệch khỏi mạng gốc: cosine {lowest:.3f} < {LEAST_COSINE}")
    return lowest

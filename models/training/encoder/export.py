"""A trained reader -> the encoder in 8 bits that `nlp.encoder` runs, and the check that both answer alike."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from models.training.encoder.network import Reader, pooled
from nlp.encoder.vectors import Encoder
from nlp.errors import DiembaoError
from nlp.types import Text

OPSET = 17
LEAST_COSINE = 0.98
"""The vectors in 8 bits and in 32 lie at least this close; measured: 0.995 and more."""


class ExportError(DiembaoError):
    """The exported file does not answer as the network did."""


class _Vectors(nn.Module):
    """The words of one whole article -> its vector: without padding no mask is needed, and the graph stays simple."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.encoder = reader.encoder

    def forward(self, words: Tensor) -> Tensor:
        return pooled(self.encoder.read(words))


def export(reader: Reader, *, vocabulary: bytes, max_tokens: int, samples: Sequence[Text]) -> Encoder:
    """`reader` as an encoder in 8 bits, checked on `samples`.

    Raises:
        ExportError: a vector of the encoder is further than LEAST_COSINE from the network's.
    """
    reader = reader.float().cpu().eval()
    words = reader.encoder.word.weight.detach().numpy()
    scales = np.maximum(np.abs(words).max(axis=1) / 127, 1e-8).astype(np.float32)
    encoder = Encoder(
        network=_network(reader),
        vocabulary=vocabulary,
        words=np.round(words / scales[:, None]).astype(np.int8),
        scales=scales,
        weights=reader.outputs.weight.detach().numpy().T.copy(),
        bias=reader.outputs.bias.detach().numpy().copy(),
        max_tokens=max_tokens,
    )
    lowest = agreement(reader, encoder, samples)
    if lowest < LEAST_COSINE:
        raise ExportError(f"vector của ONNX lệch khỏi mạng gốc: cosine {lowest:.3f} < {LEAST_COSINE}")
    return encoder


def _network(reader: Reader) -> bytes:
    """The ONNX file of `_Vectors`, its matrices in 8 bits."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    shape = reader.encoder.shape
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("onnxruntime.transformers").setLevel(logging.ERROR)
        plain, fused, small = (Path(folder) / f"{name}.onnx" for name in ("plain", "fused", "small"))
        torch.onnx.export(
            _Vectors(reader), (torch.zeros(1, 16, shape.width),), str(plain), dynamo=False, opset_version=OPSET,
            input_names=["words"], output_names=["vectors"], dynamic_axes={"words": {1: "length"}},
        )  # fmt: skip
        options = FusionOptions("bert")
        options.enable_embed_layer_norm = False
        model = optimizer.optimize_model(
            str(plain), model_type="bert", num_heads=shape.attention_heads, hidden_size=shape.width,
            optimization_options=options, opt_level=0,
        )  # fmt: skip
        model.save_model_to_file(str(fused))
        float_type = {"DefaultTensorType": 1}  # onnx.TensorProto.FLOAT: what the fused operators give is not inferred
        quantize_dynamic(fused, small, per_channel=True, weight_type=QuantType.QInt8, extra_options=float_type)
        return small.read_bytes()


def agreement(reader: Reader, encoder: Encoder, samples: Sequence[Text]) -> float:
    """The lowest cosine between the vectors of `reader` and those of `encoder`."""
    lowest = 1.0
    for text, theirs in zip(samples, encoder.vectors(samples), strict=True):
        with torch.no_grad():
            ours = reader.vectors(torch.from_numpy(encoder.tokens(text)), None)[0].numpy()
        lowest = min(lowest, float(ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs)))
    return lowest

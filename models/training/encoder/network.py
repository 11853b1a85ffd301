"""The encoder as a torch module: a post-norm BERT with one linear layer a head on its first and mean token."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.encoder.pack import OUTPUTS

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of an encoder. `width` is divisible by `attention_heads`."""

    vocabulary: int
    width: int = 384
    layers: int = 12
    attention_heads: int = 12
    feed_forward: int = 1536
    positions: int = 512


def _attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """Attention, all (batch, heads, tokens, size), by one fused kernel where that is the faster way."""
    if q.is_cuda:
        return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    # On a processor the fused kernel is slow backwards, and onnxruntime knows attention by these steps.
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v


class Block(nn.Module):
    """One layer: attention and feed-forward, each added to its input and normalised after (post-norm)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.attention_heads
        self.q, self.k, self.v, self.ao = (nn.Linear(width, width) for _ in range(4))
        self.fi, self.fo = nn.Linear(width, shape.feed_forward), nn.Linear(shape.feed_forward, width)
        self.aln, self.oln = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """`x` (batch, tokens, width); `mask` (batch, 1, 1, tokens), true at tokens, or None where none is padding."""
        batch, tokens, width = x.shape
        q, k, v = (
            layer(x).view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        seen = _attend(q, k, v, mask)
        x = self.aln(x + self.ao(seen.transpose(1, 2).reshape(batch, tokens, width)))
        return self.oln(x + self.fo(functional.gelu(self.fi(x))))


class Encoder(nn.Module):
    """Token numbers -> one vector a token."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.word = nn.Embedding(shape.vocabulary, shape.width)
        self.position = nn.Embedding(shape.positions, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))

    def forward(self, tokens: Tensor, present: Tensor | None = None) -> Tensor:
        """`tokens` (batch, length) -> (batch, length, width); `present` (batch, length) is false at padding."""
        return self.read(self.word(tokens), present)

    def read(self, words: Tensor, present: Tensor | None = None) -> Tensor:
        """The same from the vectors of the tokens themselves, (batch, length, width)."""
        x = self.norm(words + self.position.weight[: words.shape[1]])
        mask = None if present is None else present[:, None, None, :]
        for block in self.blocks:
            x = block(x, mask)
        return x


def pooled(x: Tensor) -> Tensor:
    """The first token beside the mean of all, where none is padding: (batch, length, width) -> (batch, 2 * width)."""
    return torch.cat([x[:, 0], x.mean(dim=1)], dim=1)


class Reader(nn.Module):
    """An encoder with one linear layer for the outputs of all heads, in the order of `targets`."""

    def __init__(self, shape: Shape, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.dropout = nn.Dropout(dropout)
        self.outputs = nn.Linear(2 * shape.width, OUTPUTS)
        nn.init.normal_(self.outputs.weight, std=0.02)
        nn.init.constant_(self.outputs.bias, -2.0)  # most outputs are rare: the first steps are not for learning that

    def vectors(self, tokens: Tensor, present: Tensor | None) -> Tensor:
        """(batch, length) -> (batch, 2 * width): the first token beside the mean of all."""
        x = self.encoder(tokens, present)
        if present is None:
            return pooled(x)
        weight = present.to(x.dtype)[:, :, None]
        mean = (x * weight).sum(dim=1) / weight.sum(dim=1)
        return torch.cat([x[:, 0], mean], dim=1)

    def forward(self, tokens: Tensor, present: Tensor | None) -> Tensor:
        """Scores (batch, OUTPUTS) before softmax or sigmoid."""
        return self.outputs(self.dropout(self.vectors(tokens, present)))


def shape_of(arrays: Arrays) -> Shape:
    """The sizes that the arrays of `state` speak of; heads of 32 columns each, as in all small BERTs."""
    vocabulary, width = arrays["word.weight"].shape
    layers = 1 + max(int(name.split(".")[1]) for name in arrays if name.startswith("blocks."))
    return Shape(
        vocabulary=vocabulary,
        width=width,
        layers=layers,
        attention_heads=width // 32,
        feed_forward=arrays["blocks.0.fi.weight"].shape[0],
        positions=arrays["position.weight"].shape[0],
    )


def state(module: nn.Module) -> dict[str, npt.NDArray[np.float32]]:
    """The weights of a module as float32 arrays by name."""
    return {name: value.detach().float().cpu().numpy() for name, value in module.state_dict().items()}


def load_state(module: nn.Module, arrays: Arrays) -> None:
    """Put arrays of `state` into a module of the same shape."""
    module.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in arrays.items()})

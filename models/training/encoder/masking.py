"""Further pretraining: the encoder guesses masked tokens, those of titles from the body more often than others."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training.encoder.network import Encoder
from nlp.encoder.tokens import UNKNOWN


@dataclass(frozen=True, slots=True)
class Masking:
    """Shares of tokens to guess (0 to 1): of all, and of the title's in the articles whose title is hidden."""

    share: float = 0.2
    hidden_titles: float = 0.3
    title_share: float = 0.7


class Guesser(nn.Module):
    """An encoder that says which token stood in a masked place; the words' vectors are also its outputs."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        width, vocabulary = encoder.shape.width, encoder.shape.vocabulary
        self.dense, self.norm = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        with torch.no_grad():
            self.dense.weight.copy_(torch.eye(width))
            self.dense.bias.zero_()

    def forward(self, tokens: Tensor, present: Tensor | None, chosen: Tensor) -> Tensor:
        """Mean cross-entropy of the tokens at `chosen` (batch, length), which the encoder gets to see masked."""
        x = self.encoder(_masked(tokens, chosen, self.encoder.shape.vocabulary), present)
        found = self.norm(functional.gelu(self.dense(x[chosen])))
        scores = functional.linear(found, self.encoder.word.weight, self.bias)
        return functional.cross_entropy(scores.float(), tokens[chosen])


def choose(tokens: Tensor, titles: Tensor, masking: Masking) -> Tensor:
    """Places to guess (batch, length). `titles` (batch,) is the length of each title, which begins in place 1."""
    batch, length = tokens.shape
    place = torch.arange(length, device=tokens.device)[None]
    hidden = torch.rand(batch, 1, device=tokens.device) < masking.hidden_titles
    of_title = (place >= 1) & (place <= titles[:, None]) & hidden
    share = torch.where(of_title, masking.title_share, masking.share)
    return (torch.rand(batch, length, device=tokens.device) < share) & (tokens > UNKNOWN)


def _masked(tokens: Tensor, chosen: Tensor, vocabulary: int) -> Tensor:
    """Eight of ten chosen tokens hidden, one replaced by any other, one left as it is (Devlin et al., 2019)."""
    draw = torch.rand(tokens.shape, device=tokens.device)
    other = torch.randint(UNKNOWN + 1, vocabulary, tokens.shape, device=tokens.device)
    masked = torch.where(chosen & (draw < 0.8), UNKNOWN, tokens)
    return torch.where(chosen & (draw >= 0.9), other, masked)

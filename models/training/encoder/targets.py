"""What a training aims at: one vector of probabilities an article, whether a reader or teachers gave them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from nlp.heads import HEADS

_URGENCY = next(number for number, head in enumerate(HEADS) if head.name == "urgency")


def loss(scores: Tensor, targets: Tensor, known: Tensor) -> Tensor:
    """Mean over the batch of all heads' cross-entropies; heads that nobody decided count nothing.

    `scores` and `targets` (batch, OUTPUTS), `known` (batch, heads).
    """
    total, start = scores.new_zeros(()), 0
    weight = known.to(scores.dtype)
    for number, head in enumerate(HEADS):
        part = slice(start, start + len(head.codes))
        total = total + (_entropy(scores[:, part], targets[:, part], multi=head.multi) * weight[:, number]).mean()
        start += len(head.codes)
    levels = _entropy(scores[:, start:], targets[:, start:], multi=True)
    return total + (levels * weight[:, _URGENCY]).mean()


def _entropy(scores: Tensor, targets: Tensor, *, multi: bool) -> Tensor:
    """Cross-entropy (batch,) of one head, summed over its codes."""
    if multi:
        return functional.binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(dim=1)
    return -(targets * functional.log_softmax(scores, dim=1)).sum(dim=1)


def probabilities(scores: Tensor) -> Tensor:
    """Scores (batch, OUTPUTS) -> probabilities of the same form."""
    parts, start = [], 0
    for head in HEADS:
        part = scores[:, start : start + len(head.codes)]
        parts.append(torch.sigmoid(part) if head.multi else torch.softmax(part, dim=1))
        start += len(head.codes)
    return torch.cat([*parts, torch.sigmoid(scores[:, start:])], dim=1)

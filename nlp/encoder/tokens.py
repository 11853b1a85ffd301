"""Text -> token numbers, as the encoder reads them: <s> title </s> lead </s> body </s>, cut off at a length.

One function does it for training and for scoring, so that the encoder never meets another form than it learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FIRST, PADDING, END, UNKNOWN = range(4)
"""Numbers of <s>, <pad>, </s> and <unk>."""
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
MAX_TITLE, MAX_LEAD = 64, 128
"""Tokens of title and lead that are read; nearly all have fewer, and a runaway one must not push out the body."""
CHARS_A_TOKEN = 8
"""No stretch of Vietnamese text of n tokens is longer than this times n: what lies beyond is not tokenised."""

Zones = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Token numbers of n articles, zone by zone: `flat` (all tokens,) uint16; `sizes` (n, 3): title, lead, body."""

    flat: npt.NDArray[np.uint16]
    sizes: npt.NDArray[np.int32]

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where each article begins in `flat`, and the end of the last (n + 1,)."""
        ends: npt.NDArray[np.int64] = np.concatenate([[0], np.cumsum(self.sizes.sum(axis=1))])
        return ends


def tokenise(texts: Sequence[Zones], *, tokenizer: Tokenizer, max_tokens: int) -> Tokens:
    """Tokens of the texts (title, lead, body), of the body no more than fit into `max_tokens` beside the rest."""
    limits = (MAX_TITLE * CHARS_A_TOKEN, MAX_LEAD * CHARS_A_TOKEN, max_tokens * CHARS_A_TOKEN)
    zones = [zone[:limit] for text in texts for zone, limit in zip(text, limits, strict=True)]
    encodings = tokenizer.encode_batch_fast(zones, add_special_tokens=False)
    found = [encoding.ids for encoding in encodings]
    parts: list[list[int]] = []
    for title, lead, body in zip(found[::3], found[1::3], found[2::3], strict=True):
        first, second = title[:MAX_TITLE], lead[:MAX_LEAD]
        parts += [first, second, body[: max(0, max_tokens - 4 - len(first) - len(second))]]
    sizes = np.array([len(part) for part in parts], np.int32).reshape(-1, 3)
    flat = np.fromiter((token for part in parts for token in part), np.uint16, int(sizes.sum()))
    return Tokens(flat, sizes)


def assemble(
    tokens: Tokens, rows: Sequence[int] | npt.NDArray[np.int64], *, max_tokens: int, starts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The encoder's input for `rows`: (rows, longest of them), padded with PADDING. `starts` is `tokens.starts`."""
    lines = []
    for row in rows:
        title, lead, body = (int(size) for size in tokens.sizes[row])
        at = int(starts[row])
        text = tokens.flat[at : at + title + lead + body]
        line = np.full(title + lead + body + 4, END, np.int64)
        line[0] = FIRST
        line[1 : title + 1] = text[:title]
        line[title + 2 : title + lead + 2] = text[title : title + lead]
        line[title + lead + 3 : -1] = text[title + lead :]
        lines.append(line[:max_tokens])
    out = np.full((len(lines), max(map(len, lines), default=0)), PADDING, np.int64)
    for row, line in enumerate(lines):
        out[row, : len(line)] = line
    return out

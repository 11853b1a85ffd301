"""Text -> vectors by the released encoder: onnxruntime in 8 bits, one article at a time, one thread a process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nlp.encoder.tokens import assemble, tokenise
from nlp.types import Text

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: Tokenizer
    session: Any


@dataclass(slots=True)
class Encoder:
    """An encoder that takes its memory and its start-up time when a first article needs it, and not before.

    `network` is an ONNX file's content, `vocabulary` that of a tokenizer.json; `max_tokens` of an article are read.
    """

    network: bytes
    vocabulary: bytes
    max_tokens: int
    width: int
    _loaded: _Loaded | None = None

    def vectors(self, texts: Sequence[Text]) -> npt.NDArray[np.float32]:
        """One row a text: (texts, width). A row hangs on its own text alone, whatever stands beside it."""
        loaded = self._ready()
        zones = [(text.title, text.lead, text.body) for text in texts]
        tokens = tokenise(zones, tokenizer=loaded.tokenizer, max_tokens=self.max_tokens)
        starts = tokens.starts
        out = np.empty((len(texts), self.width), np.float32)
        for row in range(len(texts)):
            line = assemble(tokens, [row], max_tokens=self.max_tokens, starts=starts)
            out[row] = loaded.session.run(None, {"tokens": line})[0][0]
        return out

    def _ready(self) -> _Loaded:
        # Two threads that come first at once load it twice, and one copy is dropped again.
        if self._loaded is None:
            self._loaded = _load(self.network, self.vocabulary)
        return self._loaded


def _load(network: bytes, vocabulary: bytes) -> _Loaded:
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Articles differ in length: planned memory would be planned anew, and kept, for each.
    options.enable_mem_pattern = False
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    return _Loaded(Tokenizer.from_str(vocabulary.decode()), session)

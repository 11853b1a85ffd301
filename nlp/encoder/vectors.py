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

    `network`: an ONNX file's content, vectors of words -> vector of the article; `vocabulary`: that of a
    tokenizer.json with V pieces; `words` (V, width) int8 times `scales` (V,): the pieces' vectors. `weights`
    (2 * width, outputs) and `bias`: the scores that the encoder was trained to give. `max_tokens` are read.
    """

    network: bytes
    vocabulary: bytes
    words: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    max_tokens: int
    _loaded: _Loaded | None = None

    def vectors(self, texts: Sequence[Text]) -> npt.NDArray[np.float32]:
        """One row a text: (texts, 2 * width). A row hangs on its own text alone, whatever stands beside it."""
        session = self._ready().session
        out = np.empty((len(texts), len(self.weights)), np.float32)
        for row, text in enumerate(texts):
            tokens = self.tokens(text)
            words = self.words[tokens] * self.scales[tokens][:, :, None]
            out[row] = session.run(None, {"words": words})[0][0]
        return out

    def scores(self, texts: Sequence[Text]) -> npt.NDArray[np.float32]:
        """What the encoder itself says, before softmax or sigmoid: (texts, outputs)."""
        given: npt.NDArray[np.float32] = self.vectors(texts) @ self.weights + self.bias
        return given

    def tokens(self, text: Text) -> npt.NDArray[np.int64]:
        """The token numbers of a text, as the network reads them: (1, length)."""
        zones = (text.title, text.lead, text.body)
        found = tokenise([zones], tokenizer=self._ready().tokenizer, max_tokens=self.max_tokens)
        return assemble(found, [0], max_tokens=self.max_tokens, starts=found.starts)

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

"""Cut a multilingual vocabulary down to the pieces that Vietnamese news uses: nine tenths of the weights go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.training.encoder.e5 import Pretrained
from nlp.encoder.tokens import SPECIAL, UNKNOWN

if TYPE_CHECKING:
    from tokenizers import Tokenizer

VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
ALWAYS = frozenset(VIETNAMESE + VIETNAMESE.upper() + "0123456789▁.,;:!?%()[]/\"'“”‘’-–—+*&@#=<>°…$€")
"""Single characters that stay even where the counted texts lack them: any Vietnamese word can be spelt with them."""


def make_tokenizer(pieces: Sequence[str], scores: npt.NDArray[np.float32]) -> Tokenizer:
    """A unigram tokeniser over `pieces`, numbered in their order, the first four special."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    table = list(zip(pieces, scores.tolist(), strict=True))
    tokenizer = Tokenizer(models.Unigram(table, unk_id=UNKNOWN))
    # A line break is a space to the encoder: its pretraining never met one.
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    return tokenizer


def count(texts: Iterable[Sequence[str]], tokenizer: Tokenizer) -> npt.NDArray[np.int64]:
    """How often every piece occurs in the batches of `texts`."""
    total = np.zeros(tokenizer.get_vocab_size(), np.int64)
    for batch in texts:
        for encoding in tokenizer.encode_batch_fast(list(batch), add_special_tokens=False):
            total += np.bincount(encoding.ids, minlength=len(total))
    return total


def cut(pretrained: Pretrained, counts: npt.NDArray[np.int64], *, least: int) -> Pretrained:
    """Keep the special pieces, those of ALWAYS and those counted at least `least` times, in their old order."""
    kept = [
        number
        for number, piece in enumerate(pretrained.pieces)
        if number < len(SPECIAL) or piece in ALWAYS or counts[number] >= least
    ]
    arrays = {**pretrained.arrays, "word.weight": pretrained.arrays["word.weight"][kept]}
    return Pretrained(arrays, [pretrained.pieces[number] for number in kept], pretrained.scores[kept])

"""Articles -> the sparse design matrix that a first layer is trained on."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from nlp.clean import clean
from nlp.features import Matrix, featurize_codes, join_zones
from nlp.types import Article


def strip_marks(text: str) -> str:
    """Vietnamese as typed without diacritics: "Đường dây" -> "Duong day"."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def featurize_twice(articles: Sequence[Article]) -> tuple[Matrix, Matrix]:
    """The matrices of `articles` as written and of their copies without diacritics."""
    texts = [clean(article) for article in articles]
    written = featurize_codes([text.codes for text in texts])
    bare = featurize_codes([join_zones(*(strip_marks(z) for z in (t.title, t.lead, t.body))) for t in texts])
    return written, bare


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams a first layer is trained on: sorted keys and their inverse document frequency."""

    keys: npt.NDArray[np.uint32]
    idf: npt.NDArray[np.float32]

    def design(self, matrix: Matrix) -> sp.csr_matrix:
        """The rows of `matrix` over the known n-grams: idf-weighted, of length 1."""
        at = np.searchsorted(self.keys, matrix.keys)
        at[at == len(self.keys)] = 0
        known = self.keys[at] == matrix.keys
        starts = np.concatenate([[0], np.cumsum(known)])[matrix.starts]
        values = (matrix.values * self.idf[at])[known]
        squares = np.add.reduceat(np.append(values**2, 0), np.minimum(starts[:-1], len(values)))
        norms = np.sqrt(np.where(np.diff(starts) > 0, squares, 1))
        values /= np.repeat(norms, np.diff(starts))
        shape = (len(matrix), len(self.keys))
        return sp.csr_matrix((values.astype(np.float64), at[known].astype(np.int32), starts.astype(np.int32)), shape)


def vocabulary(matrices: Sequence[Matrix], *, min_documents: int) -> Vocabulary:
    """Count the n-grams of all matrices of the same articles; an n-gram's frequency is its largest among them."""
    keys = np.unique(np.concatenate([matrix.keys for matrix in matrices]))
    frequency = np.zeros(len(keys), np.int64)
    for matrix in matrices:
        seen, counts = np.unique(matrix.keys, return_counts=True)
        at = np.searchsorted(keys, seen)
        frequency[at] = np.maximum(frequency[at], counts)
    kept = frequency >= min_documents
    idf = np.log((1 + len(matrices[0])) / (1 + frequency[kept])) + 1
    return Vocabulary(keys[kept], idf.astype(np.float32))

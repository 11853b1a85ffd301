"""The scikit-learn face of `nlp.features`, for notebooks and comparisons; scoring calls the kernel itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin

from nlp.clean import clean
from nlp.features import featurize
from nlp.types import Article


class SyllableHasher(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Articles or strings -> sparse matrix (rows, n_features) of hashed syllables and pairs of syllables.

    Stateless: `fit` only checks the parameters. A string is read as the body of an article. `n_features` is folded from
    the 32-bit hash and must be a power of two from 2**4 to 2**30; colliding n-grams add up.

    Example: `make_pipeline(SyllableHasher(), TfidfTransformer(), LinearSVC())`.
    """

    def __init__(self, *, n_features: int = 2**20) -> None:
        self.n_features = n_features

    def fit(self, X: Sequence[Article | str], y: Any = None) -> SyllableHasher:
        """Check the parameters; `X` and `y` are not looked at."""
        size = self.n_features
        if not isinstance(size, int | np.integer) or not 2**4 <= size <= 2**30 or size & (size - 1):
            raise ValueError(f"n_features must be a power of two from 2**4 to 2**30, not {size!r}")
        return self

    def transform(self, X: Sequence[Article | str]) -> sp.csr_matrix:
        """The matrix of `X`, float32, columns sorted within a row, no duplicate entries."""
        self.fit(X)
        articles = [x if isinstance(x, Article) else Article(id=str(i), body=x) for i, x in enumerate(X)]
        matrix = featurize([clean(article) for article in articles])
        columns = (matrix.keys & np.uint32(self.n_features - 1)).astype(np.int64)
        out = sp.csr_matrix((matrix.values, columns, matrix.starts), shape=(len(articles), self.n_features))
        out.sum_duplicates()
        return out

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

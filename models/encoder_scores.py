"""What an encoder says of many articles, kept on disk: it changes seldom, and takes 35 ms an article."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from models.environment import CACHE_VARIABLE
from nlp.clean import clean
from nlp.encoder.vectors import Encoder
from nlp.types import Article

AT_ONCE = 400
"""Articles a task: starting the network costs a tenth of a second."""


def cache_folder() -> Path:
    """DIEMBAO_CACHE, else `diembao` in the user's folder for caches."""
    named = os.environ.get(CACHE_VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(home) / "diembao"


def encoder_scores(
    articles: Sequence[Article],
    encoder: Encoder,
    *,
    jobs: int = 1,
    cache: Path | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> npt.NDArray[np.float32]:
    """The encoder's scores (articles, outputs), rounded to 16 bits; only what `cache` lacks is read.

    The cache holds hashes of texts and scores, no text. Written after every few hundred articles: what an interrupted
    run has read is not read again.
    """
    folder = cache if cache is not None else cache_folder()
    file = folder / f"encoder-{_name(encoder)}.npz"
    known = _load(file)
    keys = [_key(article) for article in articles]
    missing = {key: article for key, article in zip(keys, articles, strict=True) if key not in known}
    waiting = [list(missing.items())[at : at + AT_ONCE] for at in range(0, len(missing), AT_ONCE)]
    # A network that has been started does not travel to other processes.
    given = encoder if jobs == 1 else replace(encoder, _loaded=None)
    found = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_read)(given, [article for _, article in part]) for part in waiting
    )
    for done, (part, scores) in enumerate(zip(waiting, found, strict=True), 1):
        known |= zip((key for key, _ in part), scores, strict=True)
        _save(file, known)
        progress(done / len(waiting))
    if not keys:
        return np.zeros((0, len(encoder.bias)), np.float32)
    return np.stack([known[key] for key in keys]).astype(np.float32)


def _read(encoder: Encoder, articles: Sequence[Article]) -> npt.NDArray[np.float16]:
    return encoder.scores([clean(article) for article in articles]).astype(np.float16)


def _name(encoder: Encoder) -> str:
    content = hashlib.sha256(encoder.network + encoder.vocabulary + str(encoder.max_tokens).encode())
    for array in (encoder.words, encoder.scales, encoder.weights, encoder.bias):
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()[:16]


def _key(article: Article) -> bytes:
    return hashlib.sha256("\x1f".join((article.title, article.lead, article.body)).encode()).digest()[:16]


def _load(file: Path) -> dict[bytes, npt.NDArray[np.float16]]:
    if not file.exists():
        return {}
    with np.load(file, allow_pickle=False) as stored:
        return {key.tobytes(): row for key, row in zip(stored["keys"], stored["scores"], strict=True)}


def _save(file: Path, known: dict[bytes, npt.NDArray[np.float16]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    with part.open("wb") as out:
        keys = np.frombuffer(b"".join(known), np.uint8).reshape(-1, 16)
        np.savez(out, keys=keys, scores=np.stack(list(known.values())))
    part.replace(file)

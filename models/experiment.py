"""One training run from labels to a release: split, fit, route the dev split, assess, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.model_selection import GroupKFold

from models.card import DataFacts, write_card
from models.data import Label, fingerprint, groups, leaks
from models.evaluate import Assessment, assess
from models.layers import Progress, Settings
from models.train import Trained, fit
from nlp.encoder.vectors import Encoder
from nlp.errors import DiembaoError
from nlp.pipeline import Engine, run
from nlp.record import to_record
from nlp.record_types import Record
from nlp.types import Article

CHUNK = 256
"""Articles routed in one call."""


class SplitError(DiembaoError):
    """Labels that leave nothing to train on or nothing to measure on."""


@dataclass(frozen=True, slots=True)
class Split:
    """Labels to train on and to measure on. `leaks`: (train id, dev id) of one story; the former were dropped."""

    train: tuple[Label, ...]
    dev: tuple[Label, ...]
    leaks: tuple[tuple[str, str], ...]

    @property
    def dropped(self) -> int:
        """How many labels of train were dropped."""
        return len({train for train, _ in self.leaks})


@dataclass(frozen=True, slots=True)
class Finished:
    """A release that was written, with what was measured on it. `dev_fingerprint` names what it was measured on."""

    trained: Trained
    split: Split
    assessment: Assessment
    card: str
    dev_fingerprint: str


def split_labels(labels: Sequence[Label], articles: Mapping[str, Article]) -> Split:
    """Part `labels` by their own `split`, and take out of train what repeats a dev article's words.

    Raises:
        SplitError: a part is empty.
    """
    parts = {name: [label for label in labels if label.split == name] for name in ("train", "dev")}
    for name, part in parts.items():
        if not part:
            raise SplitError(f"không có nhãn nào thuộc phần “{name}”")
    pairs = leaks(*([articles[label.id] for label in parts[name]] for name in ("train", "dev")))
    leaked = {train for train, _ in pairs}
    kept = tuple(label for label in parts["train"] if label.id not in leaked)
    return Split(kept, tuple(parts["dev"]), tuple(pairs))


def route(
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    engine: Engine,
    advance: Callable[[int], None] = lambda _rows: None,
) -> list[Record]:
    """The records of the labelled articles, as users get them but for the evidence, which would quote the texts."""
    records: list[Record] = []
    for start in range(0, len(labels), CHUNK):
        chunk = [articles[label.id] for label in labels[start : start + CHUNK]]
        records += [to_record(decision) for decision in run(chunk, engine=engine, evidence=False)]
        advance(len(chunk))
    return records


def in_folds(
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    decide: Callable[[Sequence[Label], Sequence[Label]], Sequence[Record]],
    *,
    folds: int,
    progress: Progress = lambda _what, _share: None,
) -> list[Record]:
    """Records of all `labels` in their order, each by a model that knew other stories only.

    `decide` learns from its first labels and returns the records of its second ones, `folds` times.
    """
    story = groups([articles[label.id] for label in labels])
    found: dict[int, Record] = {}
    for done, (known, others) in enumerate(GroupKFold(folds).split(labels, groups=story)):
        progress("folds", done / folds)
        records = decide([labels[i] for i in known], [labels[i] for i in others])
        found |= zip(others.tolist(), records, strict=True)
    return [found[place] for place in range(len(labels))]


def train_and_route(
    articles: Mapping[str, Article], change: Callable[[Engine], Engine] = lambda engine: engine
) -> Callable[[Sequence[Label], Sequence[Label]], list[Record]]:
    """What `in_folds` asks for: train as for a release, `change` the engine, route."""
    return lambda known, others: route(others, articles, engine=change(fit(known, articles).engine))


def measure(
    labels: Sequence[Label], articles: Mapping[str, Article], records: Sequence[Mapping[str, Any]]
) -> Assessment:
    """Assess `records`; intervals are drawn over the stories among the labelled articles."""
    return assess(labels, records, stories=groups([articles[label.id] for label in labels]))


def train_release(
    labels: Sequence[Label],
    articles: Mapping[str, Article],
    *,
    files: Sequence[str],
    out: Path,
    settings: Settings | None = None,
    encoder: Encoder | None = None,
    progress: Progress = lambda _what, _share: None,
) -> Finished:
    """Train on the train split, measure on the dev split, write the release with its card into `out`.

    `files` are the names of the label files, for the card. What stood in `out` stays until the new model is measured.

    Raises:
        SplitError: a split is empty.
        TrainingError: the labels are too few.
    """
    progress("split", 0.0)
    parts = split_labels(labels, articles)
    trained = fit(
        parts.train,
        articles,
        settings=settings,
        encoder=encoder,
        progress=lambda what, share: progress(what, 0.9 * share),
    )
    progress("measure", 0.9)
    assessment = measure(parts.dev, articles, route(parts.dev, articles, engine=trained.engine))
    card = write_card(trained.manifest, assessment, DataFacts(parts.train, parts.dev, files, parts.dropped))
    trained.save(out, card=card, metrics=assessment.numbers)
    return Finished(trained, parts, assessment, card, fingerprint(parts.dev, articles))

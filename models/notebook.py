"""What every notebook begins with: which labelled articles it looks at, and where it writes.

With DIEMBAO_CORPORA set these are the real labels and articles, otherwise the sample clippings, which were invented for
this project: enough to run every cell within seconds, and no measure of anything.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from models.corrections import join, load_corrections
from models.data import Label, default_labels, load_articles, load_labels
from models.environment import CORPORA_VARIABLE
from models.layers import Settings
from nlp.reading import read
from nlp.types import VIETNAM, Article

ROOT = Path(__file__).parent.parent
NOTEBOOKS = ROOT / "notebooks"
SAMPLES = ROOT / "datasets" / "samples"
HELD_OUT = 0.2
"""Share of the samples, the latest ones, that is measured on."""
SAMPLE_FOLDS = 3
"""The samples are too few for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Labels with their articles, and what belongs to them.

    `files` hold the labels; `candidate` is the folder of a model that is trained here, `experiment` its experiment in
    MLflow. Of `corrected` articles the office decided, `left_out` corrections speak of the dev split and are not used.
    """

    is_real: bool
    labels: Sequence[Label]
    articles: dict[str, Article]
    files: Sequence[Path]
    settings: Settings
    candidate: Path
    experiment: str
    corrected: int = 0
    left_out: int = 0

    @property
    def unseen(self) -> list[Label]:
        """Labels that the released model was not trained on, as far as somebody decided them whole."""
        return [one for one in self.labels if (one.split == "dev" or not self.is_real) and not one.undecided]

    def __str__(self) -> str:
        what = "real articles" if self.is_real else f"sample clippings ({CORPORA_VARIABLE} is not set)"
        return f"{len(self.labels)} labelled {what}"


def begin(*, corrections: Path | None = None) -> Bench:
    """The labelled articles of DIEMBAO_CORPORA, else the samples, with a file of `diembao corrections export` if given.

    An editor starts a notebook in its own folder; what it writes belongs into the project's, which becomes the current
    one.

    Raises:
        LabelError, CorpusError, MissingArticlesError: labels or articles cannot be read.
    """
    if Path.cwd() == NOTEBOOKS:
        os.chdir(ROOT)
    # Bars without the widgets of Jupyter are bars all the same.
    warnings.filterwarnings("ignore", message="IProgress not found")
    corpora = os.environ.get(CORPORA_VARIABLE)
    bench = _real(Path(corpora)) if corpora else _samples()
    if corrections is None:
        return bench
    found = load_corrections(corrections)
    joined = join(bench.labels, bench.articles, found)
    return replace(bench, labels=joined.labels, articles=joined.articles, files=[*bench.files, corrections],
                   corrected=len(found) - len(joined.of_dev), left_out=len(joined.of_dev))  # fmt: skip


def _real(corpora: Path) -> Bench:
    files = default_labels()
    labels = load_labels(files)
    articles = load_articles(corpora, [label.id for label in labels])
    return Bench(is_real=True, labels=labels, articles=articles, files=files, settings=Settings(),
                 candidate=Path("out", "candidate"), experiment="diembao")  # fmt: skip


def _samples() -> Bench:
    articles = {one.id: one for one in read([str(SAMPLES / "clippings")]) if isinstance(one, Article)}
    file = SAMPLES / "expected.jsonl"
    labels = sorted(load_labels([file]), key=lambda label: _moment(articles[label.id]))
    first = round(len(labels) * (1 - HELD_OUT))
    labels = [replace(label, split="dev" if place >= first else "train") for place, label in enumerate(labels)]
    return Bench(is_real=False, labels=labels, articles=articles, files=[file], settings=Settings(folds=SAMPLE_FOLDS),
                 candidate=Path("out", "candidate-samples"), experiment="diembao-samples")  # fmt: skip


def _moment(article: Article) -> datetime:
    """When it was published, for sorting; articles without a date come first."""
    moment = article.published_at or datetime.min
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)

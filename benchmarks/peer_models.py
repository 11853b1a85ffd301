"""The contenders of `benchmarks.peers`: each learns topic and lead unit from the train split and routes other articles.

Peers answer two heads, diembao all five. A peer's topic decides the scope. underthesea_core and fastText name only what
they are asked for, so their machine for the lead unit learns from items in scope alone; the baseline's, as in
`benchmarks.accuracy`, from all items, with "no unit" left out when it answers.
"""

from __future__ import annotations

import itertools
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import joblib
import numpy as np

from benchmarks.accuracy import Plain, plain_text, units_only
from benchmarks.articles import in_folds
from models.data import Label
from models.experiment import route
from models.layers import Settings
from models.train import fit
from nlp.heads import OUT_OF_SCOPE
from nlp.types import Article

Articles = Mapping[str, Article]
Given = tuple[list[str], list[float]]
"""One code an article, and how sure the peer says it is."""
MISSING = "fastText is not here: pip install fasttext-numpy2 (MIT); no other part of diembao needs it"


class Contender(Protocol):
    """Something that can be trained, asked and weighed. `is_sure`: it states probabilities."""

    name: str
    is_sure: bool

    def tune(self, train: Sequence[Label], articles: Articles) -> str:
        """Choose settings on a part of `train` held out by story; says which."""

    def train(self, train: Sequence[Label], articles: Articles) -> None:
        """Learn."""

    def decide(self, labels: Sequence[Label], articles: Articles) -> list[dict[str, Any]]:
        """Records, as `models.evaluate` takes them."""

    def save(self, folder: Path) -> None:
        """Write what is needed to decide again."""


class Diembao:
    """The recipe: all heads, units of the day, due times."""

    name, is_sure = "diembao", True

    def tune(self, train: Sequence[Label], articles: Articles) -> str:  # noqa: ARG002
        return "as released"

    def train(self, train: Sequence[Label], articles: Articles) -> None:
        self.trained = fit(train, articles, settings=Settings(jobs=1))

    def decide(self, labels: Sequence[Label], articles: Articles) -> list[dict[str, Any]]:
        return [dict(record) for record in route(labels, articles, engine=self.trained.engine)]

    def save(self, folder: Path) -> None:
        self.trained.save(folder / "release", card="", metrics={})


class ScikitLearn:
    """TF-IDF + LinearSVC with the settings of `benchmarks.accuracy`."""

    name, is_sure = "scikit-learn TF-IDF + LinearSVC", False

    def tune(self, train: Sequence[Label], articles: Articles) -> str:  # noqa: ARG002
        return f"scikit-learn {version('scikit-learn')}, as in benchmarks.accuracy"

    def train(self, train: Sequence[Label], articles: Articles) -> None:
        self.plain = Plain(train, articles, ("topic", "lead"))

    def decide(self, labels: Sequence[Label], articles: Articles) -> list[dict[str, Any]]:
        X = self.plain.features(labels, articles)
        topics, topic = self.plain.margins("topic", X)
        units, unit = self.plain.margins("lead", X)
        lead = units_only(units, unit).argmax(axis=1)
        unsure = [0.0] * len(labels)
        return records(labels, ([topics[k] for k in topic.argmax(axis=1)], unsure), ([units[k] for k in lead], unsure))

    def save(self, folder: Path) -> None:
        joblib.dump((self.plain.vectorizer, self.plain.machines), folder / "plain.joblib")


@dataclass
class TwoMachines:
    """A library that learns one head at a time, with the settings tried for it."""

    name: str
    is_sure: bool
    grid: Mapping[str, Sequence[Any]]

    def fit(self, texts: Sequence[str], codes: Sequence[str], settings: Mapping[str, Any]) -> Any:
        """A trained machine."""
        raise NotImplementedError

    def ask(self, machine: Any, texts: Sequence[str]) -> Given:
        """What the machine says of every text."""
        raise NotImplementedError

    def write(self, machine: Any, file: Path) -> None:
        """Save one machine."""
        raise NotImplementedError

    def tune(self, train: Sequence[Label], articles: Articles) -> str:
        rows, others = next(in_folds(train, articles, 5))
        texts, codes = [plain_text(articles[label.id]) for label in train], [label.topic for label in train]
        best = -1.0
        for values in itertools.product(*self.grid.values()):
            settings = dict(zip(self.grid, values, strict=True))
            machine = self.fit([texts[i] for i in rows], [codes[i] for i in rows], settings)
            given, _ = self.ask(machine, [texts[i] for i in others])
            right = float(np.mean([code == codes[i] for code, i in zip(given, others, strict=True)]))
            print(f"{self.name} {settings}: topic {right:.3f} of {len(others)}", file=sys.stderr, flush=True)
            if right > best:
                best, self.settings = right, settings
        return ", ".join(f"{key} {value}" for key, value in self.settings.items())

    def train(self, train: Sequence[Label], articles: Articles) -> None:
        inside = [label for label in train if label.in_scope]
        self.machines = {
            head: self.fit(
                [plain_text(articles[label.id]) for label in rows],
                [getattr(label, head) for label in rows],
                self.settings,
            )
            for head, rows in (("topic", train), ("lead", inside))
        }

    def decide(self, labels: Sequence[Label], articles: Articles) -> list[dict[str, Any]]:
        texts = [plain_text(articles[label.id]) for label in labels]
        return records(labels, self.ask(self.machines["topic"], texts), self.ask(self.machines["lead"], texts))

    def save(self, folder: Path) -> None:
        for head, machine in self.machines.items():
            self.write(machine, folder / f"{head}.bin")


class Underthesea(TwoMachines):
    """underthesea_core.TextClassifier: TF-IDF and a linear support vector machine, in Rust."""

    def __init__(self) -> None:
        grid = {"max_features": (20_000, 200_000), "c": (1.0, 3.0), "max_iter": (1000,), "tol": (0.1, 0.01)}
        super().__init__("underthesea_core TextClassifier", is_sure=True, grid=grid)

    def fit(self, texts: Sequence[str], codes: Sequence[str], settings: Mapping[str, Any]) -> Any:
        from underthesea_core import TextClassifier

        machine = TextClassifier(ngram_range=(1, 2), **settings)
        machine.fit(list(texts), list(codes))
        return machine

    def ask(self, machine: Any, texts: Sequence[str]) -> Given:
        said = machine.predict_with_scores(list(texts))
        return [code for code, _ in said], [score for _, score in said]

    def write(self, machine: Any, file: Path) -> None:
        machine.save(str(file))


class FastText(TwoMachines):
    """fastText, supervised: syllables in lower case and pairs of them."""

    def __init__(self) -> None:
        grid = {"dim": (50, 100), "epoch": (25, 50), "lr": (0.5, 1.0)}
        super().__init__("fastText", is_sure=True, grid=grid)

    def fit(self, texts: Sequence[str], codes: Sequence[str], settings: Mapping[str, Any]) -> Any:
        try:
            import fasttext
        except ModuleNotFoundError:
            sys.exit(MISSING)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            lines = (f"__label__{code} {_syllables(text)}\n" for text, code in zip(texts, codes, strict=True))
            file.write_text("".join(lines), encoding="utf-8")
            # One thread, or the same seed would not give the same model.
            return fasttext.train_supervised(
                str(file), wordNgrams=2, minCount=2, bucket=200_000, thread=1, seed=0, verbose=0, **settings
            )

    def ask(self, machine: Any, texts: Sequence[str]) -> Given:
        codes, p = machine.predict([_syllables(text) for text in texts])
        return [code[0].removeprefix("__label__") for code in codes], [min(1.0, float(one[0])) for one in p]

    def write(self, machine: Any, file: Path) -> None:
        machine.save_model(str(file))


def _syllables(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def records(labels: Sequence[Label], topic: Given, lead: Given) -> list[dict[str, Any]]:
    """Records of the two heads; what no peer was asked stands at its usual value."""
    return [
        {
            "id": label.id,
            "in_scope": {"value": code != OUT_OF_SCOPE, "p": 1.0},
            "topic": {"code": code, "p": p},
            "lead_unit": {"code": unit, "p": unit_p} if code != OUT_OF_SCOPE else None,
            "coordinating_units": [],
            "urgency": {"level": 0, "p": [1.0, 0.0, 0.0, 0.0]},
            "tone": {"value": 0, "p": 1.0},
            "needs_human": False,
        }
        for label, code, p, unit, unit_p in zip(labels, *topic, *lead, strict=True)
    ]


def contenders() -> tuple[Contender, ...]:
    """All, diembao first."""
    return (Diembao(), ScikitLearn(), Underthesea(), FastText())

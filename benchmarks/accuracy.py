"""Final decisions against TF-IDF + LinearSVC, in one run.

`python -m benchmarks.accuracy`: the released model on the dev split. With `--folds 3`: the recipe
trained anew for every third of the train split, parted by story, on the other two thirds (four minutes a fold); eight
times as many rows as dev, and enough of them drawn like a stream to be looked at alone.

Needs DIEMBAO_CORPORA. The baseline is scikit-learn's: one- and two-word TF-IDF of title, lead and body, one LinearSVC
a head with its defaults, trained on the same rows; where topic and unit disagree the topic decides the scope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from benchmarks.articles import labelled_articles
from models.artifacts import load_engine
from models.data import Label
from models.evaluate import evaluate
from models.experiment import in_folds, route, split_labels, train_and_route
from nlp.heads import OUT_OF_SCOPE
from nlp.types import Article


class Plain:
    """The baseline's machines for the single-valued `heads` (fields of a label), over one TF-IDF."""

    def __init__(self, train: Sequence[Label], articles: Mapping[str, Article], heads: Sequence[str]) -> None:
        self.vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        self.X = self.vectorizer.fit_transform(plain_text(articles[label.id]) for label in train)
        self.machines = {head: LinearSVC().fit(self.X, [getattr(label, head) for label in train]) for head in heads}

    def features(self, labels: Sequence[Label], articles: Mapping[str, Article]) -> Any:
        """What the machines see of the labelled articles."""
        return self.vectorizer.transform(plain_text(articles[label.id]) for label in labels)

    def margins(self, head: str, X: Any) -> tuple[list[Any], np.ndarray]:
        """Classes and margins (rows, classes)."""
        return list(self.machines[head].classes_), self.machines[head].decision_function(X)


def plain_text(article: Article) -> str:
    """Title, lead and body, as peers get them."""
    return "\n".join((article.title, article.lead, article.body))


def units_only(units: list[Any], margins: np.ndarray) -> np.ndarray:
    """The margins without a chance for "no unit": whether there is one, the topic decides."""
    return np.where(np.arange(len(units)) == units.index(""), -np.inf, margins)


def baseline(train: list[Label], dev: list[Label], articles: dict[str, Article]) -> list[dict[str, Any]]:
    """Records of the baseline for the dev labels; its margins under a softmax stand in for probabilities."""
    heads = ("topic", "lead", "urgency", "tone")
    plain = Plain(train, articles, heads)
    X, X_dev = plain.X, plain.features(dev, articles)
    (topics, topic), (units, unit), (_, level), (tones, tone) = (plain.margins(head, X_dev) for head in heads)
    binarizer = MultiLabelBinarizer().fit([label.coord for label in train])
    table = binarizer.transform([label.coord for label in train])
    helpers = np.stack([LinearSVC().fit(X, column).decision_function(X_dev) for column in table.T], axis=1)
    unit_only = units_only(units, unit)
    records = []
    for row, label in enumerate(dev):
        inside = topics[topic[row].argmax()] != OUT_OF_SCOPE
        lead = units[int(unit_only[row].argmax())]
        names = [c for c, m in zip(binarizer.classes_, helpers[row], strict=True) if m > 0 and c != lead]
        records.append(
            {
                "id": label.id,
                "in_scope": {"value": inside, "p": 1.0},
                "topic": {"code": topics[topic[row].argmax()], "p": float(_softmax(topic[row]).max())},
                "lead_unit": {"code": lead, "p": float(_softmax(unit[row]).max())} if inside else None,
                "coordinating_units": [{"code": name, "p": 1.0} for name in names] if inside else [],
                "urgency": {"level": int(level[row].argmax()), "p": _softmax(level[row]).tolist()},
                "tone": {"value": tones[int(tone[row].argmax())], "p": 1.0},
                "needs_human": False,
            }
        )
    return records


def _softmax(margins: np.ndarray) -> np.ndarray:
    p = np.exp(margins - margins.max())
    return p / p.sum()


STREAM = ("random", "weak", "candidate", "hot", "in-scope", "act")
"""Strata of items drawn by chance, by keywords or as likely in scope, unlike those drawn because a model was unsure or
a class was rare."""
OLD = ("baomoi-", "vietnews-")
"""How the ids of the articles of 2016 to 2019 begin."""


def compare(title: str, labels: list[Label], ours: list[Any], theirs: list[Any]) -> None:
    """Print every number of both, side by side."""
    mine, peer = evaluate(labels, ours), evaluate(labels, theirs)
    print(f"{title:22s} diembao  TF-IDF + LinearSVC")
    for name, value in mine.items():
        print(f"{name:20s} {value:9.3f} {peer[name]:9.3f}")


@click.command(help=__doc__)
@click.option("--folds", type=click.IntRange(2), help="Cross-validate the recipe on the train split.")
def main(folds: int | None) -> None:
    labels, articles = labelled_articles()
    split = split_labels(labels, articles)
    if folds is None:
        chosen = list(split.dev)
        ours, theirs = route(chosen, articles, engine=load_engine()), baseline(list(split.train), chosen, articles)
    else:
        chosen = list(split.train)
        ours = in_folds(chosen, articles, train_and_route(articles), folds=folds)
        theirs = in_folds(chosen, articles, lambda known, others: baseline(known, others, articles), folds=folds)
    parts = {
        "2016 to 2019": [label.id.startswith(OLD) for label in chosen],
        "newer": [not label.id.startswith(OLD) for label in chosen],
        "drawn like a stream": [label.stratum in STREAM for label in chosen],
    }
    for title, kept in parts.items():
        compare(
            title, *([one for one, keep in zip(part, kept, strict=True) if keep] for part in (chosen, ours, theirs))
        )


if __name__ == "__main__":
    main()

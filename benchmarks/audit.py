"""Does the audit find labels that were made wrong on purpose? `python -m benchmarks.audit`.

Needs DIEMBAO_CORPORA; as long as a training. In 5 % of the labels in scope of the train split the topic is exchanged
for another of the 17 in scope, drawn by class share, and the lead unit for one that leads that topic elsewhere. The
labels that are left alone hold errors of their own, so what is doubted among them is not all in vain: the precision
printed is a lower bound. Three folds instead of eight, for time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from benchmarks.articles import labelled_articles
from models.audit import Suspect, audit
from models.data import Label
from models.experiment import split_labels
from models.layers import Settings

SHARE = 0.05


def plant(labels: list[Label], chance: np.random.Generator) -> tuple[list[Label], set[str]]:
    """The labels with SHARE of those in scope made wrong, and the ids of these."""
    inside = [label for label in labels if label.in_scope]
    chosen = {inside[at].id for at in chance.permutation(len(inside))[: round(SHARE * len(inside))]}
    planted = []
    for label in labels:
        if label.id in chosen:
            others = [other for other in inside if other.topic != label.topic and other.lead != label.lead]
            other = others[chance.integers(len(others))]
            coord = tuple(code for code in label.coord if code != other.lead)
            planted.append(replace(label, topic=other.topic, lead=other.lead, coord=coord))
        else:
            planted.append(label)
    return planted, chosen


def report(head: str, found: list[Suspect], chosen: set[str], truth: dict[str, str]) -> None:
    """How many of the planted errors are doubted, set right, and at the top of the list."""
    ids = [one.id for one in found]
    hit = [one for one in found if one.id in chosen]
    right = sum(one.likely == truth[one.id] for one in hit)
    top = sum(name in chosen for name in ids[: len(chosen)])
    print(
        f"{head:10s} planted {len(chosen)}, doubted {len(found)}, planted among these {len(hit)} "
        f"({len(hit) / len(chosen):.2f}), named right {right / max(1, len(hit)):.2f}, "
        f"planted in the first {len(chosen)}: {top / len(chosen):.2f}"
    )


def main() -> None:
    """Plant, audit, print."""
    labels, articles = labelled_articles()
    train = list(split_labels(labels, articles).train)
    planted, chosen = plant(train, np.random.default_rng(0))
    found = audit(planted, articles, settings=Settings(folds=3, jobs=1))
    print(f"{len(train)} labels; doubted: {dict(Counter(one.head for one in found))}")
    for head, field in (("topic", "topic"), ("lead_unit", "lead")):
        truth = {label.id: getattr(label, field) for label in train}
        report(head, [one for one in found if one.head == head], chosen, truth)


if __name__ == "__main__":
    main()

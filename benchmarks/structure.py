"""A model trained on the structure of 2025-03-01 against one trained on that of 2016: `python -m benchmarks.structure`.

Needs DIEMBAO_CORPORA; trains once, the released model is that of 2016. With `--folds 3` both are trained anew for every
third of the train split on the other two (four minutes each): eight times as many rows as dev. Same split, settings and
articles; the definitions are those of models.evaluate, over final decisions. Between the two stands what most users
get: the model of 2016, whose decisions the registry puts on the units of the day. It shows what fewer units are worth
by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import click

from benchmarks.articles import labelled_articles
from models.answers import align
from models.artifacts import load_engine, load_organisation
from models.data import Label
from models.evaluate import Assessment
from models.experiment import in_folds, measure, route, split_labels, train_and_route
from models.structure import Crosswalk, crosswalk
from models.train import fit

DAY = date(2025, 3, 1)
SHOWN = ("lead_acc", "lead_acc_in", "lead_mf1", "coord_f1", "auto_share_in", "auto_precision", "lead_ece", "topic_acc")
COLUMNS = ("2016", "2016 -> 2025", "2025 retrained")


def on_day(record: Mapping[str, Any], *, units: Crosswalk) -> dict[str, Any]:
    """A record with the codes that stand for the units of the day; all else, probabilities too, stays."""
    lead, helpers = record["lead_unit"], record["coordinating_units"]
    topic = record["topic"]["code"]
    led_by, codes = units.team(topic, lead["code"] if lead else "", [choice["code"] for choice in helpers])
    # Helpers come likeliest first, so the first of several that became one unit states its probability best.
    p = {units.code(choice["code"], topic): choice["p"] for choice in reversed(helpers)}
    return {
        **record,
        "lead_unit": {"code": led_by, "p": lead["p"]} if lead else None,
        "coordinating_units": [{"code": code, "p": p[code]} for code in codes],
    }


def print_table(columns: Sequence[Assessment]) -> None:
    """Every number of SHOWN with its interval of 95 %, and the ratio that was asked for."""
    print(f"{'':14s} " + " ".join(f"{name:>22s}" for name in COLUMNS))
    for name in SHOWN:
        cells = []
        for column in columns:
            low, high = column.intervals[name]
            cells.append(f"{column.numbers[name]:.3f} ({low:.3f}-{high:.3f})")
        print(f"{name:14s} " + " ".join(f"{cell:>22s}" for cell in cells))
    old, _, new = (column.numbers["lead_acc"] for column in columns)
    print(f"lead accuracy, retrained on 2025 over 2016: {new / old:.4f}")


@click.command(help=__doc__)
@click.option("--folds", type=click.IntRange(2), help="Cross-validate both on the train split.")
def main(folds: int | None) -> None:
    """Train on the structure of DAY, measure both, print."""
    labels, articles = labelled_articles()
    split = split_labels(labels, articles)
    units = crosswalk(load_organisation().at(DAY))
    old = list(split.dev if folds is None else split.train)
    new = [units.label(label) for label in old]
    if folds is None:
        given = route(old, articles, engine=load_engine())
        train = [units.label(label) for label in split.train]
        again = route(new, articles, engine=fit(train, articles).engine)
    else:
        given, again = (in_folds(part, articles, train_and_route(articles), folds=folds) for part in (old, new))
    mapped = [on_day(record, units=units) for record in given]
    print_table([measure(old, articles, given), measure(new, articles, mapped), measure(new, articles, again)])
    print_counts(old, new, mapped, again, units=units)


def print_counts(
    labels: Sequence[Label],
    new: Sequence[Label],
    mapped: Sequence[Mapping[str, Any]],
    again: Sequence[Mapping[str, Any]],
    *,
    units: Crosswalk,
) -> None:
    """How many units the labels name, where the two ways to 2025 part, and what the mapping rests on."""
    before, after = ({label.lead for label in part if label.lead} for part in (labels, new))
    print(f"lead units among the labels: {len(before)} on 2016, {len(after)} on {DAY}")
    registry, retrained = align(new, mapped).lead_right, align(new, again).lead_right
    only = (int((registry & ~retrained).sum()), int((retrained & ~registry).sum()))
    print(f"right by the registry alone: {only[0]}, by retraining alone: {only[1]}")
    inside = [label for label in labels if label.in_scope]
    doubtful = sum(not units.structure.holder(label.lead, label.topic).verified for label in inside)
    print(f"labels in scope whose unit of the day rests on a fact of grade C or D: {doubtful} of {len(inside)}")


if __name__ == "__main__":
    main()

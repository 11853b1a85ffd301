"""A model trained on the structure of 2025-03-01 against one trained on that of 2016: `python -m benchmarks.structure`.

Needs DIEMBAO_CORPORA; trains once, the released model is that of 2016. Same split, settings and articles; the
definitions are those of models.evaluate, over final decisions. Between the two stands what most users get: the model of
2016, whose decisions the registry puts on the units of the day. It shows what fewer units are worth by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from benchmarks.articles import labelled_articles
from models.answers import align
from models.artifacts import load_engine, load_organisation
from models.data import Label
from models.evaluate import Assessment
from models.experiment import measure, route, split_labels
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


def main() -> None:
    """Train on the structure of DAY, measure both, print."""
    labels, articles = labelled_articles()
    split = split_labels(labels, articles)
    units = crosswalk(load_organisation().at(DAY))
    dev = [units.label(label) for label in split.dev]
    train = [units.label(label) for label in split.train]
    for name, part in (("2016", split.train), (DAY.isoformat(), train)):
        print(f"{name}: {len(part)} rows, {len({label.lead for label in part if label.lead})} lead units", flush=True)
    given = route(split.dev, articles, engine=load_engine())
    mapped = [on_day(record, units=units) for record in given]
    again = route(dev, articles, engine=fit(train, articles).engine)
    print_table(
        [
            measure(split.dev, articles, given),
            measure(dev, articles, mapped),
            measure(dev, articles, again),
        ]
    )
    print_counts(split.dev, dev, mapped, again, units=units)


def print_counts(
    labels: Sequence[Label],
    dev: Sequence[Label],
    mapped: Sequence[Mapping[str, Any]],
    again: Sequence[Mapping[str, Any]],
    *,
    units: Crosswalk,
) -> None:
    """How many units the dev labels name, where the two ways to 2025 part, and what the mapping rests on."""
    before, after = ({label.lead for label in part if label.lead} for part in (labels, dev))
    print(f"lead units among the dev labels: {len(before)} on 2016, {len(after)} on {DAY}")
    registry, retrained = align(dev, mapped).lead_right, align(dev, again).lead_right
    only = (int((registry & ~retrained).sum()), int((retrained & ~registry).sum()))
    print(f"right by the registry alone: {only[0]}, by retraining alone: {only[1]}")
    inside = [label for label in labels if label.in_scope]
    doubtful = sum(not units.structure.holder(label.lead, label.topic).verified for label in inside)
    print(f"dev labels in scope whose unit of the day rests on a fact of grade C or D: {doubtful} of {len(inside)}")


if __name__ == "__main__":
    main()

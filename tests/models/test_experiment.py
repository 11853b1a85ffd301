"""Every label decided by a model that knew other stories only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from models.data import Label
from models.experiment import in_folds


def test_no_article_is_decided_by_a_model_that_knew_a_repost_of_it(world: Any) -> None:
    labels = [replace(label, id=f"{label.id}{copy}") for copy in ("", "-lai") for label in world.labels[:20]]
    articles = {label.id: replace(world.articles[label.id[:8]], id=label.id) for label in labels}

    def decide(known: Sequence[Label], others: Sequence[Label]) -> list[Any]:
        assert not {label.id[:8] for label in known} & {label.id[:8] for label in others}
        return [{"id": label.id} for label in others]

    records = in_folds(labels, articles, decide, folds=4)

    assert [record["id"] for record in records] == [label.id for label in labels], "in the order of the labels"

"""Decisions of the office as training data: a file that comes back whole, and their place among the labels."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from models.artifacts import load_organisation
from models.corrections import Corrected, corrected, join, load_corrections, to_line
from models.data import CORRECTED, Label, LabelError, fingerprint
from models.experiment import split_labels
from models.layers import Settings
from models.rulings import Ruling, label_of, settle
from models.train import fit
from nlp.heads import TOPICS, UNITS
from nlp.types import VIETNAM, Article

FIRE = Article("a", "Cháy kho hóa chất", "Sapo", "Khói đen bốc cao.", source="Báo Thử")
STORY = (
    "Sáng nay một kho hàng của nhà máy phân bón bốc cháy dữ dội, công nhân phải sơ tán, chưa rõ nguyên nhân vụ việc."
)
WHOLE = {"topic": "dien-luc", "lead_unit": "EVN", "coordinating_units": ["DTDL"], "urgency": 2, "tone": -1}
MARCH_2025 = load_organisation().at(date(2025, 3, 1))


def ruling(decided: dict, *, actor: str = "chị Lan", article: Article = FIRE) -> Ruling:
    return Ruling(
        id=f"{article.id}-{actor}", article=article, decided=decided, predicted={"topic": "xang-dau"}, model="r1-abc",
        reason="vì", actor=actor, key="cổng", at="2025-04-02T09:30:00+07:00",
    )  # fmt: skip


def exported(folder: Path, *rulings: Ruling, **options: object) -> Path:
    path = folder / "sua.jsonl"
    lines = [json.dumps(to_line(case, **options), ensure_ascii=False) for case in settle(rulings)]
    path.write_text("\n".join(lines), "utf-8")
    return path


def decision(decided: dict, article: Article, *, name: str = "sua-1") -> Corrected:
    return Corrected(label_of(name, decided), article)


def test_a_line_joins_prediction_version_decision_reason_actor_key_and_time():
    (case,) = settle([ruling(WHOLE)])

    assert to_line(case)["corrections"] == [
        {"id": "a-chị Lan", "decided": WHOLE, "predicted": {"topic": "xang-dau"}, "model": "r1-abc", "reason": "vì",
         "actor": "chị Lan", "key": "cổng", "at": "2025-04-02T09:30:00+07:00"}
    ]  # fmt: skip


@pytest.mark.parametrize("decided", [WHOLE, {"topic": "dien-luc"}, {"tone": 0}, {"topic": "ngoai-pham-vi"}])
@pytest.mark.parametrize("article", [FIRE, replace(FIRE, published_at=datetime(2025, 4, 2, 9, tzinfo=VIETNAM))])
def test_what_is_exported_comes_back_as_it_was(decided: dict, article: Article, tmp_path: Path):
    assert load_corrections(exported(tmp_path, ruling(decided, article=article))) == corrected(
        settle([ruling(decided, article=article)])
    )


def test_the_units_of_another_day_are_named_beside_the_codes_and_lose_none(tmp_path: Path):
    decided = [
        {"topic": topic, "lead_unit": code, "coordinating_units": [other]}
        for topic in TOPICS
        if topic != "ngoai-pham-vi"
        for code, other in zip(UNITS, [*list(UNITS)[1:], next(iter(UNITS))], strict=True)
    ]
    rulings = [ruling(one, article=Article(str(n), f"Bài số {n}")) for n, one in enumerate(decided)]

    mapped = exported(tmp_path, *rulings, structure=MARCH_2025)

    lines = [json.loads(line) for line in mapped.read_text("utf-8").splitlines()]
    for line, one in zip(lines, decided, strict=True):
        holder = MARCH_2025.holder(one["lead_unit"], one["topic"])
        assert line["units"]["lead_unit"] == {"code": one["lead_unit"], "unit": holder.id, "name": holder.name}
    assert len({line["units"]["lead_unit"]["unit"] for line in lines}) < len(UNITS)
    assert [one.label for one in load_corrections(mapped)] == [case.label for case in settle(rulings)]


def test_a_unit_that_was_split_by_topic_is_not_guessed_where_nobody_decided_the_topic():
    holders = {code: {MARCH_2025.holder(code, topic).id for topic in TOPICS} for code in UNITS}
    split = next(code for code, ids in holders.items() if len(ids) > 1)
    whole = next(code for code, ids in holders.items() if len(ids) == 1)

    units = [
        to_line(settle([ruling({"lead_unit": code})])[0], structure=MARCH_2025)["units"] for code in (split, whole)
    ]

    assert units[0]["lead_unit"] == {"code": split, "unit": None, "name": None}
    assert units[1]["lead_unit"]["unit"] == MARCH_2025.holder(whole, "").id


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"conflicts": {"urgency": {"a": 1, "b": 2}}}, "chưa ngã ngũ"),
        ({"decided": {}}, "decided cần ít nhất một"),
        ({"decided": {"topic": "bong-da"}}, "mã chủ đề lạ"),
        ({"decided": {"lead": "EVN"}}, "decided cần ít nhất một"),
        ({"article": {"title": 3}}, "article: cần chữ"),
        ({"article": None}, "không phải một sửa đổi"),
    ],
)
def test_a_line_that_is_no_settled_decision_is_refused_at_its_line(change: dict, reason: str, tmp_path: Path):
    path = exported(tmp_path, ruling(WHOLE))
    path.write_text("\n" + json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")

    with pytest.raises(LabelError, match=rf"sua\.jsonl:2: .*{reason}"):
        load_corrections(path)


def test_a_corrected_article_joins_the_training_labels_and_changes_the_fingerprint():
    labels, articles = [Label("1", "dien-luc", "EVN")], {"1": Article("1", "Mất điện")}

    joined = join(labels, articles, [decision({"topic": "dien-luc"}, FIRE)])

    added = joined.labels[-1]
    assert (added.id, added.topic, added.split, added.stratum) == ("sua-1", "dien-luc", "train", CORRECTED)
    assert joined.articles["sua-1"] == replace(FIRE, id="sua-1")
    other = join(labels, articles, [decision(WHOLE, FIRE)])
    data = ((labels, articles), (joined.labels, joined.articles), (other.labels, other.articles))
    assert len({fingerprint(*one) for one in data}) == 3


@pytest.mark.parametrize("article", [Article("of-a-client", "Mất  điện"), Article("1", "Mất điện", "", "Cả bài.")])
def test_a_correction_of_a_labelled_article_replaces_its_label(article: Article):
    labels, articles = [Label("1", "xang-dau", "TTTN", ("KH",), 1, 1)], {"1": Article("1", "Mất điện")}

    joined = join(labels, articles, [decision(WHOLE, article)])

    assert joined.labels == [Label("1", "dien-luc", "EVN", ("DTDL",), 2, -1, stratum=CORRECTED)]
    assert (joined.replaced, joined.articles) == (("1",), articles)


@pytest.mark.parametrize(
    ("decided", "left"),
    [
        ({"urgency": 3}, Label("1", "xang-dau", "TTTN", ("KH",), 3, 1, stratum=CORRECTED)),
        ({"lead_unit": "KH"}, Label("1", "", "KH", stratum=CORRECTED, undecided=("topic", "coord", "urgency", "tone"))),
    ],
)
def test_what_a_partial_correction_leaves_stays_as_labelled_unless_it_does_not_go_with_it(decided: dict, left: Label):
    labels, articles = [Label("1", "xang-dau", "TTTN", ("KH",), 1, 1)], {"1": Article("1", "Giá xăng")}

    assert join(labels, articles, [decision(decided, articles["1"])]).labels == [left]


def test_what_is_measured_on_is_never_changed_or_learnt():
    labels = [Label("1", "dien-luc", "EVN"), Label("2", "dien-luc", "EVN", split="dev")]
    articles = {"1": Article("1", "Mất điện"), "2": Article("2", "Cháy kho", "", STORY)}
    same = decision(WHOLE, Article("x", "Cháy kho", "", STORY))
    repost = decision(WHOLE, Article("y", "Hỏa hoạn ở khu công nghiệp", "", STORY), name="sua-2")

    joined = join(labels, articles, [same, repost])
    split = split_labels(joined.labels, joined.articles)

    assert joined.of_dev == ("2",)
    assert split.leaks == (("sua-2", "2"),)
    assert (split.train, split.dev) == ((labels[0],), (labels[1],))


def test_no_head_learns_from_what_nobody_decided(world):
    train = [label for label in world.labels if label.split == "train"]
    settings = Settings(jobs=1, folds=2)
    open_to = replace(train[7], topic="", lead="", coord=(), tone=0, undecided=("topic", "lead", "coord", "tone"))
    lies = replace(open_to, topic="phong-ve-thuong-mai", lead="PC", coord=("TC",), tone=1)

    one, other = (fit([*train[:7], label, *train[8:]], world.articles, settings=settings) for label in (open_to, lies))

    assert one.policy == other.policy
    assert all(np.array_equal(one.arrays[name], other.arrays[name]) for name in one.arrays)

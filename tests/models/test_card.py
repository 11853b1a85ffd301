"""The card and the pictures say what was measured."""

from pathlib import Path
from typing import Any

import pytest

from models.card import LIMITS, NAMES, DataFacts, write_card
from models.evaluate import COUNTS, Assessment, assess
from models.plots import draw
from nlp.pipeline import run
from nlp.record import to_record


@pytest.fixture(scope="module")
def assessment(world: Any, trained: Any) -> Assessment:
    dev = [label for label in world.labels if label.split == "dev"]
    records = [to_record(one) for one in run([world.articles[label.id] for label in dev], engine=trained.engine)]
    return assess(dev, records, samples=20)


@pytest.fixture(scope="module")
def card(world: Any, trained: Any, assessment: Assessment) -> str:
    split = {name: [label for label in world.labels if label.split == name] for name in ("train", "dev")}
    return write_card(trained.manifest, assessment, DataFacts(split["train"], split["dev"], ["labels.jsonl"], leaks=2))


def test_the_card_names_version_fingerprint_and_data(card: str, trained: Any) -> None:
    assert card.startswith(f"# Model card: diembao {trained.manifest['version']}\n")
    assert trained.manifest["data_fingerprint"] in card
    assert "| train | 192 | 144 | 48 | 48 |" in card
    assert "2 rows of train" in card


def test_the_card_has_a_vietnamese_summary_and_every_limit(card: str) -> None:
    assert "## Tóm tắt" in card
    assert "huấn luyện trên 192 bài, đo trên 48 bài" in card
    assert all(f"- {limit}" in card for limit in LIMITS)


def test_the_card_shows_every_number_with_its_interval(card: str, assessment: Assessment) -> None:
    assert set(NAMES) == set(assessment.numbers) - set(COUNTS)
    low, high = assessment.intervals["coord_f1"]
    value = assessment.numbers["coord_f1"]
    assert f"| coordinating units micro-F1 | {value:.3f} | {low:.3f} to {high:.3f} |" in card


def test_the_card_shows_every_class_and_setting(card: str, trained: Any) -> None:
    assert "| xang-dau | 1.00 | 1.00 | 1.00 | 12 |" in card
    assert "| (none) |" in card
    assert all(f"| `{name}` | {value} |" in card for name, value in trained.manifest["settings"].items())


def test_every_table_of_the_card_is_even(card: str) -> None:
    for block in card.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1


def test_pictures_are_written_over_those_of_an_earlier_run(assessment: Assessment, tmp_path: Path) -> None:
    (tmp_path / "coverage.png").write_bytes(b"old")
    paths = draw(assessment, tmp_path)
    assert [path.name for path in paths] == [
        "confusion-topic.png", "confusion-lead_unit.png", "calibration.png", "coverage.png",
    ]  # fmt: skip
    assert {path.read_bytes()[:4] for path in paths} == {b"\x89PNG"}

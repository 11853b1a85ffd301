"""A search tries settings in an order that its seed fixes, tries nothing twice, and can be stopped and gone on with."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.layers import Settings
from models.search import SPACE, Trial, difference, draws, judge, judged_stories, search, values_of
from models.settings_file import SettingsFileError, read_settings, settings_text
from models.train import Ground, fit, lay_ground
from models.trials import TrialsError, open_trials

OWN = values_of(Settings())
OTHER = {**OWN, "c": 0.5, "mixing": 4.0}


@pytest.fixture(scope="module")
def ground(world: Any) -> Ground:
    return lay_ground([label for label in world.labels if label.split == "train"], world.articles, folds=3)


@pytest.fixture(scope="module")
def judged(ground: Ground) -> list[Trial]:
    return [judge(ground, OWN), judge(ground, OTHER)]


def made(loss: float, values: dict[str, float] | None = None) -> Trial:
    return Trial(values or OWN, {"loss": loss}, np.full(4, loss))


def test_the_draw_begins_with_the_recipe_as_it_is_and_meets_every_point_once() -> None:
    drawn = list(draws(0))
    assert drawn[0] == OWN
    assert len({tuple(values.items()) for values in drawn}) == len(drawn)
    assert len(drawn) == np.prod([len(choices) for choices in SPACE.values()])


def test_the_seed_decides_the_order_and_a_longer_draw_begins_with_the_shorter() -> None:
    first = list(islice(draws(3), 5))
    assert list(islice(draws(3), 9))[:5] == first
    assert list(islice(draws(4), 5)) != first


def test_the_recipe_as_it_is_is_a_point_of_the_space() -> None:
    assert all(OWN[key] in choices for key, choices in SPACE.items())


def test_a_trial_is_judged_out_of_fold_by_the_mean_loss_of_topic_and_lead(judged: list[Trial]) -> None:
    numbers = judged[0].numbers
    assert numbers["loss"] == pytest.approx((numbers["topic_loss"] + numbers["lead_loss"]) / 2)
    assert numbers["loss"] == pytest.approx(judged[0].losses.mean())
    assert len(judged[0].losses) == 192
    assert numbers["topic_acc"] > 0.9


def test_the_same_settings_give_the_same_numbers(ground: Ground, judged: list[Trial]) -> None:
    again = judge(ground, OTHER)
    assert again.numbers == judged[1].numbers
    assert (again.losses == judged[1].losses).all()


def test_settings_change_the_loss(judged: list[Trial]) -> None:
    assert judged[0].loss != judged[1].loss


def test_what_is_known_is_not_tried_again(ground: Ground, judged: list[Trial]) -> None:
    found = list(search(ground, [OWN, OTHER, OTHER], known=[OWN], jobs=1))
    assert [trial.values for trial in found] == [OTHER]


def test_a_search_whose_time_is_over_begins_no_trial(ground: Ground) -> None:
    assert list(search(ground, [OWN, OTHER], is_over=lambda: True, jobs=1)) == []


def test_the_error_of_a_difference_grows_where_rows_of_a_story_err_together() -> None:
    better, worse = np.zeros(8), np.array([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    one, other = Trial(OWN, {"loss": 0.5}, worse), Trial(OTHER, {"loss": 0.0}, better)
    alone, together = (difference(one, other, stories) for stories in (np.arange(8), np.arange(8) // 4))
    assert alone[0] == together[0] == 0.5
    assert together[1] == pytest.approx(2 * alone[1])


def test_undecided_rows_are_not_judged(ground: Ground) -> None:
    answers = {name: table.copy() for name, table in ground.answers.items()}
    answers["topic"][:7] = -1
    open_ground = Ground(ground.labels, ground.matrices, answers, ground.story)
    assert len(judge(open_ground, OWN).losses) == len(judged_stories(open_ground)) == 185


def test_finished_trials_are_read_back(tmp_path: Path, judged: list[Trial]) -> None:
    file = tmp_path / "new" / "trials.jsonl"
    trials = open_trials(file, data="d")
    for trial in judged:
        trials.add(trial)
    again = open_trials(file, data="d")
    assert again.name == trials.name
    assert [(one.values, one.numbers) for one in again.finished] == [(one.values, one.numbers) for one in judged]
    assert again.finished[0].losses == pytest.approx(judged[0].losses, abs=1e-5)


def test_a_line_torn_by_a_killed_process_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    trials = open_trials(file, data="d")
    trials.add(made(1.0))
    with file.open("a", encoding="utf-8") as opened:
        opened.write('{"values": {"c": 0')
    trials = open_trials(file, data="d")
    trials.add(made(0.5, OTHER))
    assert [trial.loss for trial in open_trials(file, data="d").finished] == [1.0, 0.5]


def test_trials_on_other_data_are_not_mixed(tmp_path: Path) -> None:
    open_trials(tmp_path / "trials.jsonl", data="d")
    with pytest.raises(TrialsError, match="có dữ liệu khác"):
        open_trials(tmp_path / "trials.jsonl", data="e")


def test_a_file_that_holds_no_trials_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "trials.jsonl").write_text("3\n", "utf-8")
    with pytest.raises(TrialsError, match="không đọc được các lượt thử"):
        open_trials(tmp_path / "trials.jsonl", data="d")


def test_the_best_of_equals_is_the_earlier(tmp_path: Path) -> None:
    trials = open_trials(tmp_path / "trials.jsonl", data="d")
    for trial in (made(0.7), made(0.6, OTHER), made(0.6, {**OTHER, "c": 1.0})):
        trials.add(trial)
    assert trials.best.values == OTHER


def test_settings_written_are_read_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(settings_text(OTHER, remark="two\nlines"), "utf-8")
    assert read_settings(file, seed=3, jobs=1) == Settings(seed=3, jobs=1, c=0.5, mixing=4.0)
    assert file.read_text("utf-8").startswith("# two\n# lines\nc = 0.5\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cost = 1", "cost: khóa lạ"),
        ("seed = 1", "seed: khóa lạ"),
        ("c = 0", "c: phải là số từ 0.0001"),
        ("c = true", "c: phải là số"),
        ("balance = 1.5", "balance: phải là số từ 0 đến 1"),
        ("min_documents = 2.5", "min_documents: phải là số nguyên"),
        ("c = ", "không đúng TOML"),
    ],
)
def test_a_settings_file_with_a_fault_says_which(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsFileError, match=said):
        read_settings(tmp_path / "settings.toml")


def test_a_settings_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError, match="không đọc được"):
        read_settings(tmp_path / "settings.toml")


def test_the_strength_of_mixing_changes_the_second_layer_alone(world: Any, trained: Any) -> None:
    train = [label for label in world.labels if label.split == "train"]
    other = fit(train, world.articles, settings=Settings(jobs=1, mixing=4.0))
    assert (other.arrays["weights"] == trained.arrays["weights"]).all()
    assert not np.allclose(other.arrays["mixing"], trained.arrays["mixing"])

"""`diembao train`, `evaluate` and `corpora import`, from files to a model that scores."""

import json
import sys
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from serve.commands import training
from serve.commands.base import Group

WORDS = {
    "xang-dau": ("TTTN", "giá xăng dầu bán lẻ quỹ bình ổn cây xăng"),
    "dien-luc": ("EVN", "điện lực mất điện trạm biến áp lưới điện"),
    "ngoai-pham-vi": ("", "trận đấu bóng đá ca sĩ sân khấu khán giả"),
}
LEVELS = ("bình thường", "theo dõi diễn biến", "khiếu nại vướng mắc", "chết người thảm họa")


@click.group(cls=Group)
def main() -> None:
    """Stands for the diembao command."""


for command in (training.train, training.evaluate, training.corpora):
    main.add_command(command)


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def write_data(folder: Path, *, size: int = 90) -> tuple[Path, Path]:
    """Labels and a corpus in `folder`, with one article of train that a dev article repeats."""
    labels, texts = [], []
    for number in range(size):
        topic, (lead, words) = list(WORDS.items())[number % 3]
        level = 1 + number // 3 % 3 if lead else 0
        split = "dev" if number % 5 == 0 else "train"
        labels.append({"id": f"bai-{number}", "topic": topic, "lead": lead, "coord": [], "urgency": level,
                       "tone": number // 3 % 3 - 1 if lead else 0, "stratum": "random", "split": split})  # fmt: skip
        body = " ".join(f"{words} {number}{k} {LEVELS[level]}" for k in range(6))
        texts.append((f"bai-{number}", f"{words} {number}", f"{LEVELS[level]} {number}", body))
    texts[1] = (texts[1][0], *texts[10][1:])
    file, corpora = folder / "nhan.jsonl", folder / "corpora"
    file.write_text("\n".join(map(json.dumps, labels)), "utf-8")
    corpora.mkdir()
    columns = dict(zip(("id", "title", "lead", "body"), map(list, zip(*texts, strict=True)), strict=True))
    pq.write_table(pa.table(columns), corpora / "bai.parquet")
    return file, corpora


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A release folder, and what the training said."""
    labels, corpora = data
    out = tmp_path_factory.mktemp("out") / "model"
    return out, run("train", "--labels", labels, "--corpora", corpora, "--out", out, "--jobs", 1, "--no-track")


def test_train_writes_a_release_with_card_and_metrics(trained: tuple[Path, Result]) -> None:
    out, result = trained
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [
        "CARD.md", "SHA256SUMS", "manifest.json", "model.npz", "policy.toml",
    ]  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["metrics"]["rows"] == 18
    assert manifest["version"] in (out / "CARD.md").read_text("utf-8")


def test_train_prints_the_numbers_and_says_what_it_dropped(trained: tuple[Path, Result]) -> None:
    _, result = trained
    assert "đúng đơn vị chủ trì" in result.output
    assert "18 bài" in result.output
    assert "Đã bỏ" in result.output
    assert "MLflow" not in result.output


def test_every_number_has_a_name_in_the_table() -> None:
    models_evaluate = pytest.importorskip("models.evaluate")
    card = pytest.importorskip("models.card")
    assert set(training.NUMBERS) == set(card.NAMES)
    assert not set(training.NUMBERS) & set(models_evaluate.COUNTS)


def test_evaluate_writes_records_and_report_of_the_dev_split(
    trained: tuple[Path, Result], data: tuple[Path, Path], tmp_path: Path
) -> None:
    labels, corpora = data
    records, report = tmp_path / "dev.jsonl", tmp_path / "new" / "report.json"
    result = run("evaluate", "--labels", labels, "--corpora", corpora, "--model", trained[0],
                 "--records", records, "--report", report)  # fmt: skip
    assert result.exit_code == 0, result.output

    written = [json.loads(line) for line in records.read_text("utf-8").splitlines()]
    assert [one["id"] for one in written] == [f"bai-{number}" for number in range(0, 90, 5)]
    found = json.loads(report.read_text("utf-8"))
    manifest = json.loads((trained[0] / "manifest.json").read_text("utf-8"))
    assert found["numbers"] == pytest.approx(manifest["metrics"])
    assert (found["model"], found["split"]) == (manifest["version"], "dev")


def test_paths_may_come_from_the_environment(
    trained: tuple[Path, Result], data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIEMBAO_LABELS", str(data[0]))
    monkeypatch.setenv("DIEMBAO_CORPORA", str(data[1]))
    result = run("evaluate", "--model", trained[0], "--split", "all")
    assert result.exit_code == 0, result.output
    assert "90 bài" in result.output


def test_labels_whose_articles_are_missing_are_an_error_that_names_some(
    trained: tuple[Path, Result], data: tuple[Path, Path], tmp_path: Path
) -> None:
    labels = tmp_path / "la.jsonl"
    labels.write_text(json.dumps({"id": "khong-co", "topic": "ngoai-pham-vi"}), "utf-8")
    result = run("evaluate", "--labels", labels, "--corpora", data[1], "--model", trained[0])
    assert result.exit_code == 2
    assert "thiếu 1 trong 1 bài có nhãn: khong-co" in result.output


def test_labels_without_a_dev_part_cannot_be_trained_on(data: tuple[Path, Path], tmp_path: Path) -> None:
    labels = tmp_path / "train.jsonl"
    labels.write_text(json.dumps({"id": "bai-2", "topic": "ngoai-pham-vi"}), "utf-8")
    result = run("train", "--labels", labels, "--corpora", data[1], "--out", tmp_path / "out", "--no-track")
    assert result.exit_code == 2
    assert "không có nhãn nào thuộc phần “dev”" in result.output
    assert not (tmp_path / "out").exists()


def test_a_settings_file_reaches_the_model(data: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("c = 0.5\nmixing = 2.0\n", "utf-8")
    result = run("train", "--labels", data[0], "--corpora", data[1], "--out", tmp_path / "out", "--jobs", 1, "--seed",
                 3, "--no-track", "--settings", tmp_path / "settings.toml")  # fmt: skip

    assert result.exit_code == 0, result.output
    settings = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["settings"]
    assert (settings["c"], settings["mixing"], settings["seed"], settings["folds"]) == (0.5, 2.0, 3, 8)


def test_a_settings_file_with_an_unknown_key_ends_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("cc = 0.5\n", "utf-8")
    result = run("train", "--corpora", tmp_path, "--out", tmp_path / "out", "--settings", tmp_path / "settings.toml")

    assert result.exit_code == 2
    assert "cc: khóa lạ" in result.output


def test_a_model_cannot_be_registered_by_a_run_that_is_not_tracked(data: tuple[Path, Path], tmp_path: Path) -> None:
    result = run("train", "--labels", data[0], "--corpora", data[1], "--out", tmp_path / "out", "--no-track",
                 "--register", "diembao")  # fmt: skip

    assert result.exit_code == 2
    assert "--register cần lượt chạy được ghi vào MLflow" in result.output
    assert not (tmp_path / "out").exists()


def test_training_without_its_libraries_says_how_to_install_them(
    data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "models.experiment", None)
    result = run("evaluate", "--labels", data[0], "--corpora", data[1])
    assert result.exit_code == 2
    assert "pip install 'diembao[train]'" in result.output


def test_corpora_import_says_what_was_written_and_what_was_skipped(tmp_path: Path) -> None:
    place = tmp_path / "kho" / "scraper" / "vn_news" / "data"
    place.mkdir(parents=True)
    (place / "1.txt").write_text("Tựa\nSapo\nThân bài", "utf-8")
    (place / "2.txt").write_text("\n", "utf-8")

    result = run("corpora", "import", tmp_path / "kho", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "baomoi: đã ghi" in result.output
    assert "1 bài" in result.output
    assert "2.txt: không có chữ nào" in result.output
    again = run("corpora", "import", tmp_path / "kho", "--out", tmp_path / "out")
    assert "baomoi: giữ nguyên" in again.output


def test_corpora_import_of_a_folder_without_clones_is_an_error(tmp_path: Path) -> None:
    result = run("corpora", "import", tmp_path, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "Lỗi:" in result.output
    assert "không thấy bản sao kho nào" in result.output

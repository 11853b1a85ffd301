"""A training run leaves all it should in MLflow, and the model it logs works where diembao is not installed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models import artifacts
from models.evaluate import assess
from models.pyfunc_model import Router
from nlp.pipeline import run
from nlp.record import to_record
from nlp.types import Article

mlflow = pytest.importorskip("mlflow")
tracking = pytest.importorskip("models.tracking")

LOAD = """
import json, sys
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model(sys.argv[1])
import nlp
rows = model.predict(pd.DataFrame(json.loads(sys.argv[2])))
print(json.dumps({"code": nlp.__file__, "records": [json.loads(row) for row in rows["record"]]}))
"""
ROWS = [
    {"title": "Giá xăng dầu bán lẻ giảm từ kỳ điều hành này", "lead": "Quỹ bình ổn", "body": "cây xăng dầu diesel"},
    {"title": "Mất điện vì trạm biến áp", "lead": "", "body": "đường dây lưới điện"},
    {"title": "Bàn thắng đẹp trong trận đấu bóng đá", "lead": "khán giả ca sĩ sân khấu", "body": "du lịch lễ hội"},
]


@pytest.fixture(scope="module")
def tracked(world: Any, trained: Any, release: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The id of a run tracked into an empty folder with the default settings, and the folder."""
    folder = tmp_path_factory.mktemp("project")
    dev = [label for label in world.labels if label.split == "dev"]
    records = [to_record(one) for one in run([world.articles[label.id] for label in dev], engine=trained.engine)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        done = tracking.track(
            tracking.TrainedRun(
                release=release,
                manifest=trained.manifest,
                params=trained.manifest["settings"],
                labels=world.labels,
                label_files=[Path("labels.jsonl")],
                assessment=assess(dev, records, samples=20),
                card="# Thẻ mô hình",
                dev_fingerprint="d" * 64,
                leaks=3,
            )
        )
        yield mlflow.get_run(done), folder


def test_the_default_is_sqlite_and_a_folder_of_artefacts_in_the_project(tracked: Any) -> None:
    done, folder = tracked
    assert (folder / "mlflow.db").is_file()
    assert done.info.artifact_uri.startswith((folder / "mlartifacts").as_uri())
    assert sorted(path.name for path in folder.iterdir()) == ["mlartifacts", "mlflow.db"]


def test_telemetry_is_off() -> None:
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_a_run_holds_parameters_fingerprint_and_metrics_by_head_and_class(tracked: Any, trained: Any) -> None:
    done, _ = tracked
    assert done.info.status == "FINISHED"
    assert done.data.params["min_documents"] == str(trained.manifest["settings"]["min_documents"])
    assert done.data.tags["data_fingerprint"] == trained.manifest["data_fingerprint"]
    metrics = done.data.metrics
    assert metrics["leaks_dropped"] == 3
    assert metrics["topic_acc.low"] <= metrics["topic_acc"] <= metrics["topic_acc.high"]
    assert metrics["topic/xang-dau/support"] == 12
    assert {"lead_unit/EVN/f1", "lead_unit/none/recall", "urgency/3/precision", "stratum/random/lead_acc"} <= set(
        metrics
    )


def test_a_run_names_the_data_of_both_splits_without_its_texts(tracked: Any, trained: Any) -> None:
    done, _ = tracked
    inputs = {one.tags[0].value: one.dataset for one in done.inputs.dataset_inputs}
    assert set(inputs) == {"train", "dev"}
    assert inputs["train"].digest == trained.manifest["data_fingerprint"][:36]
    assert inputs["dev"].digest == "d" * 36
    assert json.loads(inputs["train"].profile)["num_rows"] == 192
    assert "xăng" not in str(inputs["train"].to_dictionary())


def test_a_run_holds_pictures_card_and_assessment(tracked: Any) -> None:
    done, folder = tracked
    root = next((folder / "mlartifacts").glob(f"**/{done.info.run_id}/artifacts"))
    pictures = {path.name: path.read_bytes()[:4] for path in (root / "pictures").iterdir()}
    assert pictures == dict.fromkeys(
        ["confusion-topic.png", "confusion-lead_unit.png", "calibration.png", "coverage.png"], b"\x89PNG"
    )
    assert (root / "CARD.md").read_text("utf-8") == "# Thẻ mô hình"
    assert "numbers" in json.loads((root / "assessment.json").read_text("utf-8"))


def model_of(done: Any) -> Any:
    return mlflow.pyfunc.load_model(f"models:/{done.outputs.model_outputs[0].model_id}")


def test_three_rows_in_are_three_rows_out(tracked: Any) -> None:
    done, _ = tracked
    found = model_of(done).predict(pd.DataFrame(ROWS))
    assert found["topic"].tolist() == ["xang-dau", "dien-luc", "ngoai-pham-vi"]
    assert found["lead_unit"].tolist() == ["TTTN", "EVN", ""]


def test_the_model_states_its_form_and_shows_an_example(tracked: Any) -> None:
    done, _ = tracked
    model = model_of(done)
    assert model.metadata.get_input_schema().input_names() == ["title", "lead", "body"]
    assert model.metadata.get_output_schema().input_names() == [
        "topic",
        "lead_unit",
        "urgency",
        "needs_human",
        "record",
    ]
    assert len(model.input_example) == 3
    with pytest.raises(mlflow.exceptions.MlflowException, match=r"missing inputs \['title'\]"):
        model.predict(pd.DataFrame([{"body": "Không có tựa đề"}]))


def test_the_model_holds_no_pickle(tracked: Any) -> None:
    _, folder = tracked
    names = [path.name for path in (folder / "mlartifacts").rglob("*") if path.is_file()]
    assert "model.npz" in names
    assert [name for name in names if name.endswith((".pkl", ".pickle", ".joblib", ".pyc"))] == []


def test_a_clean_process_loads_the_model_with_its_own_code_and_answers_the_same(
    tracked: Any, trained: Any, tmp_path: Path
) -> None:
    _, folder = tracked
    location = next((folder / "mlartifacts").glob("**/MLmodel")).parent
    environment = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MLFLOW_TRACKING_URI")
    }
    answer = subprocess.run(
        [sys.executable, "-c", LOAD, str(location), json.dumps(ROWS)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout.splitlines()[-1])

    articles = [Article(id=str(n), **row) for n, row in enumerate(ROWS)]
    assert found["records"] == [to_record(one) for one in run(articles, engine=trained.engine)]
    assert Path(found["code"]).is_relative_to(location)


def test_a_tracking_server_named_in_the_environment_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    assert tracking.tracking_uri() == "http://mlflow.example"


def test_empty_cells_and_missing_columns_are_empty_text(release: Path) -> None:
    router = Router(artifacts.load_engine(release))
    table = pd.DataFrame({"title": ["Giá xăng dầu", None]}, index=[7, 9])
    found = router.predict(table)
    assert found.index.tolist() == [7, 9]
    assert json.loads(found["record"][9])["needs_human"] is True
    assert router.predict(table[:0]).empty

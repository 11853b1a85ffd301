"""What a training run leaves in MLflow: parameters, data, metrics, pictures, card, and the model itself.

Only this module and `models.registry` import MLflow. Without MLFLOW_TRACKING_URI a run goes to mlflow.db and
mlartifacts/ in the current folder. Telemetry is off.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from models.compare import Made
from models.data import Label
from models.evaluate import Assessment
from models.gate import Outcome
from models.gate_report import page
from models.plots import draw
from models.rules import Finding, Verdict

# MLflow reads these when it is imported.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "true")

import mlflow
from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.data.pandas_dataset import from_pandas
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema

EXPERIMENT = "diembao"
URI_VARIABLE = "MLFLOW_TRACKING_URI"
ARTIFACTS = "mlartifacts"
DIGEST = 36
"""Letters of a fingerprint that fit where MLflow keeps a digest."""
REQUIREMENTS = ("mlflow", "numpy", "numba", "pandas")
ROOT = Path(__file__).parent.parent
CODE = ("nlp", "models/__init__.py", "models/artifacts.py", "models/pyfunc_model.py", "datasets/organisation")
"""What the logged model runs on, relative to the project."""

SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.string, name, required=name == "title") for name in ("title", "lead", "body")]),
    outputs=Schema(
        [
            ColSpec(DataType.string, "topic"),
            ColSpec(DataType.string, "lead_unit"),
            ColSpec(DataType.long, "urgency"),
            ColSpec(DataType.boolean, "needs_human"),
            ColSpec(DataType.string, "record"),
        ]
    ),
)
EXAMPLE = pd.DataFrame(
    [
        {
            "title": "Giá xăng tăng hơn 500 đồng một lít từ 15 giờ chiều nay",
            "lead": "Liên bộ Công Thương - Tài chính vừa công bố giá bán lẻ mới.",
            "body": "Quỹ bình ổn giá xăng dầu tiếp tục được chi ở mức thấp.",
        },
        {
            "title": "Mất điện ba giờ liền ở khu công nghiệp, doanh nghiệp kêu thiệt hại",
            "lead": "Công ty điện lực cho biết sự cố xảy ra ở trạm biến áp.",
            "body": "Nhiều dây chuyền phải dừng, công nhân được cho nghỉ ca chiều.",
        },
        {"title": "Đội bóng thành phố thắng trận mở màn", "lead": "", "body": "Khán giả ra về trong tiếng trống."},
    ]
)


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """One finished training. `release` is the folder that `Trained.save` wrote; `leaks` rows of train were dropped.

    `dev_fingerprint` names the labels and texts measured on, as the manifest's `data_fingerprint` those trained on.
    """

    release: Path
    manifest: Mapping[str, Any]
    params: Mapping[str, Any]
    labels: Sequence[Label]
    label_files: Sequence[Path]
    assessment: Assessment
    card: str
    dev_fingerprint: str
    leaks: int = 0


def track(run: TrainedRun, *, experiment: str = EXPERIMENT, register: str | None = None) -> str:
    """Record `run` and log its model; returns the id of MLflow's run. A failure leaves a run marked FAILED.

    `register`: the name under which the model becomes a new version in MLflow's registry. It gets no alias by that.
    """
    _quiet()
    with _store():
        return _track(run, experiment, register)


def _track(run: TrainedRun, experiment: str, register: str | None) -> str:
    mlflow.set_experiment(experiment_id=_experiment(experiment))
    with mlflow.start_run(run_name=run.manifest["version"]) as active, tempfile.TemporaryDirectory() as folder:
        mlflow.set_tags({"version": run.manifest["version"], "data_fingerprint": run.manifest["data_fingerprint"]})
        mlflow.log_params({name: str(value) for name, value in run.params.items()})
        mlflow.log_metrics(metrics(run))
        digests = {"train": run.manifest["data_fingerprint"], "dev": run.dev_fingerprint}
        _log_data(run.labels, run.label_files, digests)
        for picture in draw(run.assessment, Path(folder)):
            mlflow.log_artifact(str(picture), "pictures")
        mlflow.log_text(run.card, "CARD.md")
        mlflow.log_dict(run.assessment.to_dict(), "assessment.json")
        log_model(run.release, register=register)
        return str(active.info.run_id)


def track_gate(run: str, outcome: Outcome, *, made: Sequence[Made], at: datetime) -> None:
    """Add to a tracked run what the gate said of its model, what the model was made of, and which decisions changed.

    The tag `gate` holds the verdict, `gate_stopped_by` the rules that did not pass, `gate_champion` whom it was
    compared with; differences and their intervals are metrics `gate/...`. No text of an article is kept.
    """
    stopped = [finding.rule for finding in outcome.findings if finding.verdict is not Verdict.PASSES]
    tags = {"gate": outcome.verdict.name.lower(), "gate_stopped_by": ", ".join(stopped),
            "gate_champion": outcome.champion, "gate_is_better": str(outcome.is_better).lower()}  # fmt: skip
    changes = {"made_of": [asdict(one) for one in made], "decisions": [asdict(one) for one in outcome.changes]}
    with _store():
        client = mlflow.MlflowClient()
        for name, value in tags.items():
            client.set_tag(run, name, value)
        for finding in outcome.findings:
            for metric, number in _differences(finding).items():
                client.log_metric(run, metric, number)
        client.log_text(run, page(outcome, at=at), "gate.html")
        client.log_dict(run, changes, "changes.json")


def _differences(finding: Finding) -> dict[str, float]:
    """A rule's difference and the bounds of its interval, where it has them."""
    low, high, ours, theirs = finding.low, finding.high, finding.candidate, finding.champion
    if low is None or high is None or ours is None or theirs is None:
        return {}
    return {f"gate/{finding.rule}": ours - theirs, f"gate/{finding.rule}.low": low, f"gate/{finding.rule}.high": high}


def tracking_uri() -> str:
    """MLFLOW_TRACKING_URI, else SQLite in the current folder."""
    return os.environ.get(URI_VARIABLE) or f"sqlite:///{(Path.cwd() / 'mlflow.db').as_posix()}"


def metrics(run: TrainedRun) -> dict[str, float]:
    """Numbers, their intervals, and F1, precision, recall and support of every class, under names MLflow accepts."""
    found: dict[str, float] = dict(run.assessment.numbers)
    found["leaks_dropped"] = run.leaks
    for name, (low, high) in run.assessment.intervals.items():
        found |= {f"{name}.low": low, f"{name}.high": high}
    for head, scores in run.assessment.classes.items():
        for score in scores:
            values = {"f1": score.f1, "precision": score.precision, "recall": score.recall, "support": score.support}
            found |= {f"{head}/{score.code or 'none'}/{what}": value for what, value in values.items()}
    for stratum, values in run.assessment.strata.items():
        found |= {f"stratum/{stratum}/{what}": value for what, value in values.items()}
    return {_accepted(name): float(value) for name, value in found.items()}


def log_model(release: Path, *, register: str | None = None) -> None:
    """Log the release as a pyfunc model that carries its own code, so that it loads where diembao is not installed."""
    with _code() as paths:
        mlflow.pyfunc.log_model(
            name="model",
            registered_model_name=register,
            loader_module="models.pyfunc_model",
            data_path=str(release),
            code_paths=[str(path) for path in paths],
            signature=SIGNATURE,
            input_example=EXAMPLE,
            pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
        )


@contextmanager
def _code() -> Iterator[list[Path]]:
    """A copy of CODE, laid out as in the project; yields its top folders."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in CODE:
            source, target = ROOT / name, copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, target)
        yield sorted(copy.iterdir())


def _log_data(labels: Sequence[Label], files: Sequence[Path], fingerprints: Mapping[str, str]) -> None:
    """The labels as a dataset input a split; the texts are not ours to store, the fingerprints cover them."""
    source = CodeDatasetSource({"labels": [path.name for path in files]})
    for split, digest in fingerprints.items():
        rows = [asdict(label) | {"coord": " ".join(label.coord)} for label in labels if label.split == split]
        if rows:
            table = pd.DataFrame(rows).astype(str)
            dataset = from_pandas(table, source=source, name=f"labels-{split}", digest=digest[:DIGEST])
            mlflow.log_input(dataset, context=split)


class Nest:
    """A run of MLflow that holds others, such as the trials of a search."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        children = mlflow.search_runs(
            search_all_experiments=True, filter_string=f"tags.`mlflow.parentRunId` = '{run_id}'", output_format="list"
        )
        self._names = {child.info.run_name for child in children}

    def add(self, name: str, *, params: Mapping[str, object], metrics: Mapping[str, float]) -> None:
        """Keep one more, finished run; one of that name that is already there stays as it is."""
        if name in self._names:
            return
        with mlflow.start_run(run_name=name, nested=True):
            mlflow.log_params(dict(params))
            mlflow.log_metrics({_accepted(key): float(value) for key, value in metrics.items()})
        self._names.add(name)

    def say(self, *, metrics: Mapping[str, float], texts: Mapping[str, str]) -> None:
        """Keep numbers and files (name -> text) with the run itself, over those of before."""
        mlflow.log_metrics({_accepted(key): float(value) for key, value in metrics.items()})
        for file, text in texts.items():
            mlflow.log_text(text, file)


@contextmanager
def nest(
    name: str,
    *,
    tags: Mapping[str, str],
    labels: Sequence[Label],
    label_files: Sequence[Path],
    fingerprints: Mapping[str, str],
    experiment: str = EXPERIMENT,
) -> Iterator[Nest]:
    """A run that holds others; one of this name in the experiment is gone on with, else it begins with its data.

    `fingerprints`: split -> fingerprint of its labels and texts. Ctrl-C leaves the run KILLED, an error FAILED.
    """
    _quiet()
    with _store():
        number = _experiment(experiment)
        mlflow.set_experiment(experiment_id=number)
        wanted = f"attributes.run_name = '{name}'"
        found = mlflow.search_runs([number], filter_string=wanted, output_format="list", max_results=1)
        run = mlflow.start_run(run_id=found[0].info.run_id) if found else mlflow.start_run(run_name=name)
        status = "FAILED"
        try:
            if not found:
                _log_data(labels, label_files, fingerprints)
            mlflow.set_tags(dict(tags))
            yield Nest(str(run.info.run_id))
            status = "FINISHED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise
        finally:
            mlflow.end_run(status)


@contextmanager
def _store() -> Iterator[None]:
    """Point MLflow at `tracking_uri()`."""
    chosen = os.environ.get(URI_VARIABLE)
    mlflow.set_tracking_uri(tracking_uri())
    try:
        yield
    finally:
        # MLflow writes the address into the environment, where the next run would take it for the user's wish.
        if not chosen:
            os.environ.pop(URI_VARIABLE, None)


def _experiment(name: str) -> str:
    found = mlflow.get_experiment_by_name(name)
    if found:
        return str(found.experiment_id)
    # A server keeps artefacts where it was told to; beside a local database they would go under ./mlruns.
    is_local = mlflow.get_tracking_uri().startswith("sqlite:")
    return str(
        mlflow.create_experiment(name, artifact_location=(Path.cwd() / ARTIFACTS).as_uri() if is_local else None)
    )


def _accepted(name: str) -> str:
    """MLflow takes letters, digits and `_-. /` in names."""
    return "".join(letter if letter.isalnum() or letter in "_-. /" else "_" for letter in name)


def _quiet() -> None:
    """The migrations of a new SQLite file fill the screen otherwise."""
    for name in ("alembic", "mlflow.store.db.utils"):
        logging.getLogger(name).setLevel(logging.WARNING)

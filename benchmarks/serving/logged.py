"""Log the released model as a training run does, in the current folder, and print its address."""

from __future__ import annotations

import mlflow

from models.artifacts import RELEASE
from models.tracking import log_model


def main() -> None:
    """Print models:/…"""
    mlflow.set_experiment("benchmark")
    with mlflow.start_run() as run:
        log_model(RELEASE)
    logged = mlflow.get_run(run.info.run_id).outputs.model_outputs[0]
    print(f"models:/{logged.model_id}")


if __name__ == "__main__":
    main()

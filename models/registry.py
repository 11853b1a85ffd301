"""The champion of MLflow's registry: which version it is, and its release folder.

MLflow is imported when it is asked, and never loads the model: the folder is for `models.artifacts`, with its
allow-list and checksums.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from models.artifacts import SUMS, ArtifactError
from nlp.errors import DiembaoError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow import MlflowClient

ALIAS = "champion"
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_CONFIGURE_LOGGING": "false",
    # Its own defaults try for minutes; who watches the registry asks again soon.
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
}
"""What MLflow reads when it is imported, unless the environment says otherwise."""
ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""What MLflow says where there is no such model, or no such alias of it."""
_USER = re.compile(r"//[^/@\s]+@")


class RegistryError(DiembaoError):
    """A registry that cannot be asked, or that names no champion. Fact: `detail`, what MLflow says of it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.detail = detail
        super().__init__(reason)


class NoChampion(RegistryError):
    """A registry that answers, where nobody bears the alias: not yet, or no longer."""


class MlflowMissing(DiembaoError):
    """The registry was asked for where MLflow is not installed."""

    def __init__(self) -> None:
        super().__init__("cần mlflow để hỏi sổ mô hình; cài bằng: pip install 'diembao[train]'")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a registered model. Its number is unique until the registry is made anew: see `created`."""

    name: str
    number: str
    created: int

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


def require_mlflow() -> None:
    """Raise MlflowMissing where it is not installed; imports nothing."""
    if find_spec("mlflow") is None:
        raise MlflowMissing


def champion(name: str) -> Version:
    """The version of the model `name` that bears the alias.

    Raises:
        NoChampion: none does.
        RegistryError: the registry cannot be asked.
    """
    try:
        with _asking(f"không hỏi được bí danh {ALIAS} của mô hình {name}") as client:
            found = client.get_model_version_by_alias(name, ALIAS)
    except RegistryError as error:
        if getattr(error.__cause__, "error_code", "") in ABSENT:
            raise NoChampion(f"chưa đặt bí danh {ALIAS} của mô hình {name}", error.detail) from error
        raise
    return Version(name, str(found.version), int(found.creation_timestamp or 0))


def download(version: Version, folder: Path) -> Path:
    """Copy the release of a version below `folder`; returns where it lies.

    Raises RegistryError, and ArtifactError where the version was not logged by `models.tracking`.
    """
    with _asking(f"chưa tải được mô hình {version}"):
        from mlflow.artifacts import download_artifacts

        copy = Path(download_artifacts(artifact_uri=f"models:/{version.name}/{version.number}", dst_path=str(folder)))
    found = sorted(path.parent for path in copy.glob(f"data/*/{SUMS}"))
    if len(found) != 1:
        raise ArtifactError(f"mô hình {version} không do diembao ghi: có {len(found)} bản phát hành trong data/")
    return found[0]


@contextmanager
def _asking(what: str) -> Iterator[MlflowClient]:
    """A client of the registry in MLFLOW_REGISTRY_URI, else MLFLOW_TRACKING_URI; its errors become ours."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    for name in ("alembic", "mlflow"):
        logging.getLogger(name).setLevel(logging.WARNING)
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        yield mlflow.MlflowClient()
    except (MlflowException, OSError) as error:
        code = getattr(error, "error_code", type(error).__name__)
        detail = _USER.sub("//…@", str(error))  # an address may hold a password
        raise RegistryError(f"{what} ({code})", detail) from error


def bearer(name: str) -> Version | None:
    """The version that bears the alias, None where none does. Raises RegistryError."""
    with _asking(f"không hỏi được sổ mô hình {name}") as client:
        aliases = client.get_registered_model(name).aliases
    return champion(name) if ALIAS in aliases else None


def version_of(name: str, model: str) -> Version:
    """The newest version of the model `name` that `models.tracking` logged for the release of version `model`.

    Raises RegistryError where there is none.
    """
    with _asking(f"không hỏi được sổ mô hình {name}; bỏ qua sổ bằng: --no-registry") as client:
        found = sorted(client.search_model_versions(f"name = '{name}'"), key=lambda one: -int(one.version))
        for one in found:
            if one.run_id and client.get_run(one.run_id).data.tags.get("version") == model:
                return Version(name, str(one.version), int(one.creation_timestamp or 0))
    raise RegistryError(
        f"sổ mô hình {name} không có mô hình {model}; ghi vào sổ bằng: diembao train --register {name}, "
        "hoặc bỏ qua sổ bằng: --no-registry"
    )


def move_alias(version: Version) -> None:
    """Let `version` bear the alias; whoever bore it loses it. Raises RegistryError."""
    with _asking(f"chưa chuyển được bí danh {ALIAS} sang {version}") as client:
        client.set_registered_model_alias(version.name, ALIAS, version.number)

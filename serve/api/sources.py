"""Where models come from: a folder, or the champion of MLflow's registry. A source looks; what it finds, loads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from models import artifacts, registry
from serve.api.loaded import Candidate, Loaded, load

Source = Callable[[], Candidate]
"""Looks, cheaply. Raises RegistryError where it cannot."""


@dataclass(frozen=True, slots=True)
class InFolder:
    """A release folder in the state in which it was seen: the office or a training run may change it at any time."""

    path: Path
    state: str
    looks: int = 2

    @property
    def name(self) -> str:
        """The folder's own name; where it lies is nobody's business."""
        return self.path.resolve().name

    def load(self, *, at: datetime) -> Loaded:
        """What lies there now."""
        return load(self.path, origin=self, at=at)


@dataclass(frozen=True, slots=True)
class InRegistry:
    """A version of the registry; versions do not change."""

    version: registry.Version
    looks: int = 1

    @property
    def name(self) -> str:
        """Model and number."""
        return str(self.version)

    def load(self, *, at: datetime) -> Loaded:
        """A copy of it, which is gone when it is loaded."""
        with TemporaryDirectory(prefix="diembao-") as folder:
            return load(registry.download(self.version, Path(folder)), origin=self, at=at)


def folder(path: Path) -> InFolder:
    """What lies in a folder."""
    return InFolder(path, artifacts.look(path))


def champion(name: str) -> InRegistry:
    """The version of a registered model that bears the alias."""
    return InRegistry(registry.champion(name))

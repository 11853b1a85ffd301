"""A loaded model as one frozen value. A request takes it once, at its start, and so never sees two."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from models.artifacts import load_release
from nlp.organisation import OrganisationError
from nlp.pipeline import Engine
from serve.api.bodies import Asked
from serve.api.problems import Fault, invalid


class Candidate(Protocol):
    """A model that lies somewhere in one state; equal to another where nothing has changed in between.

    `looks` is how many looks in a row must find it bad before it is refused: two where it may be half written.
    """

    @property
    def name(self) -> str:
        """How people call it."""

    @property
    def looks(self) -> int:
        """See above."""

    def load(self, *, at: datetime) -> Loaded:
        """It, loaded at the moment `at`. Raises RegistryError where it cannot be got, and what `load` raises."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """Everything that answers depend on besides the question. `units` keeps answers that follow from it, by day."""

    engine: Engine
    manifest: dict[str, Any]
    card: str
    fingerprint: str
    origin: Candidate
    loaded_at: datetime
    units: dict[date, bytes] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The model's version, as every record names it."""
        return self.engine.model.version

    def document(self) -> dict[str, str]:
        """Which one it is, as JSON."""
        return {
            "version": self.version,
            "fingerprint": self.fingerprint,
            "source": self.origin.name,
            "loaded_at": self.loaded_at.isoformat(),
        }

    def check(self, asked: Asked) -> None:
        """Raise Problem where the organisation of the day asked for is not known."""
        if asked.at is not None:
            try:
                self.engine.organisation.at(asked.at)
            except OrganisationError as error:
                raise invalid([Fault("?at", str(error))]) from None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that does not answer, and why, since when."""

    candidate: Candidate
    reason: str
    at: datetime

    def document(self) -> dict[str, str]:
        """As JSON."""
        return {"candidate": self.candidate.name, "reason": self.reason, "at": self.at.isoformat()}


def load(folder: Path, *, origin: Candidate, at: datetime) -> Loaded:
    """The release in `folder`. Raises what `models.artifacts.load_release` raises."""
    release = load_release(folder)
    return Loaded(
        engine=release.engine,
        manifest=release.manifest,
        card=release.card,
        fingerprint=release.fingerprint,
        origin=origin,
        loaded_at=at,
    )

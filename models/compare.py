"""What two models were made of, and by which words each decided: why a decision changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.pipeline import Engine, run
from nlp.types import Article

FACTS = ("version", "data_fingerprint", "rows", "corrections", "ngrams")
HIDDEN = ("jobs",)
"""Settings without effect on the model."""


@dataclass(frozen=True, slots=True)
class Made:
    """One thing that two models were made of, or came out as."""

    what: str
    champion: str
    candidate: str

    @property
    def is_same(self) -> bool:
        """Whether it is the same of both."""
        return self.champion == self.candidate


def made_of(champion: Mapping[str, Any], candidate: Mapping[str, Any]) -> list[Made]:
    """Facts and settings of two manifests side by side; an older manifest may lack some."""
    names = [*FACTS, *sorted({*champion["settings"], *candidate["settings"]} - {*HIDDEN})]
    both = [{**manifest, **manifest["settings"]} for manifest in (champion, candidate)]
    return [Made(name, *(_said(name, one.get(name)) for one in both)) for name in names]


def words(articles: Sequence[Article], *, engine: Engine, purpose: str = "lead_unit") -> list[str]:
    """For each article the phrases that spoke for its decision in `purpose`, the strongest first, as one line."""
    found = []
    for decision in run(articles, engine=engine):
        phrases = sorted((one for one in decision.evidence if one.purpose == purpose), key=lambda one: -one.weight)
        # A phrase that occurs twice speaks once.
        found.append(", ".join(dict.fromkeys(phrase.text.lower() for phrase in phrases)))
    return found


def _said(name: str, value: Any) -> str:
    if value is None:
        return "0" if name == "corrections" else "–"
    return str(value)[:12] if name == "data_fingerprint" else str(value)

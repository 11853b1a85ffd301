"""What Prometheus may know: counts, times and shares; no text, no title, no key."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from nlp.heads import URGENCY
from nlp.types import Decision
from serve.api.loaded import Loaded

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
CHARS = (100, 300, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000, 100_000, 1_000_000)


class Metrics:
    """The metrics of one server, in a registry of its own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "diembao_requests", "Requests answered", ("route", "method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "diembao_request_seconds", "Time from request to last byte", ("route",), buckets=SECONDS, registry=registry
        )
        self._decisions = Counter(
            "diembao_decisions", "Articles routed", ("topic", "urgency", "needs_human"), registry=registry
        )
        self._known = Histogram(
            "diembao_known_share", "Share of an article's n-grams that the model knows; falls when the news drifts",
            buckets=SHARES, registry=registry)  # fmt: skip
        self._sure = Histogram(
            "diembao_topic_probability", "Calibrated probability of the topic given; falls when the news drifts",
            buckets=SHARES, registry=registry)  # fmt: skip
        self._chars = Histogram(
            "diembao_article_characters", "Length of title, lead and body together", buckets=CHARS, registry=registry
        )
        self._refused = Counter("diembao_articles_refused", "Articles of a batch or stream refused", registry=registry)
        self._corrections = Counter("diembao_corrections", "Corrections stored", registry=registry)
        self._model = Gauge("diembao_model", "The model that answers", ("version",), registry=registry)
        self._loaded_at = Gauge(
            "diembao_model_loaded_timestamp_seconds", "When the model that answers was loaded", registry=registry
        )
        self._swaps = Counter("diembao_model_swaps", "Models swapped in while serving", registry=registry)
        self._models_refused = Counter("diembao_model_refusals", "New models refused", registry=registry)
        self._newest = Gauge(
            "diembao_model_is_newest", "0 where a newer model was refused or its source cannot be asked",
            registry=registry)  # fmt: skip

        # Children by what they stand for: finding one by its labels takes longer than counting.
        self._asked: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._decided: dict[tuple[str, int, bool], Counter] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request has been answered. `route` is a template of ours, never a path of the client's."""
        asked = (route, method if method in ("GET", "HEAD", "POST") else "other", status)
        if asked not in self._asked:
            self._asked[asked] = self._requests.labels(*asked), self._seconds.labels(route)
        count, times = self._asked[asked]
        count.inc()
        times.observe(seconds)

    def decided(self, decisions: Sequence[Decision]) -> None:
        """Articles have been routed."""
        for decision in decisions:
            proposal, article = decision.proposal, decision.article
            said = (proposal.topic.code, proposal.urgency, decision.needs_human)
            if said not in self._decided:
                topic, level, is_open = said
                self._decided[said] = self._decisions.labels(topic, URGENCY[str(level)], "yes" if is_open else "no")
            self._decided[said].inc()
            self._known.observe(proposal.known_share)
            self._sure.observe(proposal.topic.p)
            self._chars.observe(article.chars)

    def refused(self) -> None:
        """An article of a batch or stream was refused."""
        self._refused.inc()

    def corrected(self) -> None:
        """A correction has been stored."""
        self._corrections.inc()

    def model(self, before: Loaded | None, now: Loaded) -> None:
        """Another model answers; `before` is None for the first."""
        if before is not None:
            self._swaps.inc()
            self._model.remove(before.version)
        self._model.labels(now.version).set(1)
        self._loaded_at.set(now.loaded_at.timestamp())

    def model_refused(self) -> None:
        """A new model was refused."""
        self._models_refused.inc()

    def newest(self, *, answers: bool) -> None:
        """Whether the newest model of the source, as far as it could be asked, is the one that answers."""
        self._newest.set(answers)

    def text(self) -> bytes:
        """All of it in the text format of Prometheus."""
        return generate_latest(self.registry)

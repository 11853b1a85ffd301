"""How much a key may ask: a bucket of articles that fills by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from serve.api.problems import TOO_MANY, Problem


class Limits:
    """One bucket a key, in memory: `burst` articles when full, filled with `rate` articles a second; 0: no limit."""

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key_id: str, articles: int) -> None:
        """Take from the bucket of a key. Raises Problem, with the time to wait, where too little is in it."""
        if wait := self.wait(key_id, articles):
            seconds = ceil(wait)
            raise Problem(
                TOO_MANY, f"khóa này được {self._rate:g} bài mỗi giây; hãy thử lại sau {seconds} giây",
                headers={"Retry-After": str(seconds)},
            )  # fmt: skip

    def wait(self, key_id: str, articles: int) -> float:
        """Take and give 0, or take nothing and say after how many seconds there will be enough."""
        if not self._rate:
            return 0.0
        now = self._clock()
        level, at = self._buckets.get(key_id, (float(self._burst), now))
        level = min(float(self._burst), level + (now - at) * self._rate)
        if level >= articles:
            self._buckets[key_id] = (level - articles, now)
            return 0.0
        self._buckets[key_id] = (level, now)
        return (articles - level) / self._rate

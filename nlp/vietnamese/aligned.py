"""Text that remembers where each of its code points came from while it is edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from nlp.types import Offsets

Edit = tuple[int, int, str]
"""Replace the half-open span [start, end) of the current text; edits of one pass are in order and do not overlap."""


@dataclass(slots=True)
class Aligned:
    """A text under repair. `offsets` is None until the first edit; `faults` counts code points found wrong, by kind."""

    text: str
    offsets: Offsets | None = None
    faults: Counter[str] = field(default_factory=Counter)

    def apply(self, edits: Iterable[Edit], *, kind: str) -> bool:
        """Make the edits, count them under `kind` and compose the alignment; say whether there were any."""
        edits = list(edits)
        if not edits:
            return False
        pieces: list[str] = []
        sources: list[int] = []
        at = 0
        for start, end, new in edits:
            pieces += (self.text[at:start], new)
            sources += range(at, start)
            # One for one, each keeps its own source; else all come from the first.
            sources += range(start, end) if len(new) == end - start else [start] * len(new)
            self.faults[kind] += end - start
            at = end
        pieces.append(self.text[at:])
        sources += range(at, len(self.text) + 1)
        self.text = "".join(pieces)
        indexes = np.array(sources, dtype=np.int64)
        self.offsets = indexes if self.offsets is None else self.offsets[indexes]
        return True

"""Ids that stay unique within a run, in little memory."""

from __future__ import annotations

from array import array
from hashlib import blake2b


class SeenIds:
    """The ids given so far, as 8-byte hashes in an open-addressed table: at most 32 bytes an id.

    A set of Python integers would cost about 100 bytes each; two ids share a hash once in 10 million runs of a
    million rows, and then one of them is given a needless suffix.
    """

    def __init__(self) -> None:
        self._slots = array("Q", [0]) * 64
        self._used = 0
        self._copies: dict[int, int] = {}

    def unique(self, given: str) -> str:
        """`given`, or `given~2`, `given~3` ... where it was given before."""
        key = _hash(given)
        if self._add(key):
            return given
        copy = self._copies.get(key, 1)
        while True:
            copy += 1
            numbered = f"{given}~{copy}"
            if self._add(_hash(numbered)):
                self._copies[key] = copy
                return numbered

    def _add(self, key: int) -> bool:
        slots, mask = self._slots, len(self._slots) - 1
        at = key & mask
        while slots[at]:
            if slots[at] == key:
                return False
            at = (at + 1) & mask
        slots[at] = key
        self._used += 1
        if self._used * 2 > len(slots):
            self._grow()
        return True

    def _grow(self) -> None:
        keys, self._used = self._slots, 0
        self._slots = array("Q", [0]) * (2 * len(keys))
        for key in keys:
            if key:
                self._add(key)


def _hash(text: str) -> int:
    """Never 0, which marks a free slot."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") or 1

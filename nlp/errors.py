"""The one root of diembao's own errors, and how they write numbers."""

from __future__ import annotations


class DiembaoError(Exception):
    """Something diembao itself refuses; each kind is a subclass that carries its facts as attributes."""


def number(value: int) -> str:
    """1234567 -> "1.234.567", as Vietnamese writes it."""
    return f"{value:,}".replace(",", ".")


class ArticleTooLong(DiembaoError):
    """An article over the limit; it is refused whole, never cut. Lengths are in code points."""

    def __init__(self, *, article_id: str, length: int, limit: int) -> None:
        super().__init__(f"bài {article_id!r} dài {number(length)} ký tự, quá giới hạn {number(limit)} ký tự")
        self.article_id = article_id
        self.length = length
        self.limit = limit

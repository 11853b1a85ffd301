"""The one root of diembao's own errors."""

from __future__ import annotations


class DiembaoError(Exception):
    """Something diembao itself refuses; each kind is a subclass that carries its facts as attributes."""

"""Repair of Vietnamese text. Both styles of tone placement are right and are left alone (docs/decisions/0002)."""

from nlp.vietnamese.keys import matching_key
from nlp.vietnamese.repair import KINDS, MEANINGS, Repaired, repair, repair_all

__all__ = ["KINDS", "MEANINGS", "Repaired", "matching_key", "repair", "repair_all"]

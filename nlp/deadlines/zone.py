"""Vietnamese time. A fixed offset, not the zone database: see docs/decisions/0005-deadlines.md."""

from __future__ import annotations

from datetime import datetime

from nlp.types import VIETNAM

ZONE = VIETNAM
"""The whole country has kept UTC+7 without summer time since 1975-06-13 (IANA zone database)."""


def local(moment: datetime) -> datetime:
    """`moment` in Vietnamese time, to the second; without a zone it is Vietnamese time already."""
    moment = moment.replace(microsecond=0)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=ZONE)
    try:
        return moment.astimezone(ZONE)
    except OverflowError:  # the first or last day that there is
        return moment.replace(tzinfo=ZONE)

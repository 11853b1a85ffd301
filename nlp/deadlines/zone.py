"""Vietnamese time. A fixed offset, not the zone database: see docs/decisions/0005-deadlines.md."""

from __future__ import annotations

from datetime import datetime

from nlp.types import VIETNAM


def local(moment: datetime) -> datetime:
    """`moment` in Vietnamese time, to the second; without a zone it is Vietnamese time already."""
    if moment.microsecond:
        moment = moment.replace(microsecond=0)
    if moment.tzinfo is VIETNAM:
        return moment
    if moment.tzinfo is None:
        return moment.replace(tzinfo=VIETNAM)
    try:
        return moment.astimezone(VIETNAM)
    except OverflowError:  # the first or last day that there is
        return moment.replace(tzinfo=VIETNAM)

"""Vietnamese time. A fixed offset, not the zone database: see docs/decisions/0005-deadlines.md."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""The whole country has kept UTC+7 without summer time since 1975-06-13 (IANA zone database)."""


def local(moment: datetime) -> datetime:
    """`moment` in Vietnamese time, to the second; without a zone it is Vietnamese time already."""
    if moment.tzinfo is None:
        return moment.replace(microsecond=0, tzinfo=ZONE)
    return moment.astimezone(ZONE).replace(microsecond=0)

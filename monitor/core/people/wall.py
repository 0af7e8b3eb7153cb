"""Between the wall clocks of a zone and instants: also where clocks are set forward or back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks of `zone` show at an instant, without a zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def instant(shown: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) at which the clocks of `zone` have reached what they are to show.

    A time that the clocks skip is the moment at which they jump, so that later times never come earlier.
    """
    found = shown.replace(tzinfo=zone).astimezone(UTC)
    if wall(found, zone) == shown:
        return found
    before, after = shown.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    low, high = 0, int((after - before) / SECOND)
    while low < high:
        middle = (low + high) // 2
        if wall(before + middle * SECOND, zone) >= shown:
            high = middle
        else:
            low = middle + 1
    return before + low * SECOND

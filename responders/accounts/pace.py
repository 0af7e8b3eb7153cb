"""How often somebody may try a password, by address, by account and by device."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from monitor.core.access.buckets import Pace
from monitor.core.errors import N_, Mistake

PER_ADDRESS = Pace(20, timedelta(seconds=10))
PER_ACCOUNT = Pace(10, timedelta(minutes=1))
PER_DEVICE = Pace(10, timedelta(seconds=30))


class TooManyTries(Mistake):
    """Somebody tries passwords faster than a person forgets them."""

    message = N_(
        "Too many tries. Wait {minutes} min. A device on which you signed in before is not held up by others; "
        "the links in messages work without signing in."
    )


def refuse_haste(wait: timedelta) -> None:
    """Raise TooManyTries where there is any time to wait."""
    if wait:
        raise TooManyTries(minutes=max(1, ceil(wait / timedelta(minutes=1))))

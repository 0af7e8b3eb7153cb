"""The service's clock: it counts by a clock that nobody can set, and is compared with all others that it hears."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock

from monitor.core.timekeeping import ClockCheck, Reading, Witness, begin, check

MOST_HOSTS = 500


def utc_now() -> datetime:
    """Return what the machine's wall clock says."""
    return datetime.now(UTC)


def steady_seconds() -> float:
    """Return the seconds of a clock that cannot be set; where the system has one, it counts while suspended too."""
    counting = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if counting is None else time.clock_gettime(counting)


class ServiceClock:
    """Gives the engine's time; safe to use from many threads."""

    def __init__(self, wall: Callable[[], datetime] = utc_now, steady: Callable[[], float] = steady_seconds) -> None:
        self._wall = wall
        self._steady = steady
        self._heard: dict[str, Witness] = {}
        self._lock = Lock()
        self._keeping = begin(Reading(wall(), steady()))

    def __call__(self) -> datetime:
        """Return the moment now."""
        return self._keeping.at(self._steady())

    def reading(self) -> Reading:
        """Read the wall clock and the steady clock."""
        return Reading(self._wall(), self._steady())

    @property
    def hosts(self) -> Collection[str]:
        """The hosts whose clocks were heard of."""
        with self._lock:
            return tuple(self._heard)

    def hear(self, host: str, date: str, age: str = "") -> None:
        """Take down what a host's Date header says; one that cannot be read, or comes from a cache of old, is left."""
        try:
            said = parsedate_to_datetime(date)
            old = timedelta(seconds=int(age)) if age else timedelta(0)
        except (ValueError, OverflowError):
            return
        if said.tzinfo is None:
            return
        heard = Witness(host, said.astimezone(UTC) + old, self._steady())
        with self._lock:
            if host in self._heard or len(self._heard) < MOST_HOSTS:
                self._heard[host] = heard

    def check(self, database: datetime | None = None) -> ClockCheck:
        """Compare the clocks, go by what follows, and return it; `database` is its clock's time now."""
        with self._lock:
            reading = Reading(self._wall(), self._steady(), database)
            found = check(self._keeping, reading, self._heard.values())
            self._keeping = found.keeping
        return found

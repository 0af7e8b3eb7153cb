"""How the hosts are being used by this process: how many requests at once, and how far apart."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.core.planner import HostUse


@dataclass(slots=True)
class Hosts:
    """Counts the fetches under way and gives each request that a host wants apart its moment."""

    _running: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _started: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def use(self) -> dict[str, HostUse]:
        """Return the use of every host that was called lately."""
        with self._lock:
            return {host: HostUse(self._running[host], at) for host, at in self._started.items()}

    def begin(self, host: str, now: datetime) -> None:
        """Note that a fetch begins."""
        with self._lock:
            self._running[host] += 1
            self._started[host] = max(now, self._started.get(host, now))

    def end(self, host: str) -> None:
        """Note that a fetch has ended."""
        with self._lock:
            self._running[host] -= 1

    def moment(self, host: str, delay: timedelta, now: datetime, latest: datetime) -> datetime | None:
        """Take the next moment at which a host that wants `delay` between two requests may be asked.

        None where that would be after `latest`; then nothing is taken.
        """
        with self._lock:
            last = self._started.get(host)
            at = now if last is None else max(now, last + delay)
            if at > latest:
                return None
            self._started[host] = at
            return at

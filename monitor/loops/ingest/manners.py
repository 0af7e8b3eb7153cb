"""Whether the site of a source lets us fetch it, and how long we wait there between two requests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.robots import Kept, Refusal
from monitor.core.sources import Source
from monitor.gate import Gate, GateFailure
from monitor.gate.robots import ask_robots, is_free, refusal, site_and_path
from monitor.store import robots
from monitor.store.database import Database

SMALL, MOST = 4_000, 10_000


@dataclass(frozen=True, slots=True)
class Manners:
    """Honours robots.txt; any number of processes share what was read."""

    gate: Gate
    database: Database
    # What was read of small files, as long as it is fresh: most sources are asked for a hundred times a day.
    _fresh: dict[str, Kept] = field(default_factory=dict)

    def refusal(self, source: Source, url: str, now: datetime) -> Refusal | None:
        """Return why an address of a source may not be fetched, or None where it may."""
        return refusal(source, url, now, lambda site: self._kept(source, site, now))

    def delays(self, sources: Iterable[Source]) -> dict[str, timedelta]:
        """Return by host how long it wants to be left alone between two requests, where it says so."""
        hosts: dict[str, str] = {}
        for source in sources:
            if is_free(source):
                continue
            try:
                site, _ = site_and_path(source.url)
            except GateFailure:
                # It is told when the source is fetched.
                continue
            hosts[site] = urlsplit(source.url).hostname or source.url
        with self.database.read() as connection:
            found = robots.delays(connection, hosts)
        return {hosts[site]: delay for site, delay in found.items()}

    def delay(self, source: Source, url: str) -> timedelta:
        """Return how long the site of an address wants to be left alone between two requests of this source."""
        if is_free(source):
            return timedelta(0)
        try:
            site, _ = site_and_path(url)
        except GateFailure:
            # It is told when the address is fetched.
            return timedelta(0)
        with self.database.read() as connection:
            return robots.delays(connection, [site]).get(site, timedelta(0))

    def _kept(self, source: Source, site: str, now: datetime) -> Kept:
        known = self._fresh.get(site)
        if known is not None and known.is_fresh(now):
            return known
        found = self._shared(source, site, now)
        if len(found.text) <= SMALL:
            if len(self._fresh) >= MOST:
                self._fresh.clear()
            self._fresh[site] = found
        return found

    def _shared(self, source: Source, site: str, now: datetime) -> Kept:
        with self.database.read() as connection:
            kept = robots.kept(connection, [site]).get(site)
        if kept is not None and kept.is_fresh(now):
            return kept
        found = ask_robots(self.gate, site, kept, now, source.tls)
        with self.database.write() as connection:
            robots.save(connection, site, found)
        return found

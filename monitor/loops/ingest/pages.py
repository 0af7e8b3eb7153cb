"""Read the pages of new entries: only those that their site allows, and as far apart as it wants."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.core.fetched import Entry
from monitor.core.robots import Refusal
from monitor.core.sources import FailureKind, Source
from monitor.crawl.completion import Completed, complete
from monitor.gate import Gate
from monitor.loops.ingest.hosts import Hosts
from monitor.loops.ingest.manners import Manners

# An entry waits so long for its page and those before it; then it is taken in as the list showed it.
PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Pages:
    """Reads pages one after the other; without `manners` no site is asked for leave."""

    gate: Gate
    clock: Callable[[], datetime]
    manners: Manners | None = None
    hosts: Hosts = field(default_factory=Hosts)
    rest: Callable[[float], None] = time.sleep

    def read(self, source: Source, entries: Iterable[Entry]) -> dict[str, Completed]:
        """Return by their keys the entries with what their pages say, or why they say nothing."""
        latest = self.clock() + PATIENCE
        return {entry.key: self._one(source, entry, latest) for entry in entries}

    def refusal(self, source: Source, url: str) -> Refusal | None:
        """Return why an address may not be fetched, or None where it may."""
        return None if self.manners is None else self.manners.refusal(source, url, self.clock())

    def _one(self, source: Source, entry: Entry, latest: datetime) -> Completed:
        refused = self.refusal(source, entry.url)
        if refused is not None:
            return Completed(entry=entry, reason=refused.reason, detail=refused.detail)
        delay = timedelta(0) if self.manners is None else self.manners.delay(source, entry.url)
        if delay:
            now = self.clock()
            at = self.hosts.moment(urlsplit(entry.url).hostname or "", delay, now, latest)
            if at is None:
                # Whoever reads the reason finds the line of the robots.txt.
                said = f"Crawl-delay: {delay.total_seconds():g}"
                return Completed(entry=entry, reason=FailureKind.RATE_LIMITED, detail=said)
            if at > now:
                self.rest((at - now).total_seconds())
        return complete(self.gate, source, entry, self.clock(), lambda url: self.refusal(source, url))

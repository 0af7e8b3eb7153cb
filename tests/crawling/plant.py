"""The crawl as the service runs it, over a database and sites of ours, and what it is asked to do."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from monitor.cli import sweep_seldom
from monitor.config.settings import Settings, SettingsFile
from monitor.core.sources import Source, SourceKind
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.ingest.manners import Manners
from monitor.service.parts import Parts
from monitor.service.slots import slots
from monitor.service.threads import Threads
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import FetchRow, SourceRow
from tests.crawling.site import NETWORK

FETCH, SOURCE = of(FetchRow), of(SourceRow)
REGION = "620000"
INTERVAL = timedelta(minutes=10)
TICK = 1.0


def source(number: int, url: str, interval: timedelta = INTERVAL) -> Source:
    """Return a plain feed."""
    name = f"s{number:05}"
    return Source(id=name, name=name, kind=SourceKind.FEED, url=url, interval=interval)


def feeds(urls: Iterable[str], interval: timedelta = INTERVAL) -> dict[str, Source]:
    """Return a plain feed for each address, by its id."""
    return {one.id: one for one in (source(number, url, interval) for number, url in enumerate(urls))}


@dataclass(slots=True)
class Plant:
    """A crawl and its clock, which can be moved on."""

    parts: Parts
    crawl: Crawl
    ahead: timedelta = timedelta(0)
    threads: Threads = field(default_factory=lambda: Threads("fetch"))

    def clock(self) -> datetime:
        """Return the moment now."""
        return datetime.now(UTC) + self.ahead

    def sweep(self, limit: float = 600) -> float:
        """Fetch all that is due, as fast as it goes; return the seconds that took."""
        began, now = time.perf_counter(), self.clock()
        due = threading.Event()
        self.crawl.nudge = due.set
        more = True
        while more and time.perf_counter() - began < limit:
            due.clear()
            self.crawl.tick(self.clock())
            # As the service does: once a second, and when a fetch that has ended lets others begin.
            until = time.perf_counter() + TICK
            while more and time.perf_counter() < until and not due.wait(0.005):
                more = any(not future.done() for future in self.crawl._under_way)
            more = more or self._due(now)
        return time.perf_counter() - began

    def _due(self, now: datetime) -> bool:
        """Tell whether a source is left that was due then; one that its host puts off is due a little later."""
        soon = SOURCE.c.next_at <= now + timedelta(seconds=90)
        with self.parts.database.read() as connection:
            return bool(connection.execute(select(func.count()).select_from(SOURCE).where(soon)).scalar_one())


@contextmanager
def plant(url: str, sources: Mapping[str, Source], *, durable: bool = True) -> Iterator[Plant]:
    """Build the crawl over a migrated database."""
    form = SettingsFile.model_validate({"language": "zh", "bureau": {"region": REGION}, "http": {"allow": [NETWORK]}})
    parts = Parts(Settings(form, None), Database(url, durable=durable))
    parts.sources = dict(sources)
    threads = Threads("fetch")
    made = Plant(parts, None, threads=threads)  # type: ignore[arg-type] # it needs the clock of what it belongs to
    made.crawl = Crawl(parts.intake, parts.gate, parts.sources, threads, slots(), made.clock)
    made.crawl.manners = Manners(parts.gate, parts.database)
    assert parts.reader
    made.crawl.register(made.clock())
    # As the service does, when it begins and once it is built.
    thresholds = gc.get_threshold()
    sweep_seldom()
    gc.freeze()
    try:
        yield made
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        made.crawl.slots = 0
        threads.settle(40)
        parts.close()


def failures(plant: Plant) -> int:
    """Count the fetches that failed."""
    with plant.parts.database.read() as connection:
        asked = select(func.count()).select_from(FETCH).where(FETCH.c.outcome == "failed")
        return int(connection.execute(asked).scalar_one())

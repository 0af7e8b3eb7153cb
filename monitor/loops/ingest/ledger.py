"""Keep what came of fetches; those that end at the same time are kept together."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection

from monitor.core.fetched import Fetched, Outcome
from monitor.core.hosts import HostState, after
from monitor.core.planner import PlanReason, plan
from monitor.core.sources import Source
from monitor.core.tempo import bounds, holds, tempo_after
from monitor.crawl.completion import Completed
from monitor.loops.ingest.together import Together
from monitor.store import fetches, hosts, items, sources
from monitor.store.database import Database
from monitor.store.fetches import Recorded
from monitor.store.items import Drop
from monitor.store.sources import SourceState

MOST_TOGETHER = 100
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A fetch that has ended at `at`; the source stood at `state`, its fetches are `interval` apart."""

    source: Source
    state: SourceState
    fetched: Fetched
    new: int
    failed_pages: Sequence[Completed]
    interval: timedelta
    at: datetime


@dataclass(slots=True)
class Ledger:
    """Writes the outcomes of fetches and plans the next ones. `sources` are all that are watched."""

    database: Database
    sources: Mapping[str, Source]
    fraction: Callable[[], float] = random.random
    _desk: Together[Ended, None] = field(default_factory=lambda: Together(_one, MOST_TOGETHER))
    _by_host: dict[str, set[str]] = field(default_factory=dict)

    def keep(self, ended: Ended) -> None:
        """Keep what came of a fetch; raise what prevents that."""
        self._desk.do(ended, self._write)
        if ended.fetched.outcome is Outcome.FAILED:
            log.warning("source %s: %s %s", ended.source.id, ended.fetched.reason, ended.fetched.detail)

    def _write(self, ended: Sequence[Ended]) -> Sequence[None]:
        with self.database.write() as connection:
            self._put(connection, ended)
        return [None] * len(ended)

    def _put(self, connection: Connection, ended: Sequence[Ended]) -> None:
        known = hosts.states(connection, {host_of(one.source) for one in ended})
        runs = sources.clock_runs(connection)
        rows: list[Recorded] = []
        for one in ended:
            name = host_of(one.source)
            if after(known[name], one.source.id, one.fetched, one.at, self._theirs(name)) != known[name]:
                # It may put off or call back sources whose rows wait here.
                fetches.record_all(connection, rows)
                rows = []
                known[name] = self._changed(connection, name, one)
            rows.append(self._row(one, known[name], clock_runs=runs))
        fetches.record_all(connection, rows)
        items.save_drops(connection, [drop for one in ended for drop in _drops(one)])
        for one in ended:
            fetches.record_pages(connection, one.source.id, one.failed_pages, one.at)

    def _row(self, one: Ended, host: HostState, *, clock_runs: bool) -> Recorded:
        held = holds(one.source, clock_runs=clock_runs, limited=host.is_limited(one.at))
        within = bounds(one.interval, held)
        first = one.state.last_good_at is None
        tempo = tempo_after(one.state.tempo, one.fetched, new=one.new, first=first, within=within)
        planned = plan(
            one.fetched,
            interval=one.interval,
            score=one.state.failure_score,
            now=one.at,
            fraction=self.fraction(),
            tempo=tempo,
        )
        waits = planned.reason is not PlanReason.RETRY_AFTER and _waits(one.state, host)
        return Recorded(
            source_id=one.source.id,
            fetched=one.fetched,
            new=one.new,
            next_at=host.resume_at if waits and host.resume_at is not None else planned.next_at,
            failure_score=planned.score,
            at=one.at,
            tempo=tempo,
        )

    def _changed(self, connection: Connection, name: str, one: Ended) -> HostState:
        """Keep how the host stands after a fetch; where that changes until when it is held, so do its sources."""
        before, theirs = hosts.locked(connection, name), self._theirs(name)
        found = after(before, one.source.id, one.fetched, one.at, theirs)
        hosts.save(connection, found, theirs)
        if before.resume_at is not None:
            sources.move(connection, theirs, before.resume_at, found.resume_at or one.at)
        return found

    def _theirs(self, host: str) -> AbstractSet[str]:
        """Return the sources of a host."""
        return self.by_host().get(host, frozenset())

    def by_host(self) -> Mapping[str, AbstractSet[str]]:
        """Return the hosts that are watched, each with its sources."""
        if not self._by_host:
            for source in self.sources.values():
                self._by_host.setdefault(host_of(source), set()).add(source.id)
        return self._by_host


def _one(_: Ended) -> int:
    return 1


def host_of(source: Source) -> str:
    """Return the host that a source is fetched from."""
    return urlsplit(source.url).hostname or source.url


def _drops(one: Ended) -> list[Drop]:
    return [
        Drop(one.source.id, one.at, dropped.reason.value, dropped.title, dropped.detail)
        for dropped in one.fetched.dropped
    ]


def _waits(state: SourceState, host: HostState) -> bool:
    """Tell whether a source that failed waits for its host: not one that had failed before its host did."""
    if host.resume_at is None or host.since is None:
        return False
    before = state.last_outcome == Outcome.FAILED and state.last_fetch_at is not None
    return not before or (state.last_fetch_at is not None and state.last_fetch_at >= host.since)

"""Fetch the sources whose time has come and hand their new entries to the intake.

The planner decides whose turn it is and when the next one comes; a fetch runs in a thread of its own, so that a slow
or hanging host delays no other. Every fetch leaves a row, every entry that was left out as well.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.core.errors import Mistake
from monitor.core.fetched import Entry, Fetched, Outcome
from monitor.core.hosts import queue
from monitor.core.planner import HostUse, Waiting, turns
from monitor.core.sources import Source
from monitor.crawl.completion import Completed, wants_page
from monitor.crawl.fetch import crawl
from monitor.gate import Gate
from monitor.loops.ingest.hosts import Hosts
from monitor.loops.ingest.hub_links import HubLinks
from monitor.loops.ingest.ledger import Ended, Ledger, host_of
from monitor.loops.ingest.manners import Manners
from monitor.loops.ingest.pages import Pages
from monitor.loops.ingest.places import Places
from monitor.loops.ingest.take import Intake
from monitor.store import hosts, sources, troubles
from monitor.store.sources import LEG, SourceState

# Longer than a fetch and all its pages can take, each within the gate's total time.
LEASE = timedelta(minutes=15)
# When somebody may begin what this process could not begin.
AGAIN = timedelta(seconds=30)
# How many a look at what is due begins: few, so that processes which look in turns share the work.
LOOK_AT = 100
# How many fetches read at once, and how many may wait for their entries to be stored, which is done for many together;
# how often, in seconds, one that ends lets further ones begin at most.
PLACES, STORING = 4, 32
MOST_MARKS = 200
NUDGE_EVERY = 0.05
# How soon, in seconds, is looked again where all that were looked at must wait for their hosts.
IDLE_LOOK_EVERY = 0.25
PAGES_AT_ONCE = 20
FEW = 10
log = logging.getLogger(__name__)


def _nobody() -> None:
    """Be called in the place of somebody who need not know."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A source to be fetched now, how it stands, and whether it could not be dealt with lately."""

    source: Source
    state: SourceState
    troubled: bool


@dataclass(slots=True)
class Crawl:
    """Fetches what is due; any number of processes may do so at once. Without `manners` no site is asked for leave.

    `slots` fetches may wait for hosts at once. `nudge` is called when more could begin before the next tick.
    """

    intake: Intake
    gate: Gate
    sources: Mapping[str, Source]
    pool: Executor
    slots: int
    clock: Callable[[], datetime]
    fraction: Callable[[], float] = random.random
    hosts: Hosts = field(default_factory=Hosts)
    manners: Manners | None = None
    rest: Callable[[float], None] = time.sleep
    hub_links: HubLinks | None = None
    nudge: Callable[[], None] = _nobody
    lease: timedelta = LEASE
    places: Places = field(default_factory=lambda: Places(PLACES))
    storing: Places = field(default_factory=lambda: Places(STORING))
    # By source what its last answer held, of which all is stored: most of an answer is what the one before held.
    _familiar: dict[str, Mapping[int, int]] = field(default_factory=dict)
    _more: bool = False
    _nudged_at: float = 0.0
    _under_way: set[Future[int]] = field(default_factory=set)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.intake.database, self.sources, self.fraction)

    def register(self, now: datetime) -> None:
        """Give every source of the configuration its row, and every host that was kept its sources of today."""
        with self.intake.database.write() as connection:
            hosts.settle(connection, self.ledger.by_host())
            sources.register(connection, self.sources.keys(), now)

    def tick(self, now: datetime) -> int:
        """Start the fetches whose turn it is; return how many. They end in their own time."""
        free = self._free()
        if not free:
            # Whoever ends from now on nudges; one may just have ended that could not know.
            self._more = True
            free = self._free()
        if not free:
            return 0
        claims = self._claim(now, free)
        for number, claimed in enumerate(claims):
            self.hosts.begin(host_of(claimed.source), now)
            try:
                self._under_way.add(self.pool.submit(self._run, claimed))
            except RuntimeError:
                # The system gives no more threads: what was not begun is free again soon, for whoever has some.
                self.hosts.end(host_of(claimed.source))
                self._more = False
                with self.intake.database.write() as connection:
                    sources.lease(connection, [one.source.id for one in claims[number:]], now + AGAIN)
                raise
        if self._more and len(self._under_way) < self.slots:
            self.pool.submit(self._look_again, NUDGE_EVERY if claims else IDLE_LOOK_EVERY)
        return len(self._under_way)

    def _free(self) -> int:
        """Return how many more may be begun now."""
        self._under_way = {future for future in self._under_way if not future.done()}
        return 0 if self._crowded else max(0, self.slots - len(self._under_way))

    def _look_again(self, seconds: float) -> None:
        """Let others begin soon, though all that were begun should hang."""
        time.sleep(seconds)
        self._ended()

    @property
    def _crowded(self) -> bool:
        return self.places.crowded or self.storing.crowded

    def _ended(self) -> None:
        """Let others begin where some are due: a tick a second would hold up those who have thousands of sources."""
        now = time.monotonic()
        if self._more and not self._crowded and now - self._nudged_at > NUDGE_EVERY:
            self._more, self._nudged_at = False, now
            self.nudge()

    def wait(self) -> None:
        """Wait until every fetch that was started has ended."""
        for future in list(self._under_way):
            future.result()

    def _claim(self, now: datetime, free: int) -> list[Claimed]:
        """Return the sources whose turn it is, which nobody else fetches until their lease ends."""
        with self.intake.database.write() as connection:
            failing = hosts.held(connection)
            due = sources.due(connection, self.sources.keys(), now, LOOK_AT)
            waiting = [Waiting(name, host_of(self.sources[name]), found.at) for name, found in due.items()]
            queued = queue(waiting, failing, {name: found.asked for name, found in due.items()}, now)
            chosen = turns(queued.ready, hosts=self._use(due), now=now, slots=free)
            names = [w.source_id for w in chosen.start]
            sources.lease(connection, names, now + self.lease)
            asked = {w.host for w in chosen.start if w.source_id in queued.asking}
            for host in asked:
                hosts.hold(connection, host, now + self.lease)
            held = [(w, now + self.lease if w.host in asked else until) for w, until in queued.held]
            sources.put_off(connection, {later.source_id: at for later, at in (*chosen.later, *held)})
            troubled = troubles.of_leg(connection, LEG) if names else {}
            states = sources.states_of(connection, names)
        known = len(chosen.start) + len(chosen.later) + len(held)
        self._more = len(due) >= LOOK_AT or known < len(due)
        return [Claimed(self.sources[name], states[name], troubled=name in troubled) for name in names]

    def _use(self, source_ids: Iterable[str]) -> Mapping[str, HostUse]:
        use = self.hosts.use()
        delays = self.manners.delays(self.sources[name] for name in source_ids) if self.manners is not None else {}
        return use | {host: replace(use.get(host, HostUse()), delay=delay) for host, delay in delays.items()}

    def _run(self, claimed: Claimed) -> int:
        source = claimed.source
        try:
            new = self.fetch(source, claimed.state)
            if claimed.troubled:
                with self.intake.database.write() as connection:
                    troubles.clear(connection, LEG, source.id)
        except Mistake as mistake:
            # The lease runs out by itself and the source is tried again; nothing stored is lost.
            log.error("source %s: %s", source.id, mistake)  # noqa: TRY400 - the sentence says it all
            return 0
        except Exception as error:
            log.exception("source %s", source.id)
            self._note(source, error)
            return 0
        else:
            return new
        finally:
            self.hosts.end(host_of(source))
            self._ended()

    def _note(self, source: Source, error: Exception) -> None:
        """Keep that a source could not be dealt with; after some faults people are told, and it is tried less often."""
        try:
            with self.intake.database.write() as connection:
                troubles.note(connection, LEG, source.id, error, self.clock())
        except Mistake as mistake:
            log.error("source %s: %s", source.id, mistake)  # noqa: TRY400 - the sentence says it all

    def fetch(self, source: Source, state: SourceState) -> int:
        """Fetch one source and take in what is new; return how many items were new."""
        pages = self._pages()
        refused = pages.refusal(source, source.url)
        if refused is not None:
            said = Fetched(
                outcome=Outcome.FAILED, reason=refused.reason, detail=refused.detail, validators=state.validators
            )
            self._record(source, state, said, 0, ())
            return 0
        known = self._familiar.get(source.id, {})
        refuses = partial(pages.refusal, source)
        fetched = crawl(self.gate, source, state.validators, self.clock(), refuses, place=self.places, familiar=known)
        new, stored, failed_pages = self._taken(source, fetched, backlog=state.last_good_at is None)
        self._record(source, state, fetched, new, failed_pages)
        if fetched.marks and stored and len(fetched.marks) <= MOST_MARKS:
            self._familiar[source.id] = fetched.marks
        return new

    def absorb(self, source: Source, fetched: Fetched, *, backlog: bool) -> tuple[int, list[Completed]]:
        """Take in what a document brought; return how many items were new, and the pages that could not be read."""
        new, _, failed_pages = self._taken(source, fetched, backlog=backlog)
        return new, failed_pages

    def _taken(self, source: Source, fetched: Fetched, *, backlog: bool) -> tuple[int, bool, list[Completed]]:
        """Take in what a document brought.

        Return how many items were new, whether all entries are stored now, and the pages that could not be read.
        """
        pages = self._pages()
        few = self._few_and_new(source, fetched)
        fresh = list(fetched.entries) if few else self._unknown(source, fetched)
        read = pages.read(source, [entry for entry in fresh if wants_page(source, entry)][:PAGES_AT_ONCE])
        whole = [read[entry.key].entry if entry.key in read else entry for entry in fresh]
        with self.storing:
            new = self._stored(source, whole, backlog=backlog) if whole else 0
            unread = {entry.key for entry in fresh}
            self.intake.see(source, [entry for entry in fetched.entries if entry.key not in unread], self.clock())
        stored = new == len(whole) or (few and not self._unknown(source, fetched))
        return new, stored, [page for page in read.values() if page.reason is not None]

    def _stored(self, source: Source, entries: Sequence[Entry], *, backlog: bool) -> int:
        with self.places:
            now = self.clock()
            looked_at = self.intake.look_at(source, entries, now, backlog=backlog)
        return self.intake.store(source, looked_at, now)

    def _few_and_new(self, source: Source, fetched: Fetched) -> bool:
        """Tell whether reading what few entries say costs less than asking which are stored: hardly any will be."""
        few = fetched.familiar > 0 and len(fetched.entries) <= FEW
        return few and not any(wants_page(source, entry) for entry in fetched.entries)

    def _unknown(self, source: Source, fetched: Fetched) -> list[Entry]:
        if not fetched.entries:
            return []
        with self.places:
            return self.intake.unknown(source, fetched.entries, self.clock())

    def _pages(self) -> Pages:
        return Pages(self.gate, self.clock, self.manners, self.hosts, self.rest)

    def _record(
        self, source: Source, state: SourceState, fetched: Fetched, new: int, failed_pages: Sequence[Completed]
    ) -> None:
        now = self.clock()
        interval = source.interval if self.hub_links is None else self.hub_links.met(source, state, fetched, new, now)
        self.ledger.keep(
            Ended(
                source=source,
                state=state,
                fetched=fetched,
                new=new,
                failed_pages=failed_pages,
                interval=interval,
                at=now,
            )
        )

"""The running service: its legs on the heartbeat, the console in the foreground, an orderly end."""

from __future__ import annotations

import gc
import logging
import os
import platform
import secrets
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from types import FrameType

import uvicorn

from monitor.core.errors import Mistake
from monitor.loops.calendars import CalendarWatch
from monitor.loops.conferences import ConferenceWatch
from monitor.loops.drafts import DraftWatch
from monitor.loops.duty import DutyWatch
from monitor.loops.forgetting import Forgetting
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.ingest.manners import Manners
from monitor.loops.receipts import ReceiptWatch
from monitor.loops.seal import Seal
from monitor.loops.sources import SourceWatch
from monitor.loops.watch import Watch
from monitor.service.briefing import brief_of, subscriptions_of
from monitor.service.clock import ServiceClock
from monitor.service.deadman import Deadman
from monitor.service.delivery import Delivery
from monitor.service.evidence import evidence_pulses
from monitor.service.heart import PATIENT, SLOW, Heart, Pulse
from monitor.service.hooks import hooks_of
from monitor.service.hosts import hosts_of, is_strict, public_hosts
from monitor.service.keeper import ClockKeeper
from monitor.service.listener import Listener
from monitor.service.listening import listen
from monitor.service.metrics import Metrics
from monitor.service.offers import offers_of
from monitor.service.office import office_of
from monitor.service.parts import Parts
from monitor.service.probes import Probes
from monitor.service.pushing import fetched, push_doors, push_pulses
from monitor.service.second import second_reading_of
from monitor.service.slack_door import slack_door_of
from monitor.service.slots import slots
from monitor.service.streaming import hub_doors, hub_pulses, stream_pulses, streams_of
from monitor.service.supervisor import Supervisor
from monitor.service.threads import Threads
from monitor.service.versions import versions
from monitor.service.watchman import Watchman
from monitor.store import audit, engine, heartbeats
from monitor.store.database_faults import DatabaseTooNew
from monitor.store.engine import Process
from responders.console.app import console_app
from responders.console.health import Unwell
from responders.documents.messages import Composer

ROLES = ("crawl", "watch", "deliver", "brief", "evidence", "second", "console", "slack")
GRACE = 5.0
# Other hosts are asked the time before the first deadline is looked at; they do not hold it up for longer.
ASKING = 3.0
log = logging.getLogger(__name__)


def process_name() -> str:
    """Return the name of this process among all that work on the database."""
    # Two containers may have both the host's name and the number in common.
    return f"{platform.node()}:{os.getpid()}:{secrets.token_hex(4)}"


class Service:
    """The legs that this process runs."""

    def __init__(self, parts: Parts, roles: Collection[str] = ROLES, clock: ServiceClock | None = None) -> None:
        self.parts = parts
        self.roles = roles
        self.clock = clock = clock or ServiceClock()
        self.name = process_name()
        self.started_at = clock()
        self.supervisor = Supervisor.given()
        console = parts.settings.form.console
        if console.public_url:
            parts.links.prepare(clock())
            subscriptions_of(parts).prepare(clock())
        self._socket = listen(console.host, console.port) if "console" in roles else None
        port = self._socket.getsockname()[1] if self._socket else console.port
        host = f"[{console.host}]" if ":" in console.host else console.host
        self.address = f"http://{host}:{port}"
        self.composer = Composer(parts.words, parts.names, self.address, parts.region)
        self._fetches = Threads("fetch")
        self._delivery = Delivery(parts, self.composer, clock)
        addresses = [source.url for source in fetched(parts.sources).values()]
        self.keeper = ClockKeeper(
            clock, parts.database, self.name, gate=lambda: parts.gate, addresses=addresses, pool=self._fetches
        )
        self.watchman = Watchman(
            parts,
            clock,
            self.keeper,
            channels=[outlet.name for outlet in self._delivery.outlets],
            unread=self._delivery.unread,
        )
        channels = [outlet.channel for outlet in self._delivery.outlets]
        self.slack = slack_door_of(parts, self.composer, channels, self._fetches, clock)
        self._streams = streams_of(parts, self.name, clock) if "crawl" in roles else None
        self._doors = [*push_doors(parts, clock), *hub_doors(parts, clock)] if "console" in roles else []
        if self.slack is not None and self.slack.route is not None:
            self._doors.append(self.slack.route)
        sockets = self.slack.facts if self.slack is not None and "slack" in roles else lambda: None
        self.probes = Probes(self.watchman, Metrics(self.watchman, self._last_ping, sockets))
        self.heart = Heart(list(self._pulses()), clock, say=parts.words.mistake)
        self.watchman.watch(self.heart)
        self._listener = self._listen()
        self._ended = threading.Event()
        self.outgrown: DatabaseTooNew | None = None
        self._server: uvicorn.Server | None = None

    def _pulses(self) -> Iterator[Pulse]:
        parts = self.parts
        if "crawl" in self.roles:
            crawl = Crawl(parts.intake, parts.gate, fetched(parts.sources), self._fetches, slots(), self.clock)
            crawl.manners = Manners(parts.gate, parts.database)
            crawl.register(self.clock())
            pulse = Pulse("crawl", crawl.tick, seconds=1)
            crawl.nudge = pulse.due.set
            yield pulse
            yield from push_pulses(parts, self.clock)
            yield from stream_pulses(self._streams)
            yield from hub_pulses(parts, crawl, self.clock)
            blind = SourceWatch(parts.database, parts.sources, parts.duty, parts.works)
            yield Pulse("sources", blind.tick, seconds=60, longest=PATIENT)
        if "watch" in self.roles:
            watch = Watch(parts.database, parts.pack, parts.region)
            yield Pulse("watch", watch.tick, seconds=1)
            yield Pulse("round", watch.go_round, seconds=1)
            yield Pulse("snooze", parts.snoozes.tick, seconds=5)
            redate = CalendarWatch(parts.database, parts.pack, parts.region, parts.calendars)
            yield Pulse("calendar", redate.tick, seconds=60)
            drafts = DraftWatch(parts.database, parts.pack, parts.settings.form.release.path)
            yield Pulse("drafts", drafts.tick, seconds=5)
            yield Pulse("receipts", ReceiptWatch(parts.database, parts.duty).tick, seconds=5)
            conferences = ConferenceWatch(parts.database, parts.pack, parts.conferences)
            yield Pulse("conferences", conferences.tick, seconds=5)
            yield Pulse("offers", offers_of(parts).tick, seconds=5, longest=SLOW)
            # Also where the public is not asked any more: what it was asked with goes all the same.
            yield Pulse("forget", Forgetting(parts.database).tick, seconds=60, grave=False)
            yield Pulse("duty", DutyWatch(parts.database, parts.duty).tick, seconds=15)
        if "deliver" in self.roles:
            yield from self._delivery.pulses()
            for hook in hooks_of(parts, lambda: parts.gate):
                yield Pulse(f"webhook {hook.name}", hook.tick, seconds=2, longest=SLOW, grave=False)
        if "brief" in self.roles:
            yield Pulse(
                "brief",
                brief_of(parts, self.composer).tick,
                seconds=30,
                longest=SLOW,
            )
        if "evidence" in self.roles:
            yield from evidence_pulses(parts, self.clock)
        yield from self._second()
        if self.slack is not None:
            yield from self.slack.pulses(self.roles)
        # Every process does, whatever its roles: each of them writes into the log.
        yield Pulse("seal", Seal(parts.database).tick, seconds=1)
        yield Pulse("clock", self.keeper.tick, seconds=2)
        yield Pulse("heartbeat", self._keep_beats, seconds=5)
        yield Pulse("watchman", self.watchman.tick, seconds=2)
        yield Pulse("rescue", self.watchman.rescue, seconds=5)
        if self._deadman is not None:
            yield Pulse("deadman", self._deadman.tick, seconds=2, longest=PATIENT)
        if self.supervisor.address:
            yield Pulse("supervisor", self.supervisor.watchdog(lambda: self.watchman.alive), seconds=2)

    def _second(self) -> Iterator[Pulse]:
        reading = second_reading_of(self.parts, self.clock) if "second" in self.roles else None
        if reading is not None:
            yield Pulse("second", reading.tick, seconds=5, longest=SLOW)

    @cached_property
    def _deadman(self) -> Deadman | None:
        setting = self.parts.settings.form.deadman
        if setting is None:
            return None
        return Deadman(self.parts.gate, setting.url.get_secret_value(), setting.every, self.unwell)

    def _last_ping(self) -> datetime | None:
        return None if self._deadman is None else self._deadman.taken_at

    def _listen(self) -> Listener | None:
        """Open the port of the probes where one is set."""
        setting = self.parts.settings.form.health
        return None if setting is None else Listener(setting.host, setting.port, self.probes, setting.hosts)

    def _keep_beats(self, now: datetime) -> None:
        beats = {p.name: (p.good_at, p.fault) for p in self.heart.pulses if p.good_at is not None}
        check = self.keeper.last
        process = Process(
            name=self.name,
            started_at=self.started_at,
            at=now,
            roles=tuple(self.roles),
            database_off=check.database_off,
            wall_off=check.wall_off,
        )
        with self.parts.database.write() as connection:
            engine.save_process(connection, process)
            heartbeats.save(connection, beats)
        try:
            self.parts.database.refuse_too_new()
        except DatabaseTooNew as outgrown:
            # Another process was updated and has migrated: what this one would write no longer fits.
            self.outgrown = outgrown
            self._end(0, None)

    def run(self, say: Callable[[str], None]) -> None:
        """Run until a signal ends it; `say` is told the console's address once it can be opened.

        Raise DatabaseTooNew where an updated process has migrated the database meanwhile.

        What hangs at the end is left: whatever it was at, its lease runs out and the next process takes it up.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        self._note_start()
        self.parts.gate.tell_times(self.clock.hear)
        self.keeper.begin(ASKING)
        # What was built so far stays for good: looking through it for garbage takes a tenth of a second each time.
        gc.freeze()
        self.heart.start()
        self.supervisor.tell("READY=1")
        try:
            if self._socket is None:
                self._ended.wait()
            else:
                say(self.address)
                self._serve()
        finally:
            self.supervisor.tell("STOPPING=1")
            self.heart.stop(GRACE)
            if self._streams is not None:
                self._streams.close()
            if self.slack is not None:
                self.slack.close()
            self._fetches.settle(GRACE)
            if self._listener is not None:
                self._listener.close()
            with suppress(Mistake), self.parts.database.write() as connection:
                engine.forget_process(connection, self.name)
        if self.outgrown is not None:
            raise self.outgrown

    def _note_start(self) -> None:
        """Keep in the audit log by which rules and settings this process decides."""
        told = versions(self.parts, self.roles)
        with self.parts.database.write() as connection:
            audit.note(connection, audit.STARTED, told, self.clock(), subject="service")

    def _serve(self) -> None:
        """Serve the console until a signal comes."""
        assert self._socket is not None
        app = console_app(
            database=self.parts.database,
            desk=self.parts.desk,
            sorting=self.parts.sorting,
            inquiry=self.parts.inquiry,
            composer=self.composer,
            pack=self.parts.pack,
            region_name=self.parts.names.places.get(self.parts.region, ""),
            bureau=self.parts.settings.form.bureau.name,
            health=self.unwell,
            probe=self.probes,
            probe_hosts=self.parts.settings.form.health.hosts if self.parts.settings.form.health else (),
            clock=self.clock,
            hosts=hosts_of(self.address, self.parts.settings.form.console.hosts),
            accounts=self.parts.accounts,
            office=office_of(self.parts, self._delivery.outlets),
            strict=is_strict(self.parts.settings.form.console),
            proxies=self.parts.settings.form.console.proxies,
            own=[source.id for source in self.parts.sources.values() if source.own],
            follows=self.parts.follows,
            links=self.parts.links,
            subscriptions=subscriptions_of(self.parts),
            public=public_hosts(self.parts.settings.form.console.public_url),
            duty=self.parts.duty,
            closing=self._ended.is_set,
            doors=self._doors,
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            ws="none",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        if not self._ended.is_set():
            self._server.run(sockets=[self._socket])

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """End in order; the web server hands its signals on to us, and would end the process itself otherwise."""
        self._ended.set()
        if self._server is not None:
            self._server.should_exit = True

    def unwell(self) -> list[Unwell]:
        """Return the parts of the service that do not do their work, in words for people."""
        return self.watchman.unwell()

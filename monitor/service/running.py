"""The running service: its legs on the heartbeat, the console in the foreground, an orderly end."""

from __future__ import annotations

import gc
import logging
import os
import platform
import signal
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from sqlalchemy import Connection

from monitor.config.settings import SlackChannel
from monitor.core.errors import Mistake
from monitor.core.model import AlertReason
from monitor.loops.arming import Arming
from monitor.loops.brief import Brief
from monitor.loops.calendars import CalendarWatch
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.duty import DutyWatch
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.paths import SilentDrill
from monitor.loops.seal import Seal
from monitor.loops.sources import SourceWatch
from monitor.loops.watch import Watch
from monitor.service.clock import ServiceClock
from monitor.service.deadman import Deadman
from monitor.service.heart import Heart, Pulse
from monitor.service.keeper import ClockKeeper
from monitor.service.listener import Listener
from monitor.service.listening import listen
from monitor.service.metrics import Metrics
from monitor.service.outlets import outlets_of
from monitor.service.parts import Parts
from monitor.service.probes import Probes
from monitor.service.second import second_reading_of
from monitor.service.slack_door import slack_door_of
from monitor.service.supervisor import Supervisor
from monitor.service.threads import Threads
from monitor.service.versions import versions
from monitor.service.watchman import Watchman
from monitor.store import audit, engine, heartbeats
from monitor.store.database import DatabaseTooNew
from monitor.store.engine import Process
from responders.channels.base import Message
from responders.channels.digest import digest_in
from responders.channels.slack import Slack
from responders.channels.slack_schedule import SlackSchedule
from responders.console.app import console_app
from responders.console.health import Unwell
from responders.documents.armed import armed_text
from responders.documents.messages import Composer, Scene
from responders.slack_app.buttons import with_buttons

ROLES = ("crawl", "watch", "deliver", "brief", "second", "console", "slack")
SLOTS = 20
GRACE = 5.0
DEFAULT_PORTS = {"http": 80, "https": 443}
# Other hosts are asked the time before the first deadline is looked at; they do not hold it up for longer.
ASKING = 3.0
# A delivery waits for a mail server for up to 20 s; a briefing and the second reader take their time.
PATIENT, SLOW = 25.0, 120.0
log = logging.getLogger(__name__)


def hosts_of(address: str) -> list[str]:
    """Return the names under which the console may be asked for: this machine's own, with the port."""
    port = address.rsplit(":", 1)[1]
    return [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]


def public_hosts(public_url: str) -> list[str]:
    """Return the Host values of the public address: as a browser writes it, and with the port it leaves out."""
    if not public_url:
        return []
    parts = urlsplit(public_url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    name = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return [f"{name}:{port}", *([name] if port == DEFAULT_PORTS[parts.scheme] else [])]


def process_name() -> str:
    """Return the name of this process among all that work on the database."""
    return f"{platform.node()}:{os.getpid()}"


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
        self._socket = listen(console.host, console.port) if "console" in roles else None
        port = self._socket.getsockname()[1] if self._socket else console.port
        host = f"[{console.host}]" if ":" in console.host else console.host
        self.address = f"http://{host}:{port}"
        self.composer = Composer(parts.words, parts.names, self.address, parts.region)
        self._fetches = Threads("fetch")
        plain = outlets_of(parts.settings.form, lambda: parts.gate, parts.words, duty=parts.duty)
        self._outlets = [self._equipped(outlet) for outlet in plain]
        addresses = [source.url for source in parts.sources.values()]
        self.keeper = ClockKeeper(
            clock, parts.database, self.name, gate=lambda: parts.gate, addresses=addresses, pool=self._fetches
        )
        self.watchman = Watchman(
            parts,
            clock,
            self.keeper,
            channels=[outlet.channel.name for outlet in self._outlets],
            unread=[outlet.channel.name for outlet in self._outlets if outlet.unread],
        )
        channels = [outlet.channel for outlet in self._outlets]
        self.slack = slack_door_of(parts, self.composer, channels, self._fetches, clock)
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
            crawl = Crawl(parts.intake, parts.gate, parts.sources, self._fetches, SLOTS, self.clock)
            crawl.register(self.clock())
            yield Pulse("crawl", crawl.tick, seconds=1)
            blind = SourceWatch(parts.database, parts.sources, parts.duty)
            yield Pulse("sources", blind.tick, seconds=60, longest=PATIENT)
        if "watch" in self.roles:
            watch = Watch(parts.database, parts.pack, parts.region)
            yield Pulse("watch", watch.tick, seconds=1)
            yield Pulse("round", watch.go_round, seconds=1)
            yield Pulse("snooze", parts.snoozes.tick, seconds=5)
            redate = CalendarWatch(parts.database, parts.pack, parts.region, parts.calendars)
            yield Pulse("calendar", redate.tick, seconds=60)
            if parts.duty.rotas:
                yield Pulse("duty", DutyWatch(parts.database, parts.duty).tick, seconds=15)
        if "deliver" in self.roles:
            yield from self._delivery()
        if "brief" in self.roles:
            yield Pulse(
                "brief",
                Brief(parts.database, self.composer, parts.settings.form.briefing).tick,
                seconds=30,
                longest=SLOW,
            )
        if "second" in self.roles and (reading := second_reading_of(parts, self.clock)) is not None:
            yield Pulse("second", reading.tick, seconds=5, longest=SLOW)
        if self.slack is not None:
            yield from self.slack.pulses(self.roles)
        # Every process does, whatever its roles: each of them writes into the log.
        yield Pulse("seal", Seal(parts.database).tick, seconds=1)
        yield Pulse("clock", self.keeper.tick, seconds=2)
        yield Pulse("heartbeat", self._keep_beats, seconds=5)
        yield Pulse("watchman", self.watchman.tick, seconds=2)
        if self._deadman is not None:
            yield Pulse("deadman", self._deadman.tick, seconds=2, longest=PATIENT)
        if self.supervisor.address:
            yield Pulse("supervisor", self.supervisor.watchdog(lambda: self.watchman.alive), seconds=2)

    def _delivery(self) -> Iterator[Pulse]:
        unread = [outlet.channel.name for outlet in self._outlets if outlet.unread]
        for schedule in self._schedules(self._outlets):
            write = partial(armed_text, self.composer)
            arming = Arming(self.parts.database, schedule, self.parts.pack, write, self.clock, unread)
            yield Pulse(f"arm {schedule.name}", arming.tick, seconds=5, longest=PATIENT)
        for outlet in self._outlets:
            yield self._deliveries(outlet)
            if outlet is self._outlets[0]:
                yield Pulse("sweep", self._deliver(outlet, self.clock).sweep, seconds=10)
        channels = [outlet.channel for outlet in self._outlets]
        drill = SilentDrill(self.parts.database, channels, self.parts.settings.form.drills.at, self.clock)
        yield Pulse("silent drill", drill.tick, seconds=30, longest=SLOW)

    def _deliver(self, outlet: Outlet, clock: Callable[[], datetime]) -> Deliver:
        parts = self.parts
        return Deliver(parts.database, outlet, self._outlets, self._compose, clock, parts.duty.contacts)

    def _deliveries(self, outlet: Outlet) -> Pulse:
        """Return the leg of one outlet; it reads the clock at every step, which shows that it does not hang."""

        def clock() -> datetime:
            pulse.sign()
            return self.clock()

        tick = self._deliver(outlet, clock).tick
        pulse = Pulse(f"deliver {outlet.channel.name}", tick, seconds=1, longest=PATIENT)
        return pulse

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

    def _schedules(self, outlets: Iterable[Outlet]) -> Iterator[SlackSchedule]:
        """Yield the Slack channels that hold warnings for us."""
        armed = {s.name for s in self.parts.settings.form.channels if isinstance(s, SlackChannel) and s.arm}
        for outlet in outlets:
            if isinstance(outlet.channel, Slack) and outlet.channel.name in armed:
                yield SlackSchedule(outlet.channel)

    def _equipped(self, outlet: Outlet) -> Outlet:
        """Let an outlet say several notices at once, and offer to acknowledge by a link, where that is of use."""
        if outlet.unread or AlertReason.BRIEFING in outlet.reasons:
            return outlet
        parts = self.parts
        # What can be asked about keeps each alert in its incident's thread, and takes three times as many.
        digest = None if outlet.channel.can_reconcile else digest_in(parts.words, self.address)
        link = parts.links.link if parts.settings.form.console.public_url else None
        return replace(outlet, digest=digest, link=link)

    def _compose(self, connection: Connection, scene: Scene) -> Message:
        if scene.alert.reason is AlertReason.BRIEFING:
            return Brief.message(connection, scene, self.composer)
        message = self.composer.message(scene)
        return message if self.slack is None else with_buttons(connection, scene, message, self.composer.words)

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
            hosts=hosts_of(self.address),
            own=[source.id for source in self.parts.sources.values() if source.own],
            follows=self.parts.follows,
            links=self.parts.links,
            public=public_hosts(self.parts.settings.form.console.public_url),
            duty=self.parts.duty,
            doors=[self.slack.route] if self.slack is not None and self.slack.route is not None else [],
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

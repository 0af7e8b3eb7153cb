"""The running service: its legs on the heartbeat, the console in the foreground, an orderly end."""

from __future__ import annotations

import gc
import logging
import signal
import threading
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from types import FrameType

import uvicorn
from sqlalchemy import Connection

from monitor.core.model import AlertReason
from monitor.loops.brief import Brief
from monitor.loops.deliver import Deliver, Outlet
from monitor.loops.ingest.crawl import Crawl
from monitor.loops.sources import SourceWatch
from monitor.loops.watch import Watch
from monitor.service.condition import unwell
from monitor.service.heart import Heart, Pulse
from monitor.service.listening import listen
from monitor.service.outlets import outlets_of
from monitor.service.parts import Parts
from monitor.service.second import second_reading_of
from monitor.service.threads import Threads
from monitor.store import heartbeats
from responders.channels.base import Message
from responders.console.app import console_app
from responders.console.health import Unwell
from responders.documents.messages import Composer, Scene

ROLES = ("crawl", "watch", "deliver", "brief", "second", "console")
SLOTS = 20
GRACE = 5.0
log = logging.getLogger(__name__)


def hosts_of(address: str) -> list[str]:
    """Return the names under which the console may be asked for: this machine's own, with the port."""
    port = address.rsplit(":", 1)[1]
    return [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")]


def utc_now() -> datetime:
    """Return the moment now."""
    return datetime.now(UTC)


class Service:
    """The legs that this process runs."""

    def __init__(self, parts: Parts, roles: Collection[str] = ROLES, clock: Callable[[], datetime] = utc_now) -> None:
        self.parts = parts
        self.roles = roles
        self.clock = clock
        console = parts.settings.form.console
        self._socket = listen(console.host, console.port) if "console" in roles else None
        port = self._socket.getsockname()[1] if self._socket else console.port
        host = f"[{console.host}]" if ":" in console.host else console.host
        self.address = f"http://{host}:{port}"
        self.composer = Composer(parts.words, parts.names, self.address, parts.region)
        self._fetches = Threads("fetch")
        self.heart = Heart(list(self._pulses()), clock, say=parts.words.mistake)
        self._ended = threading.Event()
        self._server: uvicorn.Server | None = None

    def _pulses(self) -> Iterator[Pulse]:
        parts = self.parts
        if "crawl" in self.roles:
            crawl = Crawl(parts.intake, parts.gate, parts.sources, self._fetches, SLOTS, self.clock)
            crawl.register(self.clock())
            yield Pulse("crawl", crawl.tick, seconds=1)
            yield Pulse("sources", SourceWatch(parts.database, parts.sources).tick, seconds=60)
        if "watch" in self.roles:
            watch = Watch(parts.database, parts.pack, parts.region)
            yield Pulse("watch", watch.tick, seconds=1)
            yield Pulse("round", watch.go_round, seconds=1)
        if "deliver" in self.roles:
            yield from self._delivery()
        if "brief" in self.roles:
            yield Pulse("brief", Brief(parts.database, self.composer, parts.settings.form.briefing).tick, seconds=30)
        if "second" in self.roles:
            reading = second_reading_of(parts, self.clock)
            if reading is not None:
                yield Pulse("second", reading.tick, seconds=5)
        yield Pulse("heartbeat", self._keep_beats, seconds=5)

    def _delivery(self) -> Iterator[Pulse]:
        outlets: list[Outlet] = outlets_of(self.parts.settings.form, lambda: self.parts.gate, self.parts.words)
        for outlet in outlets:
            deliver = Deliver(self.parts.database, outlet, outlets, self._compose, self.clock)
            yield Pulse(f"deliver {outlet.channel.name}", deliver.tick, seconds=1)
            if outlet is outlets[0]:
                yield Pulse("sweep", deliver.sweep, seconds=10)

    def _compose(self, connection: Connection, scene: Scene) -> Message:
        if scene.alert.reason is AlertReason.BRIEFING:
            return Brief.message(connection, scene, self.composer)
        return self.composer.message(scene)

    def _keep_beats(self, now: datetime) -> None:
        beats = {p.name: (p.good_at, p.fault) for p in self.heart.pulses if p.good_at is not None}
        with self.parts.database.write() as connection:
            heartbeats.save(connection, beats)

    def run(self, say: Callable[[str], None]) -> None:
        """Run until a signal ends it; `say` is told the console's address once it can be opened.

        What hangs at the end is left: whatever it was at, its lease runs out and the next process takes it up.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._end)
        # What was built so far stays for good: looking through it for garbage takes a tenth of a second each time.
        gc.freeze()
        self.heart.start()
        try:
            if self._socket is None:
                self._ended.wait()
            else:
                say(self.address)
                self._serve()
        finally:
            self.heart.stop(GRACE)
            self._fetches.settle(GRACE)

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
            clock=self.clock,
            hosts=hosts_of(self.address),
            own=[source.id for source in self.parts.sources.values() if source.own],
            follows=self.parts.follows,
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
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
        return unwell(self.parts, self.heart.pulses, self.clock())

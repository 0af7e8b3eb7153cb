"""The service watches itself: what fails is noticed within seconds, told at its ports and to the dead-man's switch."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, text, update

from monitor.config.settings import Settings, SettingsFile
from monitor.core.fetched import Entry
from monitor.core.model import TimeNote, Trust
from monitor.core.sources import Source, SourceKind
from monitor.core.troubles import FAULTS
from monitor.gate import GateFailure
from monitor.service import Parts
from monitor.service.clock import ServiceClock, utc_now
from monitor.service.deadman import Deadman, SwitchSilent
from monitor.service.running import Service
from monitor.service.supervisor import Supervisor
from monitor.store import duties, engine, troubles
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow
from responders.console.health import PROBES, Unwell

ROOT = Path(__file__).parents[2]
# How soon it is noticed is measured by the benchmark of reliability; here it only has to be.
NOTICED = 60.0
SOURCE = Source(id="news", name="晨报", kind=SourceKind.FEED, url="https://news.example/", trust=Trust.OFFICIAL)


@dataclass
class Switch:
    """A dead-man's switch that takes down what it hears."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200
    url: str = ""

    @property
    def fails(self) -> list[str]:
        return [body for path, body in self.heard if path.endswith("/fail")]


@pytest.fixture
def switch() -> Iterator[Switch]:
    found = Switch()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            found.heard.append((self.path, body))
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/ping/secret-key"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Machine:
    """What a test can break: the wall clock and the disk."""

    off: timedelta = timedelta(0)
    free: int = 10**12

    def clock(self) -> ServiceClock:
        return ServiceClock(lambda: utc_now() + self.off)


@dataclass
class Started:
    """A service that beats in this process without the crawl and the console."""

    service: Service
    machine: Machine

    def noticed(self, condition: Callable[[], bool], limit: float = NOTICED) -> float:
        """Wait until the condition holds; return the seconds that it took, fail where it took too long."""
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() - begun < limit, self.service.unwell()
            time.sleep(0.02)
        return time.monotonic() - begun

    def ailments(self, *, grave: bool = True) -> set[str]:
        return {part.ailment for part in self.service.unwell() if part.grave or not grave}

    def probe(self, path: str) -> int:
        return self.service.probes(path).status


@pytest.fixture
def started(database: Database, switch: Switch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    form = {
        "language": "en",
        "http": {"allow": ["127.0.0.1"]},
        "deadman": {"url": switch.url, "every": "60s"},
        "health": {"port": 0, "hosts": ["probe.example.org"]},
    }
    parts = Parts(Settings(SettingsFile.model_validate(form), None), database)
    parts.sources = {}
    machine = Machine()
    monkeypatch.setattr("monitor.service.watchman.NEEDED", ("watch", "sweep"))
    monkeypatch.setattr("monitor.service.watchman.free_disk", lambda _: machine.free)
    service = Service(parts, ("watch", "deliver", "brief"), machine.clock())
    service.heart.start()
    running = Started(service, machine)
    running.noticed(lambda: not running.ailments() and "/ping/secret-key" in [path for path, _ in switch.heard])
    # What it heard while the legs began is not what a test is about.
    switch.heard.clear()
    yield running
    service.heart.stop(5.0)
    assert service._listener is not None
    service._listener.close()
    parts.close()


def test_while_all_is_well_every_port_says_so_and_the_switch_hears_it(started: Started, switch: Switch) -> None:
    started.noticed(lambda: started.probe("/readyz") == 200)
    assert [started.probe(path) for path in PROBES] == [200] * 4
    assert switch.fails == []
    told = json.loads(started.service.probes("/health/engine").body)
    assert (told["status"], told["unwell"]) == ("ok", [])
    assert {leg["name"] for leg in told["facts"]["legs"]} >= {"watch", "deliver console", "sweep", "clock", "heartbeat"}
    database = started.service.parts.database
    started.noticed(lambda: "heartbeat" in {pulse.name for pulse in started.service.heart.pulses if pulse.good_at})

    def process() -> engine.Process:
        with database.read() as connection:
            (only,) = engine.processes(connection, started.service.clock())
        return only

    assert process().name.split(":")[-2] == str(os.getpid())
    started.noticed(lambda: (process().database_off is None) == database.is_sqlite)


def test_a_dead_scheduler_is_noticed_and_the_switch_told(started: Started, switch: Switch) -> None:
    started.service.heart._metronome.shutdown(wait=False)
    started.noticed(lambda: started.probe("/healthz") == 503)
    assert "scheduler_dead" in started.ailments()
    started.noticed(lambda: bool(switch.fails))
    assert "The scheduler has stopped" in switch.fails[0]


def test_a_leg_that_hangs_is_noticed(started: Started, switch: Switch, monkeypatch: pytest.MonkeyPatch) -> None:
    free = threading.Event()
    (watch,) = (pulse for pulse in started.service.heart.pulses if pulse.name == "watch")
    monkeypatch.setattr(watch, "tick", lambda _: free.wait(60))
    started.noticed(lambda: started.probe("/healthz") == 503)
    assert "leg_hangs" in started.ailments()
    started.noticed(lambda: bool(switch.fails))
    assert "The leg watch hangs" in switch.fails[0]
    free.set()
    started.noticed(lambda: started.probe("/healthz") == 200)
    started.noticed(lambda: not switch.heard[-1][0].endswith("/fail"))


def test_a_full_disk_is_noticed_before_writing_fails(started: Started, switch: Switch) -> None:
    started.machine.free = 900_000_000
    started.noticed(lambda: "disk_little" in started.ailments(grave=False))
    assert (started.ailments(), switch.fails) == (set(), [])
    started.machine.free = 1_000_000
    started.noticed(lambda: bool(switch.fails))
    assert "The disk is full: 1 MB free" in switch.fails[0]
    assert started.probe("/health/engine") == 503


def test_a_read_only_database_is_noticed_and_told(started: Started, switch: Switch) -> None:
    database = started.service.parts.database
    make_read_only(database)
    started.noticed(lambda: "leg_fails" in started.ailments())
    started.noticed(lambda: bool(switch.fails))
    assert re.match(r"The leg [\w ]+ fails: .*(read-only|readonly|cannot be written)", switch.fails[0])
    assert started.probe("/healthz") == 200, "to start us anew would mend nothing"


def make_read_only(database: Database) -> None:
    """Let every connection that is made from now on, and those that stand, refuse to write."""
    if database.is_sqlite:
        pool: Any = database.engine.pool
        connect = pool._creator

        def refusing() -> object:
            connection = connect()
            connection.execute("PRAGMA query_only = ON")
            return connection

        # First: the pool that follows takes it over, and nobody can come in between with one that writes.
        pool._creator = refusing
        database.engine.dispose()
        return
    with database.engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        connection.commit()
    # Those that stand are left when they are given back; ended at the server they would be unreachable, not read-only.
    database.engine.dispose()


def end_other_connections(connection: Connection) -> None:
    """End them at the server, as a restart does; whoever holds one makes another."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}"))


def test_an_unreachable_database_is_noticed_and_told(
    started: Started, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = started.service.parts.database
    if database.is_sqlite:
        pytest.skip("the embedded database is a file")

    def refuse(*_: object, **__: object) -> None:
        raise database.engine.dialect.loaded_dbapi.OperationalError("connection refused")

    with database.engine.connect() as connection:
        monkeypatch.setattr(database.engine.pool, "_creator", refuse)
        end_other_connections(connection)
        connection.invalidate()
    started.noticed(lambda: "database" in started.ailments())
    assert started.probe("/readyz") == 503
    started.noticed(lambda: bool(switch.fails))
    assert "cannot be reached" in switch.fails[0]


def test_a_wall_clock_that_jumps_is_noticed_told_and_makes_nothing_early(started: Started) -> None:
    service, before = started.service, started.service.clock()
    started.machine.off = timedelta(hours=2)
    started.noticed(lambda: "clock" in started.ailments(grave=False))
    assert timedelta(0) <= service.clock() - before < timedelta(seconds=30)
    assert started.ailments() == set(), "the engine goes on by the right time"
    started.noticed(lambda: "clock:stepped" in points(service.parts.database))
    started.machine.off = timedelta(0)
    started.noticed(lambda: "clock:over" in points(service.parts.database))


def points(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(text("SELECT point FROM alert ORDER BY id")))


def test_a_deadline_that_nobody_looks_at_is_noticed(started: Started, switch: Switch) -> None:
    parts = started.service.parts
    now = started.service.clock()
    entry = Entry(key="1", title="陕西榆林一煤矿透水致12人死亡", published_at=now, time_note=TimeNote.STATED)
    parts.intake.take(SOURCE, [entry], now)
    deadline = of(DeadlineRow)
    with parts.database.write() as connection:
        # Whoever is just passing time over it would put back what it read.
        duties.lock_matter(connection, 1)
        connection.execute(update(deadline).values(check_at=None, watched_until=now))

    def audited() -> set[str]:
        started.service.watchman._audited_at = None
        return started.ailments()

    started.noticed(lambda: "deadline_forgotten" in audited())
    started.noticed(lambda: bool(switch.fails))


def test_an_alert_that_was_set_aside_shows_wherever_the_engine_is_asked(started: Started) -> None:
    now = started.service.clock()
    with started.service.parts.database.write() as connection:
        for _ in range(FAULTS):
            troubles.note(connection, "deliver", 4711, ValueError("poison"), now, tell=False)
    started.noticed(lambda: "rows_aside" in started.ailments())
    assert started.probe("/health/engine") == 503
    body = json.loads(started.service.probes("/health/engine").body)
    assert [part["said"] for part in body["unwell"] if part["ailment"] == "rows_aside"] == ["ValueError: poison"]
    assert [aside["leg"] for aside in body["facts"]["stored"]["troubled"]] == ["deliver"]
    assert b'huiying_troubled_rows{leg="deliver"} 1.0' in started.service.probes("/metrics").body
    with started.service.parts.database.write() as connection:
        troubles.clear(connection, "deliver", 4711)
    started.noticed(lambda: "rows_aside" not in started.ailments())


def test_the_port_of_the_probes_answers_nothing_else(started: Started) -> None:
    listener = started.service._listener
    assert listener is not None
    address = f"http://127.0.0.1:{listener.port}"
    for path in PROBES:
        assert httpx.get(f"{address}{path}").status_code in (200, 503)
    assert httpx.get(f"{address}/metrics", headers={"Host": "probe.example.org"}).status_code == 200
    assert httpx.get(f"{address}/metrics", headers={"Host": "attacker.example.org"}).status_code == 400
    assert httpx.get(f"{address}/").status_code == 404
    assert httpx.get(f"{address}/incidents/1").status_code == 404
    assert httpx.post(f"{address}/healthz").status_code == 501
    head = httpx.head(f"{address}/healthz")
    assert (head.status_code, head.content) == (200, b"")


def test_every_metric_is_documented_and_every_documented_one_is_given(started: Started) -> None:
    given = set(re.findall(rb"^# TYPE (huiying_\w+)", started.service.probes("/metrics").body, re.MULTILINE))
    names = {name.decode() for name in given}
    documented = set(re.findall(r"`(huiying_\w+)", (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")))
    assert names <= documented
    optional = {
        "huiying_clock_database_offset_seconds",
        "huiying_clock_witnesses_offset_seconds",
        "huiying_deadline_next_check_timestamp_seconds",
        "huiying_deadman_ping_timestamp_seconds",
    }
    assert documented - names <= optional


class TestTheSwitch:
    """What is said to the dead-man's switch, and when."""

    def deadman(self, parts: Parts, switch: Switch, unwell: list[Unwell]) -> Deadman:
        return Deadman(parts.gate, switch.url, timedelta(minutes=1), lambda: unwell)

    @pytest.fixture
    def parts(self) -> Iterator[Parts]:
        parts = Parts(Settings(SettingsFile.model_validate({"http": {"allow": ["127.0.0.1"]}}), None))
        yield parts
        parts.close()

    def test_it_hears_once_a_minute_that_all_is_well_and_at_once_that_it_is_not(
        self, parts: Parts, switch: Switch
    ) -> None:
        unwell: list[Unwell] = []
        deadman, now = self.deadman(parts, switch, unwell), utc_now()
        assert [deadman.tick(now + timedelta(seconds=s)) for s in (0, 2, 58, 60, 62)] == [
            True, False, False, True, False,
        ]  # fmt: skip
        unwell.append(Unwell("sources fail"))
        assert not deadman.tick(now + timedelta(seconds=64)), "what is not grave is told to people, not here"
        unwell.append(Unwell("The leg watch hangs, for 9 s", said="x", grave=True))
        assert deadman.tick(now + timedelta(seconds=66))
        unwell[1] = Unwell("The leg watch hangs, for 11 s", grave=True)
        assert not deadman.tick(now + timedelta(seconds=68))
        unwell.clear()
        assert deadman.tick(now + timedelta(seconds=70))
        paths = [path.rsplit("/", 1)[1] for path, _ in switch.heard]
        assert paths == ["secret-key", "secret-key", "fail", "secret-key"]
        assert switch.fails == ["The leg watch hangs, for 9 s: x"]

    def test_a_switch_that_refuses_or_is_away_is_told_without_its_address(self, parts: Parts, switch: Switch) -> None:
        switch.status = 404
        deadman, now = self.deadman(parts, switch, []), utc_now()
        with pytest.raises(SwitchSilent, match="HTTP 404") as refused:
            deadman.tick(now)
        away = Deadman(parts.gate, "http://127.0.0.1:9/secret-key", timedelta(minutes=1), list)
        with pytest.raises(SwitchSilent) as silent:
            away.tick(now)
        assert "secret-key" not in str(refused.value) + str(silent.value)
        assert deadman.taken_at is None
        switch.status = 200
        assert deadman.tick(now + timedelta(seconds=2)), "and tried again at once"
        assert deadman.taken_at == now + timedelta(seconds=2)
        assert not isinstance(silent.value.__cause__, GateFailure)


class TestTheSupervisor:
    """What systemd hears over its socket."""

    def test_it_hears_that_we_live_only_while_we_do(self, tmp_path: Path) -> None:
        path = tmp_path / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(str(path))
            listening.settimeout(30)
            supervisor = Supervisor(str(path))
            supervisor.tell("READY=1")
            assert listening.recv(100) == b"READY=1"
            alive = [True]
            tick = supervisor.watchdog(lambda: alive[0])
            tick(utc_now())
            assert listening.recv(100) == b"WATCHDOG=1"
            alive[0] = False
            tick(utc_now())
            listening.settimeout(0.1)
            with pytest.raises(TimeoutError):
                listening.recv(100)

    def test_without_one_or_with_one_that_is_gone_nothing_happens(self, tmp_path: Path) -> None:
        Supervisor().tell("READY=1")
        Supervisor(str(tmp_path / "gone")).tell("READY=1")
        Supervisor("@huiying-gone").tell("READY=1")

"""Hosts that hang hold up nobody: others are asked meanwhile, as fast as they can be read."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.fetched import Outcome
from monitor.core.sources import Source, SourceKind
from monitor.gate import Gate, GateSettings
from monitor.loops.ingest.crawl import LOOK_AT, Crawl
from monitor.loops.ingest.places import Places
from monitor.service.slots import MOST, slots
from monitor.service.threads import Threads
from monitor.store import sources as stored
from monitor.store.database import Database
from tests.crawl.site import running_site
from tests.crawling.many import Nobody
from tests.responders.console.station import Station
from tests.story.test_heart import come

FEED = "<rss version='2.0'><channel><item><title>{0}</title><link>http://n.example/{0}</link></item></channel></rss>"
HANGING, WELL = 40, 30


@contextmanager
def silent_host() -> Iterator[int]:
    """Give a port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def gate() -> Iterator[Gate]:
    with Gate(GateSettings(allow=("127.0.0.0/8",), total_seconds=8)) as gate:
        yield gate


def test_hosts_that_hang_delay_no_other(database: Database, gate: Gate) -> None:
    with running_site() as site, silent_host() as port:
        sources = {}
        for number in range(HANGING + WELL):
            # The first names, which are asked first, are those of the hosts that hang.
            where = f"http://127.0.1.{number + 1}:{port}/"
            if number >= HANGING:
                where = site.page(f"/{number}", FEED.format(number))
            name = f"s{number:03}"
            sources[name] = Source(id=name, name=name, kind=SourceKind.FEED, url=where)
        threads = Threads("fetch")
        crawl = Crawl(Station(database).parts.intake, gate, sources, threads, 100, lambda: datetime.now(UTC))
        ticks = threading.Event()
        crawl.nudge = ticks.set
        crawl.register(datetime.now(UTC))
        assert crawl.tick(datetime.now(UTC)) > HANGING
        began = time.monotonic()
        asked = {item.path for item in site.asked}
        while not asked and time.monotonic() - began < 10:
            time.sleep(0.02)
            asked = {item.path for item in site.asked}
        assert asked, "nobody who answers was asked while others hang"
        crawl.slots = 0
        assert threads.settle(120)
        with database.read() as connection:
            states = stored.states(connection)
        failed = [name for name, state in states.items() if state.last_outcome == Outcome.FAILED.value]
        assert sorted(failed) == sorted(f"s{number:03}" for number in range(HANGING))


def test_more_are_begun_soon_though_all_that_were_begun_hang(
    database: Database, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, looks = threading.Event(), threading.Semaphore(0)
    monkeypatch.setattr(Crawl, "_run", lambda *_: free.wait(120))
    names = [f"s{n:03}" for n in range(2 * LOOK_AT + 30)]
    sources = {n: Source(id=n, name=n, kind=SourceKind.FEED, url=f"http://{n}.example/") for n in names}
    crawl = Crawl(Station(database).parts.intake, gate, sources, Threads("fetch"), 1000, lambda: datetime.now(UTC))
    crawl.nudge = looks.release
    crawl.register(datetime.now(UTC))
    begun = [crawl.tick(datetime.now(UTC))]
    while len(begun) < 3:
        assert looks.acquire(timeout=30), "a fetch had to end before others began"
        begun.append(crawl.tick(datetime.now(UTC)))
    assert begun == [LOOK_AT, 2 * LOOK_AT, 2 * LOOK_AT + 30]
    assert not looks.acquire(timeout=0.2), "nothing is left to be begun"
    free.set()
    crawl.wait()


def test_what_cannot_be_begun_for_want_of_threads_is_free_again_soon(
    database: Database, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, start = threading.Event(), threading.Thread.start
    started: list[threading.Thread] = []
    monkeypatch.setattr(Crawl, "_run", lambda *_: free.wait(120))

    def scarce(thread: threading.Thread) -> None:
        if thread.name == "fetch":
            if len(started) == 3:
                raise RuntimeError("can't start new thread")
            started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", scarce)
    names = [f"s{n:03}" for n in range(10)]
    sources = {n: Source(id=n, name=n, kind=SourceKind.FEED, url=f"http://{n}.example/") for n in names}
    threads, now = Threads("fetch"), datetime.now(UTC)
    crawl = Crawl(Station(database).parts.intake, gate, sources, threads, 1000, lambda: now)
    crawl.register(now)
    with pytest.raises(RuntimeError, match="thread"):
        crawl.tick(now)
    assert not threads.settle(0), "those that were begun go on"
    free.set()
    assert threads.settle(120), "and nobody waits for the one that was not"
    assert sum(use.running for use in crawl.hosts.use().values()) == 3
    with database.read() as connection:
        assert stored.due(connection, set(names), now + timedelta(seconds=29), 100) == {}
        assert len(stored.due(connection, set(names), now + timedelta(seconds=31), 100)) == 7


def test_two_processes_that_look_in_turns_share_what_is_due(database: Database, gate: Gate) -> None:
    names = [f"s{n:03}" for n in range(3 * LOOK_AT)]
    sources = {n: Source(id=n, name=n, kind=SourceKind.FEED, url=f"http://{n}.example/") for n in names}
    intake, taken = Station(database).parts.intake, Nobody()
    first, second = (Crawl(intake, gate, sources, taken, 1000, lambda: datetime.now(UTC)) for _ in range(2))
    first.register(datetime.now(UTC))
    shares = [crawl.tick(datetime.now(UTC)) for crawl in (first, second, first, second)]
    assert shares == [LOOK_AT, LOOK_AT, 2 * LOOK_AT, LOOK_AT]


def test_sources_that_nobody_asks_for_any_more_stand_in_nobodys_way(database: Database) -> None:
    now = datetime(2026, 7, 9, tzinfo=UTC)
    with database.write() as connection:
        stored.register(connection, [f"old{n:04}" for n in range(700)], now - timedelta(days=1))
        stored.register(connection, ["b", "a", "c"], now)
        assert list(stored.due(connection, {"a", "b", "c"}, now, 2)) == ["a", "b"]
        assert list(stored.due(connection, {"a", "b", "c"}, now, 200)) == ["a", "b", "c"]
        stored.put_off(connection, {"a": now + timedelta(seconds=2), "b": now + timedelta(seconds=1)})
        assert list(stored.due(connection, {"a", "b", "c"}, now, 200)) == ["c"]
        assert list(stored.due(connection, {"a", "b", "c"}, now + timedelta(seconds=2), 200)) == ["c", "b", "a"]


def test_places_are_few_and_tell_when_many_wait() -> None:
    places = Places(2)
    inside, leave = threading.Semaphore(0), threading.Event()

    def sit() -> None:
        with places, places:
            inside.release()
            leave.wait(60)

    threads = [threading.Thread(target=sit) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=30)
    assert inside.acquire(timeout=30)
    assert not inside.acquire(timeout=0.05)
    assert come(lambda: places.crowded)
    leave.set()
    for thread in threads:
        thread.join(60)
    assert places.waiting == 0
    assert not places.crowded


def test_as_many_hosts_are_waited_for_as_files_may_be_open() -> None:
    assert 20 <= slots() <= MOST

"""The keeper of the clock over a database: who is told of a wrong clock, when other hosts are asked."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from monitor.core.sources import FailureKind
from monitor.core.timekeeping import ClockTrouble
from monitor.gate import Gate, GateFailure
from monitor.service.clock import ServiceClock
from monitor.service.keeper import ClockKeeper, origins
from monitor.store import engine, heartbeats
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
HEADER = "%a, %d %b %Y %H:%M:%S GMT"
S = timedelta(seconds=1)
HOSTS = [f"https://host{n}.example/feed.xml" for n in range(5)]


class AtOnce(Executor):
    """Does what it is given at once."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass
class World(Gate):
    """The true time, a machine whose clock is off, and hosts that know better; they may be out of reach."""

    off: timedelta = timedelta(0)
    passed: float = 0.0
    reachable: bool = False
    asked: list[str] = field(default_factory=list)
    hear: Any = None

    @property
    def true(self) -> datetime:
        return T0 + timedelta(seconds=self.passed)

    def get(self, url: str, **_: Any) -> Any:
        self.asked.append(url)
        if not self.reachable:
            raise GateFailure(FailureKind.CONNECT, url)
        self.hear(url.split("/")[2], self.true.strftime(HEADER), "")


@dataclass
class Kept:
    """A keeper over a database in such a world."""

    world: World
    database: Database
    clock: ServiceClock = field(init=False)
    keeper: ClockKeeper = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.clock = ServiceClock(lambda: world.true + world.off, lambda: 100 + world.passed)
        world.hear = self.clock.hear
        self.keeper = ClockKeeper(
            self.clock, self.database, "here:1", gate=lambda: world, addresses=HOSTS, pool=AtOnce()
        )

    def go_on(self, seconds: float, step: float = 2.0) -> None:
        """Let time pass with a look at the clocks every two seconds."""
        while seconds > 0:
            self.world.passed += step
            seconds -= step
            self.keeper.tick(self.clock())

    @property
    def alerts(self) -> list[tuple[str, bool]]:
        alert = of(AlertRow)
        with self.database.read() as connection:
            return [(row.point, row.page) for row in connection.execute(select(alert).order_by(alert.c.id))]


@pytest.fixture
def kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> Kept:
    # The database's own clock is a test's to move as well.
    monkeypatch.setattr(engine, "database_clock", lambda _: None)
    return Kept(World(), database)


def test_a_jump_is_told_once_and_others_are_asked_once_a_minute(kept: Kept) -> None:
    kept.go_on(10)
    assert (kept.alerts, kept.world.asked) == ([], [])
    kept.world.off = timedelta(hours=2)
    kept.go_on(2)
    assert kept.alerts == [("clock:stepped", True)]
    assert len(kept.world.asked) == 5
    kept.go_on(50)
    assert len(kept.world.asked) == 5
    kept.go_on(20)
    assert len(kept.world.asked) == 10
    assert kept.alerts == [("clock:stepped", True)]
    assert abs(kept.clock() - kept.world.true) < S


def test_hosts_that_answer_settle_which_clock_is_right(kept: Kept) -> None:
    kept.world.off, kept.world.reachable = timedelta(hours=2), True
    kept.go_on(4)
    assert kept.alerts[0] == ("clock:stepped", True)
    assert list(kept.keeper.troubles) == [ClockTrouble.WRONG]
    assert abs(kept.clock() - kept.world.true) < S
    kept.world.off = timedelta(0)
    kept.go_on(2)
    assert kept.alerts[-1] == ("clock:over", False)


def test_a_machine_that_stood_still_is_set_right_by_the_wall_clock_once_others_bear_it_out(kept: Kept) -> None:
    """A virtual machine that was paused finds neither clock moved, until the time service sets the wall clock."""
    real = kept.world
    kept.go_on(4)
    real.passed += 3600
    kept.clock._steady = lambda: 100 + real.passed - 3600
    assert abs(kept.clock() - real.true) > timedelta(minutes=59)
    real.reachable = True
    kept.go_on(4)
    assert kept.keeper.moves == 1
    assert abs(kept.clock() - real.true) < S
    assert kept.keeper.troubles == {}


def test_a_start_behind_what_is_stored_is_told_and_ends_once_others_decide(kept: Kept) -> None:
    with kept.database.write() as connection:
        heartbeats.save(connection, {"watch": (T0 + timedelta(hours=3), "")})
    kept.keeper.begin(0.0)
    assert kept.keeper.troubles == {ClockTrouble.BEHIND: timedelta(hours=-3)}
    kept.go_on(2)
    assert kept.alerts == [("clock:behind", True)]
    kept.world.reachable = True
    kept.go_on(62)
    assert kept.keeper.troubles == {}
    assert kept.alerts[-1] == ("clock:over", False)


def test_a_start_with_a_wrong_clock_waits_for_others_and_begins_with_the_right_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "database_clock", lambda _: None)
    kept = Kept(World(off=timedelta(hours=2), reachable=True), database)
    kept.keeper.begin(3.0)
    assert abs(kept.clock() - kept.world.true) < S
    kept.go_on(2)
    assert kept.alerts == [("clock:wrong", False)]


def test_a_process_that_was_stopped_tells_for_how_long(kept: Kept) -> None:
    kept.go_on(4)
    kept.world.passed += 25
    kept.go_on(2)
    assert kept.alerts == []
    kept.world.passed += 600
    kept.go_on(2)
    assert kept.alerts == [("clock:paused", False)]


def test_a_database_whose_clock_differs_is_told_and_nothing_is_early(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = [5 * S]
    monkeypatch.setattr(engine, "database_clock", lambda _: kept.world.true + off[0])
    kept.go_on(2)
    assert kept.alerts == [("clock:database", False)]
    assert kept.clock() <= kept.world.true
    off[0] = -5 * S
    kept.go_on(2)
    assert kept.clock() <= kept.world.true - 4 * S, "where two disagree, the earlier one counts"
    off[0] = 0 * S
    kept.go_on(2)
    assert kept.alerts[-1] == ("clock:over", False)
    assert abs(kept.clock() - kept.world.true) < S


def test_a_clock_that_comes_and_goes_is_told_of_once_an_hour(kept: Kept) -> None:
    for _ in range(10):
        kept.world.off = timedelta(hours=1)
        kept.go_on(4)
        kept.world.off = timedelta(0)
        kept.go_on(4)
    assert kept.alerts.count(("clock:stepped", True)) == 1


def test_each_host_is_asked_at_its_front_page_once() -> None:
    addresses = ["https://a.example/x", "https://a.example/y", "http://b.example:8080/z?key=1", "ftp://c.example/"]
    assert origins(addresses) == ("https://a.example/", "http://b.example:8080/")

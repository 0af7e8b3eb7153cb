"""Clocks that jump, a process that stands still, a database whose clock differs: nothing is told too early."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from monitor.core.timekeeping import ClockTrouble
from monitor.loops.watch import Watch
from monitor.service.clock import ServiceClock, utc_now
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow
from tests.reliability.crowd import REGION, gather
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, pack_for, until

ALERT, DEADLINE = of(AlertRow), of(DeadlineRow)
CHECKS = 2.0
STEPS = (timedelta(hours=2), timedelta(hours=-2), timedelta(0))
HOLD = 6.0
A_SECOND = 10


@dataclass(slots=True)
class Keeping:
    """A watch that goes by the service's clock, which is checked every two seconds as the service does it."""

    database: Database
    off: timedelta = timedelta(0)
    database_off: timedelta = timedelta(0)
    noticed: list[ClockTrouble] = field(default_factory=list)
    clock: ServiceClock = field(init=False)
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        # Before anything is stepped.
        self.clock = ServiceClock(lambda: utc_now() + self.off)

    def run(self) -> None:
        watch = Watch(self.database, pack_for(reminders=False), REGION)
        checked = time.monotonic()
        while not self._over.wait(0.1):
            if time.monotonic() - checked >= CHECKS:
                checked = time.monotonic()
                found = self.clock.check(utc_now() + self.database_off if self.database_off else None)
                self.noticed = list(found.troubles)
            watch.tick(self.clock())

    def until_noticed(self, *, wanted: bool) -> float:
        """Wait until a trouble is noticed, or that there is none any more; return the seconds."""
        return until(lambda: bool(self.noticed) == wanted, limit=30, every=0.02)

    def stop(self) -> None:
        self._over.set()


def row(stage: Stage, seed: int, *, hold: float = HOLD, within: float = 10.0, woken: float = 5.0) -> Row:
    """Step the wall clock while deadlines come due; then stop a process for a while."""
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    count = int((len(STEPS) + 2) * hold * A_SECOND)
    first = datetime.now(UTC) + timedelta(seconds=3)
    due = [first + timedelta(seconds=n / A_SECOND) for n in range(count)]
    numbers = gather(database, count, lambda n: due[n])
    moments = dict(zip(numbers, due, strict=True))
    seen: dict[int, float] = {}
    keeping = Keeping(database)
    thread = threading.Thread(target=keeping.run)
    thread.start()
    waits = []
    for step in STEPS:
        keeping.off = step
        trouble = keeping.until_noticed(wanted=bool(step))
        waits.append(trouble)
        until(lambda: _look(database, seen) < 0, limit=max(0.0, hold - trouble), every=0.05)
    keeping.database_off = timedelta(seconds=5)
    waits.append(until(lambda: ClockTrouble.DATABASE in keeping.noticed, limit=15, every=0.02))
    until(lambda: _look(database, seen) < 0, limit=1, every=0.05)
    keeping.stop()
    thread.join()
    late = _suspended(Order(url, only=("watch",)), seed, database, seen)
    early = sum(at < moments[matter].timestamp() for matter, at in seen.items())
    noticed = max(waits)
    measured = (
        f"{len(seen)} of {count} told, {early} early, skew noticed within {noticed:.1f} s; stopped for 5 s and woken: "
        f"all that had come due told {late:.1f} s after"
    )
    held = not early and noticed <= within and len(seen) == count and late <= woken
    name = "wall clock stepped +2 h, -2 h, back; SIGSTOP; database clock 5 s off"
    return Row(
        name,
        stage.kind,
        f"0 early alerts, skew noticed <= {within:g} s",
        measured,
        held,
        seed,
        time.monotonic() - began,
    )


def _suspended(order: Order, seed: int, database: Database, seen: dict[int, float]) -> float:
    """Stop a worker with a signal for five seconds; return how long it takes afterwards until all is told."""
    crew = Crew(order, seed)
    crew.hire()
    until(lambda: _look(database, seen) < 0, limit=2, every=0.05)
    number = crew.pids[0]
    os.kill(number, signal.SIGSTOP)
    time.sleep(5)
    os.kill(number, signal.SIGCONT)
    woken = datetime.now(UTC)
    waiting = until(lambda: _untold(database, woken) == 0, limit=30, every=0.05)
    until(lambda: _untold(database, datetime.now(UTC) + timedelta(days=1)) == 0, limit=60, every=0.05)
    _look(database, seen)
    crew.stop()
    return waiting


def _untold(database: Database, by: datetime) -> int:
    with database.read() as connection:
        return len(connection.execute(select(DEADLINE.c.id).where(DEADLINE.c.check_at <= by)).all())


def _look(database: Database, seen: dict[int, float]) -> int:
    with database.read() as connection:
        found = set(connection.scalars(select(ALERT.c.matter_id).where(ALERT.c.point == "due"))) - seen.keys()
    seen.update(dict.fromkeys(found, time.time()))
    return len(seen)

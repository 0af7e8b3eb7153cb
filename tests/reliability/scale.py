"""A hundred thousand deadlines: open all the time, and due within one second."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from monitor.core.duties.deadlines import Cause
from monitor.core.errors import Mistake
from monitor.core.people.policies import Policy
from monitor.store import passing
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow, TransitionRow
from responders.desk import Desk
from tests.reliability.crowd import REGION, gather
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, pack_for, until
from tests.story.roster import USUAL, grader

ALERT, DEADLINE, TRANSITION = of(AlertRow), of(DeadlineRow), of(TransitionRow)
# When the deadlines are due by the clock of the workers, and how many seconds after they are hired.
LATER, LEAD = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1), 4.0
A_SECOND = 50
# How many matters a person may acknowledge during a storm, and how long he may have to wait for one.
ACTS, PATIENCE = 300, 2.0
_ANY_DUE = select(exists().where(DEADLINE.c.check_at <= LATER + timedelta(seconds=1)))


def steady(stage: Stage, seed: int, *, count: int, seconds: int) -> list[Row]:
    """Let some of many open deadlines come due at every second; see when each stands in the outbox."""
    return [_steady(stage, seed, count, seconds, policy) for policy in (None, USUAL)]


def _steady(stage: Stage, seed: int, count: int, seconds: int, policy: Policy | None) -> Row:
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    soon = seconds * A_SECOND
    gather(database, count - soon, lambda n: LATER + timedelta(days=30, seconds=n), policy, LATER)
    moments = [LATER + timedelta(seconds=n / A_SECOND) for n in range(soon)]
    numbers = gather(database, soon, lambda n: moments[n], policy, LATER)
    idle = idle_poll(database, LATER - timedelta(seconds=LEAD))
    order = _order(url, policy)
    crew = Crew(order, seed)
    crew.hire()
    if stage.server is not None:
        crew.hire()
    seen: dict[int, float] = {}
    until(lambda: _look(database, order, seen) >= soon, limit=seconds + 60, every=0.05)
    crew.stop()
    due = {number: moment.timestamp() for number, moment in zip(numbers, moments, strict=True)}
    waits = sorted(at - due[matter] for matter, at in seen.items())
    measured, held = "none seen", False
    if waits:
        p99, p999 = (waits[min(len(waits) - 1, int(len(waits) * share))] for share in (0.99, 0.999))
        early = sum(wait < 0 for wait in waits)
        measured = (
            f"{len(waits)} of {soon} due: p50 {waits[len(waits) // 2]:.2f} s, p99 {p99:.2f} s, p99.9 {p999:.2f} s, "
            f"{early} early; idle poll {idle:.2f} ms"
        )
        held = len(waits) == soon and p99 <= 2 and p999 <= 5 and idle <= 1 and not early
    wanted = "due to outbox p99 <= 2 s, p99.9 <= 5 s, 0 early; idle poll <= 1 ms"
    name = f"{count:,} open, {A_SECOND} due a second{_with(policy)}"
    return Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def idle_poll(database: Database, now: datetime, times: int = 200) -> float:
    """Return the median time in ms of asking whether anything is due at a moment at which nothing is."""
    taken = []
    for _ in range(times):
        at = time.perf_counter()
        with database.read() as connection:
            assert not passing.anything(connection, now)
        taken.append(1000 * (time.perf_counter() - at))
    return sorted(taken)[times // 2]


def _order(url: str, policy: Policy | None) -> Order:
    """Return an order whose clock comes to LATER in some seconds, however long it took to set everything up."""
    started = time.time()
    epoch = LATER.timestamp() - LEAD
    return Order(url, only=("watch",), people=policy is not None, epoch=epoch, started=started)


def _look(database: Database, order: Order, seen: dict[int, float]) -> int:
    with database.read() as connection:
        rows = connection.execute(
            select(ALERT.c.matter_id).where(ALERT.c.point == "due", ALERT.c.id > len(seen) - 2000)
        )
        found = {row.matter_id for row in rows} - seen.keys()
    now = order.seconds()
    seen.update(dict.fromkeys(found, now))
    return len(seen)


def storm(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Let all come due within one second, with one process and with several; once with a policy each."""
    crews = (1, 2) if stage.server is None else (1, 2, 4)
    return [_storm(stage, seed, count, processes, policy) for policy in (None, USUAL) for processes in crews]


def _storm(stage: Stage, seed: int, count: int, processes: int, policy: Policy | None) -> Row:
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    acted_on = gather(database, ACTS, lambda n: LATER + timedelta(days=30, seconds=n), None, LATER)
    numbers = set(gather(database, count, lambda n: LATER + timedelta(seconds=n / count), policy, LATER))
    order = _order(url, policy)
    crew = Crew(order, seed)
    for _ in range(processes):
        crew.hire()
    person = Person(database, acted_on, order.clock)
    time.sleep(max(0.0, order.started + LEAD - time.time()))
    with person.acting():
        until(lambda: not _any_due(database), limit=120, every=0.1)
    took = order.seconds() - LATER.timestamp()
    busy = sum(processor_seconds(number) for number in crew.pids)
    crew.stop()
    with database.read() as connection:
        told = _counts(connection, ALERT, ALERT.c.point == "due")
        changes = _counts(connection, TRANSITION, TRANSITION.c.cause == Cause.TIME_PASSED.value)
    twice = sum(n > 1 for n in told.values()) + sum(n > 1 for n in changes.values())
    measured = (
        f"{len(told):,} in the outbox {took:.1f} s after the first was due, {twice} twice; "
        f"{busy:.1f} s of processor time in the watching processes; {person}"
    )
    held = told.keys() == changes.keys() == numbers and not twice and took <= 10 and person.served
    name = f"{count:,} due in one second{_with(policy)}, {processes} process{'es' if processes > 1 else ''}"
    wanted = "all in the outbox <= 10 s, none twice; no person waits 2 s"
    return Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _with(policy: Policy | None) -> str:
    return "" if policy is None else ", each with a policy"


def _any_due(database: Database) -> bool:
    """Tell whether a deadline of the storm is still to be looked at; this must cost next to nothing."""
    with database.read() as connection:
        return bool(connection.execute(_ANY_DUE).scalar_one())


@dataclass(slots=True)
class Person:
    """Acknowledges one matter after another while something else keeps the database busy, and notes each wait."""

    database: Database
    matters: Sequence[int]
    clock: Callable[[], datetime]
    waits: list[float] = field(default_factory=list)
    refused: int = 0

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Let him act until the block is left."""
        over = threading.Event()
        desk = Desk(self.database, pack_for(reminders=False), grader(), REGION)

        def act() -> None:
            for matter in self.matters:
                if over.wait(0.05):
                    return
                self._acknowledge(desk, matter)

        thread = threading.Thread(target=act)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _acknowledge(self, desk: Desk, matter: int) -> None:
        at = time.monotonic()
        try:
            desk.acknowledge(matter, by="李", now=self.clock())
        except Mistake:
            self.refused += 1
        self.waits.append(time.monotonic() - at)

    @property
    def served(self) -> bool:
        """Tell whether he was never refused and never waited for long."""
        return not self.refused and max(self.waits, default=0.0) <= PATIENCE

    def __str__(self) -> str:
        longest = max(self.waits, default=0.0)
        return f"longest wait of a person {longest:.2f} s ({len(self.waits)} acts, {self.refused} refused)"


def processor_seconds(process: int) -> float:
    """Return what a process has used of the processors, as Linux counts it; 0 elsewhere."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    used = stat.read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _counts(connection: Connection, table: Table, which: ColumnElement[bool]) -> dict[int, int]:
    """Return how many such rows each matter has."""
    asked = select(table.c.matter_id, func.count()).where(which).group_by(table.c.matter_id)
    return {row[0]: row[1] for row in connection.execute(asked)}

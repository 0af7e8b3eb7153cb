"""A hundred thousand deadlines: open all the time, and due within one second."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Table, func, select

from monitor.store import passing
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow, TransitionRow
from tests.reliability.crowd import count_of, gather
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, until

ALERT, TRANSITION = of(AlertRow), of(TransitionRow)
LEAD = 4.0
A_SECOND = 50


def steady(stage: Stage, seed: int, *, count: int, seconds: int) -> Row:
    """Let some of many open deadlines come due at every second; see when each stands in the outbox."""
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    soon = seconds * A_SECOND
    gather(database, count - soon, lambda n: datetime.now(UTC) + timedelta(days=30, seconds=n))
    first = time.time() + LEAD + soon / 1000
    moments = [datetime.fromtimestamp(first + n / A_SECOND, UTC) for n in range(soon)]
    numbers = gather(database, soon, lambda n: moments[n])
    idle = idle_poll(database)
    crew = Crew(Order(url, only=("watch",)), seed)
    crew.hire()
    if stage.server is not None:
        crew.hire()
    seen: dict[int, float] = {}
    until(lambda: _look(database, seen) >= soon, limit=seconds + 60, every=0.05)
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
    return Row(
        f"{count:,} open, {A_SECOND} due a second", stage.kind, wanted, measured, held, seed, time.monotonic() - began
    )


def idle_poll(database: Database, times: int = 200) -> float:
    """Return the median time in ms of asking whether anything is due, where nothing is."""
    long_ago, taken = datetime.now(UTC) - timedelta(seconds=5), []
    for _ in range(times):
        at = time.perf_counter()
        with database.read() as connection:
            assert not passing.anything(connection, long_ago)
        taken.append(1000 * (time.perf_counter() - at))
    return sorted(taken)[times // 2]


def _look(database: Database, seen: dict[int, float]) -> int:
    with database.read() as connection:
        rows = connection.execute(
            select(ALERT.c.matter_id).where(ALERT.c.point == "due", ALERT.c.id > len(seen) - 2000)
        )
        found = {row.matter_id for row in rows} - seen.keys()
    now = time.time()
    seen.update(dict.fromkeys(found, now))
    return len(seen)


def storm(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Let all come due within one second, with one process and with several."""
    return [_storm(stage, seed, count, processes) for processes in ((1, 2) if stage.server is None else (1, 2, 4))]


def _storm(stage: Stage, seed: int, count: int, processes: int) -> Row:
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    at = time.time() + 3 + count / 1200
    base = datetime.fromtimestamp(at, UTC)
    gather(database, count, lambda n: base + timedelta(seconds=n / count))
    crew = Crew(Order(url, only=("watch",)), seed)
    for _ in range(processes):
        crew.hire()
    time.sleep(max(0.0, at - time.time()))

    def there() -> bool:
        with database.read() as connection:
            return count_of(connection, ALERT) >= count

    until(there, limit=120, every=0.1)
    took = time.time() - at
    busy = sum(processor_seconds(number) for number in crew.pids)
    crew.stop()
    with database.read() as connection:
        told = _counts(connection, ALERT)
        changes = _counts(connection, TRANSITION)
    twice = sum(n > 1 for n in told.values()) + sum(n > 1 for n in changes.values())
    measured = (
        f"{len(told):,} in the outbox {took:.1f} s after the first was due, {twice} twice; "
        f"{busy:.1f} s of processor time in the watching processes"
    )
    held = len(told) == len(changes) == count and not twice and took <= 10
    name = f"{count:,} due in one second, {processes} process{'es' if processes > 1 else ''}"
    return Row(
        name, stage.kind, "all in the outbox <= 10 s, none twice", measured, held, seed, time.monotonic() - began
    )


def processor_seconds(process: int) -> float:
    """Return what a process has used of the processors, as Linux counts it; 0 elsewhere."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    used = stat.read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _counts(connection: Connection, table: Table) -> dict[int, int]:
    """Return how many rows each matter has."""
    asked = select(table.c.matter_id, func.count()).group_by(table.c.matter_id)
    return {row[0]: row[1] for row in connection.execute(asked)}

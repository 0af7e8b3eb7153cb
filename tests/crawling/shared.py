"""Several processes on one database: each source once an interval, the work shared, that of the dead taken over."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from monitor.service.heart import Heart, Pulse
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import SourceRow
from tests.crawling.plant import feeds, plant
from tests.crawling.site import Habit, Sites, address, running_sites
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, context, stay, until

SOURCE = of(SourceRow)
_UNDER_WAY = select(SOURCE.c.id, SOURCE.c.lease_until).where(SOURCE.c.lease_until.is_not(None))
INTERVAL = timedelta(seconds=30)
# In the service a lease is 15 minutes; for the table it may not end while so many wait for their turn.
LONG, LEASE = 300.0, 15.0
LIMIT = 240.0
# So long several processes may take to be ready.
READY = 10.0
# So long it may take until whoever is left comes to those whose lease has ended.
TURN = 5.0


@dataclass(frozen=True, slots=True)
class Task(Order):
    """What a crawling process is to fetch."""

    port: int = 0
    count: int = 0
    lease: float = LONG
    begin: float = 0.0


def crawling(task: Task) -> None:
    """Crawl until whoever gave the order is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    urls = [f"http://{address(n)}:{task.port}/feed/{n}" for n in range(task.count)]
    with plant(task.url, feeds(urls, INTERVAL)) as made:
        made.crawl.lease = timedelta(seconds=task.lease)
        # All at the same moment: several take longer to be ready than one.
        time.sleep(max(0.0, task.begin - time.time()))
        pulse = Pulse("crawl", made.crawl.tick, seconds=1)
        made.crawl.nudge = pulse.due.set
        Heart([pulse], made.clock).start()
        stay(task)


def rows(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Let one, two and four processes fetch the same sources, and kill one of two."""
    if stage.server is None:
        return []
    with running_sites() as sites:
        sites.sow(count, seed)
        alone = _together(stage, sites, seed, count, 1, None)
        return [
            alone[0],
            *(_together(stage, sites, seed, count, n, alone[1])[0] for n in (2, 4)),
            _killed(stage, sites, seed, count),
        ]


def _together(
    stage: Stage, sites: Sites, seed: int, count: int, processes: int, alone: float | None
) -> tuple[Row, float]:
    began, url = time.monotonic(), stage.fresh()
    begin = time.time() + READY
    task = Task(url, port=sites.ports[Habit.ANSWERS], count=count, begin=begin)
    crew = Crew(task, seed, target=crawling, make=context)
    database = stage.open(url)
    sites.asked()
    for _ in range(processes):
        crew.hire()
    time.sleep(max(0.0, begin - time.time()))
    before = _used(crew.pids)
    asked: dict[int, list[float]] = defaultdict(list)
    _watch(sites, asked, lambda: _stored(database) >= count)
    took = time.time() - begin
    theirs, everyone = ((later - one) / took for one, later in zip(before, _used(crew.pids), strict=True))
    # Long enough for each to come round once more.
    end = time.monotonic() + INTERVAL.total_seconds() * 1.2
    _watch(sites, asked, lambda: time.monotonic() > end)
    crew.stop()
    early = sum(
        later - one < INTERVAL.total_seconds() * 0.85 for times in asked.values() for one, later in pairwise(times)
    )
    rate = len(asked) / took if took else 0.0
    ratio = "" if alone is None else f", {rate / alone:.2f} times one process"
    measured = (
        f"{len(asked)} of {count} stored at {rate:.0f} feeds/s{ratio}; {early} fetched before their time; of "
        f"{os.cpu_count()} cores {theirs:.1f} crawled, {everyone - theirs:.1f} were the server, the sites and others"
    )
    name = f"{processes} process{'es' if processes > 1 else ''} on one database, {count:,} feeds, all new"
    held = len(asked) == count and not early and (alone is None or rate > alone)
    wanted = "each once an interval; faster with cores"
    return Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began), rate


def _used(pids: Sequence[int]) -> tuple[float, float]:
    """Return the seconds of processor time that these processes have used, and that the whole machine has."""
    tick = os.sysconf("SC_CLK_TCK")
    theirs = 0
    for pid in pids:
        figures = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        theirs += int(figures[11]) + int(figures[12])
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
    )
    return theirs / tick, (user + nice + system + sum(interrupts)) / tick


def _stored(database: Database) -> int:
    """Count the sources of which something is stored."""
    with database.read() as connection:
        asked = select(func.count()).select_from(SOURCE).where(SOURCE.c.last_good_at.is_not(None))
        return int(connection.execute(asked).scalar_one())


def _killed(stage: Stage, sites: Sites, seed: int, count: int) -> Row:
    began, url = time.monotonic(), stage.fresh()
    task = Task(url, port=sites.ports[Habit.ANSWERS], count=count, lease=LEASE)
    crew, database = Crew(task, seed, target=crawling, make=context), stage.open(url)
    crew.hire()
    crew.hire()
    until(lambda: _stored(database) >= count // 4, LIMIT, 0.05)
    crew.kill()
    killed_at = time.monotonic()
    with database.read() as connection:
        leased = {row.id: row.lease_until for row in connection.execute(_UNDER_WAY)}
    until(lambda: not _as_before(database, leased), LIMIT, 0.1)
    taken_over = time.monotonic() - killed_at
    until(lambda: _stored(database) >= count, LIMIT, 0.2)
    stored, took = _stored(database), time.monotonic() - killed_at
    crew.stop()
    measured = (
        f"the last of {len(leased)} under way when one of two was killed was taken over or done {taken_over:.1f} s "
        f"later; {stored} stored after {took:.0f} s"
    )
    wanted = f"taken over within one lease ({LEASE:g} s) and a turn ({TURN:g} s); none missing"
    held = taken_over <= LEASE + TURN and stored == count
    return Row("one of two processes killed", stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _as_before(database: Database, leased: Mapping[str, datetime]) -> bool:
    """Tell whether one of those under way then is neither done nor leased anew."""
    with database.read() as connection:
        now = {row.id: row.lease_until for row in connection.execute(_UNDER_WAY)}
    return any(now.get(name) == until for name, until in leased.items())


def _watch(sites: Sites, asked: dict[int, list[float]], over: Callable[[], bool]) -> None:
    """Note when each is asked for, until it is over, or for a few minutes."""
    end = time.monotonic() + LIMIT
    while not over() and time.monotonic() < end:
        time.sleep(0.2)
        for number, at, _ in sites.asked():
            asked[number].append(at)

"""A thousand hosts that take a connection and say nothing, or drip, or do not even take it: who waits for them?"""

from __future__ import annotations

import itertools
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from monitor.core.sources import Source
from monitor.loops.watch import Watch
from monitor.service.heart import Heart, Pulse
from tests.crawling.plant import REGION, feeds, plant, source
from tests.crawling.site import Habit, Sites, address, running_sites
from tests.reliability.stage import Row, Stage

WELL = 200
INTERVAL = timedelta(seconds=30)
MOST = 1.0


def row(stage: Stage, seed: int, *, hosts: int, seconds: float) -> Row:
    """Crawl well-behaved feeds alone and then beside hosts that hang; compare when each was asked, and the ticks."""
    began = time.monotonic()
    with running_sites() as sites, deaf() as nowhere:
        sites.sow(WELL, seed, 5)
        alone = _run(stage, sites, _well(sites), seconds)
        beside = _run(stage, sites, _well(sites) | _hanging(sites, hosts, nowhere, seed), seconds)
    late, tick = beside[0] - alone[0], beside[1] - alone[1]
    measured = (
        f"alone the latest of {WELL} was asked {alone[0]:.2f} s and the latest tick came {alone[1]:.2f} s late; "
        f"beside {hosts} that hang {beside[0]:.2f} s and {beside[1]:.2f} s; {beside[2]:.0f} threads"
    )
    wanted = f"no other source and no tick later by more than {MOST:g} s"
    held = late <= MOST and tick <= MOST
    return Row(f"{hosts} hosts that hang", stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _well(sites: Sites) -> dict[str, Source]:
    return feeds(map(sites.url, range(WELL)), INTERVAL)


def _hanging(sites: Sites, hosts: int, nowhere: int, seed: int) -> dict[str, Source]:
    """Return sources at hosts that hang; the names of some come before, the others after those of the well-behaved."""
    chance = random.Random(seed)
    ports = [sites.ports[Habit.SILENT], sites.ports[Habit.DRIPS], nowhere]
    found = {}
    for number in range(hosts):
        made = source(WELL + number, f"http://{address(WELL + number)}:{chance.choice(ports)}/", INTERVAL)
        found[made.id] = made
    return found


def _run(stage: Stage, sites: Sites, sources: dict[str, Source], seconds: float) -> tuple[float, float, float]:
    """Return by how much the latest request of a well-behaved feed and the latest tick were late, and the threads."""
    with plant(stage.fresh(), sources) as made:
        sites.asked()
        ticks: list[float] = []
        watch = Watch(made.parts.database, made.parts.pack, REGION)

        def tick(now: datetime) -> None:
            ticks.append(time.monotonic())
            watch.tick(now)

        crawling = Pulse("crawl", made.crawl.tick, seconds=1)
        made.crawl.nudge = crawling.due.set
        heart = Heart([crawling, Pulse("watch", tick, seconds=1)], made.clock)
        started, threads = time.time(), 0
        heart.start()
        while time.time() - started < seconds:
            time.sleep(0.25)
            threads = max(threads, threading.active_count())
        heart.stop()
        ended = time.time()
        asked = sites.asked()
        late = _lateness(asked, started, ended)
    gaps = [after - before - 1.0 for before, after in itertools.pairwise(ticks)]
    return late, max(gaps, default=0.0), float(threads)


def _lateness(asked: list[tuple[int, float, int]], started: float, ended: float) -> float:
    """Return how long after its moment the latest request came; the first are due at the start, all at once.

    The planner spreads each interval by a tenth: what is beyond that, and a second for the tick, is late.
    """
    moments: dict[int, list[float]] = defaultdict(list)
    for number, at, _ in asked:
        moments[number].append(at)
    longest = INTERVAL.total_seconds() * 1.1
    late = [0.0]
    for number in range(WELL):
        before = moments[number]
        if not before:
            return ended - started
        late.append(before[0] - started)
        late += [after - one - longest for one, after in itertools.pairwise(before)]
        late.append(ended - before[-1] - longest)
    return max(late)


@contextmanager
def deaf() -> Iterator[int]:
    """Give a port at which nobody takes a connection: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        callers = []
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", port))
            callers.append(caller)
        try:
            yield port
        finally:
            for caller in callers:
                caller.close()

"""Several processes on one database: each source fetched once an interval, the work shared, that of the dead taken over."""

from __future__ import annotations

import itertools
import logging
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from monitor.service.heart import Heart, Pulse
from tests.crawling.plant import plant, source
from tests.crawling.site import Habit, Sites, address, running_sites
from tests.reliability.stage import Row, Stage
from tests.reliability.workers import Crew, Order, context, stay

INTERVAL = timedelta(seconds=30)
LEASE = 10.0
LIMIT = 240.0


@dataclass(frozen=True, slots=True)
class Task(Order):
    """What a crawling process is to fetch."""

    port: int = 0
    count: int = 0


def crawling(task: Task) -> None:
    """Crawl until whoever gave the order is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    urls = [f"http://{address(n)}:{task.port}/feed/{n}" for n in range(task.count)]
    with plant(task.url, {(made := source(n, url, INTERVAL)).id: made for n, url in enumerate(urls)}) as made:
        made.crawl.lease = timedelta(seconds=LEASE)
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
    began = time.monotonic()
    crew = _crew(stage, sites, seed, count)
    sites.asked()
    for _ in range(processes):
        crew.hire()
    asked: dict[int, list[float]] = defaultdict(list)
    _watch(sites, asked, lambda: len(asked) == count)
    moments = sorted(times[0] for times in asked.values())
    took = moments[-1] - moments[0] if len(moments) > 1 else float("nan")
    # Long enough for each to come round once more.
    until = time.monotonic() + INTERVAL.total_seconds() * 1.2
    _watch(sites, asked, lambda: time.monotonic() > until)
    crew.stop()
    early = sum(
        later - one < INTERVAL.total_seconds() * 0.85
        for times in asked.values()
        for one, later in itertools.pairwise(times)
    )
    rate = len(asked) / took
    ratio = "" if alone is None else f", {rate / alone:.2f} times one process"
    measured = f"{len(asked)} of {count} at {rate:.0f} feeds/s{ratio}; {early} fetched before their time"
    name = f"{processes} process{'es' if processes > 1 else ''} on one database, {count:,} feeds, all new"
    held = len(asked) == count and not early
    return Row(
        name, stage.kind, "each once an interval; faster with cores", measured, held, seed, time.monotonic() - began
    ), rate


def _killed(stage: Stage, sites: Sites, seed: int, count: int) -> Row:
    began = time.monotonic()
    crew = _crew(stage, sites, seed, count)
    sites.asked()
    crew.hire()
    crew.hire()
    asked: dict[int, list[float]] = defaultdict(list)
    _watch(sites, asked, lambda: len(asked) > count // 4)
    crew.kill()
    died, answered = time.time(), set(asked)
    # What the dead had leased is asked for by the other, be it for the first time or once more.
    _watch(sites, asked, lambda: len(asked) == count)
    took = time.time() - died
    crew.stop()
    last = max((times[0] for number, times in asked.items() if number not in answered), default=died) - died
    measured = f"{len(answered)} asked before; all {len(asked)} asked {last:.1f} s after one of two was killed"
    held = len(asked) == count and took < LIMIT
    wanted = f"its sources taken over within one lease ({LEASE:g} s) and their turn"
    return Row("one of two processes killed", stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _crew(stage: Stage, sites: Sites, seed: int, count: int) -> Crew:
    task = Task(stage.fresh(), port=sites.ports[Habit.ANSWERS], count=count)
    return Crew(task, seed, target=crawling, make=context)


def _watch(sites: Sites, asked: dict[int, list[float]], over: Callable[[], bool]) -> None:
    """Note when each is asked for, until it is over, or for a few minutes."""
    until = time.monotonic() + LIMIT
    while not over() and time.monotonic() < until:
        time.sleep(0.2)
        for number, at, _ in sites.asked():
            asked[number].append(at)

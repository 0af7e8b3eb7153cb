"""Two thousand feeds: how long the crawl takes for them, how long others take."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from monitor.store.sql import of
from monitor.store.tables import ItemRow
from tests.crawling.plant import INTERVAL, Plant, failures, feeds, plant
from tests.crawling.rivals import is_there, rival
from tests.crawling.site import ENTRIES, Sites, running_sites
from tests.reliability.stage import Row, Stage

FASTER_THAN_READER, SLOWER_THAN_BARE = 4.0, 2.5
NEW, ROUNDS = 5, 3
OURS = "ours"
# What a round took, in seconds, by who went.
Times = Mapping[str, float]


def rows(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Let all go over the same feeds: when everything is new, and several times when half of them have something new.

    They take turns, because a machine is not equally fast all the time; of several rounds the middle one counts.
    """
    began = time.monotonic()
    urls = range(count)
    with ExitStack() as open_ones, running_sites() as sites:
        sites.sow(count, seed)
        made_of = open_ones.enter_context(plant(stage.fresh(), feeds(map(sites.url, urls))))
        goes = {name: open_ones.enter_context(_theirs(name, sites, count)) for name in ("bare", *READERS)}
        first = _round(made_of, goes)
        later = []
        for turn in range(ROUNDS):
            made_of.ahead += INTERVAL * 1.5
            sites.change(urls[::2], NEW, seed + turn)
            later.append(_round(made_of, goes))
        kept = _items(made_of) == count * ENTRIES + ROUNDS * len(urls[::2]) * NEW and not failures(made_of)
    found = [
        _row(stage, seed, count, _middle(later), kept, "half with 5 new"),
        _row(stage, seed, count, first, kept, "all new"),
    ]
    return [replace(row, seconds=time.monotonic() - began) for row in found]


READERS = ("reader", "reader, 20 workers") if is_there() else ()


def _round(made_of: Plant, goes: Mapping[str, Callable[[], tuple[float, int]]]) -> Times:
    return {OURS: made_of.sweep()} | {name: go()[0] for name, go in goes.items()}


def _middle(rounds: Sequence[Times]) -> Times:
    return {name: median(one[name] for one in rounds) for name in rounds[0]}


def _items(made_of: Plant) -> int:
    with made_of.parts.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(of(ItemRow))).scalar_one())


@contextmanager
def _theirs(name: str, sites: Sites, count: int) -> Iterator[Callable[[], tuple[float, int]]]:
    with (
        tempfile.TemporaryDirectory(prefix="huiying-rival-") as folder,
        rival(name, [sites.url(n) for n in range(count)], Path(folder)) as go,
    ):
        yield go


def _row(stage: Stage, seed: int, count: int, times: Times, kept: bool, what: str) -> Row:
    mine = times[OURS]
    bare = mine / times["bare"]
    ratio = min(times[name] for name in READERS) / mine if READERS else float("nan")
    said = "; ".join(f"{name} {count / took:.0f}" for name, took in times.items() if name != OURS)
    measured = (
        f"{count / mine:.0f} feeds/s; {said}: {ratio:.1f} times the best reader, {bare:.1f} times the bare loop's time"
    )
    if not READERS:
        measured += " (lemon24/reader is not installed)"
    held = kept and bare <= SLOWER_THAN_BARE and (not READERS or ratio >= FASTER_THAN_READER)
    wanted = f">= {FASTER_THAN_READER:g} times reader; <= {SLOWER_THAN_BARE:g} times the bare loop; nothing lost"
    name = f"{count:,} feeds of {ENTRIES}, {what}"
    return Row(name, stage.kind, wanted, measured + ("" if kept else "; SOMETHING LOST"), held, seed)

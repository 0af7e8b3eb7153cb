"""Two thousand feeds: how long the crawl takes for them, how long others take."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from monitor.store.sql import of
from monitor.store.tables import ItemRow
from tests.crawling.plant import INTERVAL, failures, feeds, plant
from tests.crawling.rivals import is_there, rival
from tests.crawling.site import ENTRIES, Sites, running_sites
from tests.reliability.stage import Row, Stage

FASTER_THAN_READER, SLOWER_THAN_BARE = 4.0, 2.5
NEW = 5
Times = tuple[float, float]


def rows(stage: Stage, seed: int, *, count: int) -> list[Row]:
    """Let all go over the same feeds twice: when everything is new, and when half of them have something new."""
    began = time.monotonic()
    with running_sites() as sites:
        sites.sow(count, seed)
        ours, kept = _ours(stage, sites, count, seed)
        times = {name: _theirs(name, sites, count, seed) for name in ("bare", *READERS)}
    took = time.monotonic() - began
    return [replace(_against(stage, seed, count, ours, times, which, kept), seconds=took) for which in (1, 0)]


READERS = ("reader", "reader, 20 workers") if is_there() else ()


def _ours(stage: Stage, sites: Sites, count: int, seed: int) -> tuple[Times, bool]:
    with plant(stage.fresh(), feeds(map(sites.url, range(count)))) as made_of:
        first = made_of.sweep()
        made_of.ahead += INTERVAL * 1.5
        sites.change(range(0, count, 2), NEW, seed)
        second = made_of.sweep()
        with made_of.parts.database.read() as connection:
            items = connection.execute(select(func.count()).select_from(of(ItemRow))).scalar_one()
        whole = items == count * ENTRIES + len(range(0, count, 2)) * NEW and not failures(made_of)
    sites.sow(count, seed)
    return (first, second), whole


def _theirs(name: str, sites: Sites, count: int, seed: int) -> Times:
    with tempfile.TemporaryDirectory(prefix="huiying-rival-") as folder:
        urls = [sites.url(n) for n in range(count)]
        with rival(name, urls, Path(folder)) as go:
            first, _ = go()
            sites.change(range(0, count, 2), NEW, seed)
            second, _ = go()
    sites.sow(count, seed)
    return first, second


def _against(stage: Stage, seed: int, count: int, ours: Times, times: dict[str, Times], which: int, kept: bool) -> Row:
    mine = ours[which]
    bare = mine / times["bare"][which]
    readers = [times[name][which] for name in READERS]
    ratio = min(readers) / mine if readers else float("nan")
    said = "; ".join(f"{name} {count / took[which]:.0f}" for name, took in times.items())
    measured = (
        f"{count / mine:.0f} feeds/s; {said}: {ratio:.1f} times the best reader, {bare:.1f} times the bare loop's time"
    )
    name = f"{count:,} feeds of {ENTRIES}, " + ("half with 5 new" if which else "all new")
    if not readers:
        measured += " (lemon24/reader is not installed)"
    held = kept and bare <= SLOWER_THAN_BARE and (not readers or ratio >= FASTER_THAN_READER)
    wanted = f">= {FASTER_THAN_READER:g} times reader; <= {SLOWER_THAN_BARE:g} times the bare loop; nothing lost"
    return Row(name, stage.kind, wanted, measured + ("" if kept else "; SOMETHING LOST"), held, seed)

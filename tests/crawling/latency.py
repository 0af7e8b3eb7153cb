"""From the publication at a feed to the alert in the outbox, while many other feeds are crawled."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from sqlalchemy import select

from monitor.service.heart import Heart, Pulse
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow, IncidentItemRow, ItemRow
from tests.crawling.plant import feeds, plant
from tests.crawling.site import Sites, running_sites
from tests.crawling.texts import KINDS, OUR_TOWNS
from tests.reliability.stage import Row, Stage

ALERT, ITEM, LINK = of(AlertRow), of(ItemRow), of(IncidentItemRow)
INTERVAL = timedelta(seconds=30)
SLACK = 2.0
NEW = 5


def row(stage: Stage, seed: int, *, count: int, seconds: float) -> Row:
    """Publish major incidents at feeds while half of all feeds change; see when each alert stands in the outbox."""
    began, chance = time.monotonic(), random.Random(seed)
    # Each with a toll of its own: ten alike in one hour would be taken for one.
    kinds = KINDS[:4]
    titles = {
        f"{town}{kind}致{30 + n}人死亡" for n, (town, kind) in enumerate((t, k) for t in OUR_TOWNS for k in kinds)
    }
    told = chance.sample(range(count), len(titles))
    with running_sites() as sites:
        sites.sow(count, seed, 10)
        with plant(stage.fresh(), feeds(map(sites.url, range(count)), INTERVAL)) as made:
            made.sweep()
            pulse = Pulse("crawl", made.crawl.tick, seconds=1)
            made.crawl.nudge = pulse.due.set
            heart = Heart([pulse], made.clock)
            heart.start()
            waits = _publish(
                sites, made.parts.database, dict(zip(told, sorted(titles), strict=True)), chance, count, seconds
            )
            heart.stop()
    limit = INTERVAL.total_seconds() + SLACK
    wanted = f"p99 <= interval + {SLACK:g} s = {limit:g} s, none missing"
    name = f"{count:,} feeds each {INTERVAL.total_seconds():g} s, publication to alert"
    if not waits:
        return Row(name, stage.kind, wanted, "no alert", held=False, seed=seed)
    waits.sort()
    p99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    measured = (
        f"{len(waits)} of {len(titles)}: p50 {waits[len(waits) // 2]:.1f} s, p99 {p99:.1f} s, longest {waits[-1]:.1f} s"
    )
    held = p99 <= limit and len(waits) == len(titles)
    return Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _publish(
    sites: Sites, database: Database, titles: dict[int, str], chance: random.Random, count: int, seconds: float
) -> list[float]:
    """Publish each title at its feed at a random moment; return how long each alert took, in seconds."""
    started = time.time()
    moments = sorted((started + chance.random() * seconds, number) for number in titles)
    changes, at, seen = started, dict[str, float](), dict[str, float]()
    end = started + seconds + INTERVAL.total_seconds() * 1.1 + 10
    while time.time() < end and len(seen) < len(titles):
        while moments and moments[0][0] <= time.time():
            _, number = moments.pop(0)
            sites.tell(number, titles[number])
            at[titles[number]] = time.time()
        if time.time() > changes:
            # A fiftieth of half the feeds each: so half of them have changed when they are asked again.
            sites.change(chance.sample(range(count), max(1, count // 60)), NEW, int(changes))
            changes += 1
        for title in _alerted(database) - seen.keys():
            if title in at:
                seen[title] = time.time() - at[title]
        time.sleep(0.1)
    return list(seen.values())


def _alerted(database: Database) -> set[str]:
    """Return the titles that stand with a matter of which somebody is told."""
    told = select(ALERT.c.matter_id)
    asked = select(ITEM.c.title).join(LINK, LINK.c.item_id == ITEM.c.id).where(LINK.c.matter_id.in_(told))
    with database.read() as connection:
        return set(connection.scalars(asked))

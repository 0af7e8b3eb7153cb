"""People act while the watch is about to page: no page is committed after the acknowledgement, nothing is lost."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from datetime import timedelta

from sqlalchemy import Connection, select

from monitor.config.settings import Settings, SettingsFile
from monitor.core.model import ResponseKind
from monitor.loops import watch as module
from monitor.loops.watch import Watch
from monitor.service.parts import Parts
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeadlineRow, DecisionRow, MatterRow, ResponseRow
from tests.reliability.stage import Row, Stage
from tests.story.matters import PACK, REGION, open_major
from tests.story.office import T0

ALERT, DEADLINE, DECISION = of(AlertRow), of(DeadlineRow), of(DecisionRow)
MATTER, RESPONSE = of(MatterRow), of(ResponseRow)
NAGS = ("again:1", "again:2", "again:3")
HANDS = 3
BATCH = 20


def row(stage: Stage, seed: int, *, count: int) -> Row:
    """Let two watchers page for many incidents while people acknowledge them and log responses, in random order."""
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    matters = [n for _ in range(0, count, 500) for n in open_major(database, min(500, count))][:count]
    chance = random.Random(seed)
    chance.shuffle(matters)
    seen: dict[int, frozenset[str]] = {}
    faults: list[BaseException] = []
    now, over = T0 + timedelta(minutes=11), threading.Event()
    desks = [
        Parts(Settings(SettingsFile.model_validate({"bureau": {"region": REGION}}), None), Database(url))
        for _ in range(HANDS)
    ]

    def people(number: int) -> None:
        for n, matter in enumerate(matters[number::HANDS]):
            try:
                desks[number].desk.acknowledge(matter, by="李", now=now)
                with database.read() as connection:
                    seen[matter] = nags(connection, matter)
                if n % 3 == 0:
                    kind = ResponseKind.AUTHORITATIVE_RELEASE
                    desks[number].desk.respond(
                        matter,
                        kind,
                        title="通报",
                        url=f"https://example.org/{matter}",
                        published_at=now,
                        by="李",
                        now=now,
                    )
            except BaseException as fault:  # noqa: BLE001 - counted below
                faults.append(fault)

    def watchers() -> None:
        watch = Watch(Database(url), PACK, REGION)
        while not over.is_set():
            try:
                watch.tick(now)
            except BaseException as fault:  # noqa: BLE001 - counted below
                faults.append(fault)
        watch.database.close()

    before, module.BATCH = module.BATCH, BATCH
    threads = [threading.Thread(target=people, args=(n,)) for n in range(HANDS)]
    beside = [threading.Thread(target=watchers) for _ in range(2)]
    for thread in [*threads, *beside]:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    for thread in beside:
        thread.join()
    module.BATCH = before
    for parts in desks:
        parts.close()
    after = lost = paged = 0
    with database.read() as connection:
        acknowledged = Counter(connection.scalars(select(DECISION.c.matter_id).where(DECISION.c.verb == "acknowledge")))
        responded = set(connection.scalars(select(RESPONSE.c.matter_id)))
        acted = set(connection.scalars(select(MATTER.c.id).where(MATTER.c.acted_at.is_not(None))))
        met = set(
            connection.scalars(
                select(DEADLINE.c.matter_id).where(DEADLINE.c.obligation_id == "OP-AUTH-5H", DEADLINE.c.state == "met")
            )
        )
        for matter in matters:
            found = nags(connection, matter)
            paged += bool(found)
            after += len(found - seen.get(matter, frozenset()))
            lost += matter not in acted or acknowledged[matter] != 1
        lost += len(responded ^ met)
    measured = (
        f"{count} acknowledged, {len(responded)} responded, {paged} paged before that: {after} pages after, "
        f"{lost} states lost, {len(faults)} faults{': ' + repr(faults[0])[:120] if faults else ''}"
    )
    wanted = "0 pages committed after the acknowledgement, no state lost"
    held = not (after or lost or faults)
    return Row(
        f"{count:,} interleavings of acting and paging",
        stage.kind,
        wanted,
        measured,
        held,
        seed,
        time.monotonic() - began,
    )


def nags(connection: Connection, matter: int) -> frozenset[str]:
    """Return the pages of a matter that go on until somebody acts."""
    asked = select(ALERT.c.point).where(
        ALERT.c.matter_id == matter, ALERT.c.point.in_(NAGS), ALERT.c.state == "pending"
    )
    return frozenset(connection.scalars(asked))

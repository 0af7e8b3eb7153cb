"""People act while the watch is about to page: no page is committed after the acknowledgement, nothing is lost."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.config.settings import Settings, SettingsFile
from monitor.core.model import ResponseKind
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
HANDS, WATCHERS = 3, 2
FIRST_PAGE = timedelta(minutes=10)
APART = timedelta(seconds=1)
SPREAD = 4


@dataclass(slots=True)
class Race:
    """Matters opened a second apart; people act on each about when its first page is due, a little before or after."""

    url: str
    matters: list[int]
    seed: int
    done: int = 0
    seen: dict[int, frozenset[str]] = field(default_factory=dict)
    faults: list[BaseException] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        """Return the moment to which the people have come."""
        return T0 + FIRST_PAGE + self.done * APART

    def run(self) -> None:
        """Run until everybody has acted on everything."""
        people = [threading.Thread(target=self._kept, args=(self._act_on, n)) for n in range(HANDS)]
        watchers = [threading.Thread(target=self._kept, args=(self._watch, n)) for n in range(WATCHERS)]
        for thread in [*people, *watchers]:
            thread.start()
        for thread in people:
            thread.join()
        self._over.set()
        for thread in watchers:
            thread.join()

    def _kept(self, work: Callable[[Database, int], None], number: int) -> None:
        database = Database(self.url)
        try:
            work(database, number)
        except BaseException as fault:  # noqa: BLE001 - counted in the row
            self.faults.append(fault)
        finally:
            database.close()

    def _watch(self, database: Database, _number: int) -> None:
        watch = Watch(database, PACK, REGION)
        while not self._over.is_set():
            watch.tick(self.now())

    def _act_on(self, database: Database, number: int) -> None:
        chance = random.Random(self.seed + number)
        desk = Parts(Settings(SettingsFile.model_validate({"bureau": {"region": REGION}}), None), database).desk
        for n, matter in enumerate(self.matters[number::HANDS]):
            now = self.now() + chance.uniform(0, SPREAD) * APART
            desk.acknowledge(matter, by="李", now=now)
            with database.read() as connection:
                self.seen[matter] = nags(connection, matter)
            if n % 3 == 0:
                kind = ResponseKind.AUTHORITATIVE_RELEASE
                link = f"https://example.org/{matter}"
                desk.respond(matter, kind, title="通报", url=link, published_at=now, by="李", now=now)
            with self._lock:
                self.done += 1


def row(stage: Stage, seed: int, *, count: int) -> Row:
    """Let two watchers page for many incidents while three people acknowledge them and log responses."""
    began, url = time.monotonic(), stage.fresh()
    database = stage.open(url)
    matters = [open_major(database, 1, T0 + (n + SPREAD / 2) * APART)[0] for n in range(count)]
    race = Race(url, matters, seed)
    race.run()
    after = lost = paged = 0
    with database.read() as connection:
        lost = _lost(connection, matters)
        for matter in matters:
            found = nags(connection, matter)
            paged += bool(found)
            after += len(found - race.seen.get(matter, frozenset()))
    measured = (
        f"{count} acknowledged, {paged} paged before that: {after} pages after, {lost} states lost, "
        f"{len(race.faults)} faults{': ' + repr(race.faults[0])[:120] if race.faults else ''}"
    )
    wanted = "0 pages committed after the acknowledgement, no state lost"
    held = not (after or lost or race.faults)
    name = f"{count:,} interleavings of acting and paging"
    return Row(name, stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _lost(connection: Connection, matters: list[int]) -> int:
    """Count the matters of which an acknowledgement is not kept, and those whose response met no deadline."""
    acknowledged = Counter(connection.scalars(select(DECISION.c.matter_id).where(DECISION.c.verb == "acknowledge")))
    acted = set(connection.scalars(select(MATTER.c.id).where(MATTER.c.acted_at.is_not(None))))
    met = select(DEADLINE.c.matter_id).where(DEADLINE.c.obligation_id == "OP-AUTH-5H", DEADLINE.c.state == "met")
    responded, settled = set(connection.scalars(select(RESPONSE.c.matter_id))), set(connection.scalars(met))
    return sum(m not in acted or acknowledged[m] != 1 for m in matters) + len(responded ^ settled)


def nags(connection: Connection, matter: int) -> frozenset[str]:
    """Return the pages of a matter that go on until somebody acts."""
    asked = select(ALERT.c.point).where(
        ALERT.c.matter_id == matter, ALERT.c.point.in_(NAGS), ALERT.c.state == "pending"
    )
    return frozenset(connection.scalars(asked))

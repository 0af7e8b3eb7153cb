"""Acknowledging, responding and paging at the same moment: no page is committed after an acknowledgement."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import Connection, func, select

from monitor.core.model import AlertReason, ResponseKind
from monitor.core.views import Done
from monitor.loops.watch import Watch
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DecisionRow
from responders.desk import Desk
from tests.story.matters import REGION, open_major
from tests.story.office import T0
from tests.story.outbox import at_once
from tests.story.roster import M, grader, packed

ALERT = of(AlertRow)
DECISION = of(DecisionRow)
STEPS = [10 * M, 30 * M, 40 * M]


class Witness(Desk):
    """A desk that counts, within its own transaction, how many pages there are when it has acted."""

    seen: dict[int, int]

    def _review(self, connection: Connection, incident_id: int, now: datetime) -> Done:
        done = super()._review(connection, incident_id, now)
        self.seen[incident_id] = pages_of(connection, incident_id)
        return done


@dataclass(slots=True)
class Race:
    """People and watchers at the same incidents at once; every act is at the moment of a page."""

    database: Database
    matters: int
    seed: int
    broken: list[int] = field(default_factory=list)

    def run(self) -> int:
        """Let each incident have its race; return how many there were. `broken` names those paged about afterwards."""
        order = random.Random(self.seed)
        pack = packed()
        numbers = open_major(self.database, self.matters, T0, pack)
        watchers = [Watch(self.database, pack, REGION) for _ in range(2)]
        desk = Witness(self.database, pack, grader(), REGION)
        desk.seen = {}
        now = T0 + order.choice(STEPS)
        acts: list[Callable[[], object]] = [partial(watcher.tick, now) for watcher in watchers]
        lots = [numbers[n::2] for n in range(2)]
        for lot in lots:
            order.shuffle(lot)
            acts.append(partial(self._act_on, desk, lot, now, order.random()))
        raised = at_once(*acts)
        assert not raised, raised
        for watcher in watchers:
            watcher.tick(now + M)
        with self.database.read() as connection:
            self.broken += [n for n in numbers if pages_of(connection, n) != desk.seen[n]]
            acted = connection.scalar(select(func.count()).select_from(DECISION))
        assert acted == len(numbers), "no act is lost"
        return len(numbers)

    def _act_on(self, desk: Desk, lot: list[int], now: datetime, chance: float) -> None:
        for n, number in enumerate(lot):
            self._act(desk, number, now, (chance + n * 0.37) % 1)

    def _act(self, desk: Desk, number: int, now: datetime, chance: float) -> None:
        if chance < 0.8:
            desk.acknowledge(number, by="王敏", now=now)
        else:
            desk.respond(
                number,
                ResponseKind.AUTHORITATIVE_RELEASE,
                title="情况通报",
                url="",
                published_at=now,
                by="李强",
                now=now,
            )


def pages_of(connection: Connection, number: int) -> int:
    """Count the pages of an incident that were made to speak."""
    query = (
        select(func.count())
        .select_from(ALERT)
        .where(ALERT.c.matter_id == number, ALERT.c.reason == AlertReason.ESCALATED.value, ALERT.c.state != "skipped")
    )
    return int(connection.scalar(query) or 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_page_is_committed_after_the_acknowledgement(database: Database, seed: int) -> None:
    race = Race(database, 40, seed)
    race.run()
    assert race.broken == []


def test_the_witness_would_notice_a_page(database: Database) -> None:
    """Without an acknowledgement the next page comes, so the count above says something."""
    (number,) = open_major(database, 1, T0, packed())
    watch = Watch(database, packed(), REGION)
    watch.tick(T0 + 10 * M)
    with database.read() as connection:
        before = pages_of(connection, number)
    watch.tick(T0 + 30 * M)
    with database.read() as connection:
        assert (before, pages_of(connection, number)) == (1, 2)

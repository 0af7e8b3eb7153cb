"""One deadline and one alert that nobody can deal with, among many: by how much the others are delayed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import select, text

from monitor.core.troubles import FAULTS
from monitor.loops.watch import NotReckoned, Watch
from monitor.store import troubles
from monitor.store.database import Database
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, DeliveryRow
from tests.reliability.crowd import PACK, REGION, count_of, gather
from tests.reliability.stage import Row, Stage
from tests.story.office import T0
from tests.story.outbox import Post, Told

ALERT = of(AlertRow)
S = timedelta(seconds=1)


def row(stage: Stage, seed: int, *, count: int) -> Row:
    """Let time pass and deliver with and without a poison row; say what each leg did with it."""
    began = time.monotonic()
    clean, _ = _passing(stage, count, poison=False)
    spoilt, told = _passing(stage, count, poison=True)
    missing, rested, paged = _delivering(stage)
    measured = (
        f"{count} deadlines: {clean:.2f} s without, {spoilt:.2f} s with one that the database refuses, {told} told; "
        f"50 alerts: {missing} of the others not sent, set aside after {rested} faults, operator told {paged} time(s)"
    )
    held = told == count - 1 and spoilt < clean + 2 and not missing and rested == FAULTS and paged == 1
    wanted = "the others not delayed, it is set aside and the operator told"
    return Row("one poison row a table", stage.kind, wanted, measured, held, seed, time.monotonic() - began)


def _passing(stage: Stage, count: int, *, poison: bool) -> tuple[float, int]:
    database = stage.open(stage.fresh())
    matters = gather(database, count, lambda n: T0)
    watch = Watch(database, PACK, REGION)
    with refused(database, matters[count // 2] if poison else 0):
        at = time.perf_counter()
        with suppress(NotReckoned):
            watch.tick(T0 + S)
        took = time.perf_counter() - at
        with database.read() as connection:
            told = len(set(connection.scalars(select(ALERT.c.matter_id).where(ALERT.c.point == "due"))))
            assert count_of(connection, ALERT) >= told
    return took, told


def _delivering(stage: Stage) -> tuple[int, int, int]:
    channel = Told()
    post = Post(stage.open(stage.fresh()), [channel])
    keys = [f"alert:{n}" for n in range(50)]
    for key in keys:
        post.put(key)
    with post.database.write() as connection:
        poison = connection.execute(select(ALERT.c.id).where(ALERT.c.key == keys[0])).scalar_one()
        broken = DeliveryRow(alert_id=poison, channel="other", attempt=1, state="half sent", started_at=post.clock())
        connection.execute(insert(connection, DeliveryRow).values(**broken.model_dump(exclude={"id"})))
    for _ in range(20):
        post.deliveries[0].tick(post.clock())
        post.clock.now += S
    with post.database.read() as connection:
        kept = {r.row: r.faults for r in connection.execute(troubles.TROUBLED.select())}
    paged = sum(key.startswith("troubled:") for key in channel.keys)
    return len(set(keys[1:]) - set(channel.keys)), kept.get(str(poison), 0), paged


@contextmanager
def refused(database: Database, matter_id: int) -> Iterator[None]:
    """Let the database refuse whatever is logged about one matter."""
    if database.is_sqlite:
        make = (
            f"CREATE TRIGGER poison BEFORE INSERT ON transition WHEN NEW.matter_id = {matter_id} "
            "BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
        drop = "DROP TRIGGER poison"
    else:
        make = f"ALTER TABLE transition ADD CONSTRAINT poison CHECK (matter_id <> {matter_id})"
        drop = "ALTER TABLE transition DROP CONSTRAINT poison"
    with database.write() as connection:
        connection.execute(text(make))
    try:
        yield
    finally:
        with database.write() as connection:
            connection.execute(text(drop))

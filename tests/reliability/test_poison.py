"""One row that nobody can deal with, in each table that a leg reads: the others go on, people are told, it rests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.core.model import AlertState
from monitor.core.troubles import FAULTS, rest
from monitor.store import troubles
from monitor.store.database import Database
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, DeliveryRow
from tests.story.outbox import Post, Told

S = timedelta(seconds=1)
ALERT = of(AlertRow)


def poison_attempt(post: Post, alert_id: int) -> None:
    """Store an attempt at an alert such as no program writes."""
    row = DeliveryRow(alert_id=alert_id, channel="elsewhere", attempt=1, state="half sent", started_at=post.clock())
    with post.database.write() as connection:
        connection.execute(insert(connection, DeliveryRow).values(**row.model_dump(exclude={"id"})))


def number(database: Database, key: str) -> int:
    with database.read() as connection:
        return int(connection.execute(ALERT.select().where(ALERT.c.key == key)).one().id)


def test_an_alert_that_cannot_be_read_delays_no_other_and_the_operator_is_told(database: Database) -> None:
    channel = Told()
    post = Post(database, [channel])
    for key in ("first", "poison", "last"):
        post.put(key)
    poison = number(database, "poison")
    poison_attempt(post, poison)
    post.deliveries[0].tick(post.clock())
    assert channel.keys == ["first", "last"]
    for _ in range(FAULTS):
        post.clock.now += S
        post.deliveries[0].tick(post.clock())
    with database.read() as connection:
        assert list(troubles.of_leg(connection, "deliver")) == [str(poison)]
    post.tick()
    told = [key for key in channel.keys if key.startswith("troubled:deliver:")]
    assert len(told) == 1
    assert channel.keys.count("poison") == 0
    with database.write() as connection:
        connection.execute(text("UPDATE delivery SET state = 'unreachable' WHERE alert_id = :a"), {"a": poison})
    post.clock.now += timedelta(minutes=2)
    post.deliveries[0].tick(post.clock())
    assert channel.keys.count("poison") == 1
    with database.read() as connection:
        assert troubles.of_leg(connection, "deliver") == {}


def test_an_alert_that_cannot_be_read_keeps_no_other_from_ending(database: Database) -> None:
    post = Post(database, [Told()])
    for key in ("poison", "old"):
        post.put(key, useful=timedelta(minutes=1))
    poison = number(database, "poison")
    poison_attempt(post, poison)
    post.clock.now += timedelta(hours=1)
    post.deliveries[0].sweep(post.clock())
    with database.read() as connection:
        states = {row.key: row.state for row in connection.execute(ALERT.select())}
        assert list(troubles.of_leg(connection, "deliver")) == [str(poison)]
    assert states["old"] == AlertState.EXPIRED


@pytest.mark.parametrize(("faults", "minutes"), [(1, None), (4, None), (5, 1), (6, 5), (7, 15), (8, 30), (99, 30)])
def test_what_fails_again_and_again_rests_longer_and_longer(faults: int, minutes: int | None) -> None:
    assert rest(faults) == (None if minutes is None else timedelta(minutes=minutes))


def test_people_are_told_once_of_each_spell(database: Database) -> None:
    """A row that fails, is mended and fails again later is told of twice; a hundred faults in a row once."""
    post = Post(database, [Told()])
    now = post.clock()
    for spell in range(2):
        for n in range(20):
            with database.write() as connection:
                troubles.note(
                    connection, "crawl", "news", ValueError("broken"), now + timedelta(hours=spell, seconds=n)
                )
        with database.write() as connection:
            troubles.clear(connection, "crawl", "news")
    assert len([a for a in post.alerts() if a.point == "troubled:crawl"]) == 2

"""The last good cycles, which several processes write."""

from __future__ import annotations

from datetime import timedelta

from monitor.store import heartbeats
from monitor.store.database import Database
from tests.story.office import T0
from tests.story.outbox import at_once

MINUTE = timedelta(minutes=1)


def test_a_later_good_cycle_replaces_an_earlier_one_and_never_the_other_way_round(database: Database) -> None:
    told = [
        ({"watch": (T0, ""), "crawl": (T0, "")}, {"watch": (T0, ""), "crawl": (T0, "")}),
        ({"watch": (T0, "it fails")}, {"watch": (T0, "it fails"), "crawl": (T0, "")}),
        ({"watch": (T0 + MINUTE, "")}, {"watch": (T0 + MINUTE, ""), "crawl": (T0, "")}),
        ({"watch": (T0, "it fails elsewhere")}, {"watch": (T0 + MINUTE, ""), "crawl": (T0, "")}),
        ({}, {"watch": (T0 + MINUTE, ""), "crawl": (T0, "")}),
    ]
    for beats, known in told:
        with database.write() as connection:
            heartbeats.save(connection, beats)
        with database.read() as connection:
            assert heartbeats.last(connection) == known


def test_processes_that_write_in_different_orders_do_not_wait_for_each_other(database: Database) -> None:
    names = [f"deliver {n}" for n in range(30)]

    def write(order: list[str]) -> None:
        for n in range(15):
            with database.write() as connection:
                heartbeats.save(connection, dict.fromkeys(order, (T0 + n * MINUTE, "")))

    assert at_once(lambda: write(names), lambda: write(names[::-1])) == []
    with database.read() as connection:
        assert set(heartbeats.last(connection).values()) == {(T0 + 14 * MINUTE, "")}

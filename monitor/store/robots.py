"""The robots.txt of each site, shared by all processes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, select

from monitor.core.robots import Kept, robots_of
from monitor.core.sources import FailureKind
from monitor.core.text import storable
from monitor.store.sql import insert, of
from monitor.store.tables_robots import RobotsRow

ROBOTS = of(RobotsRow)


def kept(connection: Connection, sites: Collection[str]) -> dict[str, Kept]:
    """Return what is kept of these sites."""
    rows = connection.execute(select(ROBOTS).where(ROBOTS.c.site.in_(sites)))
    return {
        row.site: Kept(row.text, row.read_at, row.asked_at, FailureKind(row.fault) if row.fault else None, row.said)
        for row in rows
    }


def delays(connection: Connection, sites: Collection[str]) -> dict[str, timedelta]:
    """Return how long these sites want to be left alone between two requests, where they say so."""
    asked = select(ROBOTS.c.site, ROBOTS.c.delay_s).where(ROBOTS.c.site.in_(sites), ROBOTS.c.delay_s > 0)
    return {row.site: timedelta(seconds=row.delay_s) for row in connection.execute(asked)}


def save(connection: Connection, site: str, found: Kept) -> None:
    """Keep what was found at a site."""
    values = {
        "text": storable(found.text),
        "delay_s": robots_of(found.text).delay.total_seconds(),
        "read_at": found.read_at,
        "asked_at": found.asked_at,
        "fault": found.fault.value if found.fault else "",
        "said": storable(found.said),
    }
    statement = insert(connection, RobotsRow).values(site=site, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["site"], set_=values))

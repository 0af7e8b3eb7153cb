"""The last good cycle of each loop, kept so that other processes and the doctor can see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.sql import insert, of
from monitor.store.tables import HeartbeatRow

BEAT = of(HeartbeatRow)


def save(connection: Connection, beats: Mapping[str, tuple[datetime, str]]) -> None:
    """Keep the last good cycle of each loop and its fault, if any; another process may know of a later one."""
    rows = [{"loop": loop, "at": at, "detail": fault} for loop, (at, fault) in sorted(beats.items())]
    if rows:
        statement = insert(connection, HeartbeatRow)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["loop"],
                set_={"at": statement.excluded.at, "detail": statement.excluded.detail},
                where=statement.excluded.at >= BEAT.c.at,
            ),
            rows,
        )


def last(connection: Connection) -> dict[str, tuple[datetime, str]]:
    """Return the last good cycle of each loop and its fault."""
    return {row.loop: (row.at, row.detail) for row in connection.execute(select(BEAT))}

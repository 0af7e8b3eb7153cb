"""Acknowledgements that hold until a moment only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.store.sql import insert, of
from monitor.store.tables_slack import SnoozeRow

SNOOZE = of(SnoozeRow)


@dataclass(frozen=True, slots=True)
class Snooze:
    """Who acknowledged until when; `upto` is the last decision on the matter before he did."""

    id: int
    matter_id: int
    by: str
    begun_at: datetime
    upto: int
    until: datetime


def add(connection: Connection, matter_id: int, *, by: str, upto: int, until: datetime, now: datetime) -> int:
    """Keep a snooze, before the acknowledgement that it bounds; return its number."""
    row = {"matter_id": matter_id, "by": by, "begun_at": now, "upto": upto, "until": until, "end": ""}
    statement = insert(connection, SnoozeRow).values(**row).returning(SNOOZE.c.id)
    return int(connection.execute(statement).scalar_one())


def due(connection: Connection, now: datetime, limit: int = 50) -> list[Snooze]:
    """Return the snoozes whose moment has come."""
    query = select(SNOOZE).where(SNOOZE.c.ended_at.is_(None), SNOOZE.c.until <= now)
    return [
        Snooze(row.id, row.matter_id, row.by, row.begun_at, row.upto, row.until)
        for row in connection.execute(query.order_by(SNOOZE.c.until, SNOOZE.c.id).limit(limit))
    ]


def end(connection: Connection, number: int, why: str, now: datetime) -> None:
    """Write how a snooze ended."""
    connection.execute(
        update(SNOOZE).where(SNOOZE.c.id == number, SNOOZE.c.ended_at.is_(None)).values(ended_at=now, end=why)
    )

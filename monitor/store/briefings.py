"""Briefings as they were compiled, one a day, and how often each was sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from monitor.core.briefing import WrittenBriefing
from monitor.core.model import AlertReason
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables import AlertRow, BriefingRow

ALERT = of(AlertRow)
BRIEFING = of(BriefingRow)
WRITTEN = ("compiled_at", "title", "text", "html")


def read(connection: Connection, day: date) -> WrittenBriefing | None:
    """Return the briefing of a day, or None where none is stored."""
    row = connection.execute(select(BRIEFING).where(BRIEFING.c.day == day.isoformat())).one_or_none()
    return None if row is None else _written(row)


def is_stored(connection: Connection, day: date) -> bool:
    """Tell whether a day has its briefing."""
    return connection.execute(select(BRIEFING.c.day).where(BRIEFING.c.day == day.isoformat())).first() is not None


def last_before(connection: Connection, day: date) -> WrittenBriefing | None:
    """Return the latest briefing of an earlier day, or None where none is stored."""
    earlier = select(BRIEFING).where(BRIEFING.c.day < day.isoformat()).order_by(BRIEFING.c.day.desc()).limit(1)
    row = connection.execute(earlier).one_or_none()
    return None if row is None else _written(row)


def add(connection: Connection, written: WrittenBriefing) -> bool:
    """Store the briefing of a day that has none; False where another process was first."""
    statement = insert(connection, BriefingRow).values(**_columns(written)).on_conflict_do_nothing()
    return connection.execute(statement.returning(BRIEFING.c.day)).first() is not None


def replace(connection: Connection, written: WrittenBriefing) -> None:
    """Store the briefing of a day in the place of the one it may have."""
    values = _columns(written)
    renewed = {name: values[name] for name in WRITTEN}
    statement = insert(connection, BriefingRow).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=renewed))


def times_sent(connection: Connection, day: date) -> int:
    """Return how often a day's briefing was put into the outbox; nobody else does so until the transaction ends."""
    exclusive(connection, f"briefing {day}")
    found = connection.execute(
        select(func.count()).where(ALERT.c.reason == AlertReason.BRIEFING.value, ALERT.c.point == day.isoformat())
    )
    return int(found.scalar_one())


def _columns(written: WrittenBriefing) -> dict[str, Any]:
    return {"day": written.day.isoformat()} | {name: getattr(written, name) for name in WRITTEN}


def _written(row: Row[Any]) -> WrittenBriefing:
    return WrittenBriefing(
        day=date.fromisoformat(row.day),
        compiled_at=row.compiled_at,
        title=row.title,
        text=row.text,
        html=row.html,
    )

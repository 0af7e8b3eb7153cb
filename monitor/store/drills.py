"""Drills: the matters that are only practised with, opened and kept apart from all others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from monitor.core.drills import Drill
from monitor.core.model import Place, Scope, Severity
from monitor.store.matters import INCIDENT, opened_now
from monitor.store.places import place_columns
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables import IncidentRow, MatterRow
from monitor.store.tables_selfwatch import DrillRow

DRILL = of(DrillRow)
MATTER = of(MatterRow)
# Asked by whatever counts or gathers: a drill is no incident.
PRACTISED = select(MATTER.c.id).where(MATTER.c.drill)


def open_drill(
    connection: Connection, *, title: str, severity: Severity, place: Place, pace: float, by: str, now: datetime
) -> int:
    """Open a drill's matter as if a person had confirmed it now; return the matter's number."""
    matter = {**opened_now(INCIDENT, title, now), "confirmed_at": now, "drill": True}
    statement = insert(connection, MatterRow).values(**matter).returning(MATTER.c.id)
    number = int(connection.execute(statement).scalar_one())
    incident = {
        "matter_id": number,
        "kind": "other",
        "scope": Scope.DOMESTIC.value,
        **place_columns(place),
        "severity": severity,
        "sources": 1,
        "items": 0,
        "first_reported_at": now,
        "maybe_recent": True,
        "occurred_at": now,
        "first_seen_at": now,
        "last_seen_at": now,
    }
    connection.execute(insert(connection, IncidentRow).values(**incident))
    values = {"matter_id": number, "pace": pace, "started_at": now, "started_by": by, "ended_by": ""}
    connection.execute(insert(connection, DrillRow).values(**values))
    return number


def end_drill(connection: Connection, drill_id: int, *, by: str, now: datetime) -> None:
    """Write down that a drill is over."""
    connection.execute(update(DRILL).where(DRILL.c.id == drill_id).values(ended_at=now, ended_by=by))


def hold_drills(connection: Connection) -> None:
    """Let nobody else begin or end a drill until this transaction ends."""
    exclusive(connection, "drills")


def running(connection: Connection) -> Drill | None:
    """Return the drill that goes on, or None."""
    row = connection.execute(_drills().where(DRILL.c.ended_at.is_(None)).limit(1)).one_or_none()
    return None if row is None else _drill(row)


def find(connection: Connection, drill_id: int) -> Drill | None:
    """Return one drill, or None where there is none of that number."""
    row = connection.execute(_drills().where(DRILL.c.id == drill_id)).one_or_none()
    return None if row is None else _drill(row)


def drills(connection: Connection, *, since: datetime | None = None, limit: int = 50) -> list[Drill]:
    """Return the drills, the latest first; `since` bounds when they began."""
    query = _drills().order_by(DRILL.c.id.desc()).limit(limit)
    if since is not None:
        query = query.where(DRILL.c.started_at >= since)
    return [_drill(row) for row in connection.execute(query)]


def practised(connection: Connection) -> frozenset[int]:
    """Return the numbers of all matters that are or were only practised with."""
    return frozenset(connection.scalars(PRACTISED))


def _drills() -> Select[Any]:
    return select(DRILL, MATTER.c.title).join(MATTER, MATTER.c.id == DRILL.c.matter_id)


def _drill(row: Row[Any]) -> Drill:
    return Drill(
        id=row.id,
        matter_id=row.matter_id,
        title=row.title,
        pace=row.pace,
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )

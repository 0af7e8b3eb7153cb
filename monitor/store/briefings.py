"""Briefings as they were compiled, each edition once a day, and how often each day's was sent."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from monitor.core.briefing import WrittenBriefing
from monitor.core.model import AlertReason
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables import AlertRow, BriefingRow
from monitor.store.tables_briefing import BriefingEditionRow

ALERT = of(AlertRow)
BRIEFING = of(BriefingRow)
EDITION = of(BriefingEditionRow)
WRITTEN = ("compiled_at", "title", "text", "html", "sheet")


def read(connection: Connection, day: date, edition: str = "") -> WrittenBriefing | None:
    """Return the briefing of a day, the bureau's own or another edition, or None where none is stored."""
    if edition:
        query = select(EDITION).where(EDITION.c.day == day.isoformat(), EDITION.c.edition == edition)
    else:
        query = select(BRIEFING).where(BRIEFING.c.day == day.isoformat())
    row = connection.execute(query).one_or_none()
    return None if row is None else _written(row, edition)


def is_stored(connection: Connection, day: date) -> bool:
    """Tell whether a day has its briefing."""
    return connection.execute(select(BRIEFING.c.day).where(BRIEFING.c.day == day.isoformat())).first() is not None


def last_before(connection: Connection, day: date) -> WrittenBriefing | None:
    """Return the latest briefing of an earlier day, or None where none is stored."""
    earlier = select(BRIEFING).where(BRIEFING.c.day < day.isoformat()).order_by(BRIEFING.c.day.desc()).limit(1)
    row = connection.execute(earlier).one_or_none()
    return None if row is None else _written(row)


def add(connection: Connection, written: WrittenBriefing) -> bool:
    """Store the bureau's own briefing of a day that has none; False where another process was first."""
    statement = insert(connection, BriefingRow).values(**_columns(written)).on_conflict_do_nothing()
    return connection.execute(statement.returning(BRIEFING.c.day)).first() is not None


def replace(connection: Connection, written: WrittenBriefing) -> None:
    """Store an edition of a day's briefing in the place of the one it may have."""
    values = _columns(written)
    renewed = {name: values[name] for name in WRITTEN}
    if written.edition:
        other = insert(connection, BriefingEditionRow).values(**values, edition=written.edition)
        connection.execute(other.on_conflict_do_update(index_elements=["day", "edition"], set_=renewed))
        return
    statement = insert(connection, BriefingRow).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=["day"], set_=renewed))


def forget(connection: Connection, day: date, edition: str) -> None:
    """Let go of another edition of a day's briefing; it is compiled when it is sent."""
    connection.execute(delete(EDITION).where(EDITION.c.day == day.isoformat(), EDITION.c.edition == edition))


def times_sent(connection: Connection, day: date) -> int:
    """Return how often a day's briefing was put into the outbox; nobody else does so until the transaction ends."""
    exclusive(connection, f"briefing {day}")
    found = connection.execute(
        select(func.count()).where(ALERT.c.reason == AlertReason.BRIEFING.value, ALERT.c.point == day.isoformat())
    )
    return int(found.scalar_one())


def _columns(written: WrittenBriefing) -> dict[str, Any]:
    sheet = "" if written.sheet is None else json.dumps(written.sheet, ensure_ascii=False)
    told = {name: getattr(written, name) for name in WRITTEN if name != "sheet"}
    return {"day": written.day.isoformat(), **told, "sheet": sheet}


def _written(row: Row[Any], edition: str = "") -> WrittenBriefing:
    return WrittenBriefing(
        day=date.fromisoformat(row.day),
        compiled_at=row.compiled_at,
        title=row.title,
        text=row.text,
        html=row.html,
        sheet=json.loads(row.sheet) if row.sheet else None,
        edition=edition,
    )

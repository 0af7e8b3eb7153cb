"""Calendars in versions: what was announced when, so that a deadline can say which days its end rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from monitor.core.duties.calendar import Calendar, Day, DayKind
from monitor.core.model import LIVE
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables import DeadlineRow, MatterRow
from monitor.store.tables_terms import CalendarDayRow, CalendarRow

CALENDAR = of(CalendarRow)
DAY = of(CalendarDayRow)
DEADLINE = of(DeadlineRow)
MATTER = of(MatterRow)
_NEWEST = (
    select(CALENDAR).where(CALENDAR.c.name == bindparam("name")).order_by(CALENDAR.c.version.desc()).limit(1)
)  # fmt: skip
_DAYS = select(DAY).where(DAY.c.name == bindparam("name"), DAY.c.version == bindparam("version"))
_BEHIND = (
    select(MATTER.c.id)
    .where(
        MATTER.c.id > bindparam("after"),
        MATTER.c.id.in_(
            select(DEADLINE.c.matter_id).where(
                DEADLINE.c.calendar_version.is_not(None),
                DEADLINE.c.calendar == bindparam("name"),
                DEADLINE.c.calendar_version < bindparam("version"),
                DEADLINE.c.obligation_id.in_(bindparam("obligations", expanding=True)),
                DEADLINE.c.state.in_(LIVE),
                DEADLINE.c.settled_at.is_(None),
            )
        ),
    )
    .order_by(MATTER.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def newest(connection: Connection, name: str) -> Calendar | None:
    """Return the calendar of that name as it holds now, or None where none was ever kept."""
    row = connection.execute(_NEWEST, {"name": name}).first()
    return None if row is None else _calendar(connection, row)


def install(connection: Connection, calendar: Calendar, now: datetime) -> Calendar:
    """Keep a calendar as a new version where it says something new; return the one that holds.

    A program with older announcements than those that are kept takes over what is kept, so that two programs of
    different ages on one database do not undo each other's.
    """
    row = connection.execute(_NEWEST, {"name": calendar.name}).first()
    digest = digest_of(calendar)
    if row is not None and row.digest == digest:
        return replace(calendar, version=row.version)
    exclusive(connection, "calendar")
    row = connection.execute(_NEWEST, {"name": calendar.name}).first()
    if row is not None and (row.digest == digest or _age(calendar.data) < _age(row.data)):
        return _calendar(connection, row)
    return _save(connection, replace(calendar, version=1 if row is None else row.version + 1), digest, now)


def behind(
    connection: Connection, calendar: Calendar, obligations: Collection[str], *, after: int = 0, limit: int = 200
) -> list[int]:
    """Return and lock the matters with a live deadline of these obligations that rests on an older version."""
    asked = {"name": calendar.name, "version": calendar.version, "obligations": list(obligations)}
    return list(connection.scalars(_BEHIND, {**asked, "after": after, "most": limit}))


def digest_of(calendar: Calendar) -> str:
    """Return a hash of all that a calendar says."""
    years = None if calendar.years is None else sorted(calendar.years)
    days = sorted((day.isoformat(), stated.kind.value, stated.note) for day, stated in calendar.days.items())
    said = (calendar.zone, calendar.data, years, sorted(calendar.fixed), days)
    return sha256(repr(said).encode()).hexdigest()


def _age(data: str) -> tuple[int, ...]:
    """Return the version of a package's announcements as numbers that can be compared."""
    return tuple(int(part) for part in data.split(".") if part.isdecimal())


def _save(connection: Connection, calendar: Calendar, digest: str, now: datetime) -> Calendar:
    named = {"name": calendar.name, "version": calendar.version}
    row = {
        "zone": calendar.zone,
        "data": calendar.data,
        "years": None if calendar.years is None else sorted(calendar.years),
        "fixed": sorted(calendar.fixed),
        "digest": digest,
        "loaded_at": now,
    }
    connection.execute(insert(connection, CalendarRow), {**named, **row})
    days = [
        {**named, "day": day, "kind": stated.kind.value, "note": stated.note} for day, stated in calendar.days.items()
    ]
    if days:
        connection.execute(insert(connection, CalendarDayRow), days)
    return calendar


def _calendar(connection: Connection, row: Row[Any]) -> Calendar:
    days = connection.execute(_DAYS, {"name": row.name, "version": row.version})
    return Calendar(
        name=row.name,
        zone=row.zone,
        days={one.day: Day(DayKind(one.kind), one.note) for one in days},
        years=None if row.years is None else frozenset(row.years),
        fixed=frozenset((month, day) for month, day in row.fixed),
        data=row.data,
        version=row.version,
    )

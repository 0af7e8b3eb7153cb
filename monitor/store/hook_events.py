"""Which events a receiver has not been told of yet, and how it fares.

What was told is kept row by row, not as one last number: on a server, rows become visible in another order than they
were numbered in, and none may be passed over. `raise_floors` forgets what lies far behind.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, func, literal, null, select, update
from sqlalchemy.sql.elements import ColumnElement

from monitor.core.hook_events import EventKind, HookEvent
from monitor.core.model import DeadlineState
from monitor.store.sql import insert, of
from monitor.store.tables_doors import EventHookRow, ToldEventRow
from monitor.store.views import INCIDENT, MATTER, RESPONSE, STEP, TRANSITION

HOOK, TOLD = of(EventHookRow), of(ToldEventRow)
# No transaction lasts so long that one of its rows could still appear below one that was told before that.
SETTLED = timedelta(days=1)
MANY_TOLD = 500
_MET = (DeadlineState.MET.value, DeadlineState.MET_LATE.value)
_TABLES = {"matter": MATTER, "severity_step": STEP, "transition": TRANSITION, "response": RESPONSE}
_MOMENTS = {
    "matter": MATTER.c.opened_at, "severity_step": STEP.c.at, "transition": TRANSITION.c.noticed_at,
    "response": RESPONSE.c.logged_at,
}  # fmt: skip
_OF: Mapping[EventKind, str] = {
    EventKind.INCIDENT_OPENED: "matter",
    EventKind.INCIDENT_GRADED: "severity_step",
    EventKind.DEADLINE_OPENED: "transition",
    EventKind.DEADLINE_MET: "transition",
    EventKind.DEADLINE_MISSED: "transition",
    EventKind.RESPONSE_LOGGED: "response",
}
_ONLY: Mapping[EventKind, ColumnElement[bool]] = {
    EventKind.DEADLINE_OPENED: TRANSITION.c.before.is_(None) & (TRANSITION.c.after == DeadlineState.OPEN.value),
    EventKind.DEADLINE_MET: TRANSITION.c.after.in_(_MET),
    EventKind.DEADLINE_MISSED: TRANSITION.c.after == DeadlineState.MISSED.value,
}


@dataclass(frozen=True, slots=True)
class HookState:
    """How a receiver fares: failures in a row, what it said last, when it took something, when it wanted no more."""

    failures: int
    said: str
    told_at: datetime | None
    ended_at: datetime | None


def claim(connection: Connection, name: str, now: datetime, until: datetime) -> int | None:
    """Take the turn of telling a receiver until then, where it is due; return how often it failed in a row.

    A receiver that is new is told of what happens from now on.
    """
    values = {"name": name, "due_at": now, "failures": 0, "said": "", "floors": {}}
    new = insert(connection, EventHookRow).values(values).on_conflict_do_nothing().returning(HOOK.c.name)
    if connection.execute(new).first() is not None:
        floors = {table: connection.scalar(select(func.max(rows.c.id))) or 0 for table, rows in _TABLES.items()}
        connection.execute(update(HOOK).where(HOOK.c.name == name).values(floors=floors))
    due = (HOOK.c.name == name) & (HOOK.c.due_at <= now) & HOOK.c.ended_at.is_(None)
    if not connection.execute(update(HOOK).where(due).values(due_at=until)).rowcount:
        return None
    failures: int = connection.execute(select(HOOK.c.failures).where(HOOK.c.name == name)).scalar_one()
    return failures


def untold(connection: Connection, name: str, kinds: Collection[EventKind], limit: int) -> list[HookEvent]:
    """Return the next events that a receiver was not told of, the earliest first."""
    floors = connection.execute(select(HOOK.c.floors).where(HOOK.c.name == name)).scalar_one()
    found = [
        HookEvent(
            kind=kind,
            number=row.id,
            at=row.at,
            matter_id=row.matter_id,
            deadline=None if row.obligation_id is None else (row.obligation_id, row.ordinal),
        )
        for kind in kinds
        for row in connection.execute(_untold(name, kind, floors).limit(limit))
    ]
    order = list(EventKind)
    return sorted(found, key=lambda event: (event.at, order.index(event.kind), event.number))[:limit]


def _untold(name: str, kind: EventKind, floors: Mapping[str, Any]) -> Select[Any]:
    source = _OF[kind]
    rows, at = _TABLES[source], _MOMENTS[source]
    matter = rows.c.id if source == "matter" else rows.c.matter_id
    about = (rows.c.obligation_id, rows.c.ordinal) if source == "transition" else (
        null().label("obligation_id"), literal(0).label("ordinal")
    )  # fmt: skip
    known = select(TOLD.c.number).where(TOLD.c.name == name, TOLD.c.kind == kind.value, TOLD.c.number == rows.c.id)
    query = select(rows.c.id, at.label("at"), matter.label("matter_id"), *about)
    query = query.where(rows.c.id > floors.get(source, 0), ~known.exists())
    if kind is EventKind.INCIDENT_OPENED:
        query = query.join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    return query.where(_ONLY[kind]).order_by(rows.c.id) if kind in _ONLY else query.order_by(rows.c.id)


def note(connection: Connection, name: str, event: HookEvent, now: datetime, *, refused: str = "") -> None:
    """Keep that a receiver took an event, or with `refused` what it said when it would not."""
    values = {"name": name, "kind": event.kind.value, "number": event.number, "at": now, "said": refused}
    connection.execute(insert(connection, ToldEventRow).values(values).on_conflict_do_nothing())
    if not refused:
        connection.execute(update(HOOK).where(HOOK.c.name == name).values(told_at=now))


def put_off(connection: Connection, name: str, due_at: datetime, failures: int, said: str) -> None:
    """Give the turn back: when the receiver is told next, and how often it failed in a row."""
    values = {"due_at": due_at, "failures": failures, "said": said}
    connection.execute(update(HOOK).where(HOOK.c.name == name).values(values))


def end(connection: Connection, name: str, now: datetime, said: str) -> None:
    """Tell a receiver no more: it does not want it."""
    connection.execute(update(HOOK).where(HOOK.c.name == name).values(ended_at=now, said=said))


def resume(connection: Connection, name: str, now: datetime) -> bool:
    """Tell a receiver again, also of what happened meanwhile; tell whether it had ended."""
    ended = (HOOK.c.name == name) & HOOK.c.ended_at.is_not(None)
    values = {"ended_at": None, "failures": 0, "due_at": now}
    return bool(connection.execute(update(HOOK).where(ended).values(values)).rowcount)


def states(connection: Connection) -> dict[str, HookState]:
    """Return how each receiver fares that was ever told of anything."""
    return {
        row.name: HookState(row.failures, row.said, row.told_at, row.ended_at)
        for row in connection.execute(select(HOOK))
    }


def raise_floors(connection: Connection, name: str, kinds: Collection[EventKind], now: datetime) -> None:
    """Forget the events of long ago, where there are many; only where nothing waits to be told."""
    mine = TOLD.c.name == name
    if untold(connection, name, kinds, 1):
        return
    if (connection.scalar(select(func.count()).select_from(TOLD).where(mine)) or 0) < MANY_TOLD:
        return
    floors = dict(connection.execute(select(HOOK.c.floors).where(HOOK.c.name == name)).scalar_one())
    for source in _TABLES:
        named = [kind.value for kind, table in _OF.items() if table == source]
        settled = select(func.max(TOLD.c.number)).where(mine, TOLD.c.kind.in_(named), TOLD.c.at < now - SETTLED)
        floors[source] = max(floors.get(source, 0), connection.scalar(settled) or 0)
        gone = delete(TOLD).where(mine, TOLD.c.kind.in_(named), TOLD.c.number <= floors[source])
        # What was refused stays, so that a person can see it.
        connection.execute(gone.where(TOLD.c.said == ""))
    connection.execute(update(HOOK).where(HOOK.c.name == name).values(floors=floors))

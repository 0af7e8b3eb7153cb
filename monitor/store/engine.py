"""What the database tells of the engine that works on it. Everything here is asked every few seconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, exists, func, select, text

from monitor.core.duties.delivering import TAKEN
from monitor.core.model import LIVE, AlertState, DeadlineState
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, DeadlineRow, DeliveryRow, HeartbeatRow, TransitionRow
from monitor.store.tables_selfwatch import ProcessRow

ALERT = of(AlertRow)
BEAT = of(HeartbeatRow)
DEADLINE = of(DeadlineRow)
DELIVERY = of(DeliveryRow)
PROCESS = of(ProcessRow)
TRANSITION = of(TransitionRow)
PENDING = ALERT.c.state == AlertState.PENDING.value
FORGOTTEN_AFTER = timedelta(days=1)
RUNS_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process of the service, as it last wrote itself down; offsets are positive where its clock is ahead."""

    name: str
    started_at: datetime
    at: datetime
    roles: tuple[str, ...]
    database_off: timedelta | None
    wall_off: timedelta


def save_process(connection: Connection, process: Process) -> None:
    """Write a process down anew: the small change that shows that the database can be written to."""
    off = process.database_off
    values = {
        "started_at": process.started_at,
        "at": process.at,
        "roles": ",".join(process.roles),
        "database_off_ms": None if off is None else round(off / timedelta(milliseconds=1)),
        "wall_off_ms": round(process.wall_off / timedelta(milliseconds=1)),
    }
    statement = insert(connection, ProcessRow).values(name=process.name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    connection.execute(delete(PROCESS).where(PROCESS.c.at < process.at - FORGOTTEN_AFTER))


def forget_process(connection: Connection, name: str) -> None:
    """Strike a process out that ends in order."""
    connection.execute(delete(PROCESS).where(PROCESS.c.name == name))


def processes(connection: Connection, now: datetime) -> list[Process]:
    """Return the processes that wrote themselves down just now."""
    rows = connection.execute(select(PROCESS).where(PROCESS.c.at > now - RUNS_WITHIN).order_by(PROCESS.c.name))
    return [
        Process(
            name=row.name,
            started_at=row.started_at,
            at=row.at,
            roles=tuple(filter(None, row.roles.split(","))),
            database_off=None if row.database_off_ms is None else timedelta(milliseconds=row.database_off_ms),
            wall_off=timedelta(milliseconds=row.wall_off_ms),
        )
        for row in rows
    ]


def database_clock(connection: Connection) -> datetime | None:
    """Return what the database's own clock says; None for the embedded one, which has none."""
    if connection.dialect.name == "sqlite":
        return None
    found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def newest_stored(connection: Connection) -> datetime | None:
    """Return the latest moment at which anything is known to have been stored."""
    found = [
        connection.execute(select(func.max(BEAT.c.at))).scalar_one(),
        connection.execute(select(func.max(PROCESS.c.at))).scalar_one(),
        connection.execute(select(TRANSITION.c.noticed_at).order_by(TRANSITION.c.id.desc()).limit(1)).scalar(),
        connection.execute(select(ALERT.c.created_at).order_by(ALERT.c.id.desc()).limit(1)).scalar(),
    ]
    return max((at for at in found if at is not None), default=None)


def pending(connection: Connection) -> int:
    """Count the alerts that are still to be sent over some channel."""
    return int(connection.execute(select(func.count()).select_from(ALERT).where(PENDING)).scalar_one())


def unreached_since(connection: Connection, unread: Collection[str], now: datetime) -> datetime | None:
    """Return since when the oldest alert waits that is due and that no channel which is read has taken."""
    taken = and_(
        DELIVERY.c.alert_id == ALERT.c.id,
        DELIVERY.c.state.in_([state.value for state in TAKEN]),
        DELIVERY.c.channel.not_in(unread),
    )
    found: datetime | None = connection.execute(
        select(func.min(ALERT.c.not_before)).where(PENDING, ALERT.c.not_before <= now, ~exists().where(taken))
    ).scalar_one()
    return found


def left_lying(connection: Connection, before: datetime) -> int:
    """Count the pending alerts that had outlived their use before `before`."""
    asked = select(func.count()).select_from(ALERT).where(PENDING, ALERT.c.useful_until < before)
    return int(connection.execute(asked).scalar_one())


def forgotten(connection: Connection) -> int:
    """Count the open deadlines that nobody will look at; there must be none. Nobody need look at one that rests."""
    asked = (
        select(func.count())
        .select_from(DEADLINE)
        .where(
            DEADLINE.c.state == DeadlineState.OPEN.value,
            DEADLINE.c.check_at.is_(None),
            DEADLINE.c.paused_since.is_(None),
        )
    )
    return int(connection.execute(asked).scalar_one())


def live_deadlines(connection: Connection) -> Mapping[str, int]:
    """Count the deadlines by the states in which a response would still settle them."""
    live = (DEADLINE.c.state.in_([state.value for state in LIVE]), DEADLINE.c.settled_at.is_(None))
    rows = connection.execute(select(DEADLINE.c.state, func.count()).where(*live).group_by(DEADLINE.c.state))
    return {state: int(number) for state, number in rows}

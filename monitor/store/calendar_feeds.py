"""The secret addresses of calendars in the database: the secret only as its digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.store.sessions import digest
from monitor.store.sql import insert, of
from monitor.store.tables_doors import CalendarFeedRow

FEED = of(CalendarFeedRow)


def add(connection: Connection, name: str, secret: str, account_id: int, now: datetime) -> None:
    """Keep a new address."""
    values = {"id": name, "account_id": account_id, "secret": digest(secret), "made_at": now, "ended_by": ""}
    connection.execute(insert(connection, CalendarFeedRow).values(values))


def kept(connection: Connection, name: str) -> tuple[int, str] | None:
    """Return whose an address is and the digest of its secret; None where there is none that holds."""
    query = select(FEED.c.account_id, FEED.c.secret).where(FEED.c.id == name, FEED.c.ended_at.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.account_id, row.secret)


def made_at(connection: Connection, account_id: int) -> datetime | None:
    """Return when an account's address was made, None where it has none."""
    query = select(FEED.c.made_at).where(FEED.c.account_id == account_id, FEED.c.ended_at.is_(None))
    return connection.scalars(query.order_by(FEED.c.made_at.desc())).first()


def end(connection: Connection, account_id: int, *, by: str, now: datetime) -> int:
    """Let an account's address hold no more; return how many held until now."""
    query = update(FEED).where(FEED.c.account_id == account_id, FEED.c.ended_at.is_(None))
    return connection.execute(query.values(ended_at=now, ended_by=by)).rowcount

"""Sessions in the database: the secret only as its digest, so that who reads the table cannot use one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from monitor.core.access.accounts import Account
from monitor.core.access.sessions import End, Session
from monitor.store.accounts import ACCOUNT, account_of
from monitor.store.sql import insert, of
from monitor.store.tables_accounts import SessionRow

SESSION = of(SessionRow)


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it is stored, with its account, the digest of its secret, and the seal of its cookie's times."""

    session: Session
    account: Account
    secret: str
    seal: str


def digest(secret: str) -> str:
    """Return what is kept of a secret; it is random and long, so that one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add(connection: Connection, session: Session, *, secret: str, seal: str, way: str) -> None:
    """Keep a new session."""
    connection.execute(
        insert(connection, SessionRow).values(
            id=session.id,
            account_id=session.account_id,
            secret=digest(secret),
            seal=seal,
            made_at=session.made_at,
            seen_at=session.seen_at,
            ip=session.ip,
            agent=session.agent,
            way=way,
            ended_why="",
            ended_by="",
        )
    )


def kept(connection: Connection, name: str) -> Kept | None:
    """Return a session with its account, or None where there is none of that name."""
    row = connection.execute(select(SESSION).where(SESSION.c.id == name)).one_or_none()
    if row is None:
        return None
    owner = connection.execute(select(ACCOUNT).where(ACCOUNT.c.id == row.account_id)).one()
    return Kept(_session(row), account_of(owner), row.secret, row.seal)


def of_account(connection: Connection, account_id: int, *, since: datetime) -> list[Session]:
    """Return the sessions of an account that were made since a moment and not ended, the latest first."""
    query = select(SESSION).where(
        SESSION.c.account_id == account_id, SESSION.c.ended_at.is_(None), SESSION.c.made_at >= since
    )
    return [_session(row) for row in connection.execute(query.order_by(SESSION.c.made_at.desc(), SESSION.c.id))]


def touch(connection: Connection, name: str, now: datetime) -> None:
    """Keep that a session did something."""
    connection.execute(update(SESSION).where(SESSION.c.id == name).values(seen_at=now))


def end(
    connection: Connection,
    why: End,
    *,
    now: datetime,
    by: str,
    name: str | None = None,
    account_id: int | None = None,
    but: str = "",
) -> int:
    """End one session, or all of an account `but` one; return how many stood until now."""
    query = update(SESSION).where(SESSION.c.ended_at.is_(None), SESSION.c.id != but)
    if name is not None:
        query = query.where(SESSION.c.id == name)
    if account_id is not None:
        query = query.where(SESSION.c.account_id == account_id)
    if name is None and account_id is None:
        return 0
    return connection.execute(query.values(ended_at=now, ended_why=why.value, ended_by=by)).rowcount


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        account_id=row.account_id,
        made_at=row.made_at,
        seen_at=row.seen_at,
        ip=row.ip,
        agent=row.agent,
        ended_at=row.ended_at,
        ended_why=End(row.ended_why) if row.ended_why else None,
    )

"""Requests that may be repeated: which was sent before under the same key, and what was answered then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from monitor.store.sql import insert, of
from monitor.store.tables_doors import ApiRequestRow

REQUEST = of(ApiRequestRow)
KEPT = timedelta(days=7)
# Whoever has not answered by then died on the way.
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of an earlier request under the same key; `status` is 0 while it is carried out."""

    digest: str
    status: int
    answer: str


def claim(connection: Connection, account_id: int, key: str, digest: str, now: datetime) -> Before | None:
    """Return what came before under a key; None where nothing did, and the request is the caller's to carry out."""
    connection.execute(delete(REQUEST).where(REQUEST.c.at < now - KEPT))
    values = {"account_id": account_id, "key": key, "digest": digest, "at": now, "status": 0, "answer": ""}
    new = insert(connection, ApiRequestRow).values(values).on_conflict_do_nothing().returning(REQUEST.c.key)
    if connection.execute(new).first() is not None:
        return None
    mine = (REQUEST.c.account_id == account_id) & (REQUEST.c.key == key)
    row = connection.execute(select(REQUEST).where(mine)).one()
    left = update(REQUEST).where(mine, REQUEST.c.status == 0, REQUEST.c.digest == digest)
    if connection.execute(left.where(REQUEST.c.at < now - PATIENCE).values(at=now)).rowcount:
        return None
    return Before(row.digest, row.status, row.answer)


def finish(connection: Connection, account_id: int, key: str, status: int, answer: str) -> None:
    """Keep the answer to a request."""
    mine = (REQUEST.c.account_id == account_id) & (REQUEST.c.key == key)
    connection.execute(update(REQUEST).where(mine).values(status=status, answer=answer))


def release(connection: Connection, account_id: int, key: str) -> None:
    """Forget a request that was refused: it may be sent anew under its key."""
    mine = (REQUEST.c.account_id == account_id) & (REQUEST.c.key == key)
    connection.execute(delete(REQUEST).where(mine, REQUEST.c.status == 0))

"""Who gets no briefing by mail any more, by address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from monitor.store.sql import exclusive, insert, of
from monitor.store.tables_briefing import UnsubscriptionRow

GONE = of(UnsubscriptionRow)


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """A reader left, at a moment; `by` says how: by his own link, or a name."""

    address: str
    at: datetime
    by: str


def standing(connection: Connection, addresses: Collection[str]) -> dict[str, Unsubscription]:
    """Return which of the addresses get no briefing, with when and how they left."""
    rows = connection.execute(select(GONE).where(GONE.c.address.in_(addresses)).order_by(GONE.c.address))
    return {row.address: Unsubscription(row.address, row.at, row.by) for row in rows}


def hold(connection: Connection, addresses: Collection[str]) -> dict[str, Unsubscription]:
    """Return the same; nobody else leaves until the transaction ends, so that of the last two only one can."""
    exclusive(connection, "unsubscription")
    return standing(connection, addresses)


def add(connection: Connection, made: Unsubscription) -> None:
    """Keep that a reader left; whoever has left before stays as he was."""
    row = {"address": made.address, "at": made.at, "by": made.by}
    connection.execute(insert(connection, UnsubscriptionRow).values(**row).on_conflict_do_nothing())


def remove(connection: Connection, address: str) -> bool:
    """Let a reader get it again; False where he had not left."""
    gone = connection.execute(delete(GONE).where(GONE.c.address == address).returning(GONE.c.address))
    return gone.first() is not None

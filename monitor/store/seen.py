"""Which decisions were made on a matter after a person looked at it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from monitor.core.model import Verb
from monitor.core.seen import Since
from monitor.store.sql import of
from monitor.store.tables import DecisionRow

DECISION = of(DecisionRow)


def last_decision(connection: Connection, matter_id: int) -> int:
    """Return the number of the last decision on a matter, 0 where there is none."""
    query = select(func.max(DECISION.c.id)).where(DECISION.c.matter_id == matter_id)
    return int(connection.execute(query).scalar_one() or 0)


def newest_decision(connection: Connection) -> int:
    """Return the number of the last decision on anything, 0 where there is none: a page was made after all of them."""
    return int(connection.execute(select(func.max(DECISION.c.id))).scalar_one() or 0)


def decisions_since(connection: Connection, matter_id: int, upto: int, *, limit: int = 2000) -> list[Since]:
    """Return the decisions on a matter after number `upto`, oldest first."""
    rows = connection.execute(
        select(DECISION.c.id, DECISION.c.verb, DECISION.c.by, DECISION.c.at, DECISION.c.reason)
        .where(DECISION.c.matter_id == matter_id, DECISION.c.id > upto)
        .order_by(DECISION.c.id)
        .limit(limit)
    )
    return [Since(row.id, Verb(row.verb), row.by, row.at, row.reason) for row in rows]

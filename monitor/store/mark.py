"""Tell cheaply whether anything changed that people are shown: one look at the ends of indexes."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from monitor.store.sql import of
from monitor.store.tables import (
    AlertRow,
    DecisionRow,
    IncidentRow,
    MatterRow,
    ResponseRow,
    SeverityStepRow,
    TransitionRow,
)
from monitor.store.tables_offers import OfferRow

GROWING = (MatterRow, DecisionRow, TransitionRow, AlertRow, ResponseRow, SeverityStepRow, OfferRow)
_ENDS = select(
    *(select(func.max(of(row).c.id)).scalar_subquery() for row in GROWING),
    select(func.max(of(IncidentRow).c.last_seen_at)).scalar_subquery(),
)


def mark(connection: Connection) -> str:
    """Return what is another text as soon as an incident, decision, deadline, alert or response is added.

    Writers that end in another order than they began in may go unnoticed until the next change.
    """
    *ends, last_seen = connection.execute(_ENDS).one()
    seen = "" if last_seen is None else str(int(last_seen.timestamp() * 1000))
    return ".".join([*(str(end or 0) for end in ends), seen])

"""What people did to the deadlines of a matter, and what they found wrong: facts that are added and never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind
from monitor.core.duties.deadlines import Deadline
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import Fault
from monitor.core.text import storable
from monitor.core.views import AdjustmentView, FindingView
from monitor.store.sql import insert, of
from monitor.store.tables_adjustments import AdjustmentRow, FindingRow

ADJUSTMENT = of(AdjustmentRow)
FINDING = of(FindingRow)
Key = tuple[str, int]
ASKED: BindParameter[int] = bindparam("matter_id")
# Built once: it is asked anew for every matter that is looked at.
_OF_MATTER = select(ADJUSTMENT).where(ADJUSTMENT.c.matter_id == ASKED).order_by(ADJUSTMENT.c.id)


def adjustments_of(connection: Connection, matter_id: int) -> dict[Key, tuple[Adjustment, ...]]:
    """Return what people did to the deadlines of a matter, by obligation and ordinal."""
    found: dict[Key, list[Adjustment]] = defaultdict(list)
    for row in connection.execute(_OF_MATTER, {"matter_id": matter_id}):
        found[row.obligation_id, row.ordinal].append(_adjustment(row))
    return {key: tuple(made) for key, made in found.items()}


def _adjustment(row: Row[Any]) -> Adjustment:
    return Adjustment(
        kind=AdjustmentKind(row.kind),
        at=row.at,
        decided_at=row.decided_at,
        by=row.by,
        reason=row.reason,
        ground=row.ground,
        span=Term(row.n, Unit(row.unit)) if row.n else None,
        approver=row.approver,
        notice=row.notice,
        id=row.id,
    )


def save_adjustment(connection: Connection, deadline: Deadline, made: Adjustment) -> None:
    """Keep what a person did to a deadline."""
    connection.execute(
        insert(connection, AdjustmentRow).values(
            matter_id=deadline.matter_id,
            obligation_id=deadline.obligation_id,
            ordinal=deadline.ordinal,
            kind=made.kind.value,
            at=made.at,
            decided_at=made.decided_at,
            by=storable(made.by),
            reason=storable(made.reason),
            ground=storable(made.ground),
            n=made.span.count if made.span else 0,
            unit=made.span.unit.value if made.span else "",
            approver=storable(made.approver),
            notice=storable(made.notice),
        )
    )


def carry_over(connection: Connection, before: Deadline, after: Deadline) -> None:
    """Let what people did to a deadline hold for the one that goes on in its place in another matter."""
    made = adjustments_of(connection, before.matter_id).get((before.obligation_id, before.ordinal), ())
    for one in made:
        save_adjustment(connection, after, one)


def save_finding(
    connection: Connection,
    matter_id: int,
    fault: Fault,
    *,
    deadline: Deadline | None,
    by: str,
    now: datetime,
    reason: str,
    evidence: str,
) -> None:
    """Keep what a person found wrong."""
    connection.execute(
        insert(connection, FindingRow).values(
            matter_id=matter_id,
            obligation_id=None if deadline is None else deadline.obligation_id,
            ordinal=None if deadline is None else deadline.ordinal,
            fault=fault.value,
            at=now,
            by=storable(by),
            reason=storable(reason),
            evidence=storable(evidence),
        )
    )


def findings(connection: Connection, matter_ids: Collection[int]) -> list[FindingView]:
    """Return what people found wrong with some matters, oldest first."""
    rows = connection.execute(select(FINDING).where(FINDING.c.matter_id.in_(matter_ids)).order_by(FINDING.c.id))
    return [
        FindingView(
            id=row.id,
            matter_id=row.matter_id,
            obligation_id=row.obligation_id,
            ordinal=row.ordinal,
            fault=Fault(row.fault),
            at=row.at,
            by=row.by,
            reason=row.reason,
            evidence=row.evidence,
        )
        for row in rows
    ]


def adjustment_views(connection: Connection, matter_ids: Collection[int]) -> list[AdjustmentView]:
    """Return what people did to the deadlines of some matters, oldest first."""
    rows = connection.execute(
        select(ADJUSTMENT).where(ADJUSTMENT.c.matter_id.in_(matter_ids)).order_by(ADJUSTMENT.c.id)
    )
    return [
        AdjustmentView(
            matter_id=row.matter_id, obligation_id=row.obligation_id, ordinal=row.ordinal, made=_adjustment(row)
        )
        for row in rows
    ]

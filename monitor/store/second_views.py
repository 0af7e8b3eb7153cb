"""What people are shown of the second readings: what was found graver, what is still asked, how many ended how."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, exists, func, or_, select

from monitor.core.item_views import SecondView
from monitor.core.model import Severity
from monitor.core.second.opinion import ReadingState
from monitor.core.views import AlertView
from monitor.store import outbox
from monitor.store.second import ALERT, ITEM, LINK, MATTER, READING


def graver(connection: Connection, since: datetime, until: datetime) -> list[SecondView]:
    """Return the readings that ended in [since, until) and were asked about or held back, oldest first."""
    states = (ReadingState.ASKED.value, ReadingState.CAPPED.value)
    rows = connection.execute(
        select(READING, ITEM.c.title)
        .join(ITEM, ITEM.c.id == READING.c.item_id)
        .where(READING.c.state.in_(states), READING.c.ended_at >= since, READING.c.ended_at < until)
        .order_by(READING.c.ended_at, READING.c.item_id)
    )
    return [
        SecondView(
            item_id=row.item_id,
            title=row.title,
            state=ReadingState(row.state),
            grade=None if row.grade is None else Severity(row.grade),
            quote=row.answer["quote"],
            matter_id=row.matter_id,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def open_questions(connection: Connection, point: str, since: datetime) -> list[AlertView]:
    """Return the questions asked since that nobody has acted on: the item, or its incident, stands as it stood."""
    taken_up = exists().where(LINK.c.item_id == READING.c.item_id)
    acted = exists().where(MATTER.c.id == ALERT.c.matter_id, MATTER.c.acted_at >= ALERT.c.created_at)
    waits = or_(and_(ALERT.c.matter_id.is_(None), ~taken_up), and_(ALERT.c.matter_id.is_not(None), ~acted))
    rows = connection.execute(
        select(ALERT)
        .join(READING, READING.c.question_key == ALERT.c.key)
        .where(READING.c.ended_at > since, ALERT.c.point == point, waits)
        .order_by(ALERT.c.page.desc(), ALERT.c.id.desc())
    )
    return [outbox.alert_view(row, ()) for row in rows]


def counts(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """Count the second readings that ended in [since, until) by what became of them."""
    rows = connection.execute(
        select(READING.c.state, func.count())
        .where(READING.c.ended_at >= since, READING.c.ended_at < until)
        .group_by(READING.c.state)
    )
    return {row[0]: row[1] for row in rows}

"""The outbox: which alerts wait for a channel or a contact, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, update

from monitor.core.duties.delivering import FALLBACK_AFTER, LEASE, TAKEN
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.people.duty import Recipient
from monitor.core.views import AlertView, DeliveryView
from monitor.store import troubles
from monitor.store.deliveries import deliveries_of
from monitor.store.people import AUDIENCE, audiences
from monitor.store.sql import of
from monitor.store.tables import AlertRow, DeliveryRow, MatterRow

ALERT = of(AlertRow)
DELIVERY = of(DeliveryRow)
MATTER = of(MatterRow)
LEG = "deliver"
# What is for single people although it wakes nobody.
NAMED = (AlertReason.HANDOFF.value, AlertReason.REVIEW.value, AlertReason.ASSIGNMENT.value)


def waiting(
    connection: Connection,
    channel: str,
    reasons: Collection[AlertReason],
    now: datetime,
    limit: int,
    *,
    page: bool | None = None,
    drills: bool = True,
) -> list[int]:
    """Return alerts that wait for `channel`, pages first: not taken or refused for good, not under way, not resting.

    `page` keeps only the pages, or only the others; without `drills`, those of drills are left out. By the time one's
    turn comes another process may have taken it: hold it and ask `hindered` again.
    """
    same = and_(DELIVERY.c.alert_id == ALERT.c.id, DELIVERY.c.channel == channel, DELIVERY.c.contact == "")
    rows = connection.execute(
        select(ALERT.c.id)
        .where(
            *_ready(reasons, now, drills=drills),
            ~exists().where(same, _hindered(now)),
            *([] if page is None else [ALERT.c.page.is_(page)]),
        )
        .order_by(ALERT.c.page.desc(), ALERT.c.not_before, ALERT.c.id)
        .limit(limit),
        {"now": now},
    )
    return [row.id for row in rows]


def _ready(reasons: Collection[AlertReason], now: datetime, *, drills: bool) -> Iterator[ColumnElement[bool]]:
    """Yield what holds for every alert that may be told now; the moment `now` is bound when the query is run."""
    yield ALERT.c.state == AlertState.PENDING.value
    yield ALERT.c.not_before <= now
    yield ALERT.c.reason.in_([reason.value for reason in reasons])
    yield ALERT.c.id.not_in(troubles.resting_numbers(LEG))
    if not drills:
        yield ~exists().where(MATTER.c.id == ALERT.c.matter_id, MATTER.c.drill)


def _hindered(now: datetime) -> ColumnElement[bool]:
    """Return what `delivering.hindered` tells, for an attempt's row."""
    under_way = and_(DELIVERY.c.state == DeliveryState.SENDING.value, DELIVERY.c.started_at > now - LEASE)
    taken = DELIVERY.c.state.in_([state.value for state in TAKEN])
    refused = and_(DELIVERY.c.state == DeliveryState.REFUSED.value, DELIVERY.c.retry_at.is_(None))
    return or_(taken, refused, under_way, DELIVERY.c.retry_at > now)


def waiting_for_contacts(
    connection: Connection,
    channel: str,
    contacts: Mapping[str, int],
    reasons: Collection[AlertReason],
    now: datetime,
    limit: int,
    *,
    drills: bool = True,
) -> list[tuple[int, str]]:
    """Return alerts that wait for `channel` to reach a contact, each with him, pages first.

    `contacts` tells for each contact who is reached so how many ways come before this one. Without `drills`, the alerts
    of drills are left out. Hold what is returned and ask `Target.open` again.
    """
    if not contacts:
        return []
    his = and_(DELIVERY.c.alert_id == ALERT.c.id, DELIVERY.c.contact == AUDIENCE.c.contact)
    first = [contact for contact, before in contacts.items() if before == 0]
    refused = exists().where(his, DELIVERY.c.state == DeliveryState.REFUSED.value)
    rows = connection.execute(
        select(ALERT.c.id, AUDIENCE.c.contact)
        .join(AUDIENCE, AUDIENCE.c.alert_id == ALERT.c.id)
        .where(
            *_ready(reasons, now, drills=drills),
            AUDIENCE.c.contact.in_(list(contacts)),
            AUDIENCE.c.silence == "",
            or_(AUDIENCE.c.contact.in_(first), ALERT.c.not_before <= now - FALLBACK_AFTER, refused),
            ~exists().where(his, DELIVERY.c.state == DeliveryState.ACCEPTED.value),
            ~exists().where(his, DELIVERY.c.channel == channel, _hindered(now)),
        )
        .order_by(ALERT.c.page.desc(), ALERT.c.not_before, ALERT.c.id, AUDIENCE.c.contact)
        .limit(limit),
        {"now": now},
    )
    return [(row.id, row.contact) for row in rows]


def stale(connection: Connection, carried: Collection[AlertReason], now: datetime, limit: int = 200) -> list[int]:
    """Return pending alerts that have outlived their use, or whose reason is none of those that channels carry."""
    homeless = ALERT.c.reason.not_in([reason.value for reason in carried])
    return list(
        connection.scalars(
            select(ALERT.c.id)
            .where(
                ALERT.c.state == AlertState.PENDING.value,
                or_(ALERT.c.useful_until <= now, homeless),
                ALERT.c.id.not_in(troubles.resting_numbers(LEG)),
            )
            .order_by(ALERT.c.id)
            .limit(limit),
            {"now": now},
        )
    )


def hold(connection: Connection, alert_id: int) -> AlertView | None:
    """Hold an alert for the rest of the transaction and return it, or None where there is none."""
    row = connection.execute(select(ALERT).where(ALERT.c.id == alert_id).with_for_update()).one_or_none()
    if row is None:
        return None
    named = row.page or row.reason in NAMED
    audience = audiences(connection, [alert_id]) if named else {}
    deliveries = deliveries_of(connection, [alert_id])
    return alert_view(row, deliveries.get(alert_id, ()), audience.get(alert_id, ()))


def alert_of(connection: Connection, alert_id: int) -> AlertView | None:
    """Return an alert without its attempts, or None where there is none."""
    row = connection.execute(select(ALERT).where(ALERT.c.id == alert_id)).one_or_none()
    return None if row is None else alert_view(row, ())


def read(connection: Connection, alert_id: int) -> AlertView | None:
    """Return an alert with its attempts and whom it is for, or None where there is none of that number."""
    row = connection.execute(select(ALERT).where(ALERT.c.id == alert_id)).one_or_none()
    if row is None:
        return None
    attempts, told = deliveries_of(connection, [alert_id]), audiences(connection, [alert_id])
    return alert_view(row, attempts.get(alert_id, ()), told.get(alert_id, ()))


def latest(connection: Connection, reason: AlertReason, points: Collection[str]) -> AlertView | None:
    """Return the alert made last for `reason` at one of `points`, without its attempts."""
    row = connection.execute(
        select(ALERT)
        .where(ALERT.c.reason == reason.value, ALERT.c.point.in_(points))
        .order_by(ALERT.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else alert_view(row, ())


def known_keys(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return which of the keys belong to an alert already."""
    return set(connection.scalars(select(ALERT.c.key).where(ALERT.c.key.in_(keys)))) if keys else set()


def alert_view(row: Row[Any], deliveries: Sequence[DeliveryView], audience: Sequence[Recipient] = ()) -> AlertView:
    """Return an alert's row, its attempts and those whom it is for as a value."""
    return AlertView(
        id=row.id,
        key=row.key,
        reason=AlertReason(row.reason),
        matter_id=row.matter_id,
        obligation_id=row.obligation_id,
        ordinal=row.ordinal,
        point=row.point,
        page=row.page,
        at=row.at,
        created_at=row.created_at,
        not_before=row.not_before,
        useful_until=row.useful_until,
        state=AlertState(row.state),
        silence=row.silence,
        detail=row.detail,
        deliveries=tuple(deliveries),
        audience=tuple(audience),
    )


def finish(connection: Connection, alert_id: int, state: AlertState, silence: str | None) -> None:
    """Write what became of an alert."""
    connection.execute(update(ALERT).where(ALERT.c.id == alert_id).values(state=state.value, silence=silence))


def oldest_unsent(connection: Connection) -> datetime | None:
    """Return since when the oldest pending alert waits to be sent; one that is held back waits from its own moment."""
    found: datetime | None = connection.execute(
        select(func.min(ALERT.c.not_before)).where(ALERT.c.state == AlertState.PENDING.value)
    ).scalar_one()
    return found


def is_of_drill(connection: Connection, alert: AlertView) -> bool:
    """Tell whether an alert is about a drill."""
    found = select(MATTER.c.id).where(MATTER.c.id == alert.matter_id, MATTER.c.drill)
    return alert.matter_id is not None and connection.execute(found).first() is not None

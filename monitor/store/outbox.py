"""The outbox: which alerts wait for a channel, every attempt, what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, or_, select, update

from monitor.core.duties.delivering import LEASE, TAKEN
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.views import AlertView, DeliveryView
from monitor.store import troubles
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, CardRow, DeliveryRow, MatterRow

ALERT = of(AlertRow)
CARD = of(CardRow)
DELIVERY = of(DeliveryRow)
MATTER = of(MatterRow)
NEWEST = 500
LEG = "deliver"


def waiting(
    connection: Connection,
    channel: str,
    reasons: Collection[AlertReason],
    now: datetime,
    limit: int,
    *,
    drills: bool = True,
) -> list[int]:
    """Return alerts that wait for `channel`, pages first: not taken or refused for good, not under way, not resting.

    By the time one's turn comes another process may have taken it: hold it and ask `hindered` again. Without `drills`,
    those of drills are left out.
    """
    same = and_(DELIVERY.c.alert_id == ALERT.c.id, DELIVERY.c.channel == channel)
    under_way = and_(DELIVERY.c.state == DeliveryState.SENDING.value, DELIVERY.c.started_at > now - LEASE)
    taken = DELIVERY.c.state.in_([state.value for state in TAKEN])
    refused = and_(DELIVERY.c.state == DeliveryState.REFUSED.value, DELIVERY.c.retry_at.is_(None))
    hindered = or_(taken, refused, under_way, DELIVERY.c.retry_at > now)
    rows = connection.execute(
        select(ALERT.c.id)
        .where(
            ALERT.c.state == AlertState.PENDING.value,
            ALERT.c.not_before <= now,
            ALERT.c.reason.in_([reason.value for reason in reasons]),
            ALERT.c.id.not_in(troubles.resting_numbers(LEG)),
            ~exists().where(same, hindered),
            *([] if drills else [~exists().where(MATTER.c.id == ALERT.c.matter_id, MATTER.c.drill)]),
        )
        .order_by(ALERT.c.page.desc(), ALERT.c.not_before, ALERT.c.id)
        .limit(limit),
        {"now": now},
    )
    return [row.id for row in rows]


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
    return alert_view(row, deliveries_of(connection, [alert_id]).get(alert_id, ()))


def latest(connection: Connection, reason: AlertReason, points: Collection[str]) -> AlertView | None:
    """Return the alert made last for `reason` at one of `points`, without its attempts."""
    row = connection.execute(
        select(ALERT)
        .where(ALERT.c.reason == reason.value, ALERT.c.point.in_(points))
        .order_by(ALERT.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else alert_view(row, ())


def deliveries_of(connection: Connection, alert_ids: Collection[int]) -> dict[int, tuple[DeliveryView, ...]]:
    """Return all attempts for each alert, oldest first."""
    rows = connection.execute(select(DELIVERY).where(DELIVERY.c.alert_id.in_(alert_ids)).order_by(DELIVERY.c.id))
    found: dict[int, list[DeliveryView]] = defaultdict(list)
    for row in rows:
        found[row.alert_id].append(delivery_view(row))
    return {alert_id: tuple(views) for alert_id, views in found.items()}


def delivery_view(row: Row[Any]) -> DeliveryView:
    """Return an attempt's row as a value."""
    return DeliveryView(
        channel=row.channel,
        state=DeliveryState(row.state),
        started_at=row.started_at,
        ended_at=row.ended_at,
        retry_at=row.retry_at,
        may_have_arrived=row.may_have_arrived,
        provider_id=row.provider_id,
        said=row.said,
        remedy=row.remedy,
    )


def alert_view(row: Row[Any], deliveries: Sequence[DeliveryView]) -> AlertView:
    """Return an alert's row and its attempts as a value."""
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
    )


def begin_delivery(connection: Connection, alert: AlertView, channel: str, now: datetime) -> int | None:
    """Write down that an attempt begins, before it is made; None where another process has just begun the same one."""
    values = {
        "alert_id": alert.id,
        "channel": channel,
        "attempt": 1 + sum(delivery.channel == channel for delivery in alert.deliveries),
        "state": DeliveryState.SENDING.value,
        "started_at": now,
        "said": "",
        "remedy": "",
        "provider_id": "",
        "may_have_arrived": False,
    }
    statement = insert(connection, DeliveryRow).values(**values).on_conflict_do_nothing()
    begun: int | None = connection.execute(statement.returning(DELIVERY.c.id)).scalar_one_or_none()
    return begun


def end_delivery(
    connection: Connection,
    delivery_id: int,
    state: DeliveryState,
    now: datetime,
    *,
    said: str = "",
    remedy: str = "",
    provider_id: str = "",
    retry_at: datetime | None = None,
    may_have_arrived: bool = False,
) -> None:
    """Write down how an attempt ended."""
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == delivery_id)
        .values(
            state=state.value,
            ended_at=now,
            said=said,
            remedy=remedy,
            provider_id=provider_id,
            retry_at=retry_at,
            may_have_arrived=may_have_arrived,
        )
    )


def wake(connection: Connection, channel: str, now: datetime) -> None:
    """Let the next attempt at what `channel` refused until somebody mends it come at once."""
    pending = exists().where(ALERT.c.id == DELIVERY.c.alert_id, ALERT.c.state == AlertState.PENDING.value)
    connection.execute(
        update(DELIVERY)
        .where(
            DELIVERY.c.channel == channel,
            DELIVERY.c.state == DeliveryState.REFUSED.value,
            DELIVERY.c.retry_at > now,
            pending,
        )
        .values(retry_at=now)
    )


def another_under_way(connection: Connection, alert: AlertView, channel: str, now: datetime) -> bool:
    """Tell whether `channel` is at another alert of the same matter; hold the matter until the transaction ends.

    Two first alerts at once would each post a card for the matter.
    """
    if alert.matter_id is None:
        return False
    connection.execute(select(MATTER.c.id).where(MATTER.c.id == alert.matter_id).with_for_update())
    found = connection.execute(
        select(DELIVERY.c.id)
        .join(ALERT, ALERT.c.id == DELIVERY.c.alert_id)
        .where(
            ALERT.c.matter_id == alert.matter_id,
            ALERT.c.id != alert.id,
            DELIVERY.c.channel == channel,
            DELIVERY.c.state == DeliveryState.SENDING.value,
            DELIVERY.c.started_at > now - LEASE,
        )
        .limit(1)
    )
    return found.first() is not None


def begun_since(connection: Connection, channel: str, since: datetime, most: int) -> int:
    """Count the attempts over a channel that began after `since`, by whatever process; `most` is enough to count."""
    newest = connection.scalars(
        select(DELIVERY.c.started_at).where(DELIVERY.c.channel == channel).order_by(DELIVERY.c.id.desc()).limit(most)
    )
    return sum(at > since for at in newest)


def not_getting_through(connection: Connection) -> dict[str, tuple[DeliveryView, datetime]]:
    """Return each channel whose last ended attempt was not taken: that attempt, and since when none has been."""
    newest = select(DELIVERY).order_by(DELIVERY.c.id.desc()).limit(NEWEST)
    found: dict[str, tuple[DeliveryView, datetime]] = {}
    well: set[str] = set()
    for row in connection.execute(newest):
        attempt = delivery_view(row)
        if attempt.state is DeliveryState.SENDING or attempt.channel in well:
            continue
        if attempt.state in TAKEN:
            well.add(attempt.channel)
        else:
            last, _ = found.get(attempt.channel, (attempt, None))
            found[attempt.channel] = (last, attempt.started_at)
    return found


def finish(connection: Connection, alert_id: int, state: AlertState, silence: str | None) -> None:
    """Write what became of an alert."""
    connection.execute(update(ALERT).where(ALERT.c.id == alert_id).values(state=state.value, silence=silence))


def card_ref(connection: Connection, channel: str, card_key: str) -> str | None:
    """Return where a channel keeps its one message about a matter."""
    found = connection.execute(
        select(CARD.c.card_ref).where(CARD.c.channel == channel, CARD.c.card_key == card_key)
    ).scalar_one_or_none()
    return str(found) if found is not None else None


def keep_card(connection: Connection, channel: str, card_key: str, ref: str) -> None:
    """Remember where a channel keeps its one message about a matter."""
    statement = insert(connection, CardRow).values(channel=channel, card_key=card_key, card_ref=ref)
    connection.execute(statement.on_conflict_do_update(index_elements=["channel", "card_key"], set_={"card_ref": ref}))


def oldest_unsent(connection: Connection) -> datetime | None:
    """Return since when the oldest pending alert waits."""
    found: datetime | None = connection.execute(
        select(func.min(ALERT.c.created_at)).where(ALERT.c.state == AlertState.PENDING.value)
    ).scalar_one()
    return found


def is_of_drill(connection: Connection, alert: AlertView) -> bool:
    """Tell whether an alert is about a drill."""
    found = select(MATTER.c.id).where(MATTER.c.id == alert.matter_id, MATTER.c.drill)
    return alert.matter_id is not None and connection.execute(found).first() is not None

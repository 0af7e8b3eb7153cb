"""The outbox: which alerts wait for a channel, every attempt, what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, update

from monitor.core.duties.delivering import FALLBACK_AFTER, LEASE, TAKEN
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.people.duty import Recipient
from monitor.core.views import AlertView, DeliveryView
from monitor.store import troubles
from monitor.store.people import AUDIENCE, audiences
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, CardRow, DeliveryRow, MatterRow

ALERT = of(AlertRow)
CARD = of(CardRow)
DELIVERY = of(DeliveryRow)
MATTER = of(MatterRow)
NEWEST = 500
LEG = "deliver"
_OF_NO_DRILL = ~exists().where(MATTER.c.id == ALERT.c.matter_id, MATTER.c.drill)


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

    `page` keeps only the pages, or only the others; without `drills`, those of drills are left out.

    By the time one's turn comes another process may have taken it: hold it and ask `hindered` again.
    """
    same = and_(DELIVERY.c.alert_id == ALERT.c.id, DELIVERY.c.channel == channel, DELIVERY.c.contact == "")
    rows = connection.execute(
        select(ALERT.c.id)
        .where(
            ALERT.c.state == AlertState.PENDING.value,
            ALERT.c.not_before <= now,
            ALERT.c.reason.in_([reason.value for reason in reasons]),
            ALERT.c.id.not_in(troubles.resting_numbers(LEG)),
            ~exists().where(same, _hindered(now)),
            *([] if page is None else [ALERT.c.page.is_(page)]),
            *([] if drills else [_OF_NO_DRILL]),
        )
        .order_by(ALERT.c.page.desc(), ALERT.c.not_before, ALERT.c.id)
        .limit(limit),
        {"now": now},
    )
    return [row.id for row in rows]


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
    of drills are left out. Hold what is returned and
    ask `Target.open` again.
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
            ALERT.c.state == AlertState.PENDING.value,
            ALERT.c.not_before <= now,
            ALERT.c.reason.in_([reason.value for reason in reasons]),
            ALERT.c.id.not_in(troubles.resting_numbers(LEG)),
            AUDIENCE.c.contact.in_(list(contacts)),
            AUDIENCE.c.silence == "",
            or_(AUDIENCE.c.contact.in_(first), ALERT.c.not_before <= now - FALLBACK_AFTER, refused),
            ~exists().where(his, DELIVERY.c.state == DeliveryState.ACCEPTED.value),
            ~exists().where(his, DELIVERY.c.channel == channel, _hindered(now)),
            *([] if drills else [_OF_NO_DRILL]),
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
    audience = audiences(connection, [alert_id]) if row.page or row.reason == AlertReason.HANDOFF.value else {}
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
        digest_id=row.digest_id,
        contact=row.contact,
    )


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


def begin_delivery(
    connection: Connection, alert: AlertView, channel: str, now: datetime, *, contact: str = ""
) -> int | None:
    """Write down that an attempt begins, before it is made; None where another process has just begun the same one."""
    values = {
        "alert_id": alert.id,
        "channel": channel,
        "contact": contact,
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


def another_under_way(
    connection: Connection, alert: AlertView, channel: str, now: datetime, *, contact: str = ""
) -> bool:
    """Tell whether `channel` is at another message about the same matter; hold the matter until the transaction ends.

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
            or_(ALERT.c.id != alert.id, DELIVERY.c.contact != contact),
            DELIVERY.c.channel == channel,
            DELIVERY.c.state == DeliveryState.SENDING.value,
            DELIVERY.c.started_at > now - LEASE,
        )
        .limit(1)
    )
    return found.first() is not None


def begun_since(connection: Connection, channel: str, since: datetime, most: int) -> list[datetime]:
    """Return when the attempts over a channel began after `since`, by whatever process, the newest first.

    `most` are enough. What one message told of several alerts is one attempt.
    """
    first = or_(DELIVERY.c.digest_id.is_(None), DELIVERY.c.digest_id == DELIVERY.c.id)
    query = select(DELIVERY.c.started_at).where(DELIVERY.c.channel == channel, DELIVERY.c.started_at > since, first)
    return list(connection.scalars(query.order_by(DELIVERY.c.started_at.desc()).limit(most)))


def told_together(connection: Connection, channel: str, alert_ids: Collection[int]) -> list[int]:
    """Return those of the alerts of which one message told over `channel` that may or may not have arrived."""
    unsure = or_(DELIVERY.c.state == DeliveryState.SENDING.value, DELIVERY.c.may_have_arrived)
    query = select(DELIVERY.c.alert_id).where(
        DELIVERY.c.channel == channel, DELIVERY.c.alert_id.in_(alert_ids), DELIVERY.c.digest_id.is_not(None), unsure
    )
    return list(connection.scalars(query.distinct().order_by(DELIVERY.c.alert_id)))


def join(connection: Connection, delivery_ids: Collection[int]) -> None:
    """Keep that the attempts are one message: each names the first."""
    query = update(DELIVERY).where(DELIVERY.c.id.in_(delivery_ids))
    connection.execute(query.values(digest_id=min(delivery_ids)))


def last_attempt(connection: Connection, channel: str) -> DeliveryView | None:
    """Return the newest attempt over a channel."""
    query = select(DELIVERY).where(DELIVERY.c.channel == channel)
    newest = query.order_by(DELIVERY.c.started_at.desc(), DELIVERY.c.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else delivery_view(row)


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
    """Return since when the oldest pending alert waits to be sent; one that is held back waits from its own moment."""
    found: datetime | None = connection.execute(
        select(func.min(ALERT.c.not_before)).where(ALERT.c.state == AlertState.PENDING.value)
    ).scalar_one()
    return found


def is_of_drill(connection: Connection, alert: AlertView) -> bool:
    """Tell whether an alert is about a drill."""
    found = select(MATTER.c.id).where(MATTER.c.id == alert.matter_id, MATTER.c.drill)
    return alert.matter_id is not None and connection.execute(found).first() is not None

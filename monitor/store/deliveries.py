"""The attempts to bring alerts to people over a channel, and the one message that a channel keeps about a matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, or_, select, update

from monitor.core.duties.delivering import LEASE, TAKEN
from monitor.core.model import AlertState, DeliveryState
from monitor.core.text import storable
from monitor.core.views import AlertView, DeliveryView
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, CardRow, DeliveryRow, MatterRow

ALERT = of(AlertRow)
CARD = of(CardRow)
DELIVERY = of(DeliveryRow)
MATTER = of(MatterRow)
NEWEST = 500


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


def begin(connection: Connection, alert: AlertView, channel: str, now: datetime, *, contact: str = "") -> int | None:
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


def end(
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
    """Write down how an attempt ended, less what no database keeps of what the provider said."""
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == delivery_id)
        .values(
            state=state.value,
            ended_at=now,
            said=storable(said),
            remedy=storable(remedy),
            provider_id=storable(provider_id),
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


@dataclass(frozen=True, slots=True)
class Proof:
    """When something last got through over a way and when it last did not, with the provider's word."""

    taken_at: datetime | None = None
    confirmed: bool = False
    failed_at: datetime | None = None
    said: str = ""
    remedy: str = ""


NO_PROOF = Proof()


def proofs(connection: Connection, channel: str, since: datetime) -> dict[str, Proof]:
    """Return what is known of a channel since then, by the contact who was reached over it; empty means for all."""
    rows = connection.execute(
        select(DELIVERY.c.contact, DELIVERY.c.state, func.max(DELIVERY.c.id).label("last"))
        .where(DELIVERY.c.channel == channel, DELIVERY.c.started_at > since)
        .group_by(DELIVERY.c.contact, DELIVERY.c.state)
    )
    ended = (row.last for row in rows if row.state != DeliveryState.SENDING.value)
    attempts = connection.execute(select(DELIVERY).where(DELIVERY.c.id.in_(list(ended))).order_by(DELIVERY.c.id))
    found: dict[str, Proof] = {}
    for row in attempts:
        attempt, proof = delivery_view(row), found.get(row.contact, NO_PROOF)
        if attempt.state in TAKEN:
            confirmed = attempt.state is DeliveryState.ACCEPTED
            proof = replace(proof, taken_at=attempt.ended_at or attempt.started_at, confirmed=confirmed)
        else:
            at = attempt.ended_at or attempt.started_at
            proof = replace(proof, failed_at=at, said=attempt.said, remedy=attempt.remedy)
        found[row.contact] = proof
    return found


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

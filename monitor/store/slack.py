"""Slack's door in the database: what came in, which signed requests were seen, how each card stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Text, cast, delete, func, literal, or_, select, update

from monitor.core.people.policies import policy_of
from monitor.store.sql import insert, of
from monitor.store.tables import CardRow, DeadlineRow, DecisionRow, MatterRow, TransitionRow
from monitor.store.tables_slack import SlackCardRow, SlackEventRow, SlackRequestRow

CARD = of(CardRow)
DEADLINE = of(DeadlineRow)
DECISION = of(DecisionRow)
EVENT = of(SlackEventRow)
KEPT = of(SlackCardRow)
MATTER = of(MatterRow)
REQUEST = of(SlackRequestRow)
TRANSITION = of(TransitionRow)
# Longer than an act takes, its answers to Slack included.
LEASE = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Left:
    """An event that was taken and not done: the process that took it is gone, or hangs."""

    key: str
    payload: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """A card, what has become of its matter, and what was shown of that last."""

    channel: str
    card_key: str
    ref: str
    matter_id: int
    decision: int
    transition: int
    shown: str = ""
    told_upto: int | None = None
    asking_since: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardFault:
    """A card that cannot be kept current: since when, the provider's word, the remedy, and when it was deleted."""

    channel: str
    card_key: str
    since: datetime | None
    said: str
    remedy: str
    gone_at: datetime | None


def take(connection: Connection, key: str, kind: str, payload: Mapping[str, Any], now: datetime) -> bool:
    """Take an event; False where it was taken before, by whatever process."""
    row = {"key": key, "kind": kind, "received_at": now, "payload": dict(payload)}
    row |= {"lease_until": now + LEASE, "tries": 1, "outcome": ""}
    statement = insert(connection, SlackEventRow).values(**row).on_conflict_do_nothing()
    return connection.execute(statement.returning(EVENT.c.key)).first() is not None


def take_left(connection: Connection, now: datetime, limit: int = 20) -> list[Left]:
    """Take events that nobody has done although their time is over."""
    query = select(EVENT.c.key).where(EVENT.c.done_at.is_(None), EVENT.c.lease_until <= now)
    taken: list[Left] = []
    for key in connection.scalars(query.order_by(EVENT.c.lease_until).limit(limit)).all():
        held = connection.execute(
            update(EVENT)
            .where(EVENT.c.key == key, EVENT.c.done_at.is_(None), EVENT.c.lease_until <= now)
            .values(lease_until=now + LEASE, tries=EVENT.c.tries + 1)
            .returning(EVENT.c.payload, EVENT.c.received_at)
        ).one_or_none()
        if held is not None:
            taken.append(Left(key, held.payload, held.received_at))
    return taken


def done(connection: Connection, key: str, outcome: str, now: datetime) -> None:
    """Write what came of an event; what Slack sent is not kept any longer."""
    values = {"done_at": now, "outcome": outcome[:500], "payload": {}}
    connection.execute(update(EVENT).where(EVENT.c.key == key).values(**values))


def is_done(connection: Connection, key: str) -> bool:
    """Tell whether an event is done."""
    return connection.execute(select(EVENT.c.done_at).where(EVENT.c.key == key)).scalar_one_or_none() is not None


def last_event(connection: Connection) -> datetime | None:
    """Return when Slack last sent us anything."""
    found: datetime | None = connection.execute(select(func.max(EVENT.c.received_at))).scalar_one()
    return found


def first_time(connection: Connection, digest: str, now: datetime) -> bool:
    """Keep that a signed request was seen; False where it was seen before."""
    statement = insert(connection, SlackRequestRow).values(digest=digest, at=now).on_conflict_do_nothing()
    return connection.execute(statement.returning(REQUEST.c.digest)).first() is not None


def forget(connection: Connection, *, events: datetime, requests: datetime) -> None:
    """Delete what is done and older than `events`, and requests older than `requests`."""
    connection.execute(delete(EVENT).where(EVENT.c.done_at.is_not(None), EVENT.c.received_at < events))
    connection.execute(delete(REQUEST).where(REQUEST.c.at < requests))


def cards(connection: Connection, channel: str, limit: int = 300) -> list[CardState]:
    """Return the newest cards of a channel with what their matters have come to."""
    decided = select(func.max(DECISION.c.id)).where(DECISION.c.matter_id == MATTER.c.id).scalar_subquery()
    changed = select(func.max(TRANSITION.c.id)).where(TRANSITION.c.matter_id == MATTER.c.id).scalar_subquery()
    kept = (KEPT.c.shown, KEPT.c.told_upto, KEPT.c.asking_since, KEPT.c.failures, KEPT.c.retry_at)
    query = (
        select(CARD.c.card_key, CARD.c.card_ref, MATTER.c.id, decided.label("decided"), changed.label("changed"), *kept)
        .join(CARD, CARD.c.card_key == literal("matter:") + cast(MATTER.c.id, Text))
        .outerjoin(KEPT, (KEPT.c.channel == CARD.c.channel) & (KEPT.c.card_key == CARD.c.card_key))
        .where(CARD.c.channel == channel)
        .order_by(MATTER.c.id.desc())
        .limit(limit)
    )
    return [
        CardState(
            channel=channel,
            card_key=row.card_key,
            ref=row.card_ref,
            matter_id=row.id,
            decision=row.decided or 0,
            transition=row.changed or 0,
            shown=row.shown or "",
            told_upto=row.told_upto,
            asking_since=row.asking_since,
            failures=row.failures or 0,
            retry_at=row.retry_at,
        )
        for row in connection.execute(query)
    ]


def hold_card(connection: Connection, state: CardState, now: datetime, *, told_upto: int) -> CardState | None:
    """Hold a card for a few calls to Slack; None where another process is at it.

    Return it as it stands now: another process may have been at it since it was read.
    """
    first = {"channel": state.channel, "card_key": state.card_key, "shown": "", "told_upto": told_upto, "failures": 0}
    first |= {"said": "", "remedy": "", "lease_until": now + LEASE}
    statement = insert(connection, SlackCardRow).values(**first)
    free = or_(KEPT.c.lease_until.is_(None), KEPT.c.lease_until <= now)
    statement = statement.on_conflict_do_update(
        index_elements=["channel", "card_key"], set_={"lease_until": now + LEASE}, where=free
    )
    row = connection.execute(statement.returning(KEPT.c.shown, KEPT.c.told_upto, KEPT.c.asking_since)).one_or_none()
    if row is None:
        return None
    ref = connection.execute(
        select(CARD.c.card_ref).where(CARD.c.channel == state.channel, CARD.c.card_key == state.card_key)
    ).scalar_one()
    return replace(state, ref=ref, shown=row.shown, told_upto=row.told_upto, asking_since=row.asking_since)


def keep_card(connection: Connection, state: CardState, **values: Any) -> None:
    """Write how a card stands and let it go."""
    mine = (KEPT.c.channel == state.channel) & (KEPT.c.card_key == state.card_key)
    connection.execute(update(KEPT).where(mine).values(lease_until=None, **values))


def card_faults(connection: Connection, since: datetime) -> list[CardFault]:
    """Return the cards that cannot be kept current, and those deleted after `since`."""
    troubled = or_(KEPT.c.failing_since.is_not(None), KEPT.c.gone_at > since)
    return [
        CardFault(row.channel, row.card_key, row.failing_since, row.said, row.remedy, row.gone_at)
        for row in connection.execute(select(KEPT).where(troubled).order_by(KEPT.c.card_key).limit(50))
    ]


def acknowledgements_needed(connection: Connection, matter_id: int) -> int:
    """Return how many people must acknowledge, by the strictest policy of the running deadlines; 1 without one."""
    query = select(DEADLINE.c.policy).where(DEADLINE.c.matter_id == matter_id, DEADLINE.c.settled_at.is_(None))
    kept = (policy for policy in connection.scalars(query) if policy is not None)
    return max((policy_of(policy).needed for policy in kept), default=1)

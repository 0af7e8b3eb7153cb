"""Warnings that a provider holds for us, and the deadlines that they are about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, exists, func, or_, select, update

from monitor.core.duties.arming import FARTHEST, STANDING, Armed, ArmedState, ArmedWhy, Running, Warned
from monitor.core.duties.delivering import NAGGING, TAKEN
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.model import LIVE, AlertState
from monitor.store import rule_versions
from monitor.store.duties import deadline_of
from monitor.store.sql import insert, of
from monitor.store.tables import AlertRow, DeadlineRow, DeliveryRow
from monitor.store.tables_channels import ArmedRow

ALERT = of(AlertRow)
ARMED = of(ArmedRow)
DEADLINE = of(DeadlineRow)
DELIVERY = of(DeliveryRow)
# Longer than a call to the provider takes.
LEASE = timedelta(minutes=2)
AFTERWARDS = timedelta(hours=1)
UNHEARD = (AlertState.PENDING, AlertState.EXPIRED, AlertState.UNDELIVERABLE)


def running(
    connection: Connection, pack: RulePack, now: datetime, most: int, unread: Collection[str] = ()
) -> list[Running]:
    """Return the deadlines that end next, with their rules; what only channels in `unread` took was not heard."""
    rows = connection.execute(
        select(DEADLINE)
        .where(
            DEADLINE.c.state.in_([state.value for state in LIVE]),
            DEADLINE.c.settled_at.is_(None),
            DEADLINE.c.paused_since.is_(None),
            DEADLINE.c.provisional.is_(False),
            DEADLINE.c.due_at.between(now - AFTERWARDS, now + FARTHEST),
        )
        .order_by(DEADLINE.c.due_at, DEADLINE.c.id)
        .limit(most)
    ).all()
    kept = rule_versions.rules(connection, {row.rule for row in rows if row.rule is not None})
    deadlines = [deadline_of(row, kept.get(row.rule)) for row in rows]
    unheard = _unheard(connection, {deadline.matter_id for deadline in deadlines}, unread)
    return [
        Running(one, rule_of(pack, one), unheard.get((one.matter_id, one.obligation_id, one.ordinal)))
        for one in deadlines
    ]


def _unheard(
    connection: Connection, matters: Collection[int], unread: Collection[str]
) -> dict[tuple[int, str, int], datetime]:
    """Return for each deadline when its newest alert was made that no channel took which people read."""
    heard = exists().where(
        DELIVERY.c.alert_id == ALERT.c.id,
        DELIVERY.c.state.in_([state.value for state in TAKEN]),
        DELIVERY.c.channel.not_in(list(unread)),
    )
    rows = connection.execute(
        select(ALERT.c.matter_id, ALERT.c.obligation_id, ALERT.c.ordinal, func.max(ALERT.c.created_at).label("made"))
        .where(
            ALERT.c.matter_id.in_(list(matters)),
            ALERT.c.reason.in_([reason.value for reason in NAGGING]),
            ALERT.c.state.in_([state.value for state in UNHEARD]),
            ~heard,
        )
        .group_by(ALERT.c.matter_id, ALERT.c.obligation_id, ALERT.c.ordinal)
    )
    return {(row.matter_id, row.obligation_id, row.ordinal): row.made for row in rows}


def known(connection: Connection, channel: str, now: datetime) -> list[Armed]:
    """Return the warnings of a channel that stand, may stand, or were refused and may be tried again."""
    open_ = or_(
        ARMED.c.state.in_([state.value for state in STANDING]),
        and_(ARMED.c.state == ArmedState.REFUSED.value, ARMED.c.post_at > now),
    )
    rows = connection.execute(select(ARMED).where(ARMED.c.channel == channel, open_).order_by(ARMED.c.post_at))
    return [
        Armed(row.id, row.key, row.post_at, ArmedState(row.state), row.provider_id, row.lease_until) for row in rows
    ]


def count(connection: Connection, channel: str, now: datetime) -> int:
    """Return how many warnings the provider holds for a channel."""
    held = and_(ARMED.c.channel == channel, ARMED.c.state == ArmedState.ARMED.value, ARMED.c.post_at > now)
    return int(connection.execute(select(func.count()).where(held)).scalar_one())


def begin(connection: Connection, channel: str, one: Warned, text: str, now: datetime) -> int | None:
    """Write down that a warning is being placed; None where another process is at it, or it stands already."""
    row = {
        "channel": channel,
        "deadline_id": one.deadline_id,
        "point": one.point,
        "at": one.at,
        "post_at": one.post_at,
        "state": ArmedState.PLACING.value,
        "provider_id": "",
        "text": text,
        "lease_until": now + LEASE,
        "began_at": now,
        "ended_at": None,
        "why": "",
        "said": "",
    }
    statement = insert(connection, ArmedRow).values(key=one.key, **row)
    ended = ARMED.c.state.not_in([state.value for state in STANDING])
    statement = statement.on_conflict_do_update(index_elements=["key"], set_=row, where=ended)
    begun: int | None = connection.execute(statement.returning(ARMED.c.id)).scalar_one_or_none()
    return begun


def hold(connection: Connection, one: Armed, now: datetime) -> bool:
    """Hold a warning that stands, to take it back; False where another process is at it."""
    statement = update(ARMED).where(ARMED.c.id == one.id, ARMED.c.state == ArmedState.ARMED.value)
    statement = statement.values(state=ArmedState.REMOVING.value, lease_until=now + LEASE)
    return connection.execute(statement.returning(ARMED.c.id)).first() is not None


def end(
    connection: Connection,
    number: int,
    state: ArmedState,
    now: datetime,
    *,
    provider_id: str = "",
    why: ArmedWhy | None = None,
    said: str = "",
    retry_at: datetime | None = None,
) -> None:
    """Write down how a warning stands now; `retry_at` is when a refused one may be tried again."""
    ended = None if state in STANDING else now
    values = {"state": state.value, "lease_until": retry_at, "ended_at": ended, "why": why or "", "said": said}
    if provider_id:
        values["provider_id"] = provider_id
    connection.execute(update(ARMED).where(ARMED.c.id == number).values(**values))

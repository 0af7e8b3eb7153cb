"""Subscriptions at hubs, and the bodies that they brought and that wait to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, literal, or_, select, update

from monitor.core.fetched import Fetched, Outcome
from monitor.core.text import storable
from monitor.core.websub import State
from monitor.store.sql import insert, of
from monitor.store.tables import FetchRow, SourceRow
from monitor.store.tables_streams import BroughtRow, SubscriptionRow

SUBSCRIPTION, BROUGHT = of(SubscriptionRow), of(BroughtRow)
SOURCE = of(SourceRow)
LONGEST_SAID = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a hub was asked to tell of a source."""

    source_id: str
    hub: str
    topic: str
    token: str
    secret: str
    state: State
    ask_at: datetime
    expires_at: datetime | None
    failures: int
    said: str
    brought_at: datetime | None
    missed: int
    told: bool

    def tells(self, now: datetime) -> bool:
        """Tell whether the hub has promised to tell, for now."""
        return self.state is State.ACTIVE and self.expires_at is not None and self.expires_at > now


@dataclass(frozen=True, slots=True)
class Brought:
    """A body that waits to be read."""

    id: int
    source_id: str
    at: datetime
    content_type: str
    body: bytes
    tries: int


def subscription(connection: Connection, source_id: str) -> Subscription | None:
    """Return what a hub was asked to tell of a source."""
    row = connection.execute(select(SUBSCRIPTION).where(SUBSCRIPTION.c.source_id == source_id)).one_or_none()
    return None if row is None else _subscription(row)


def by_token(connection: Connection, token: str) -> Subscription | None:
    """Return the subscription whose address a hub calls."""
    row = connection.execute(select(SUBSCRIPTION).where(SUBSCRIPTION.c.token == token)).one_or_none()
    return None if row is None else _subscription(row)


def subscriptions(connection: Connection) -> list[Subscription]:
    """Return all subscriptions, by source."""
    rows = connection.execute(select(SUBSCRIPTION).order_by(SUBSCRIPTION.c.source_id))
    return [_subscription(row) for row in rows]


def name_hub(
    connection: Connection, source_id: str, *, hub: str, topic: str, token: str, secret: str, ask_at: datetime
) -> None:
    """Keep that a source offers a hub, or another one than before, whose address and secret are new as well."""
    values: dict[str, Any] = {"hub": hub, "topic": topic, "token": token, "secret": secret, "ask_at": ask_at}
    values |= {"state": State.WANTED.value, "expires_at": None, "failures": 0, "said": ""}
    values |= {"brought_at": None, "missed": 0, "told": False}
    statement = insert(connection, SubscriptionRow).values(source_id=source_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["source_id"], set_=values))


def due(connection: Connection, now: datetime, limit: int) -> list[Subscription]:
    """Return the subscriptions about which a hub is to be asked, and that nobody else asks about just now."""
    rows = connection.execute(
        select(SUBSCRIPTION)
        .where(SUBSCRIPTION.c.ask_at <= now)
        .order_by(SUBSCRIPTION.c.ask_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_subscription(row) for row in rows]


def change(connection: Connection, source_id: str, token: str, **values: Any) -> bool:
    """Change a subscription, unless it is another one by now; tell whether it was."""
    same = (SUBSCRIPTION.c.source_id == source_id, SUBSCRIPTION.c.token == token)
    if "said" in values:
        values["said"] = storable(values["said"])[:LONGEST_SAID]
    return connection.execute(update(SUBSCRIPTION).where(*same).values(**values)).rowcount == 1


def miss(connection: Connection, known: Subscription) -> int:
    """Count one more look that found what the hub had not told, unless it told something meanwhile; return how many."""
    same = (SUBSCRIPTION.c.source_id == known.source_id, SUBSCRIPTION.c.token == known.token)
    silent = SUBSCRIPTION.c.brought_at.is_not_distinct_from(known.brought_at)
    more = update(SUBSCRIPTION).where(*same, silent).values(missed=SUBSCRIPTION.c.missed + 1)
    return connection.scalar(more.returning(SUBSCRIPTION.c.missed)) or 0


def tell(connection: Connection, known: Subscription, missed: int, now: datetime) -> bool:
    """Keep that people are told of a silent hub, which is asked anew; tell whether it still is one nobody told of."""
    same = (SUBSCRIPTION.c.source_id == known.source_id, SUBSCRIPTION.c.token == known.token)
    silent = (SUBSCRIPTION.c.missed >= missed, SUBSCRIPTION.c.told.is_(False))
    return connection.execute(update(SUBSCRIPTION).where(*same, *silent).values(told=True, ask_at=now)).rowcount == 1


def forget(connection: Connection, source_id: str) -> None:
    """Forget a subscription; what it brought and what waits is dealt with in its turn, with a stored reason."""
    connection.execute(delete(SUBSCRIPTION).where(SUBSCRIPTION.c.source_id == source_id))


def leave(connection: Connection, known: Subscription, now: datetime) -> None:
    """Begin to leave a hub; one that was never asked is forgotten."""
    if known.state is State.WANTED:
        forget(connection, known.source_id)
    elif known.state is not State.LEAVING:
        change(connection, known.source_id, known.token, state=State.LEAVING.value, ask_at=now, failures=0)


def waiting(connection: Connection, source_id: str) -> int:
    """Return how many bodies of a source wait to be read."""
    query = select(func.count()).select_from(BROUGHT).where(BROUGHT.c.source_id == source_id)
    return int(connection.scalar(query) or 0)


def keep_body(connection: Connection, source_id: str, content_type: str, body: bytes, now: datetime) -> None:
    """Keep a body until it is read."""
    row = {"source_id": source_id, "at": now, "content_type": storable(content_type)[:200], "body": body, "tries": 0}
    connection.execute(insert(connection, BroughtRow).values(**row))
    connection.execute(
        update(SUBSCRIPTION).where(SUBSCRIPTION.c.source_id == source_id).values(brought_at=now, missed=0, told=False)
    )


def is_waiting(connection: Connection, now: datetime) -> bool:
    """Tell whether a body waits that nobody reads."""
    free = or_(BROUGHT.c.lease_until.is_(None), BROUGHT.c.lease_until <= now)
    return connection.scalar(select(BROUGHT.c.id).where(free).limit(1)) is not None


def take_body(connection: Connection, now: datetime, until: datetime) -> Brought | None:
    """Take the oldest body that nobody reads, until a moment; None where there is none."""
    free = or_(BROUGHT.c.lease_until.is_(None), BROUGHT.c.lease_until <= now)
    query = select(BROUGHT).where(free).order_by(BROUGHT.c.id).limit(1).with_for_update(skip_locked=True)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    taken = update(BROUGHT).where(BROUGHT.c.id == row.id).values(lease_until=until, tries=row.tries + 1)
    connection.execute(taken)
    return Brought(row.id, row.source_id, row.at, row.content_type, row.body, row.tries + 1)


def hand_back(connection: Connection, brought: Brought, until: datetime) -> None:
    """Let a body be read again from a moment on; that it was taken does not count as a try."""
    same = (BROUGHT.c.id == brought.id, BROUGHT.c.tries == brought.tries)
    values = {"lease_until": until, "tries": brought.tries - 1}
    connection.execute(update(BROUGHT).where(*same).values(**values))


def done_with(connection: Connection, number: int) -> None:
    """Forget a body that was read."""
    connection.execute(delete(BROUGHT).where(BROUGHT.c.id == number))


def record(connection: Connection, source_id: str, fetched: Fetched, *, new: int, now: datetime) -> None:
    """Keep what came of a body as what came of a fetch; the next fetch stays where it is, or comes at once.

    A body that is empty or cannot be read tells at least that something is new.
    """
    failed = fetched.outcome is Outcome.FAILED
    values = {"next_at": now} if failed else {"last_new_at": now} if new else {}
    if values:
        # One that is left alone because it fails stays so.
        well = or_(SOURCE.c.last_outcome != Outcome.FAILED.value, literal("next_at" not in values))
        connection.execute(update(SOURCE).where(SOURCE.c.id == source_id, well).values(**values))
    connection.execute(
        insert(connection, FetchRow).values(
            source_id=source_id,
            at=now,
            outcome=fetched.outcome.value,
            reason=fetched.reason or "",
            detail=storable(f"WebSub {fetched.detail}".strip()),
            status=None,
            bytes=fetched.bytes,
            charset_rule=fetched.charset_rule.value,
            seen=len(fetched.entries),
            new=new,
            dropped=len(fetched.dropped),
            elapsed_ms=0,
        )
    )


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        source_id=row.source_id,
        hub=row.hub,
        topic=row.topic,
        token=row.token,
        secret=row.secret,
        state=State(row.state),
        ask_at=row.ask_at,
        expires_at=row.expires_at,
        failures=row.failures,
        said=row.said,
        brought_at=row.brought_at,
        missed=row.missed,
        told=row.told,
    )

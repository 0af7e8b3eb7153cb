"""Streams between messages: who listens, how far it has come, what was passed over, what was taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, and_, or_, select, update

from monitor.core.beijing import day_of
from monitor.core.fetched import DropReason, Outcome
from monitor.core.text import storable
from monitor.store.sql import insert, of
from monitor.store.tables import DropRow, FetchRow, ItemRow, SourceRow
from monitor.store.tables_streams import StreamRow, WithdrawalRow

STREAM, WITHDRAWAL = of(StreamRow), of(WithdrawalRow)
ITEM, SOURCE, DROP = of(ItemRow), of(SourceRow), of(DropRow)
BATCH = 500


@dataclass(frozen=True, slots=True)
class StreamState:
    """What is remembered of a stream. `origin` is that of which `cursor` tells; None where nobody kept it."""

    source_id: str
    owner: str
    lease_until: datetime
    next_try_at: datetime
    failures: int
    cursor: str
    origin: str | None = None


def register(connection: Connection, source_ids: Collection[str], now: datetime) -> None:
    """Make sure that every stream has its row; a new one belongs to nobody and may be opened at once."""
    rows = [
        {"source_id": name, "owner": "", "lease_until": now, "next_try_at": now, "failures": 0, "cursor": ""}
        for name in source_ids
    ]
    if rows:
        connection.execute(insert(connection, StreamRow).on_conflict_do_nothing(index_elements=["source_id"]), rows)


def states(connection: Connection, source_ids: Collection[str]) -> dict[str, StreamState]:
    """Return what is remembered of these streams."""
    rows = connection.execute(select(STREAM).where(STREAM.c.source_id.in_(source_ids)))
    return {row.source_id: _state(row) for row in rows}


def hold(
    connection: Connection, source_ids: Collection[str], owner: str, now: datetime, until: datetime
) -> dict[str, StreamState]:
    """Take the streams that nobody holds and keep those that are held; return all that are `owner`'s now."""
    free = or_(STREAM.c.lease_until <= now, STREAM.c.owner == owner)
    statement = update(STREAM).where(STREAM.c.source_id.in_(source_ids), free)
    rows = connection.execute(statement.values(owner=owner, lease_until=until).returning(*STREAM.c))
    return {row.source_id: _state(row) for row in rows}


def release(connection: Connection, source_ids: Collection[str], owner: str, now: datetime) -> None:
    """Let others listen to these streams."""
    mine = and_(STREAM.c.source_id.in_(source_ids), STREAM.c.owner == owner)
    connection.execute(update(STREAM).where(mine).values(owner="", lease_until=now))


def keep_cursor(connection: Connection, source_id: str, owner: str, cursor: str, origin: str) -> bool:
    """Keep how far a stream has come, and of which it tells that; tell whether it is still `owner`'s."""
    mine = and_(STREAM.c.source_id == source_id, STREAM.c.owner == owner)
    come = {"cursor": storable(cursor), "origin": origin} if cursor else {"owner": owner}
    statement = update(STREAM).where(mine).values(**come)
    return connection.execute(statement).rowcount == 1


def plan(connection: Connection, source_id: str, owner: str, *, next_try_at: datetime, failures: int) -> None:
    """Keep when a stream that has ended may be opened again."""
    mine = and_(STREAM.c.source_id == source_id, STREAM.c.owner == owner)
    connection.execute(update(STREAM).where(mine).values(next_try_at=next_try_at, failures=failures))


def opened(connection: Connection, source_id: str, now: datetime) -> None:
    """Keep that a stream was opened."""
    connection.execute(update(STREAM).where(STREAM.c.source_id == source_id).values(opened_at=now))


def _state(row: Row[tuple[object, ...]]) -> StreamState:
    return StreamState(row.source_id, row.owner, row.lease_until, row.next_try_at, row.failures, row.cursor, row.origin)


def account(
    connection: Connection, source_id: str, *, seen: int, new: int, size: int, next_at: datetime, now: datetime
) -> None:
    """Keep what a stream brought since the last account, as what came of a fetch."""
    values = {"next_at": next_at, "failure_score": 0.0, "last_outcome": Outcome.ITEMS.value, "last_reason": ""}
    values |= {"last_fetch_at": now, "last_good_at": now} | ({"last_new_at": now} if new else {})
    connection.execute(update(SOURCE).where(SOURCE.c.id == source_id).values(**values))
    row = {"source_id": source_id, "at": now, "outcome": Outcome.ITEMS.value, "reason": "", "detail": ""}
    row |= {"status": None, "bytes": size, "charset_rule": "", "seen": seen, "new": new, "dropped": 0, "elapsed_ms": 0}
    connection.execute(insert(connection, FetchRow).values(**row))


def count_drops(
    connection: Connection, source_id: str, counts: Mapping[tuple[DropReason, str], int], now: datetime
) -> None:
    """Count what was left out by reason and detail, one row a day: of what nobody asked for only the number is kept."""
    statement = insert(connection, DropRow)
    grown = statement.on_conflict_do_update(
        index_elements=["source_id", "key"],
        set_={"last_at": statement.excluded.last_at, "times": DROP.c.times + statement.excluded.times},
    )
    rows = [
        {
            "source_id": source_id,
            "key": hashlib.sha256(f"{reason}\n{day_of(now)}\n{detail}".encode("utf-8", "replace")).hexdigest()[:32],
            "reason": reason.value,
            "title": "",
            "detail": storable(detail)[:500] or str(day_of(now)),
            "first_at": now,
            "last_at": now,
            "times": times,
        }
        for (reason, detail), times in sorted(counts.items())
    ]
    if rows:
        connection.execute(grown, rows)


def known(connection: Connection, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return title and text of the items that are stored under these keys."""
    rows = connection.execute(select(ITEM.c.key, ITEM.c.title, ITEM.c.text).where(ITEM.c.key.in_(keys)))
    return {row.key: (row.title, row.text) for row in rows}


def withdraw(connection: Connection, source_id: str, post_ids: Sequence[str], now: datetime) -> int:
    """Keep that posts were taken back, in each of their states; return how many items of ours that are."""
    found: list[int] = []
    post_ids = [storable(one) for one in post_ids]
    for at in range(0, len(post_ids), BATCH):
        its = and_(ITEM.c.source_id == source_id, ITEM.c.external_id.in_(post_ids[at : at + BATCH]))
        found.extend(connection.scalars(select(ITEM.c.id).where(its)))
    rows = [{"item_id": number, "at": now} for number in found]
    if rows:
        connection.execute(insert(connection, WithdrawalRow).on_conflict_do_nothing(index_elements=["item_id"]), rows)
    return len(rows)


def withdrawn_at(connection: Connection, item_id: int) -> datetime | None:
    """Return when a post was found to be taken back."""
    at: datetime | None = connection.scalar(select(WITHDRAWAL.c.at).where(WITHDRAWAL.c.item_id == item_id))
    return at


def overdue(connection: Connection, source_ids: Collection[str], now: datetime, grace: timedelta) -> list[str]:
    """Return the streams that nobody has held for longer than `grace`."""
    rows = select(STREAM.c.source_id).where(STREAM.c.source_id.in_(source_ids), STREAM.c.lease_until < now - grace)
    return list(connection.scalars(rows.order_by(STREAM.c.source_id)))

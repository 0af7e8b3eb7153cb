"""Token buckets as rows, so that all processes count together and a restart forgives nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from monitor.core.access.buckets import Bucket, Pace, filled, wait_for
from monitor.store.sql import exclusive, insert, of
from monitor.store.tables_accounts import BucketRow, SpentRow

BUCKET = of(BucketRow)
SPENT = of(SpentRow)
LONGEST_KEPT = timedelta(days=1)


def take(connection: Connection, buckets: Mapping[str, Pace], now: datetime) -> timedelta:
    """Take one try out of each bucket, or none out of any; return how long to wait, zero where it was taken."""
    for key in sorted(buckets):
        exclusive(connection, f"bucket {key}")
    rows = connection.execute(select(BUCKET).where(BUCKET.c.key.in_(buckets)))
    kept = {row.key: Bucket(row.level, row.at) for row in rows}
    levels = {key: filled(kept.get(key), pace, now) for key, pace in buckets.items()}
    wait = max((wait_for(levels[key], pace) for key, pace in buckets.items()), default=timedelta(0))
    if not wait:
        for key, bucket in levels.items():
            _keep(connection, key, Bucket(bucket.level - 1, now))
        connection.execute(delete(BUCKET).where(BUCKET.c.at < now - LONGEST_KEPT))
    return wait


def refill(connection: Connection, keys: Mapping[str, Pace], now: datetime) -> None:
    """Give one try back to each bucket: it was a good one."""
    rows = {row.key: row for row in connection.execute(select(BUCKET).where(BUCKET.c.key.in_(keys)))}
    for key, row in rows.items():
        level = filled(Bucket(row.level, row.at), keys[key], now).level
        _keep(connection, key, Bucket(min(level + 1, float(keys[key].burst)), now))


def spend_once(connection: Connection, digest: str, now: datetime) -> bool:
    """Keep that something was used; False where it was used before."""
    forget_spent(connection, now)
    statement = insert(connection, SpentRow).values(digest=digest, at=now)
    fresh = statement.on_conflict_do_nothing(index_elements=["digest"]).returning(SPENT.c.digest)
    return connection.execute(fresh).first() is not None


def forget_spent(connection: Connection, now: datetime) -> None:
    """Forget what was used so long ago that nobody could use it again."""
    connection.execute(delete(SPENT).where(SPENT.c.at < now - LONGEST_KEPT))


def any_outlived(connection: Connection, now: datetime) -> bool:
    """Tell whether something is kept that `forget_spent` would forget."""
    query = select(SPENT.c.digest).where(SPENT.c.at < now - LONGEST_KEPT).limit(1)
    return connection.execute(query).first() is not None


def _keep(connection: Connection, key: str, bucket: Bucket) -> None:
    values = {"level": bucket.level, "at": bucket.at}
    statement = insert(connection, BucketRow).values(key=key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))

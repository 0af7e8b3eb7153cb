"""The ways to people as the daily silent drill found them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from monitor.core.paths import PathCheck, PathOutcome
from monitor.store.sql import insert, of
from monitor.store.tables_selfwatch import PathCheckRow

PATH = of(PathCheckRow)
# Longer than any try takes.
LEASE = timedelta(minutes=10)


def begin(connection: Connection, day: date, channel: str, now: datetime) -> bool:
    """Take the day's try of a channel; False where another process has taken it. One that was cut off is taken up."""
    values = {"day": day.isoformat(), "channel": channel, "began_at": now, "outcome": "", "said": "", "remedy": ""}
    statement = insert(connection, PathCheckRow).values(**values)
    lapsed = and_(PATH.c.outcome == "", PATH.c.began_at < now - LEASE)
    taken = statement.on_conflict_do_update(index_elements=["day", "channel"], set_={"began_at": now}, where=lapsed)
    return connection.execute(taken.returning(PATH.c.day)).first() is not None


def end(connection: Connection, check: PathCheck) -> None:
    """Write down how a try ended."""
    values = {
        "ended_at": check.ended_at,
        "outcome": check.outcome.value if check.outcome else "",
        "said": check.said,
        "remedy": check.remedy,
    }
    named = (PATH.c.day == check.day.isoformat(), PATH.c.channel == check.channel)
    connection.execute(update(PATH).where(*named).values(**values))


def ended_on(connection: Connection, day: date) -> dict[str, PathOutcome]:
    """Return how the tries of a day ended, by channel; those under way are not among them."""
    rows = connection.execute(select(PATH.c.channel, PATH.c.outcome).where(PATH.c.day == day.isoformat()))
    return {row.channel: PathOutcome(row.outcome) for row in rows if row.outcome}


def latest_day(connection: Connection) -> list[PathCheck]:
    """Return the ended tries of the last day on which any channel was tried."""
    day = select(func.max(PATH.c.day)).scalar_subquery()
    rows = connection.execute(select(PATH).where(PATH.c.day == day, PATH.c.outcome != "").order_by(PATH.c.channel))
    return [_check(row) for row in rows]


def latest(connection: Connection, channels: Collection[str]) -> list[PathCheck]:
    """Return the last ended try of each of the channels that was ever tried, in the order given."""
    newest = (
        select(PATH.c.channel, func.max(PATH.c.day).label("day"))
        .where(PATH.c.outcome != "", PATH.c.channel.in_(channels))
        .group_by(PATH.c.channel)
        .subquery()
    )
    rows = connection.execute(
        select(PATH).join(newest, (newest.c.channel == PATH.c.channel) & (newest.c.day == PATH.c.day))
    )
    found = {row.channel: _check(row) for row in rows}
    return [found[name] for name in channels if name in found]


def _check(row: Row[Any]) -> PathCheck:
    return PathCheck(
        day=date.fromisoformat(row.day),
        channel=row.channel,
        began_at=row.began_at,
        ended_at=row.ended_at,
        outcome=PathOutcome(row.outcome),
        said=row.said,
        remedy=row.remedy,
    )

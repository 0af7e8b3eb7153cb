"""The ways to people as the daily silent drill found them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select, update

from monitor.store.sql import insert, of
from monitor.store.tables_selfwatch import PathCheckRow

PATH = of(PathCheckRow)


class PathOutcome(StrEnum):
    """How a try ended; each has a label in the catalogues. `PARTLY`: no more can be tried without ringing people."""

    WELL = "well"
    PARTLY = "partly"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathCheck:
    """One try of one channel; `outcome` is None while it goes on, or where it was cut off."""

    day: date
    channel: str
    began_at: datetime
    ended_at: datetime | None = None
    outcome: PathOutcome | None = None
    said: str = ""
    remedy: str = ""


def begin(connection: Connection, day: date, channel: str, now: datetime) -> bool:
    """Take the day's try of a channel; False where another process has taken it."""
    values = {"day": day.isoformat(), "channel": channel, "began_at": now, "outcome": "", "said": "", "remedy": ""}
    statement = insert(connection, PathCheckRow).values(**values)
    done = connection.execute(statement.on_conflict_do_nothing(index_elements=["day", "channel"]).returning(PATH.c.day))
    return done.first() is not None


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


def tried(connection: Connection, day: date) -> set[str]:
    """Return the channels whose try of that day was taken."""
    return set(connection.scalars(select(PATH.c.channel).where(PATH.c.day == day.isoformat())))


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
    found = {
        row.channel: PathCheck(
            day=date.fromisoformat(row.day),
            channel=row.channel,
            began_at=row.began_at,
            ended_at=row.ended_at,
            outcome=PathOutcome(row.outcome),
            said=row.said,
            remedy=row.remedy,
        )
        for row in rows
    }
    return [found[name] for name in channels if name in found]

"""Sources between fetches: which are due, what came of each fetch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, or_, select, tuple_, update

from monitor.core.fetched import Outcome, Validators
from monitor.core.hosts import Asked
from monitor.core.model import DeadlineState
from monitor.store import troubles
from monitor.store.sql import insert, of
from monitor.store.tables import DeadlineRow, FetchRow, SourceRow

DEADLINE = of(DeadlineRow)
FETCH = of(FetchRow)
SOURCE = of(SourceRow)
LEG = "crawl"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source."""

    id: str
    next_at: datetime
    validators: Validators
    failure_score: float
    last_outcome: str
    last_reason: str
    last_fetch_at: datetime | None
    last_good_at: datetime | None
    last_new_at: datetime | None
    tempo: float = 1.0
    known_since: datetime | None = None


EMPTY: dict[str, Any] = {
    "etag": "",
    "last_modified": "",
    "body_hash": "",
    "streak": 0,
    "distrusted": False,
    "suspected": 0,
    "ttl_s": 0,
    "tempo": 1.0,
    "failure_score": 0.0,
    "last_outcome": "",
    "last_reason": "",
}


@dataclass(frozen=True, slots=True)
class Due:
    """Since when a source is due, and how it was last asked."""

    at: datetime
    asked: Asked


_STATE = select(SOURCE).where(SOURCE.c.id == bindparam("source_id"))
_OPEN = select(DEADLINE.c.id).where(DEADLINE.c.state == DeadlineState.OPEN.value).limit(1)


def register(connection: Connection, source_ids: Collection[str], now: datetime) -> None:
    """Make sure that every source has its row; a new one is due at once. Nothing of others is lost."""
    known = set(connection.scalars(select(SOURCE.c.id)))
    rows = [
        {**EMPTY, "id": source_id, "next_at": now, "known_since": now}
        for source_id in source_ids
        if source_id not in known
    ]
    if rows:
        connection.execute(insert(connection, SourceRow).on_conflict_do_nothing(index_elements=["id"]), rows)
    # Earlier versions did not keep it.
    connection.execute(update(SOURCE).where(SOURCE.c.known_since.is_(None)).values(known_since=now))


def due(connection: Connection, source_ids: AbstractSet[str], now: datetime, limit: int) -> dict[str, Due]:
    """Return sources that are due and free, each with when it was due and how it was last asked, longest due first.

    Those at which fetching failed again and again are left alone for a while. Tens of thousands of names would take
    the database longer than all else: rows of sources that are not asked for are passed over here.
    """
    found: dict[str, Due] = {}
    after: tuple[datetime, str] | None = None
    while len(found) < limit:
        rows = connection.execute(_due(now, after, limit), {"now": now}).all()
        found |= {row.id: Due(row.next_at, _asked(row)) for row in rows if row.id in source_ids}
        if len(rows) < limit:
            break
        after = (rows[-1].next_at, rows[-1].id)
    return found


def _due(now: datetime, after: tuple[datetime, str] | None, limit: int) -> Select[Any]:
    free = or_(SOURCE.c.lease_until.is_(None), SOURCE.c.lease_until <= now)
    asked = select(SOURCE.c.id, SOURCE.c.next_at, SOURCE.c.last_fetch_at, SOURCE.c.last_outcome).where(
        SOURCE.c.next_at <= now, free, SOURCE.c.id.not_in(troubles.resting(LEG))
    )
    if after is not None:
        asked = asked.where(tuple_(SOURCE.c.next_at, SOURCE.c.id) > tuple_(*after))
    return asked.order_by(SOURCE.c.next_at, SOURCE.c.id).limit(limit).with_for_update(skip_locked=True)


def _asked(row: Row[Any]) -> Asked:
    return Asked(row.last_fetch_at, row.last_outcome != Outcome.FAILED)


def state(connection: Connection, source_id: str) -> SourceState:
    """Return what is remembered of a source."""
    return _state(connection.execute(_STATE, {"source_id": source_id}).one())


def states_of(connection: Connection, source_ids: Collection[str]) -> dict[str, SourceState]:
    """Return what is remembered of these sources."""
    return {row.id: _state(row) for row in connection.execute(select(SOURCE).where(SOURCE.c.id.in_(source_ids)))}


def clock_runs(connection: Connection) -> bool:
    """Tell whether a deadline is open, of whatever matter."""
    return connection.execute(_OPEN).first() is not None


def lease(connection: Connection, source_ids: Sequence[str], until: datetime) -> None:
    """Keep sources from being fetched by anybody else until `until`."""
    connection.execute(update(SOURCE).where(SOURCE.c.id.in_(source_ids)).values(lease_until=until))


def put_off(connection: Connection, later: Mapping[str, datetime]) -> None:
    """Look at due sources again later, each at its own moment."""
    if later:
        statement = update(SOURCE).where(SOURCE.c.id == bindparam("name")).values(next_at=bindparam("until"))
        connection.execute(statement, [{"name": name, "until": until} for name, until in later.items()])


def postpone(connection: Connection, source_id: str, until: datetime) -> None:
    """Look at a due source again later, because its host is busy."""
    connection.execute(update(SOURCE).where(SOURCE.c.id == source_id).values(next_at=until))


def move(connection: Connection, source_ids: Collection[str], before: datetime, to: datetime) -> None:
    """Look at the sources that were put off until `before` at another moment."""
    ours = SOURCE.c.id.in_(source_ids)
    connection.execute(update(SOURCE).where(SOURCE.c.next_at == before, ours).values(next_at=to))


def _state(row: Row[Any]) -> SourceState:
    return SourceState(
        id=row.id,
        next_at=row.next_at,
        validators=Validators(
            etag=row.etag,
            last_modified=row.last_modified,
            body_hash=row.body_hash,
            streak=row.streak,
            distrusted=row.distrusted,
            suspected=row.suspected,
            ttl=timedelta(seconds=row.ttl_s),
        ),
        failure_score=row.failure_score,
        last_outcome=row.last_outcome,
        last_reason=row.last_reason,
        last_fetch_at=row.last_fetch_at,
        last_good_at=row.last_good_at,
        last_new_at=row.last_new_at,
        tempo=row.tempo,
        known_since=row.known_since,
    )


def states(connection: Connection) -> dict[str, SourceState]:
    """Return what is remembered of every source."""
    return {row.id: _state(row) for row in connection.execute(select(SOURCE))}

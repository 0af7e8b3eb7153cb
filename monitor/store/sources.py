"""Sources between fetches: which are due, what came of each fetch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, tuple_, update

from monitor.core.fetched import Entry, Fetched, Outcome, Validators
from monitor.core.hosts import Asked
from monitor.core.model import DeadlineState
from monitor.core.sources import FailureKind
from monitor.core.text import storable
from monitor.store import troubles
from monitor.store.many import execute_many
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
    rows = [{**EMPTY, "id": source_id, "next_at": now, "known_since": now} for source_id in source_ids]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What is kept of a fetch at `at`, and when the next one comes; without a `tempo` it stays as it was."""

    source_id: str
    fetched: Fetched
    new: int
    next_at: datetime
    failure_score: float
    at: datetime
    tempo: float | None = None


def record(
    connection: Connection,
    source_id: str,
    fetched: Fetched,
    *,
    new: int,
    next_at: datetime,
    failure_score: float,
    now: datetime,
    tempo: float | None = None,
) -> None:
    """Keep a fetch's outcome and plan the next one."""
    one = Recorded(
        source_id=source_id,
        fetched=fetched,
        new=new,
        next_at=next_at,
        failure_score=failure_score,
        at=now,
        tempo=tempo,
    )
    record_all(connection, [one])


def record_all(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Keep the outcomes of several fetches, of different sources, and plan the next ones."""
    alike = defaultdict[tuple[str, ...], list[dict[str, Any]]](list)
    for one in recorded:
        row = _source_columns(one)
        alike[tuple(row)].append(row)
    for columns, rows in alike.items():
        given = {name: bindparam(f"to_{name}", type_=SOURCE.c[name].type) for name in columns if name != "source_id"}
        statement = update(SOURCE).where(SOURCE.c.id == bindparam("source_id")).values(given)
        execute_many(
            connection,
            f"recorded {' '.join(columns)}",
            statement,
            [{name if name == "source_id" else f"to_{name}": value for name, value in row.items()} for row in rows],
        )
    execute_many(connection, "fetch", insert(connection, FetchRow), [_fetch_row(one) for one in recorded])


def _source_columns(one: Recorded) -> dict[str, Any]:
    values: dict[str, Any] = {
        "source_id": one.source_id,
        "next_at": one.next_at,
        "lease_until": None,
        "failure_score": one.failure_score,
        "last_outcome": one.fetched.outcome.value,
        "last_reason": one.fetched.reason or "",
        "last_fetch_at": one.at,
    }
    if one.fetched.outcome is not Outcome.FAILED:
        values |= {"last_good_at": one.at} | _validator_columns(one.fetched.validators)
    if one.new:
        values["last_new_at"] = one.at
    if one.tempo is not None:
        values["tempo"] = one.tempo
    return values


def _fetch_row(one: Recorded) -> dict[str, Any]:
    fetched = one.fetched
    return {
        "source_id": one.source_id,
        "at": one.at,
        "outcome": fetched.outcome.value,
        "reason": fetched.reason or "",
        "detail": storable(fetched.detail),
        "status": fetched.status,
        "bytes": fetched.bytes,
        "charset_rule": fetched.charset_rule.value,
        "seen": len(fetched.entries) + fetched.familiar,
        "new": one.new,
        "dropped": len(fetched.dropped),
        "elapsed_ms": fetched.elapsed // timedelta(milliseconds=1),
    }


class FailedPage(Protocol):
    """The page of one entry that could not be read."""

    @property
    def entry(self) -> Entry:
        """The entry whose page it is."""

    @property
    def reason(self) -> FailureKind | None:
        """Why it could not be read."""

    @property
    def detail(self) -> str:
        """What exactly."""

    @property
    def status(self) -> int | None:
        """The HTTP status, where there was an answer."""


def record_pages(connection: Connection, source_id: str, failed: Sequence[FailedPage], now: datetime) -> None:
    """Keep a row for every page of an entry that could not be read."""
    rows = [
        {
            "source_id": source_id,
            "at": now,
            "outcome": Outcome.FAILED.value,
            "reason": page.reason or "",
            "detail": storable(f"{page.entry.url} {page.detail}".strip()),
            "status": page.status,
            "bytes": 0,
            "charset_rule": "",
            "seen": 0,
            "new": 0,
            "dropped": 0,
            "elapsed_ms": 0,
        }
        for page in failed
    ]
    if rows:
        connection.execute(insert(connection, FetchRow), rows)


def _validator_columns(validators: Validators) -> dict[str, Any]:
    return {
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_hash": validators.body_hash,
        "streak": validators.streak,
        "distrusted": validators.distrusted,
        "suspected": validators.suspected,
        "ttl_s": validators.ttl // timedelta(seconds=1),
    }


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


def fetch_counts(connection: Connection, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """Count each source's fetches in [since, until) by outcome, failures by reason."""
    rows = connection.execute(
        select(FETCH.c.source_id, FETCH.c.outcome, FETCH.c.reason, func.count())
        .where(FETCH.c.at >= since, FETCH.c.at < until)
        .group_by(FETCH.c.source_id, FETCH.c.outcome, FETCH.c.reason)
    )
    counts: dict[str, dict[str, int]] = {}
    for source_id, outcome, reason, number in rows:
        name = f"{outcome}:{reason}" if reason else outcome
        counts.setdefault(source_id, {})[name] = number
    return counts


def last_failure(connection: Connection, source_id: str) -> str:
    """Return the detail of a source's latest failed fetch, empty where there is none."""
    failed = select(FETCH.c.detail).where(FETCH.c.source_id == source_id, FETCH.c.outcome == Outcome.FAILED.value)
    return str(connection.execute(failed.order_by(FETCH.c.id.desc()).limit(1)).scalar_one_or_none() or "")


@dataclass(frozen=True, slots=True)
class FetchView:
    """One fetch of a source as it was kept."""

    at: datetime
    outcome: str
    reason: str
    detail: str
    status: int | None
    seen: int
    new: int
    dropped: int
    elapsed_ms: int


def latest_fetches(connection: Connection, source_id: str, limit: int) -> list[FetchView]:
    """Return the newest fetches of a source and of its pages, the newest first."""
    query = select(FETCH).where(FETCH.c.source_id == source_id).order_by(FETCH.c.id.desc()).limit(limit)
    return [
        FetchView(r.at, r.outcome, r.reason, r.detail, r.status, r.seen, r.new, r.dropped, r.elapsed_ms)
        for r in connection.execute(query)
    ]

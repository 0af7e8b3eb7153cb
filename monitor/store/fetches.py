"""What came of fetches, and what is asked about them afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, select, update

from monitor.core.fetched import Entry, Fetched, Outcome, Validators
from monitor.core.sources import FailureKind
from monitor.core.text import storable
from monitor.store.many import execute_many
from monitor.store.sql import insert, of
from monitor.store.tables import FetchRow, SourceRow

FETCH, SOURCE = of(FetchRow), of(SourceRow)


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

"""How hosts stand that failed of late: one account for all their sources, shared by all processes.

A host is locked before any of its sources, so that nobody waits for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from monitor.core.hosts import HostState
from monitor.core.text import storable
from monitor.store.sql import insert, of
from monitor.store.tables_hosts import HostRow

HOST = of(HostRow)
_STATES = select(HOST).where(HOST.c.host.in_(bindparam("names", expanding=True)))


def states(connection: Connection, names: Collection[str]) -> dict[str, HostState]:
    """Return how hosts stand."""
    rows = connection.execute(_STATES, {"names": list(names)})
    return {name: HostState(host=name) for name in names} | {row.host: _state(row) for row in rows}


def locked(connection: Connection, host: str) -> HostState:
    """Return how a host stands, and let nobody else change that until the transaction ends."""
    row = {"host": host, "score": 0.0, "failing": [], "sources": [], "reason": "", "detail": ""}
    connection.execute(insert(connection, HostRow).on_conflict_do_nothing(index_elements=["host"]), [row])
    return _state(connection.execute(select(HOST).where(HOST.c.host == host).with_for_update()).one())


def held(connection: Connection) -> dict[str, HostState]:
    """Return the hosts that are held back, locked."""
    rows = connection.execute(select(HOST).where(HOST.c.resume_at.is_not(None)).order_by(HOST.c.host).with_for_update())
    return {row.host: _state(row) for row in rows}


def hold(connection: Connection, host: str, until: datetime) -> None:
    """Let nobody else ask for a host while one of its sources does."""
    connection.execute(update(HOST).where(HOST.c.host == host).values(resume_at=until))


def save(connection: Connection, state: HostState, source_ids: Collection[str]) -> None:
    """Keep how a host stands, with its sources while it is held; of a host that is well again nothing is kept."""
    if state == HostState(host=state.host):
        connection.execute(delete(HOST).where(HOST.c.host == state.host))
        return
    values: dict[str, Any] = {
        "score": state.score,
        "failing": sorted(state.failing),
        "sources": sorted(source_ids) if state.resume_at is not None else [],
        "since": state.since,
        "resume_at": state.resume_at,
        "reason": state.reason,
        "detail": storable(state.detail),
        "limited_at": state.limited_at,
    }
    statement = insert(connection, HostRow).values(host=state.host, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=values))


def settle(connection: Connection, by_host: Mapping[str, Collection[str]]) -> None:
    """Let each host have the sources that are watched there now; one that has none any more is forgotten."""
    for row in connection.execute(select(HOST).order_by(HOST.c.host).with_for_update()).all():
        theirs = sorted(by_host.get(row.host, ()))
        if not theirs:
            connection.execute(delete(HOST).where(HOST.c.host == row.host))
        elif row.resume_at is not None and theirs != row.sources:
            connection.execute(update(HOST).where(HOST.c.host == row.host).values(sources=theirs))


def scores(connection: Connection) -> dict[str, tuple[HostState, tuple[str, ...]]]:
    """Return the hosts that fail or asked for less, each with its sources."""
    rows = connection.execute(select(HOST).order_by(HOST.c.score.desc(), HOST.c.host))
    return {row.host: (_state(row), tuple(row.sources)) for row in rows}


def failing_by_source(connection: Connection) -> dict[str, HostState]:
    """Return for each source whose host fails as a whole how that host stands."""
    return {
        source_id: state for state, source_ids in scores(connection).values() if state.fails for source_id in source_ids
    }


def _state(row: Row[Any]) -> HostState:
    return HostState(
        host=row.host,
        score=row.score,
        failing=frozenset(row.failing),
        since=row.since,
        resume_at=row.resume_at,
        reason=row.reason,
        detail=row.detail,
        limited_at=row.limited_at,
    )

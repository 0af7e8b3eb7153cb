"""Read the facts of a period from which statistics are reckoned; drills are never among them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.fetched import Outcome
from monitor.core.model import AlertReason, AlertState, MatterState, ResponseKind, Verb
from monitor.core.statistics.duty_tables import TO_THE_PUBLIC
from monitor.core.statistics.facts import AlertFact, Asked, Facts, SourceFact
from monitor.core.views import IncidentView
from monitor.store import particulars, views
from monitor.store.sql import of
from monitor.store.tables import FetchRow
from monitor.store.tables_assignment import AssignmentRow, ReceiptRow
from monitor.store.views import ALERT, DEADLINE, DECISION, INCIDENT, ITEM, LINK, MATTER, RESPONSE

AT_ONCE = 500
ASSIGNMENT, RECEIPT, FETCH = of(AssignmentRow), of(ReceiptRow), of(FetchRow)
Value = TypeVar("Value")
_WENT_OUT = ALERT.c.state == AlertState.SENT.value
_PUBLIC = RESPONSE.c.kind.in_([kind.value for kind in TO_THE_PUBLIC])


def facts(connection: Connection, asked: Asked, *, sources: bool = True) -> Facts:
    """Read what was opened, fell due, was published, told and held in the period, in the region, of the office.

    Without `sources` nothing is read of what each source brought, which takes the longest.
    """
    incidents = _incidents(connection, _ids(connection, asked, MATTER.c.id, MATTER.c.id, MATTER.c.opened_at))
    due = _ids(connection, asked, DEADLINE.c.id, DEADLINE.c.matter_id, DEADLINE.c.due_at)
    stands = RESPONSE.c.retracted_at.is_(None)
    published = _ids(connection, asked, RESPONSE.c.id, RESPONSE.c.matter_id, RESPONSE.c.published_at, stands)
    deadlines = list(_in_parts(due, lambda part: views.deadlines(connection, ids=part, limit=len(part))))
    responses = list(_in_parts(published, lambda part: views.responses(connection, ids=part, limit=len(part))))
    known = {one.id: one for one in incidents}
    others = ({one.matter_id for one in deadlines} | {one.matter_id for one in responses}) - set(known)
    known |= {one.id: one for one in _incidents(connection, sorted(others))}
    opened = [one.id for one in incidents]
    held = _held_for(connection, asked)
    return Facts(
        incidents=tuple(incidents),
        deadlines=tuple(sorted(deadlines, key=lambda one: (one.due_at, one.id))),
        responses=tuple(sorted(responses, key=lambda one: (one.published_at, one.id))),
        alerts=tuple(_alerts(connection, asked)),
        conferences=tuple(
            one
            for one in particulars.held(connection)
            if asked.since <= one.at < asked.until
            and (asked.whole_bureau if one.incident is None else one.incident in held)
        ),
        sources=tuple(_sources(connection, asked, [one.id for one in incidents if one.state is MatterState.OPEN]))
        if sources
        else (),
        matters=known,
        acknowledged=_first(
            connection, opened, DECISION.c.matter_id, DECISION.c.at, DECISION.c.verb == Verb.ACKNOWLEDGE.value
        ),
        paged=_first(connection, opened, ALERT.c.matter_id, ALERT.c.created_at, ALERT.c.page.is_(True), _WENT_OUT),
        answered=frozenset(_first(connection, opened, RESPONSE.c.matter_id, RESPONSE.c.published_at, stands, _PUBLIC)),
    )


def _ids(
    connection: Connection,
    asked: Asked,
    number: ColumnElement[Any],
    matter: ColumnElement[Any],
    at: ColumnElement[Any],
    *more: ColumnElement[bool],
) -> list[int]:
    query = select(number).join(INCIDENT, INCIDENT.c.matter_id == matter)
    if matter is not MATTER.c.id:
        query = query.join(MATTER, MATTER.c.id == matter)
    query = _of(query, asked).where(at >= asked.since, at < asked.until, *more)
    return list(connection.scalars(query.order_by(number)))


def _of(query: Select[Any], asked: Asked) -> Select[Any]:
    """Keep what belongs to the region and the office, and to no drill."""
    query = query.where(MATTER.c.drill.is_(False))
    if asked.region != WHOLE_COUNTRY:
        query = query.where(views.lies_within(asked.region))
    if asked.office:
        theirs = (
            select(ASSIGNMENT.c.matter_id)
            .join(RECEIPT, RECEIPT.c.assignment_id == ASSIGNMENT.c.id)
            .where(ASSIGNMENT.c.ended_at.is_(None), RECEIPT.c.office == asked.office)
        )
        query = query.where(MATTER.c.id.in_(theirs))
    return query


def _incidents(connection: Connection, ids: Sequence[int]) -> list[IncidentView]:
    found = _in_parts(ids, lambda part: views.incidents(connection, ids=part, limit=len(part)))
    return sorted(found, key=lambda one: one.id)


def _in_parts(ids: Sequence[int], read: Callable[[Sequence[int]], list[Value]]) -> Iterator[Value]:
    for start in range(0, len(ids), AT_ONCE):
        yield from read(ids[start : start + AT_ONCE])


def _alerts(connection: Connection, asked: Asked) -> Iterator[AlertFact]:
    """Read alerts; those about no incident count for the whole bureau only."""
    columns = (ALERT.c.id, ALERT.c.matter_id, ALERT.c.reason, ALERT.c.page, ALERT.c.created_at, ALERT.c.state)
    query = select(*columns).where(ALERT.c.created_at >= asked.since, ALERT.c.created_at < asked.until)
    mine = select(MATTER.c.id).join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    about = ALERT.c.matter_id.in_(_of(mine, asked))
    query = query.where(or_(about, ALERT.c.matter_id.is_(None)) if asked.whole_bureau else about)
    for row in connection.execute(query.order_by(ALERT.c.id)):
        yield AlertFact(
            id=row.id,
            matter_id=row.matter_id,
            reason=AlertReason(row.reason),
            page=row.page,
            created_at=row.created_at,
            state=AlertState(row.state),
        )


def _held_for(connection: Connection, asked: Asked) -> frozenset[int]:
    """Return the incidents of the region and the office for which a press conference was held in the period."""
    conference = RESPONSE.c.kind == ResponseKind.PRESS_CONFERENCE.value
    query = select(MATTER.c.id).join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    query = query.join(RESPONSE, RESPONSE.c.matter_id == MATTER.c.id).where(conference)
    return frozenset(connection.scalars(_of(query, asked)))


def _first(
    connection: Connection,
    matters: Sequence[int],
    matter: ColumnElement[Any],
    at: ColumnElement[Any],
    *which: ColumnElement[bool],
) -> dict[int, datetime]:
    """Return when each incident first had such a row."""

    def read(part: Sequence[int]) -> list[Any]:
        query = select(matter, func.min(at)).where(matter.in_(part), *which).group_by(matter)
        return list(connection.execute(query))

    return dict(_in_parts(matters, read))


def _sources(connection: Connection, asked: Asked, incidents: Sequence[int]) -> Iterator[SourceFact]:
    failed = func.sum(case((FETCH.c.outcome == Outcome.FAILED.value, 1), else_=0))
    fetched = select(FETCH.c.source_id, func.count(), failed).where(FETCH.c.at >= asked.since, FETCH.c.at < asked.until)
    fetches = {name: (total, bad) for name, total, bad in connection.execute(fetched.group_by(FETCH.c.source_id))}
    seen = select(ITEM.c.source_id, func.count()).group_by(ITEM.c.source_id)
    seen = seen.where(ITEM.c.first_seen_at >= asked.since, ITEM.c.first_seen_at < asked.until)
    items = {name: int(total) for name, total in connection.execute(seen)}
    carried, first = _carried(connection, incidents)
    for name in sorted(fetches.keys() | items.keys() | carried.keys()):
        total, bad = fetches.get(name, (0, 0))
        yield SourceFact(
            id=name,
            fetches=total,
            failed=int(bad),
            items=items.get(name, 0),
            incidents=tuple(carried.get(name, ())),
            first=tuple(first.get(name, ())),
        )


def _carried(connection: Connection, incidents: Sequence[int]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Return by source which incidents it carried, and which it brought first."""

    def read(part: Sequence[int]) -> list[Any]:
        query = select(LINK.c.matter_id, ITEM.c.source_id, func.min(ITEM.c.first_seen_at))
        query = query.join(ITEM, ITEM.c.id == LINK.c.item_id).where(LINK.c.matter_id.in_(part))
        return list(connection.execute(query.group_by(LINK.c.matter_id, ITEM.c.source_id)))

    carried: dict[str, list[int]] = {}
    earliest: dict[int, tuple[datetime, str]] = {}
    for number, name, at in _in_parts(incidents, read):
        carried.setdefault(name, []).append(number)
        earliest[number] = min(earliest.get(number, (at, name)), (at, name))
    first: dict[str, list[int]] = {}
    for number, (_, name) in sorted(earliest.items()):
        first.setdefault(name, []).append(number)
    return carried, first


def offices(connection: Connection) -> Collection[tuple[str, str]]:
    """Return the offices to which something was ever assigned, with their names as last written."""
    query = select(RECEIPT.c.office, RECEIPT.c.name).order_by(RECEIPT.c.id)
    return sorted({str(office): str(name) for office, name in connection.execute(query)}.items())

"""Read whole lists in pieces, the latest first, so that a hundred thousand rows need no more memory than a few.

A piece begins where the one before ended, by number: what is added meanwhile shifts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, literal, null, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.incidents.placing import Placing
from monitor.core.listed import Listed, ListedItem, ListedLog, Row
from monitor.core.model import LIVE
from monitor.core.views import IncidentView
from monitor.store import assignments, views
from monitor.store.views import ALERT, DEADLINE, DECISION, INCIDENT, ITEM, LINK, MATTER, RESPONSE, TRANSITION

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Which rows: from `since`, before `until` (when each became known), of incidents in `within`, of one matter.

    `live` keeps the deadlines that a response would still settle.
    """

    since: datetime | None = None
    until: datetime | None = None
    within: str = WHOLE_COUNTRY
    matter_id: int | None = None
    live: bool = False


ALL = Bounds()
# Its number, when it became known, and whose it is.
_KEYS: Mapping[Listed, tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]]] = {
    Listed.INCIDENTS: (MATTER.c.id, MATTER.c.opened_at, MATTER.c.id),
    Listed.DEADLINES: (DEADLINE.c.id, DEADLINE.c.opened_at, DEADLINE.c.matter_id),
    Listed.RESPONSES: (RESPONSE.c.id, RESPONSE.c.logged_at, RESPONSE.c.matter_id),
    Listed.ALERTS: (ALERT.c.id, ALERT.c.created_at, ALERT.c.matter_id),
    Listed.ITEMS: (LINK.c.item_id, ITEM.c.first_seen_at, LINK.c.matter_id),
}


def numbers(
    connection: Connection, listed: Listed, bounds: Bounds = ALL, *, below: int | None = None, limit: int = CHUNK
) -> list[int]:
    """Return the numbers of the next rows, the highest first; `below` is the last number of the piece before."""
    number, at, matter = _KEYS[listed]
    query = _bounded(select(number), at, matter, bounds)
    if listed is Listed.ITEMS:
        query = query.join(ITEM, ITEM.c.id == LINK.c.item_id)
    if listed is Listed.INCIDENTS or bounds.within != WHOLE_COUNTRY:
        query = query.join(INCIDENT, INCIDENT.c.matter_id == matter)
    if bounds.live:
        query = query.where(DEADLINE.c.state.in_([state.value for state in LIVE]), DEADLINE.c.settled_at.is_(None))
    if below is not None:
        query = query.where(number < below)
    return list(connection.scalars(query.order_by(number.desc()).limit(limit)))


def piece(connection: Connection, listed: Listed, ids: Sequence[int]) -> list[Row]:
    """Return the rows of some numbers in their order: IncidentView, DeadlineView and so on, or ListedItem."""
    reads: Mapping[Listed, Callable[..., list[Any]]] = {
        Listed.INCIDENTS: _incidents,
        Listed.DEADLINES: views.deadlines,
        Listed.RESPONSES: views.responses,
        Listed.ALERTS: views.alerts,
    }
    read = partial(reads[listed], limit=len(ids)) if listed in reads else _items
    found = {row.id: row for row in read(connection, ids=ids)}
    return [found[number] for number in ids if number in found]


def rows(connection: Connection, listed: Listed, bounds: Bounds = ALL) -> Iterator[Sequence[Row]]:
    """Yield all rows of a list in pieces; those of the log are ListedLog, the latest first."""
    if listed is Listed.LOG:
        yield from _log(connection, bounds)
        return
    below: int | None = None
    while ids := numbers(connection, listed, bounds, below=below):
        yield piece(connection, listed, ids)
        below = ids[-1]


def titled(connection: Connection, text: str, limit: int) -> list[int]:
    """Return the numbers of the latest incidents whose title holds a text."""
    query = select(MATTER.c.id).join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
    if text:
        query = query.where(MATTER.c.title.contains(text, autoescape=True))
    return list(connection.scalars(query.order_by(MATTER.c.id.desc()).limit(limit)))


def titles(connection: Connection, matter_ids: set[int]) -> dict[int, tuple[str, bool]]:
    """Return the title of each matter, and whether it is a drill."""
    query = select(MATTER.c.id, MATTER.c.title, MATTER.c.drill).where(MATTER.c.id.in_(matter_ids))
    return {row.id: (row.title, row.drill) for row in connection.execute(query)}


def _bounded(query: Select[Any], at: ColumnElement[Any], matter: ColumnElement[Any], bounds: Bounds) -> Select[Any]:
    if bounds.since is not None:
        query = query.where(at >= bounds.since)
    if bounds.until is not None:
        query = query.where(at < bounds.until)
    if bounds.matter_id is not None:
        query = query.where(matter == bounds.matter_id)
    if bounds.within != WHOLE_COUNTRY:
        query = query.where(views.lies_within(bounds.within))
    return query


def _incidents(connection: Connection, *, ids: Sequence[int], limit: int) -> list[IncidentView]:
    return assignments.attached(connection, views.incidents(connection, ids=ids, limit=limit))


def _items(connection: Connection, *, ids: Sequence[int]) -> list[ListedItem]:
    query = select(
        ITEM.c.id, LINK.c.matter_id, ITEM.c.title, ITEM.c.url, ITEM.c.source_id.label("source"),
        ITEM.c.published_at, ITEM.c.first_seen_at, LINK.c.why,
    )  # fmt: skip
    found = connection.execute(query.join(LINK, LINK.c.item_id == ITEM.c.id).where(ITEM.c.id.in_(ids)))
    return [ListedItem(**{**row, "why": Placing(row["why"])}) for row in found.mappings()]


def _log(connection: Connection, bounds: Bounds) -> Iterator[list[ListedLog]]:
    decided = select(
        DECISION.c.at, DECISION.c.matter_id, literal(1).label("decided"), DECISION.c.verb.label("what"),
        DECISION.c.by, null().label("obligation_id"), DECISION.c.reason, DECISION.c.id,
    )  # fmt: skip
    changed = select(
        TRANSITION.c.at, TRANSITION.c.matter_id, literal(0).label("decided"), TRANSITION.c.after.label("what"),
        literal("").label("by"), TRANSITION.c.obligation_id, TRANSITION.c.cause.label("reason"), TRANSITION.c.id,
    )  # fmt: skip
    within = bounds.within != WHOLE_COUNTRY
    halves = []
    for half, table in ((decided, DECISION), (changed, TRANSITION)):
        query = half.join(INCIDENT, INCIDENT.c.matter_id == table.c.matter_id) if within else half
        halves.append(_bounded(query, table.c.at, table.c.matter_id, bounds))
    both = union_all(*halves).subquery()
    ordered = select(both).order_by(both.c.at.desc(), both.c.decided, both.c.id.desc())
    streamed = connection.execution_options(yield_per=CHUNK).execute(ordered)
    for part in streamed.partitions(CHUNK):
        yield [_logged(row) for row in part]


def _logged(row: Any) -> ListedLog:
    return ListedLog(
        at=row.at,
        matter_id=row.matter_id,
        decided=bool(row.decided),
        what=row.what,
        by=row.by,
        obligation_id=row.obligation_id or "",
        reason=row.reason,
    )

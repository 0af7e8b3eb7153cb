"""Find words in incidents, items, responses and the log. Every word must be found; the latest come first.

Chinese has no spaces, and most of what people look for has two characters: the indexes that databases offer begin at
three. So the texts themselves are looked through, as far back as is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, or_, select
from sqlalchemy.sql.elements import ColumnElement

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.store.sql import of
from monitor.store.tables import DecisionRow, IncidentItemRow, IncidentRow, ItemRow, MatterRow, ResponseRow
from monitor.store.tables_checks import ReleaseCheckRow
from monitor.store.views import lies_within

CHECK = of(ReleaseCheckRow)
DECISION = of(DecisionRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)


class Found(StrEnum):
    """In what something was found."""

    INCIDENT = "incident"
    ITEM = "item"
    RESPONSE = "response"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Hit:
    """Where words were found. `matter_id` is the incident that it belongs to, None for an item of none."""

    found: Found
    id: int
    at: datetime
    title: str
    text: str
    matter_id: int | None


def search(
    connection: Connection,
    words: Sequence[str],
    *,
    among: Found | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    within: str = WHOLE_COUNTRY,
    limit: int = 50,
) -> list[Hit]:
    """Return the latest places where all words stand, at most `limit` of each sort, those of one sort together.

    From `since` and before `until` an incident opened, an item was first seen, a response was logged, somebody decided.
    Whoever sees one region only is shown nothing that belongs to no incident.
    """
    if not words:
        return []
    hits: list[Hit] = []
    for found, (query, columns, at) in _QUERIES.items():
        if among is not None and among is not found:
            continue
        asked = query.where(*(_stands(word, columns) for word in words)).order_by(at.desc()).limit(limit)
        if since is not None:
            asked = asked.where(at >= since)
        if until is not None:
            asked = asked.where(at < until)
        if within != WHOLE_COUNTRY:
            asked = asked.where(lies_within(within))
        hits += [
            Hit(found, row.id, row.at, row.title, row.text or "", row.matter_id) for row in connection.execute(asked)
        ]
    return hits


def _stands(word: str, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _select(row: Any, at: Any, title: Any, text: Any, matter_id: Any) -> Select[Any]:
    return select(row.c.id, at.label("at"), title.label("title"), text.label("text"), matter_id.label("matter_id"))


_INCIDENTS = _select(MATTER, MATTER.c.opened_at, MATTER.c.title, INCIDENT.c.place_name, MATTER.c.id).join(
    INCIDENT, INCIDENT.c.matter_id == MATTER.c.id
)
_ITEMS = (
    _select(ITEM, ITEM.c.first_seen_at, ITEM.c.title, ITEM.c.text, LINK.c.matter_id)
    .outerjoin(LINK, LINK.c.item_id == ITEM.c.id)
    .outerjoin(INCIDENT, INCIDENT.c.matter_id == LINK.c.matter_id)
)
_RESPONSES = (
    _select(RESPONSE, RESPONSE.c.logged_at, RESPONSE.c.title, CHECK.c.text, RESPONSE.c.matter_id)
    .outerjoin(CHECK, CHECK.c.response_id == RESPONSE.c.id)
    .outerjoin(INCIDENT, INCIDENT.c.matter_id == RESPONSE.c.matter_id)
)
_DECISIONS = (
    _select(DECISION, DECISION.c.at, DECISION.c.by, DECISION.c.reason, DECISION.c.matter_id)
    .outerjoin(INCIDENT, INCIDENT.c.matter_id == DECISION.c.matter_id)
    .where(DECISION.c.reason != "")
)
_QUERIES: dict[Found, tuple[Select[Any], Sequence[Any], Any]] = {
    Found.INCIDENT: (_INCIDENTS, (MATTER.c.title, INCIDENT.c.place_name), MATTER.c.opened_at),
    Found.ITEM: (_ITEMS, (ITEM.c.title, ITEM.c.text), ITEM.c.first_seen_at),
    Found.RESPONSE: (_RESPONSES, (RESPONSE.c.title, CHECK.c.text), RESPONSE.c.logged_at),
    Found.DECISION: (_DECISIONS, (DECISION.c.by, DECISION.c.reason), DECISION.c.at),
}

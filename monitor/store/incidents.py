"""Incidents: which are recent, what their items say, which item belongs where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select, update

from monitor.core.incidents.history import Incident, Report, SeverityStep
from monitor.core.incidents.placing import Candidate, Placing, Told
from monitor.core.model import CASUALTY_FIELDS, MatterState, Place, Scope, Severity, Speaker, Trust
from monitor.store.items import REPORTS
from monitor.store.sql import insert, of
from monitor.store.tables import (
    AssessmentRow,
    IncidentItemRow,
    IncidentRow,
    ItemRow,
    MatterRow,
    SeverityStepRow,
)

ASSESSMENT = of(AssessmentRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
STEP = of(SeverityStepRow)
# What speaks of an incident without reporting it counts for nothing in it.
COUNTS = and_(ITEM.c.verdict.in_(REPORTS), LINK.c.why != Placing.RELATED.value)


def candidates(connection: Connection, seen_since: datetime) -> list[Candidate]:
    """Return the incidents that were heard of since `seen_since`, for an item to be compared with.

    Dismissed ones are among them, so that a further report of a dismissed incident opens nothing new.
    """
    rows = connection.execute(
        select(INCIDENT, MATTER.c.title)
        .join(MATTER, MATTER.c.id == INCIDENT.c.matter_id)
        .where(INCIDENT.c.last_seen_at >= seen_since, MATTER.c.state != MatterState.MERGED.value)
    )
    return [candidate(row) for row in rows]


def told(connection: Connection, seen_since: datetime) -> list[Told]:
    """Return the titles of the incidents that were heard of since `seen_since`, oldest first."""
    rows = connection.execute(
        select(LINK.c.matter_id, ITEM.c.title, ITEM.c.first_seen_at, COUNTS.label("counts"))
        .join(ITEM, ITEM.c.id == LINK.c.item_id)
        .join(INCIDENT, INCIDENT.c.matter_id == LINK.c.matter_id)
        .where(INCIDENT.c.last_seen_at >= seen_since)
        .order_by(ITEM.c.first_seen_at, ITEM.c.id)
    )
    return [Told(row.matter_id, row.title, row.first_seen_at, row.counts) for row in rows]


def candidate(row: Row[Any]) -> Candidate:
    """Return an incident row as a Candidate."""
    return Candidate(
        matter_id=row.matter_id,
        kind=row.kind,
        scope=Scope(row.scope),
        place=Place(row.province, row.city, row.county, row.place_name),
        figures=figures_of(row),
        items=row.items,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
    )


def figures_of(row: Row[Any]) -> dict[str, int]:
    """Return the stated figures of an incident's or assessment's row."""
    return {name: value for name in CASUALTY_FIELDS if (value := getattr(row, name)) is not None}


def reports_of(connection: Connection, matter_ids: Collection[int]) -> dict[int, list[Report]]:
    """Return what the items of each matter say."""
    rows = connection.execute(
        select(
            LINK.c.matter_id,
            ITEM.c.title,
            ITEM.c.source_id,
            ITEM.c.trust,
            ITEM.c.first_seen_at,
            ITEM.c.published_at,
            ITEM.c.maybe_recent,
            ASSESSMENT,
        )
        .join(ITEM, ITEM.c.id == LINK.c.item_id)
        .join(ASSESSMENT, ASSESSMENT.c.item_id == LINK.c.item_id)
        .where(LINK.c.matter_id.in_(matter_ids), COUNTS)
    )
    found: dict[int, list[Report]] = defaultdict(list)
    for row in rows:
        found[row.matter_id].append(_report(row))
    return found


def _report(row: Row[Any]) -> Report:
    return Report(
        item_id=row.item_id,
        title=row.title,
        source=row.source_id,
        trust=Trust(row.trust),
        first_seen_at=row.first_seen_at,
        published_at=row.published_at,
        maybe_recent=row.maybe_recent,
        kind=row.kind,
        scope=Scope(row.scope),
        place=Place(row.province, row.city, row.county, row.place_name),
        figures=figures_of(row),
        likely=None if row.likely is None else Severity(row.likely),
        occurred_at=row.occurred_at,
        speaker=None if row.speaker is None else Speaker(row.speaker),
        sentence=row.sentence,
    )


def open_matter(connection: Connection, title: str, now: datetime) -> int:
    """Open a matter for a new incident and return its id."""
    statement = insert(connection, MatterRow).values(
        kind="incident",
        office="",
        title=title,
        state=MatterState.OPEN.value,
        state_reason="",
        opened_at=now,
        updated_at=now,
    )
    return int(connection.execute(statement.returning(MATTER.c.id)).scalar_one())


def attach(connection: Connection, item_id: int, matter_id: int, *, why: str, detail: str = "", by: str = "") -> None:
    """Put an item into an incident; a person's placing replaces the machine's."""
    values = {"item_id": item_id, "matter_id": matter_id, "why": why, "detail": detail, "placed_by": by}
    statement = insert(connection, IncidentItemRow).values(**values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["item_id"],
            set_={"matter_id": matter_id, "why": why, "detail": detail, "placed_by": by},
            where=(LINK.c.placed_by == "") if not by else None,
        )
    )


def save_incident(connection: Connection, matter_id: int, incident: Incident) -> None:
    """Store what an incident's items say together, in place of what was stored before."""
    row = _incident_row(matter_id, incident)
    statement = insert(connection, IncidentRow).values(**row)
    connection.execute(statement.on_conflict_do_update(index_elements=["matter_id"], set_=row))
    connection.execute(
        update(MATTER).where(MATTER.c.id == matter_id).values(title=incident.title, updated_at=incident.last_seen_at)
    )
    _save_steps(connection, matter_id, incident.steps)


def _incident_row(matter_id: int, incident: Incident) -> dict[str, Any]:
    place = incident.place
    row: dict[str, Any] = {name: incident.figures.get(name) for name in CASUALTY_FIELDS}
    return row | {
        "matter_id": matter_id,
        "kind": incident.kind,
        "scope": incident.scope.value,
        "province": place.province,
        "city": place.city,
        "county": place.county,
        "place_name": place.name,
        "severity": incident.severity,
        "likely": incident.likely,
        "sources": incident.sources,
        "items": incident.items,
        "first_reported_at": incident.first_reported_at,
        "maybe_recent": incident.maybe_recent,
        "occurred_at": incident.occurred_at,
        "first_seen_at": incident.first_seen_at,
        "last_seen_at": incident.last_seen_at,
    }


def _save_steps(connection: Connection, matter_id: int, steps: Sequence[SeverityStep]) -> None:
    """Rewrite the severity history where it changed; mostly one step was added at its end."""
    stored = connection.execute(select(STEP).where(STEP.c.matter_id == matter_id).order_by(STEP.c.id))
    known = [(row.item_id, row.severity, row.likely, row.figures) for row in stored]
    coming = [(step.item_id, step.severity, step.likely, dict(step.figures)) for step in steps]
    keep = len(known) if coming[: len(known)] == known else 0
    if keep < len(known):
        connection.execute(delete(STEP).where(STEP.c.matter_id == matter_id))
    rows = [
        {
            "matter_id": matter_id,
            "at": step.at,
            "reported_at": step.reported_at,
            "severity": step.severity,
            "likely": step.likely,
            "figures": dict(step.figures),
            "item_id": step.item_id,
            "sentence": step.sentence,
        }
        for step in steps[keep:]
    ]
    if rows:
        connection.execute(insert(connection, SeverityStepRow), rows)


def forget_incident(connection: Connection, matter_id: int) -> None:
    """Remove what was folded from items that have all moved elsewhere; the matter and its log stay."""
    connection.execute(delete(STEP).where(STEP.c.matter_id == matter_id))
    connection.execute(update(INCIDENT).where(INCIDENT.c.matter_id == matter_id).values(items=0))


def item_ids(connection: Connection, matter_id: int) -> list[int]:
    """Return the ids of an incident's items in the order in which they became known."""
    rows = connection.execute(
        select(LINK.c.item_id)
        .join(ITEM, ITEM.c.id == LINK.c.item_id)
        .where(LINK.c.matter_id == matter_id)
        .order_by(ITEM.c.first_seen_at, ITEM.c.id)
    )
    return [row.item_id for row in rows]

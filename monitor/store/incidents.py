"""Incidents: which are recent, what their items say, which item belongs where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, and_, bindparam, delete, or_, select, true, update

from monitor.core.incidents.history import Incident, Report, SeverityStep
from monitor.core.incidents.placing import Candidate, Placing, Told
from monitor.core.model import CASUALTY_FIELDS, MatterState, Scope, Severity, Speaker, Trust
from monitor.core.verdict import REPORTS
from monitor.store.matters import INCIDENT as INCIDENT_KIND
from monitor.store.matters import opened_now
from monitor.store.places import place_columns, place_of
from monitor.store.sql import insert, of, once_per_dialect
from monitor.store.tables import AssessmentRow, IncidentItemRow, IncidentRow, ItemRow, MatterRow, SeverityStepRow
from monitor.store.tables_talk import WaveStepRow

ASSESSMENT = of(AssessmentRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
STEP = of(SeverityStepRow)
WAVE_STEP = of(WaveStepRow)
# What speaks of an incident without reporting it counts for nothing in it.
# The wave is graded apart from what the reports come to; see store/heat.
APART = ("matter_id", INCIDENT.c.wave.name)
COUNTS = and_(ITEM.c.verdict.in_(REPORTS), LINK.c.why != Placing.RELATED.value)
# Built once: they are asked anew for every item that is placed.
_REPORTS = (
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
    .where(LINK.c.matter_id.in_(bindparam("matter_ids", expanding=True)), COUNTS)
)
_UNPLACED = (
    select(ITEM.c.id, ITEM.c.title, ITEM.c.first_seen_at)
    .outerjoin(LINK, LINK.c.item_id == ITEM.c.id)
    .where(LINK.c.item_id.is_(None), ITEM.c.first_seen_at >= bindparam("since"))
)
_UNPLACED_AFTER = _UNPLACED.where(ITEM.c.id > bindparam("after")).order_by(ITEM.c.id)
_UNPLACED_OF = _UNPLACED.where(
    ITEM.c.first_seen_at <= bindparam("until"), ITEM.c.id.in_(bindparam("numbers", expanding=True))
).order_by(ITEM.c.first_seen_at, ITEM.c.id)
AT_ONCE = 500
_TITLE = update(MATTER).where(MATTER.c.id == bindparam("number"))
_STEPS = select(STEP).where(STEP.c.matter_id == bindparam("number")).order_by(STEP.c.id)


def candidates(
    connection: Connection, seen_since: datetime, *, after: int | None = None, until: int | None = None
) -> list[Candidate]:
    """Return the incidents that were heard of since `seen_since`, for an item to be compared with.

    Dismissed ones are among them, so that a further report of a dismissed incident opens nothing new. Drills are not.
    `after` and `until` are editions of the placings: then only incidents to which something was added in those after
    the one and in none after the other.
    """
    asked = (
        select(INCIDENT, MATTER.c.title)
        .join(MATTER, MATTER.c.id == INCIDENT.c.matter_id)
        .where(
            INCIDENT.c.last_seen_at >= seen_since, MATTER.c.state != MatterState.MERGED.value, MATTER.c.drill.is_(False)
        )
    )
    if after is not None:
        asked = asked.where(INCIDENT.c.matter_id.in_(select(LINK.c.matter_id).where(_placed_in(after, until))))
    return [candidate(row) for row in connection.execute(asked)]


def told(
    connection: Connection,
    seen_since: datetime,
    *,
    after: int | None = None,
    until: int | None = None,
    of: Collection[int] = (),
) -> list[Told]:
    """Return the titles of the incidents that were heard of since `seen_since`, oldest first.

    `after` and `until` are editions of the placings: what was placed after the one, and in none after the other. Of the
    incidents numbered in `of` all is returned, whatever it was placed after.
    """
    asked = (
        select(LINK.c.matter_id, ITEM.c.title, ITEM.c.first_seen_at, COUNTS.label("counts"))
        .join(ITEM, ITEM.c.id == LINK.c.item_id)
        .join(INCIDENT, INCIDENT.c.matter_id == LINK.c.matter_id)
        .where(INCIDENT.c.last_seen_at >= seen_since)
        .order_by(ITEM.c.first_seen_at, ITEM.c.id)
    )
    asked = asked.where(or_(_placed_in(after, until), and_(LINK.c.matter_id.in_(of), _placed_in(None, until))))
    return [Told(row.matter_id, row.title, row.first_seen_at, row.counts) for row in connection.execute(asked)]


def _placed_in(after: int | None, until: int | None) -> ColumnElement[bool]:
    later = true() if after is None else LINK.c.edition > after
    return later if until is None else and_(later, LINK.c.edition <= until)


def candidate(row: Row[Any]) -> Candidate:
    """Return an incident row as a Candidate."""
    return Candidate(
        matter_id=row.matter_id,
        kind=row.kind,
        scope=Scope(row.scope),
        place=place_of(row),
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
    found: dict[int, list[Report]] = defaultdict(list)
    for row in connection.execute(_REPORTS, {"matter_ids": list(matter_ids)}):
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
        place=place_of(row),
        figures=figures_of(row),
        likely=None if row.likely is None else Severity(row.likely),
        occurred_at=row.occurred_at,
        speaker=None if row.speaker is None else Speaker(row.speaker),
        sentence=row.sentence,
    )


def unplaced_after(connection: Connection, after: int, since: datetime) -> list[Row[Any]]:
    """Return id, title and first_seen_at of the items that became known since and belong to no incident, by number.

    Only those numbered after `after` are returned.
    """
    return list(connection.execute(_UNPLACED_AFTER, {"since": since, "after": after}))


def unplaced_of(connection: Connection, numbers: AbstractSet[int], since: datetime, until: datetime) -> list[Row[Any]]:
    """Return the same of those of `numbers` that became known in [since, until], oldest first."""
    found: list[Row[Any]] = []
    asked = sorted(numbers)
    for at in range(0, len(asked), AT_ONCE):
        known = {"since": since, "until": until, "numbers": asked[at : at + AT_ONCE]}
        found += connection.execute(_UNPLACED_OF, known)
    return sorted(found, key=lambda row: (row.first_seen_at, row.id))


def open_matter(connection: Connection, title: str, now: datetime) -> int:
    """Open a matter for a new incident and return its id."""
    values = opened_now(INCIDENT_KIND, title, now)
    return int(connection.execute(_opening(connection), values).scalar_one())


@once_per_dialect
def _opening(connection: Connection) -> Executable:
    return insert(connection, MatterRow).returning(MATTER.c.id)


def attach(
    connection: Connection,
    item_id: int,
    matter_id: int,
    *,
    why: str,
    detail: str = "",
    by: str = "",
    edition: int = 0,
) -> None:
    """Put an item into an incident, in an edition of the placings; a person's placing replaces the machine's."""
    values = {
        "item_id": item_id,
        "matter_id": matter_id,
        "why": why,
        "detail": detail,
        "placed_by": by,
        "edition": edition,
    }
    connection.execute(_placing_by_person(connection) if by else _placing(connection), values)


@once_per_dialect
def _placing(connection: Connection) -> Executable:
    statement = insert(connection, IncidentItemRow)
    return statement.on_conflict_do_update(
        index_elements=["item_id"], set_=_placed(statement.excluded), where=LINK.c.placed_by == ""
    )


@once_per_dialect
def _placing_by_person(connection: Connection) -> Executable:
    statement = insert(connection, IncidentItemRow)
    return statement.on_conflict_do_update(index_elements=["item_id"], set_=_placed(statement.excluded))


def _placed(coming: Any) -> dict[str, Any]:
    return {name: coming[name] for name in ("matter_id", "why", "detail", "placed_by", "edition")}


def holder_of(connection: Connection, item_id: int) -> int | None:
    """Return the incident that an item belongs to; None where it belongs to none."""
    return connection.scalar(select(LINK.c.matter_id).where(LINK.c.item_id == item_id))


def detach(connection: Connection, item_id: int) -> None:
    """Take an item out of its incident."""
    connection.execute(delete(LINK).where(LINK.c.item_id == item_id))


def save_incident(connection: Connection, matter_id: int, incident: Incident) -> None:
    """Store what an incident's items say together, in place of what was stored before."""
    connection.execute(_incident(connection), _incident_row(matter_id, incident))
    title = {"number": matter_id, "title": incident.title, "updated_at": incident.last_seen_at}
    connection.execute(_TITLE, title)
    _save_steps(connection, matter_id, incident.steps)


@once_per_dialect
def _incident(connection: Connection) -> Executable:
    statement = insert(connection, IncidentRow)
    replaced = {column.name: statement.excluded[column.name] for column in INCIDENT.c if column.name not in APART}
    return statement.on_conflict_do_update(index_elements=["matter_id"], set_=replaced)


def _incident_row(matter_id: int, incident: Incident) -> dict[str, Any]:
    row: dict[str, Any] = {name: incident.figures.get(name) for name in CASUALTY_FIELDS}
    return row | {
        "matter_id": matter_id,
        "kind": incident.kind,
        "scope": incident.scope.value,
        **place_columns(incident.place),
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
    stored = connection.execute(_STEPS, {"number": matter_id})
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
    for steps in (STEP, WAVE_STEP):
        connection.execute(delete(steps).where(steps.c.matter_id == matter_id))
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

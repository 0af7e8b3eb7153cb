"""What came of a replay, read back from its database in the shape that its users read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, select

from monitor.core.model import Severity, Wave
from monitor.store.sql import of
from monitor.store.tables import DeadlineRow, IncidentItemRow, IncidentRow, ItemRow, MatterRow, SeverityStepRow
from monitor.store.tables_talk import WaveStepRow

DEADLINE = of(DeadlineRow)
INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
STEP = of(SeverityStepRow)
WAVE = of(WaveStepRow)


def incidents(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield the incidents of a replay in the order in which they were opened."""
    deadlines = _by_matter(connection.execute(select(DEADLINE).order_by(DEADLINE.c.id)), _deadline)
    steps = _by_matter(connection.execute(select(STEP).order_by(STEP.c.id)), _steps)
    waves = _by_matter(connection.execute(select(WAVE).order_by(WAVE.c.matter_id, WAVE.c.wave)), _wave)
    linked = select(LINK.c.matter_id, ITEM.c.external_id, ITEM.c.first_seen_at, ITEM.c.title)
    ordered = linked.join(ITEM, ITEM.c.id == LINK.c.item_id).order_by(ITEM.c.first_seen_at, ITEM.c.id)
    items = _by_matter(connection.execute(ordered), _item)
    known = (INCIDENT.c.kind, INCIDENT.c.scope, INCIDENT.c.province, INCIDENT.c.city, INCIDENT.c.county)
    rows = connection.execute(
        select(MATTER.c.id, MATTER.c.title, MATTER.c.opened_at, *known)
        .join(INCIDENT, INCIDENT.c.matter_id == MATTER.c.id)
        .order_by(MATTER.c.id)
    )
    for row in rows:
        yield {
            "id": row.id,
            "title": row.title,
            "kind": row.kind,
            "scope": row.scope,
            "place": {"province": row.province, "city": row.city, "county": row.county},
            "opened_at": row.opened_at.isoformat(),
            "severity_history": steps.get(row.id, []),
            "wave_history": waves.get(row.id, []),
            "deadlines": deadlines.get(row.id, []),
            "items": items.get(row.id, []),
        }


def _by_matter(rows: Iterable[Any], shapes: Callable[[Any], list[dict[str, Any]]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.matter_id, []).extend(shapes(row))
    return found


def _deadline(row: Any) -> list[dict[str, Any]]:
    return [
        {
            "obligation": row.obligation_id,
            "started_at": row.started_at.isoformat(),
            "opened_at": row.opened_at.isoformat(),
            "due_at": row.due_at.isoformat(),
            "provisional": row.provisional,
            "state": row.state,
        }
    ]


def _steps(row: Any) -> list[dict[str, Any]]:
    """Return a step's firm grade and, where there is one, its likely grade as a second, provisional line."""
    common = {
        "deaths": row.figures.get("deaths"),
        "missing": row.figures.get("missing"),
        "item": row.item_id,
        "sentence": row.sentence,
    }
    grades = [(row.severity, False), (row.likely, True)]
    return [
        {"at": row.at.isoformat(), "severity": Severity(grade).zh, "provisional": provisional, **common}
        for grade, provisional in grades
        if grade is not None
    ]


def _wave(row: Any) -> list[dict[str, Any]]:
    return [{"at": row.at.isoformat(), "wave": Wave(row.wave).zh, "grounds": row.grounds, "item": row.item_id}]


def _item(row: Any) -> list[dict[str, Any]]:
    """Return an item with the id that its row came with, of the same type."""
    own = {"id": json.loads(row.external_id)} if row.external_id else {}
    return [{**own, "first_seen": row.first_seen_at.isoformat(), "title": row.title}]

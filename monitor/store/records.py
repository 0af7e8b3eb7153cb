"""Single items with all that is kept of them, and what people decided about them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from monitor.core.incidents.placing import Placing
from monitor.core.item_views import ItemDecision, ItemRecord
from monitor.core.model import (
    CASUALTY_FIELDS,
    Assessment,
    Casualties,
    Decoy,
    Figure,
    Item,
    Place,
    Reason,
    Scope,
    Severity,
    Speaker,
    TimeNote,
    Trust,
    Verb,
    Why,
)
from monitor.store.sql import of
from monitor.store.tables import AssessmentRow, DecisionRow, IncidentItemRow, ItemRow

ASSESSMENT = of(AssessmentRow)
DECISION = of(DecisionRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)


def record(connection: Connection, item_id: int) -> ItemRecord | None:
    """Return one item, or None where there is none of that number."""
    row = connection.execute(select(ITEM).where(ITEM.c.id == item_id)).one_or_none()
    if row is None:
        return None
    link = connection.execute(select(LINK).where(LINK.c.item_id == item_id)).one_or_none()
    thought = connection.execute(select(ASSESSMENT).where(ASSESSMENT.c.item_id == item_id)).one_or_none()
    return ItemRecord(
        id=row.id,
        item=_item(row),
        external_id=row.external_id,
        published_day=row.published_day,
        published_raw=row.published_raw,
        time_note=TimeNote(row.time_note) if row.time_note else None,
        maybe_recent=row.maybe_recent,
        verdict=row.verdict,
        tag=row.tag,
        decided_by=row.decided_by,
        first_seen_at=row.first_seen_at,
        matter_id=link.matter_id if link else None,
        why=Placing(link.why) if link else None,
        detail=link.detail if link else "",
        author=row.author,
        placed_by=link.placed_by if link else "",
        assessment=_assessment(thought) if thought else None,
    )


def _item(row: Row[Any]) -> Item:
    return Item(
        title=row.title,
        text=row.text,
        url=row.url,
        source=row.source_id,
        trust=Trust(row.trust),
        language=row.language,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        rank=row.rank,
        heat=row.heat,
    )


def _assessment(row: Row[Any]) -> Assessment:
    """Return a stored assessment; of a figure only its value is kept, its sentence stands with the reasons."""
    because = tuple(Reason(Why(r["why"]), r["sentence"], r["detail"]) for r in row.because)
    said = {r.detail.partition("=")[0]: r.sentence for r in because if r.why is Why.FIGURE}
    figures = {
        name: Figure(value, said.get(name, "")) for name in CASUALTY_FIELDS if (value := getattr(row, name)) is not None
    }
    return Assessment(
        is_incident=row.is_incident,
        decoy=Decoy(row.decoy) if row.decoy else None,
        kind=row.kind,
        scope=Scope(row.scope),
        casualties=Casualties(**figures),
        place=Place(row.province, row.city, row.county, row.place_name),
        severity=None if row.severity is None else Severity(row.severity),
        likely=None if row.likely is None else Severity(row.likely),
        occurred_at=row.occurred_at,
        speaker=None if row.speaker is None else Speaker(row.speaker),
        follow_up=row.follow_up,
        because=because,
        rules_version=row.rules_version,
    )


def read_by_others(connection: Connection, matter_id: int, version: str) -> int:
    """Count the items of an incident that were read by rules of another version."""
    query = select(func.count()).select_from(LINK.join(ASSESSMENT, ASSESSMENT.c.item_id == LINK.c.item_id))
    return int(
        connection.execute(
            query.where(LINK.c.matter_id == matter_id, ASSESSMENT.c.rules_version != version)
        ).scalar_one()
    )


def decisions(connection: Connection, item_id: int) -> list[ItemDecision]:
    """Return what people decided about one item, oldest first."""
    rows = connection.execute(select(DECISION).where(DECISION.c.item_id == item_id).order_by(DECISION.c.id))
    return [
        ItemDecision(
            at=row.at, verb=Verb(row.verb), by=row.by, reason=row.reason, matter_id=row.matter_id, detail=row.detail
        )
        for row in rows
    ]

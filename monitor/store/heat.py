"""How far incidents are talked of: which items were listed again, what was said, the grade of the wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from monitor.core.incidents.heat import Mention, Sighting, Standing, Talk
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.wave import Ground, Measure, WaveStep, WaveTable, wave_steps
from monitor.core.model import Trust, Wave
from monitor.store.items import BATCH
from monitor.store.sql import insert, of
from monitor.store.tables import IncidentItemRow, IncidentRow, ItemRow, SightingRow
from monitor.store.tables_talk import WaveStepRow

INCIDENT = of(IncidentRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
SIGHTING = of(SightingRow)
WAVE_STEP = of(WaveStepRow)
# Built once: they are asked anew for every item that is placed.
_SAID = (
    select(
        ITEM.c.id,
        ITEM.c.title,
        ITEM.c.source_id,
        ITEM.c.trust,
        ITEM.c.first_seen_at,
        ITEM.c.published_at,
        ITEM.c.rank,
        ITEM.c.heat,
        LINK.c.why,
    )
    .join(LINK, LINK.c.item_id == ITEM.c.id)
    .where(LINK.c.matter_id == bindparam("matter_id"), or_(ITEM.c.published_at.is_not(None), ITEM.c.maybe_recent))
)
_LISTED = (
    select(SIGHTING).join(LINK, LINK.c.item_id == SIGHTING.c.item_id).where(LINK.c.matter_id == bindparam("matter_id"))
)
_STEPS = select(WAVE_STEP).where(WAVE_STEP.c.matter_id == bindparam("matter_id")).order_by(WAVE_STEP.c.wave)


def standings(connection: Connection, keys: Sequence[str]) -> dict[str, Standing]:
    """Return what is kept of the items of incidents among `keys`, by key."""
    found: dict[str, Standing] = {}
    for at in range(0, len(keys), BATCH):
        rows = connection.execute(
            select(
                ITEM.c.key,
                ITEM.c.id,
                ITEM.c.rank,
                ITEM.c.heat,
                ITEM.c.first_seen_at,
                LINK.c.matter_id,
                func.min(SIGHTING.c.rank).label("best"),
                func.max(SIGHTING.c.heat).label("most"),
                func.max(SIGHTING.c.at).label("last_at"),
                func.count(SIGHTING.c.at).label("sightings"),
            )
            .join(LINK, LINK.c.item_id == ITEM.c.id)
            .outerjoin(SIGHTING, SIGHTING.c.item_id == ITEM.c.id)
            .where(ITEM.c.key.in_(keys[at : at + BATCH]))
            .group_by(ITEM.c.id, LINK.c.matter_id)
        )
        found.update((row.key, _standing(row)) for row in rows)
    return found


def _standing(row: Any) -> Standing:
    ranks = [rank for rank in (row.rank, row.best) if rank is not None]
    heats = [heat for heat in (row.heat, row.most) if heat is not None]
    return Standing(
        item_id=row.id,
        matter_id=row.matter_id,
        last_at=row.last_at or row.first_seen_at,
        rank=min(ranks, default=None),
        heat=max(heats, default=None),
        sightings=row.sightings,
    )


def save_sightings(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Keep sightings; one that another process kept at the same moment stays as it is."""
    rows = [{"item_id": s.item_id, "at": s.at, "rank": s.rank, "heat": s.heat} for s in sightings]
    if rows:
        connection.execute(insert(connection, SightingRow).on_conflict_do_nothing(), rows)


def talk_of(connection: Connection, matter_id: int) -> Talk:
    """Return what was said of an incident and how it was listed.

    What has no trusted time and is not recent says nothing of when people talked.
    """
    said = connection.execute(_SAID, {"matter_id": matter_id})
    listed = connection.execute(_LISTED, {"matter_id": matter_id})
    return Talk(
        tuple(_mention(row) for row in said),
        tuple(Sighting(row.item_id, row.at, row.rank, row.heat) for row in listed),
    )


def _mention(row: Any) -> Mention:
    return Mention(
        item_id=row.id,
        title=row.title,
        source=row.source_id,
        trust=Trust(row.trust),
        at=min(row.published_at or row.first_seen_at, row.first_seen_at),
        seen_at=row.first_seen_at,
        reports=row.why != Placing.RELATED.value,
        rank=row.rank,
        heat=row.heat,
    )


def regrade(
    connection: Connection, matter_id: int, table: WaveTable | None, *, news_at: datetime | None = None
) -> bool:
    """Grade the wave of an incident anew from all that was said; tell whether that changed anything stored.

    Where the highest grade was reached before `news_at`, the earliest moment of what is new, there is nothing to do:
    each step depends only on what came before it. None where more may have changed, as by a merge.
    """
    stored = steps_of(connection, matter_id)
    topped = table is not None and stored and stored[-1].wave is table.highest
    if topped and news_at is not None and stored[-1].at < news_at:
        return False
    steps = wave_steps(talk_of(connection, matter_id), table)
    if list(steps) == stored:
        return False
    connection.execute(delete(WAVE_STEP).where(WAVE_STEP.c.matter_id == matter_id))
    if steps:
        connection.execute(insert(connection, WaveStepRow), [_step_row(matter_id, step) for step in steps])
    highest = steps[-1].wave if steps else None
    connection.execute(update(INCIDENT).where(INCIDENT.c.matter_id == matter_id).values(wave=highest))
    return True


def _step_row(matter_id: int, step: WaveStep) -> dict[str, Any]:
    return {
        "matter_id": matter_id,
        "wave": step.wave,
        "at": step.at,
        "known_at": step.known_at,
        "item_id": step.item_id,
        "grounds": [asdict(ground) for ground in step.grounds],
    }


def steps_of(connection: Connection, matter_id: int) -> list[WaveStep]:
    """Return when the wave of an incident reached which grade, the lowest first."""
    rows = connection.execute(_STEPS, {"matter_id": matter_id})
    return [
        WaveStep(
            wave=Wave(row.wave),
            at=row.at,
            known_at=row.known_at,
            item_id=row.item_id,
            grounds=tuple(Ground(Measure(g["measure"]), g["value"], g["limit"], g["minutes"]) for g in row.grounds),
        )
        for row in rows
    ]

"""Denied rumours about safety without a known incident: kept, counted, and handed over when one is told after all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from monitor.core.incidents.whispers import Whisper
from monitor.core.model import Assessment, Scope
from monitor.core.views import WhisperView
from monitor.store.incidents import ASSESSMENT, ITEM
from monitor.store.places import place_of
from monitor.store.sql import insert, of
from monitor.store.tables_talk import WhisperItemRow, WhisperRow

WHISPER = of(WhisperRow)
DENIAL = of(WhisperItemRow)
# Built once: asked anew for every incident that opens.
_RECENT = (
    select(WHISPER).where(WHISPER.c.last_at >= bindparam("since"), WHISPER.c.matter_id.is_(None)).order_by(WHISPER.c.id)
)


def recent(connection: Connection, since: datetime) -> list[Whisper]:
    """Return the denied rumours that were heard of since `since` and that no incident tells of."""
    rows = connection.execute(_RECENT, {"since": since})
    return [Whisper(row.id, row.title, row.kind) for row in rows]


def keep(connection: Connection, item_id: int, title: str, kind: str, known: Whisper | None, now: datetime) -> None:
    """Keep a denial, as one more of a known rumour or as the first of a new one."""
    if known is None:
        statement = insert(connection, WhisperRow).values(title=title, kind=kind, first_at=now, last_at=now)
        whisper_id = connection.execute(statement.returning(WHISPER.c.id)).scalar_one()
    else:
        whisper_id = known.id
        connection.execute(update(WHISPER).where(WHISPER.c.id == whisper_id).values(last_at=now))
    statement = insert(connection, WhisperItemRow).values(item_id=item_id, whisper_id=whisper_id)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["item_id"]))


def denials(connection: Connection, whisper_id: int) -> list[tuple[int, str, Assessment]]:
    """Return number, title and what is compared of each denial of a rumour."""
    rows = connection.execute(
        select(ITEM.c.title, ASSESSMENT)
        .join(DENIAL, DENIAL.c.item_id == ITEM.c.id)
        .join(ASSESSMENT, ASSESSMENT.c.item_id == ITEM.c.id)
        .where(DENIAL.c.whisper_id == whisper_id)
        .order_by(ITEM.c.id)
    )
    return [
        (
            row.item_id,
            row.title,
            Assessment(
                is_incident=False,
                kind=row.kind,
                scope=Scope(row.scope),
                place=place_of(row),
            ),
        )
        for row in rows
    ]


def hand_over(connection: Connection, whisper_id: int, matter_id: int) -> None:
    """Keep that a denied rumour was told of after all, and by which incident."""
    connection.execute(update(WHISPER).where(WHISPER.c.id == whisper_id).values(matter_id=matter_id))


def listed(connection: Connection, *, since: datetime | None = None, limit: int = 200) -> list[WhisperView]:
    """Return the denied rumours without an incident, the latest first, with how many denials of how many sources."""
    query = (
        select(
            WHISPER,
            func.count(DENIAL.c.item_id).label("items"),
            func.count(ITEM.c.source_id.distinct()).label("sources"),
            func.min(ITEM.c.id).label("first_item"),
        )
        .join(DENIAL, DENIAL.c.whisper_id == WHISPER.c.id)
        .join(ITEM, ITEM.c.id == DENIAL.c.item_id)
        .where(WHISPER.c.matter_id.is_(None))
        .group_by(*WHISPER.c)
        .order_by(WHISPER.c.last_at.desc(), WHISPER.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(WHISPER.c.last_at >= since)
    rows = connection.execute(query).all()
    first = {
        row.id: row
        for row in connection.execute(
            select(ITEM.c.id, ITEM.c.source_id, ITEM.c.url).where(ITEM.c.id.in_([row.first_item for row in rows]))
        )
    }
    return [
        WhisperView(
            id=row.id,
            title=row.title,
            kind=row.kind,
            source=first[row.first_item].source_id,
            url=first[row.first_item].url,
            items=row.items,
            sources=row.sources,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in rows
    ]

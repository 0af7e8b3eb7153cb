"""The texts of logged responses with what the checks found in them, and what a release is compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from monitor.core.checks.circumstances import Earlier, Talk
from monitor.core.checks.kept import KeptCheck, as_kept, findings_of
from monitor.core.checks.scorecard import Scorecard
from monitor.core.model import ResponseKind
from monitor.core.text import storable
from monitor.store.sql import insert, of
from monitor.store.tables import IncidentItemRow, ItemRow, ResponseRow
from monitor.store.tables_checks import ReleaseCheckRow
from monitor.store.tables_kinds import ContinuationRow

CHECK = of(ReleaseCheckRow)
ITEM = of(ItemRow)
LINK = of(IncidentItemRow)
RESPONSE = of(ResponseRow)
CONTINUATION = of(ContinuationRow)
MOST_ITEMS = 300
MOST_OF_AN_ITEM = 800


def keep(connection: Connection, response_id: int, text: str, card: Scorecard, *, by: str, now: datetime) -> None:
    """Keep a response's text and what was found in it, in place of an earlier text, and what it promises."""
    values = {
        "at": now,
        "by": storable(by),
        "words": card.words,
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "text": text,
        "score": card.score,
        "findings": as_kept(card),
    }
    statement = insert(connection, ReleaseCheckRow).values(response_id=response_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["response_id"], set_=values))
    # What a person states stands beside what is read, and is not overwritten by it.
    stated = select(CONTINUATION.c.response_id).where(CONTINUATION.c.promised_at.is_not(None))
    mine = (RESPONSE.c.id == response_id, RESPONSE.c.id.not_in(stated))
    connection.execute(update(RESPONSE).where(*mine).values(promised_at=card.promised_at))


def of_matter(connection: Connection, matter_id: int) -> dict[int, KeptCheck]:
    """Return what was found in the texts of a matter's responses, by the number of the response."""
    query = select(CHECK).join(RESPONSE, RESPONSE.c.id == CHECK.c.response_id).where(RESPONSE.c.matter_id == matter_id)
    return {
        row.response_id: KeptCheck(
            response_id=row.response_id,
            at=row.at,
            by=row.by,
            words=row.words,
            text=row.text,
            score=row.score,
            findings=findings_of(row.findings),
        )
        for row in connection.execute(query)
    }


def earlier_of(
    connection: Connection, matter_id: int, before: datetime, *, without: Collection[int] = ()
) -> tuple[Earlier, ...]:
    """Return the texts that were published or reported before a moment and not withdrawn, earliest first."""
    query = (
        select(RESPONSE.c.kind, RESPONSE.c.published_at, CHECK.c.text)
        .join(CHECK, CHECK.c.response_id == RESPONSE.c.id)
        .where(RESPONSE.c.matter_id == matter_id, RESPONSE.c.retracted_at.is_(None))
        .where(RESPONSE.c.published_at < before, RESPONSE.c.id.not_in(without))
        .order_by(RESPONSE.c.published_at, RESPONSE.c.id)
    )
    return tuple(Earlier(ResponseKind(row.kind), row.published_at, row.text) for row in connection.execute(query))


def talk_of(connection: Connection, matter_id: int, before: datetime) -> tuple[Talk, ...]:
    """Return what the newest items of a matter said by a moment."""
    query = (
        select(ITEM.c.title, func.substr(ITEM.c.text, 1, MOST_OF_AN_ITEM).label("text"))
        .join(LINK, LINK.c.item_id == ITEM.c.id)
        .where(LINK.c.matter_id == matter_id, ITEM.c.first_seen_at <= before)
        .order_by(ITEM.c.first_seen_at.desc(), ITEM.c.id.desc())
        .limit(MOST_ITEMS)
    )
    return tuple(Talk(row.title, row.text) for row in connection.execute(query))

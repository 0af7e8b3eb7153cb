"""What single kinds of response have beside the response itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.core.conferences.tally import Held
from monitor.core.model import ResponseKind
from monitor.core.particulars import Claim, Clarification, Conference, Continuation, Particulars
from monitor.store.sql import insert, of
from monitor.store.tables import MatterRow, ResponseRow
from monitor.store.tables_kinds import ClarificationRow, ConferenceRow, ContinuationRow

CONFERENCE = of(ConferenceRow)
CLARIFICATION = of(ClarificationRow)
CONTINUATION = of(ContinuationRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)


def keep(connection: Connection, response_id: int, said: Particulars, *, by: str, now: datetime) -> None:
    """Keep what a response has beside itself, in place of what was kept before; the audit log holds both."""
    table: type[ConferenceRow | ClarificationRow | ContinuationRow]
    values: dict[str, Any]
    if isinstance(said, Conference):
        table, values = ConferenceRow, {**_held(said), "title": "", "by": str(by), "logged_at": now}
    elif isinstance(said, Clarification):
        claim = said.claim
        table = ClarificationRow
        values = {"item_id": claim.item_id, "whisper_id": claim.whisper_id, "title": said.title}
    else:
        table, values = ContinuationRow, {"follows": said.follows, "promised_at": said.promised_at}
    statement = insert(connection, table).values(response_id=response_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["response_id"], set_=values))


def add_routine(
    connection: Connection, said: Conference, *, held_at: datetime, title: str, by: str, now: datetime
) -> int:
    """Keep a conference that was held for no incident; return its number."""
    values = {**_held(said), "held_at": held_at, "title": title, "by": str(by), "logged_at": now}
    statement = insert(connection, ConferenceRow).values(**values)
    return int(connection.execute(statement.returning(CONFERENCE.c.id)).scalar_one())


def _held(said: Conference) -> dict[str, Any]:
    names = ("place", "speaker", "rank", "questions", "record_url")
    return {name: getattr(said, name) for name in names}


def routine_at(connection: Connection, held_at: datetime) -> bool:
    """Tell whether a routine conference of that moment is logged already."""
    same = select(CONFERENCE.c.id).where(CONFERENCE.c.response_id.is_(None), CONFERENCE.c.held_at == held_at)
    return connection.execute(same).first() is not None


def of_responses(connection: Connection, found: Collection[tuple[int, ResponseKind]]) -> dict[int, Particulars]:
    """Return what responses have beside themselves, by their numbers; only kinds that have anything are asked for."""
    told: dict[int, Particulars] = {}
    asked = {kind: [number for number, one in found if one is kind] for kind in {kind for _, kind in found}}
    if numbers := asked.get(ResponseKind.PRESS_CONFERENCE):
        for row in connection.execute(select(CONFERENCE).where(CONFERENCE.c.response_id.in_(numbers))):
            told[row.response_id] = Conference(
                place=row.place,
                speaker=row.speaker,
                rank=row.rank,
                questions=row.questions,
                record_url=row.record_url,
            )
    if numbers := asked.get(ResponseKind.CLARIFICATION):
        for row in connection.execute(select(CLARIFICATION).where(CLARIFICATION.c.response_id.in_(numbers))):
            claim = Claim(item_id=row.item_id, whisper_id=row.whisper_id)
            told[row.response_id] = Clarification(claim=claim, title=row.title)
    if numbers := asked.get(ResponseKind.FOLLOW_UP_RELEASE):
        for row in connection.execute(select(CONTINUATION).where(CONTINUATION.c.response_id.in_(numbers))):
            told[row.response_id] = Continuation(follows=row.follows, promised_at=row.promised_at)
    return told


def held(connection: Connection) -> list[Held]:
    """Return all conferences that count: routine ones, and those for incidents, neither withdrawn nor of a drill."""
    query = (
        select(RESPONSE.c.published_at, RESPONSE.c.matter_id, func.coalesce(CONFERENCE.c.rank, "").label("rank"))
        .join(MATTER, MATTER.c.id == RESPONSE.c.matter_id)
        .outerjoin(CONFERENCE, CONFERENCE.c.response_id == RESPONSE.c.id)
        .where(RESPONSE.c.kind == ResponseKind.PRESS_CONFERENCE.value, RESPONSE.c.retracted_at.is_(None))
        .where(MATTER.c.drill.is_(False))
    )
    for_incidents = [Held(row.published_at, row.rank, row.matter_id) for row in connection.execute(query)]
    routine = select(CONFERENCE.c.held_at, CONFERENCE.c.rank).where(CONFERENCE.c.response_id.is_(None))
    return for_incidents + [Held(row.held_at, row.rank) for row in connection.execute(routine)]

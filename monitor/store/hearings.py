"""Who says what of an incident: its voices and their figures, and what they came to at the last review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, Select, and_, bindparam, case, exists, or_, select

from monitor.core.incidents.claims import CheckResult
from monitor.core.incidents.placing import Placing
from monitor.core.incidents.rumours import Hearing, RumourWhy
from monitor.core.incidents.tolls import Telling
from monitor.core.incidents.voices import Voice, standing_of
from monitor.core.model import CASUALTY_FIELDS, Decoy, MatterState, ResponseKind, RumourState, Speaker, Trust, Why
from monitor.core.views import RumourView
from monitor.store.incidents import ASSESSMENT, COUNTS, ITEM, LINK, figures_of
from monitor.store.sql import insert, of, once_per_dialect
from monitor.store.tables import MatterRow, ResponseRow
from monitor.store.tables_kinds import ClaimCheckRow
from monitor.store.tables_talk import HearingRow

HEARING = of(HearingRow)
RESPONSE = of(ResponseRow)
MATTER = of(MatterRow)
CHECK = of(ClaimCheckRow)
IS_DENIAL = and_(ITEM.c.verdict == "decoy", ITEM.c.tag == Decoy.RUMOUR_DENIED.value)
# A denial that only was gathered as talk may speak of something else.
DENIES = and_(IS_DENIAL, LINK.c.why != Placing.RELATED.value)
# Built once: they are asked anew for every matter that is looked at.
_VOICES = (
    select(
        ITEM.c.id,
        ITEM.c.title,
        ITEM.c.url,
        ITEM.c.source_id,
        ITEM.c.trust,
        ITEM.c.published_at,
        ITEM.c.first_seen_at,
        ITEM.c.maybe_recent,
        IS_DENIAL.label("denies"),
        ASSESSMENT.c.speaker,
        ASSESSMENT.c.deaths,
    )
    .join(LINK, LINK.c.item_id == ITEM.c.id)
    .join(ASSESSMENT, ASSESSMENT.c.item_id == ITEM.c.id)
    .where(LINK.c.matter_id == bindparam("matter_id"), or_(COUNTS, DENIES))
    .order_by(ITEM.c.first_seen_at, ITEM.c.id)
)


def voices_of(connection: Connection, matter_id: int) -> tuple[Voice, ...]:
    """Return the voices on a matter: its reports and what denies it, in the order in which they became known."""
    return tuple(_voice(row) for row in connection.execute(_VOICES, {"matter_id": matter_id}))


def _voice(row: Row[Any]) -> Voice:
    return Voice(
        item_id=row.id,
        title=row.title,
        url=row.url,
        source=row.source_id,
        trust=Trust(row.trust),
        speaker=None if row.speaker is None else Speaker(row.speaker),
        at=row.published_at or row.first_seen_at,
        denies=bool(row.denies),
        maybe_recent=row.maybe_recent,
        deaths=row.deaths,
    )


def tellings_of(connection: Connection, matter_ids: Collection[int]) -> dict[int, list[Telling]]:
    """Return what the reports of each matter say in figures, with the sentence of each."""
    rows = connection.execute(
        select(LINK.c.matter_id, ITEM.c.source_id, ITEM.c.trust, ITEM.c.published_at, ITEM.c.first_seen_at, ASSESSMENT)
        .join(LINK, LINK.c.item_id == ITEM.c.id)
        .join(ASSESSMENT, ASSESSMENT.c.item_id == ITEM.c.id)
        .where(LINK.c.matter_id.in_(matter_ids), COUNTS)
        .where(or_(*(ASSESSMENT.c[name].is_not(None) for name in CASUALTY_FIELDS)))
    )
    found: dict[int, list[Telling]] = defaultdict(list)
    for row in rows:
        speaker = None if row.speaker is None else Speaker(row.speaker)
        sentences = {
            reason["detail"].partition("=")[0]: reason["sentence"]
            for reason in row.because
            if reason["why"] == Why.FIGURE
        }
        found[row.matter_id].append(
            Telling(
                item_id=row.item_id,
                source=row.source_id,
                standing=standing_of(Trust(row.trust), speaker),
                at=row.published_at or row.first_seen_at,
                figures={name: (value, sentences.get(name, "")) for name, value in figures_of(row).items()},
            )
        )
    return found


def save_hearing(connection: Connection, hearing: Hearing) -> None:
    """Store what the voices on a matter came to, in place of what was stored before."""
    rumour = hearing.rumour
    row = {
        "matter_id": hearing.matter_id,
        "standing": hearing.standing,
        "rumour": rumour and rumour.state,
        "since": rumour and rumour.since,
        "why": rumour and rumour.why,
        "item_id": rumour and rumour.item_id,
    }
    connection.execute(_hearing(connection), row)


@once_per_dialect
def _hearing(connection: Connection) -> Executable:
    statement = insert(connection, HearingRow)
    replaced = {column.name: statement.excluded[column.name] for column in HEARING.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=["matter_id"], set_=replaced)


def rumour_of(connection: Connection, matter_id: int) -> RumourView | None:
    """Return where a matter stands as a rumour, or None where it is none."""
    row = connection.execute(_rumours().where(HEARING.c.matter_id == matter_id)).one_or_none()
    return None if row is None else _rumour(row)


def rumours(
    connection: Connection,
    *,
    since: datetime | None = None,
    open_first: bool = False,
    limit: int = 200,
    offset: int = 0,
) -> list[RumourView]:
    """Return what is or was a rumour, the latest change first; `since` bounds that change.

    With `open_first` those come first of which something is left to look into or to clarify.
    """
    first = [case((_still_open(), 0), else_=1)] if open_first else []
    query = _rumours().order_by(*first, HEARING.c.since.desc(), HEARING.c.matter_id.desc()).limit(limit).offset(offset)
    if since is not None:
        query = query.where(HEARING.c.since >= since)
    return [_rumour(row) for row in connection.execute(query)]


def _still_open() -> ColumnElement[bool]:
    cleared = exists().where(
        RESPONSE.c.matter_id == HEARING.c.matter_id,
        RESPONSE.c.kind == ResponseKind.CLARIFICATION.value,
        RESPONSE.c.retracted_at.is_(None),
    )
    dismissed = exists().where(MATTER.c.id == HEARING.c.matter_id, MATTER.c.state != MatterState.OPEN.value)
    found = select(CHECK.c.result).where(CHECK.c.matter_id == HEARING.c.matter_id)
    last = found.order_by(CHECK.c.at.desc(), CHECK.c.id.desc()).limit(1).correlate(HEARING).scalar_subquery()
    true = last.is_not_distinct_from(CheckResult.TRUE.value)
    doubted = or_(HEARING.c.rumour != RumourState.CONFIRMED.value, last.is_not(None))
    return and_(doubted, ~cleared, ~dismissed, ~true)


def _rumours() -> Select[Any]:
    return select(HEARING).where(HEARING.c.rumour.is_not(None))


def _rumour(row: Row[Any]) -> RumourView:
    return RumourView(
        matter_id=row.matter_id,
        state=RumourState(row.rumour),
        since=row.since,
        why=RumourWhy(row.why),
        item_id=row.item_id,
    )

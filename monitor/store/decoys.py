"""Items that were set aside: how many each decoy class took, which they are, and what people put right."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from monitor.core.item_views import DecoyCount, SetAside
from monitor.core.model import Decoy, Verb
from monitor.core.verdict import DECOY, INCIDENT, NOTHING
from monitor.store.sql import of
from monitor.store.tables import AssessmentRow, DecisionRow, ItemRow

ASSESSMENT = of(AssessmentRow)
DECISION = of(DecisionRow)
ITEM = of(ItemRow)
# What happened abroad is kept as an incident that is only watched, and is a class of its own nevertheless.
ABROAD = and_(ITEM.c.verdict == INCIDENT, ASSESSMENT.c.decoy == Decoy.FOREIGN.value)
CLASS: ColumnElement[str] = case((ITEM.c.verdict == DECOY, ITEM.c.tag), else_=Decoy.FOREIGN.value)
UNSPOKEN = and_(ITEM.c.verdict == NOTHING, ITEM.c.tag == "")


def counts(connection: Connection, day: datetime, month: datetime) -> list[DecoyCount]:
    """Count what every class took since `day` and since `month`, and last, under None, what nothing spoke for."""
    rows = connection.execute(
        select(CLASS.label("name"), func.count().label("month"), func.count().filter(_since(day)).label("day"))
        .select_from(ITEM.outerjoin(ASSESSMENT, ASSESSMENT.c.item_id == ITEM.c.id))
        .where(_since(month), or_(ITEM.c.verdict == DECOY, ABROAD))
        .group_by(CLASS)
    )
    found = {row.name: (row.day, row.month) for row in rows}
    restored, given = _by_people(connection, month)
    told = [
        DecoyCount(
            decoy=decoy,
            day=found.get(decoy.value, (0, 0))[0],
            month=found.get(decoy.value, (0, 0))[1],
            put_right=restored[decoy.value],
            by_people=given[decoy.value],
        )
        for decoy in Decoy
    ]
    rest = connection.execute(
        select(func.count().label("month"), func.count().filter(_since(day)).label("day")).where(
            _since(month), UNSPOKEN
        )
    ).one()
    return [*told, DecoyCount(decoy=None, day=rest.day, month=rest.month, put_right=restored[NOTHING])]


def _since(at: datetime) -> ColumnElement[bool]:
    return ITEM.c.first_seen_at >= at


def _by_people(connection: Connection, since: datetime) -> tuple[Counter[str], Counter[str]]:
    """Count by class the items that people counted as reports after all, and those that they set aside."""
    restored: Counter[str] = Counter()
    given: Counter[str] = Counter()
    rows = connection.execute(
        select(DECISION.c.verb, DECISION.c.detail).where(
            DECISION.c.item_id.is_not(None), DECISION.c.at >= since, DECISION.c.verb.in_((Verb.REPORT, Verb.SET_ASIDE))
        )
    )
    for row in rows:
        if row.verb == Verb.REPORT:
            restored[row.detail["was"]["class"]] += 1
        else:
            given[row.detail["as"]] += 1
    return restored, given


def newest(connection: Connection, decoy: Decoy | None, *, limit: int, offset: int = 0) -> list[SetAside]:
    """Return the items of a class, or under None those that nothing spoke for, the newest first."""
    fitting: Any = UNSPOKEN
    if decoy is Decoy.FOREIGN:
        fitting = or_(and_(ITEM.c.verdict == DECOY, ITEM.c.tag == decoy.value), ABROAD)
    elif decoy is not None:
        fitting = and_(ITEM.c.verdict == DECOY, ITEM.c.tag == decoy.value)
    rows = connection.execute(
        select(ITEM.c.id, ITEM.c.title, ITEM.c.source_id, ITEM.c.first_seen_at, ITEM.c.decided_by, ASSESSMENT.c.because)
        .outerjoin(ASSESSMENT, ASSESSMENT.c.item_id == ITEM.c.id)
        .where(fitting)
        .order_by(ITEM.c.first_seen_at.desc(), ITEM.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        SetAside(
            id=row.id,
            title=row.title,
            source=row.source_id,
            first_seen_at=row.first_seen_at,
            decided_by=row.decided_by,
            word=_word(row.because),
        )
        for row in rows
    ]


def _word(because: list[dict[str, Any]] | None) -> str:
    """Return the word that spoke for the class, or the country."""
    spoken = (r["detail"] for r in because or () if r["why"] in ("decoy_word", "foreign_place"))
    return next(spoken, "")

"""Items and what is thought of them: which are new, their assessments, what was dropped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, func, select, update
from sqlalchemy.types import NullType

from monitor.core.model import CASUALTY_FIELDS, Assessment, Item
from monitor.core.text import storable
from monitor.store.places import place_columns
from monitor.store.sql import insert, of, once_per_dialect
from monitor.store.tables import AssessmentRow, DropRow, ItemRow

ITEM = of(ItemRow)
ASSESSMENT = of(AssessmentRow)
DROP = of(DropRow)
BATCH = 500
# As one value: a row for each of thousands takes ten times as long.
_NUMBERS_AFTER = select(func.array_agg(ITEM.c.id, type_=NullType())).where(ITEM.c.id > bindparam("number"))
_LAST_NUMBER = select(func.max(ITEM.c.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An Item ready to be stored, with its identity and the verdict on it."""

    key: str
    item: Item
    first_seen_at: datetime
    external_id: str = ""
    published_day: date | None = None
    published_raw: str = ""
    time_note: str = ""
    maybe_recent: bool = True
    verdict: str = ""
    tag: str = ""
    author: str = ""


def known_keys(connection: Connection, keys: Sequence[str]) -> set[str]:
    """Return those of `keys` that are stored already."""
    found: set[str] = set()
    for at in range(0, len(keys), BATCH):
        part = keys[at : at + BATCH]
        found.update(connection.scalars(select(ITEM.c.key).where(ITEM.c.key.in_(part))))
    return found


def save_new(connection: Connection, items: Sequence[NewItem]) -> dict[str, int]:
    """Store the items and return the id of each that was really new, by key."""
    if not items:
        return {}
    # Always in the order of the keys, so that two that bring the same items cannot wait for each other.
    items = sorted(items, key=lambda new: new.key)
    rows = connection.execute(_new(connection), [_item_row(new) for new in items])
    return {row.key: row.id for row in rows}


@once_per_dialect
def _new(connection: Connection) -> Executable:
    statement = insert(connection, ItemRow).on_conflict_do_nothing(index_elements=["key"])
    return statement.returning(ITEM.c.key, ITEM.c.id)


def _item_row(new: NewItem) -> dict[str, Any]:
    item = new.item
    return {
        "key": new.key,
        "source_id": item.source,
        "external_id": new.external_id,
        "title": item.title,
        "text": item.text,
        "url": item.url,
        "language": item.language,
        "trust": item.trust.value,
        "published_at": item.published_at,
        "published_day": new.published_day,
        "published_raw": new.published_raw,
        "time_note": new.time_note,
        "maybe_recent": new.maybe_recent,
        "first_seen_at": new.first_seen_at,
        "rank": item.rank,
        "heat": item.heat,
        "verdict": new.verdict,
        "tag": new.tag,
        "author": new.author,
    }


def save_assessments(connection: Connection, assessed: Iterable[tuple[int, Assessment]]) -> None:
    """Store what is thought of items, by item id."""
    rows = [assessment_row(item_id, assessment) for item_id, assessment in assessed]
    if rows:
        connection.execute(insert(connection, AssessmentRow), rows)


def replace_assessment(connection: Connection, item_id: int, assessment: Assessment) -> None:
    """Store what is thought of an item in place of what was thought before."""
    row = assessment_row(item_id, assessment)
    statement = insert(connection, AssessmentRow).values(**row)
    connection.execute(statement.on_conflict_do_update(index_elements=["item_id"], set_=row))


def set_verdict(connection: Connection, item_id: int, verdict: str, tag: str, *, by: str) -> None:
    """Keep what becomes of an item because the person `by` decided it."""
    connection.execute(update(ITEM).where(ITEM.c.id == item_id).values(verdict=verdict, tag=tag, decided_by=by))


def assessment_row(item_id: int, assessment: Assessment) -> dict[str, Any]:
    """Return an assessment as the columns of its table."""
    row: dict[str, Any] = {name: assessment.casualties.value(name) for name in CASUALTY_FIELDS}
    row |= {
        "item_id": item_id,
        "is_incident": assessment.is_incident,
        "decoy": assessment.decoy,
        "kind": assessment.kind,
        "scope": assessment.scope.value,
        **place_columns(assessment.place),
        "severity": assessment.severity,
        "likely": assessment.likely,
        "occurred_at": assessment.occurred_at,
        "speaker": assessment.speaker,
        "follow_up": assessment.follow_up,
        "sentence": proof(assessment),
        "because": [
            {"why": reason.why.value, "sentence": reason.sentence, "detail": reason.detail}
            for reason in assessment.because
        ],
        "rules_version": assessment.rules_version,
    }
    return row


def proof(assessment: Assessment) -> str:
    """Return the sentence that best proves the grade: the deaths', else the first figure's, else the first reason's."""
    figures = (getattr(assessment.casualties, name) for name in CASUALTY_FIELDS)
    stated = next((figure.sentence for figure in figures if figure is not None and figure.sentence), "")
    return stated or next((reason.sentence for reason in assessment.because if reason.sentence), "")


@dataclass(frozen=True, slots=True)
class Drop:
    """An entry that did not become an Item."""

    source_id: str
    at: datetime
    reason: str
    title: str = ""
    detail: str = ""


def save_drops(connection: Connection, drops: Sequence[Drop]) -> None:
    """Keep a row for every discarded entry; one that comes again is counted."""
    rows = {(drop.source_id, _drop_key(drop)): drop for drop in drops}
    if not rows:
        return
    statement = insert(connection, DropRow)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "key"],
            set_={"last_at": statement.excluded.last_at, "times": DROP.c.times + 1},
        ),
        [
            {
                "source_id": source_id,
                "key": key,
                "reason": drop.reason,
                "title": storable(drop.title),
                "detail": storable(drop.detail),
                "first_at": drop.at,
                "last_at": drop.at,
                "times": 1,
            }
            for (source_id, key), drop in sorted(rows.items(), key=lambda row: row[0])
        ],
    )


def _drop_key(drop: Drop) -> str:
    return hashlib.sha256("\n".join((drop.reason, drop.title, drop.detail)).encode("utf-8", "replace")).hexdigest()[:32]


def drop_counts(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """Count the discarded entries last seen in [since, until) by reason."""
    rows = connection.execute(
        select(DROP.c.reason, func.count())
        .where(DROP.c.last_at >= since, DROP.c.last_at < until)
        .group_by(DROP.c.reason)
    )
    return {row[0]: row[1] for row in rows}


def verdict_counts(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """Count items first seen in [since, until) by verdict and tag."""
    rows = connection.execute(
        select(ITEM.c.verdict, ITEM.c.tag, func.count())
        .where(ITEM.c.first_seen_at >= since, ITEM.c.first_seen_at < until)
        .group_by(ITEM.c.verdict, ITEM.c.tag)
    )
    return {f"{verdict}:{tag}" if tag else verdict: count for verdict, tag, count in rows}


def numbers_after(connection: Connection, number: int) -> frozenset[int]:
    """Return the numbers of the items that were stored after one; only on PostgreSQL."""
    return frozenset(connection.scalar(_NUMBERS_AFTER, {"number": number}) or ())


def last_number(connection: Connection) -> int:
    """Return the number of the item that was stored last; 0 where none was."""
    return connection.scalar(_LAST_NUMBER) or 0


def titles_after(connection: Connection, item_id: int, since: datetime) -> list[Row[Any]]:
    """Return id, title and first_seen_at of the items that became known since, and after `item_id`; oldest first."""
    query = select(ITEM.c.id, ITEM.c.title, ITEM.c.first_seen_at).order_by(ITEM.c.id)
    return list(connection.execute(query.where(ITEM.c.id > item_id, ITEM.c.first_seen_at >= since)))

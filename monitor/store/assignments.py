"""Assignments in the database: added and ended, never changed; receipts are given once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select, update

from monitor.core.access.accounts import By
from monitor.core.duties.alerting import Silence
from monitor.core.model import MatterState
from monitor.core.people.assignments import Assignment, EndedBy, Part, Receipt
from monitor.core.people.receipts import next_look
from monitor.core.views import IncidentView
from monitor.store.sql import insert, of
from monitor.store.tables import MatterRow
from monitor.store.tables_assignment import AssignmentRow, ReceiptRow

ASSIGNMENT = of(AssignmentRow)
MATTER = of(MatterRow)
RECEIPT = of(ReceiptRow)
AT_ONCE = 500
_STANDS = ASSIGNMENT.c.ended_at.is_(None)


def add(
    connection: Connection,
    matter_id: int,
    offices: Sequence[tuple[str, str]],
    within: timedelta,
    *,
    by: str,
    contact: str,
    note: str,
    proposed: bool,
    now: datetime,
    before: Assignment | None = None,
) -> Assignment:
    """Keep an assignment to some offices, each given by id and name, the lead first; return it.

    Whoever has the same part as `before` goes on with the receipt that he was asked for, or has given.
    """
    made = insert(connection, AssignmentRow).values(
        matter_id=matter_id,
        made_at=now,
        by=str(by),
        account=by.account if isinstance(by, By) else 0,
        contact=contact,
        note=note,
        proposed=proposed,
        ended="",
    )
    number = int(connection.execute(made.returning(ASSIGNMENT.c.id)).scalar_one())
    fresh = {
        "asked_at": now, "seconds": int(within.total_seconds()), "told": 0, "look_at": now,
        "signed_at": None, "signed_by": "", "account": 0, "contact": "",
    }  # fmt: skip
    for place, (office, name) in enumerate(offices):
        kept = before.of(office) if before is not None else None
        same = kept is not None and (kept.part is Part.LEAD) is (place == 0)
        state = _state(connection, kept) if kept is not None and same else fresh
        row = {"assignment_id": number, "place": place, "office": office, "name": name, **state}
        connection.execute(insert(connection, ReceiptRow).values(**row))
    return _read(connection, ASSIGNMENT.c.id == number)[0]


def _state(connection: Connection, receipt: Receipt) -> dict[str, Any]:
    """Return how a receipt stands, as another row can take it over."""
    columns = ("asked_at", "seconds", "told", "signed_at", "signed_by", "account", "contact")
    query = select(*(RECEIPT.c[name] for name in columns)).where(RECEIPT.c.id == receipt.id)
    return {**connection.execute(query).mappings().one(), "look_at": next_look(receipt)}


def standing(connection: Connection, matter_id: int) -> Assignment | None:
    """Return the assignment of a matter that holds, None where nobody is responsible by assignment."""
    return next(iter(_read(connection, (ASSIGNMENT.c.matter_id == matter_id) & _STANDS)), None)


def history(connection: Connection, matter_id: int) -> list[Assignment]:
    """Return all assignments of a matter, the latest first."""
    return _read(connection, ASSIGNMENT.c.matter_id == matter_id)[::-1]


def of_matters(connection: Connection, matter_ids: Collection[int]) -> dict[int, Assignment]:
    """Return the assignments that hold, by matter; a matter without one is left out."""
    ids = set(matter_ids)
    # People assign one at a time: where many matters are asked for, all that holds is the shorter list.
    asked = _STANDS if len(ids) > AT_ONCE else ASSIGNMENT.c.matter_id.in_(ids) & _STANDS
    return {one.matter_id: one for one in _read(connection, asked) if one.matter_id in ids}


def attached(connection: Connection, incidents: Iterable[IncidentView]) -> list[IncidentView]:
    """Return incidents with the assignments that hold."""
    listed = list(incidents)
    held = of_matters(connection, {incident.id for incident in listed})
    return [replace(one, assignment=held[one.id]) if one.id in held else one for one in listed]


def unsigned(connection: Connection) -> list[Assignment]:
    """Return the assignments of open matters, drills apart, that an office has not signed; oldest first."""
    owed = select(RECEIPT.c.assignment_id).where(RECEIPT.c.signed_at.is_(None))
    open_ones = select(MATTER.c.id).where(MATTER.c.state == MatterState.OPEN.value, MATTER.c.drill.is_(False))
    return _read(connection, ASSIGNMENT.c.id.in_(owed) & ASSIGNMENT.c.matter_id.in_(open_ones) & _STANDS)


def due(connection: Connection, now: datetime, *, only: int | None = None, limit: int = 100) -> list[tuple[int, int]]:
    """Return the receipts of open matters of which a step has come, each with the number of its matter.

    `only` asks of a single receipt.
    """
    query = (
        select(RECEIPT.c.id, ASSIGNMENT.c.matter_id)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == RECEIPT.c.assignment_id)
        .join(MATTER, MATTER.c.id == ASSIGNMENT.c.matter_id)
        .where(RECEIPT.c.look_at <= now, MATTER.c.state == MatterState.OPEN.value)
        .order_by(RECEIPT.c.look_at, RECEIPT.c.id)
        .limit(limit)
    )
    if only is not None:
        query = query.where(RECEIPT.c.id == only)
    return [(row.id, row.matter_id) for row in connection.execute(query)]


def told(connection: Connection, receipt: Receipt) -> None:
    """Keep how many steps of a receipt were told, and when the next one comes."""
    values = {"told": receipt.told, "look_at": next_look(receipt)}
    connection.execute(update(RECEIPT).where(RECEIPT.c.id == receipt.id).values(**values))


def sign(connection: Connection, receipt: Receipt, *, by: str, contact: str, now: datetime) -> None:
    """Keep that somebody signed for his office; nothing more is told of it."""
    account = by.account if isinstance(by, By) else 0
    values = {"signed_at": now, "signed_by": str(by), "account": account, "contact": contact, "look_at": None}
    connection.execute(update(RECEIPT).where(RECEIPT.c.id == receipt.id).values(**values))


def end(connection: Connection, assignment: Assignment, why: EndedBy, now: datetime) -> None:
    """End an assignment; it stays, and nothing more is told of its receipts."""
    connection.execute(update(ASSIGNMENT).where(ASSIGNMENT.c.id == assignment.id).values(ended_at=now, ended=why.value))
    connection.execute(update(RECEIPT).where(RECEIPT.c.assignment_id == assignment.id).values(look_at=None))


def take_back(
    connection: Connection, made: int, before: int | None, now: datetime
) -> tuple[Assignment, Assignment | None]:
    """Undo an assignment and return it; what it put an end to holds again, and is returned as well.

    What is still owed of that is looked at again.
    """
    (undone,) = _read(connection, ASSIGNMENT.c.id == made)
    end(connection, undone, EndedBy.UNDONE, now)
    if before is None:
        return undone, None
    connection.execute(update(ASSIGNMENT).where(ASSIGNMENT.c.id == before).values(ended_at=None, ended=""))
    (stale,) = _read(connection, ASSIGNMENT.c.id == before)
    for receipt in stale.receipts:
        other = undone.of(receipt.office)
        # What became meanwhile of a receipt that went on holds for the one that it went on from.
        going_on = other is not None and other.asked_at == receipt.asked_at
        state = _state(connection, other if other is not None and going_on else receipt)
        connection.execute(update(RECEIPT).where(RECEIPT.c.id == receipt.id).values(**state))
    (restored,) = _read(connection, ASSIGNMENT.c.id == before)
    return undone, restored


def move(connection: Connection, number: int, matter_id: int) -> None:
    """Let an assignment belong to another matter."""
    connection.execute(update(ASSIGNMENT).where(ASSIGNMENT.c.id == number).values(matter_id=matter_id))


def to_carry(connection: Connection, source: int, target: int) -> int | None:
    """Return the number of the assignment that goes with a matter into another, None where that has its own."""
    held = standing(connection, source)
    return None if held is None or standing(connection, target) is not None else held.id


def carry(connection: Connection, source: int, target: int) -> None:
    """Let the assignment of a matter that is merged hold for the other, unless that has its own."""
    number = to_carry(connection, source, target)
    if number is not None:
        move(connection, number, target)


def overtaken(connection: Connection, receipt_id: int) -> Silence | None:
    """Return why nothing more is to be told of a receipt: it was given, or another office was put in its place."""
    going_on = RECEIPT.alias()
    row = connection.execute(
        select(going_on.c.signed_at)
        .join(ASSIGNMENT, ASSIGNMENT.c.id == going_on.c.assignment_id)
        .join(RECEIPT, (RECEIPT.c.office == going_on.c.office) & (RECEIPT.c.asked_at == going_on.c.asked_at))
        .where(RECEIPT.c.id == receipt_id, _STANDS, ASSIGNMENT.c.matter_id.in_(_matter_of(receipt_id)))
    ).one_or_none()
    if row is None:
        return Silence.REASSIGNED
    return None if row.signed_at is None else Silence.SIGNED


def _matter_of(receipt_id: int) -> Select[int]:
    """Return the query for the matter of a receipt's assignment."""
    of_receipt = select(RECEIPT.c.assignment_id).where(RECEIPT.c.id == receipt_id)
    earlier = ASSIGNMENT.alias()
    return select(earlier.c.matter_id).where(earlier.c.id.in_(of_receipt))


def _read(connection: Connection, where: ColumnElement[bool]) -> list[Assignment]:
    rows = connection.execute(select(ASSIGNMENT).where(where).order_by(ASSIGNMENT.c.id)).all()
    if not rows:
        return []
    receipts: dict[int, list[Receipt]] = defaultdict(list)
    asked = select(RECEIPT).where(RECEIPT.c.assignment_id.in_([row.id for row in rows]))
    for row in connection.execute(asked.order_by(RECEIPT.c.assignment_id, RECEIPT.c.place)):
        receipts[row.assignment_id].append(_receipt(row))
    return [_assignment(row, receipts[row.id]) for row in rows]


def _assignment(row: Row[Any], receipts: Iterable[Receipt]) -> Assignment:
    return Assignment(
        id=row.id,
        matter_id=row.matter_id,
        made_at=row.made_at,
        by=row.by,
        note=row.note,
        proposed=row.proposed,
        receipts=tuple(receipts),
        ended_at=row.ended_at,
        ended=EndedBy(row.ended) if row.ended else None,
    )


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(
        id=row.id,
        office=row.office,
        name=row.name,
        part=Part.HELP if row.place else Part.LEAD,
        asked_at=row.asked_at,
        within=timedelta(seconds=row.seconds),
        told=row.told,
        signed_at=row.signed_at,
        signed_by=row.signed_by,
    )

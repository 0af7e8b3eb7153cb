"""What stood before a decision, and how it is put back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.core.incidents.chains import Tie
from monitor.core.incidents.undoing import UNDOABLE, LastDecision
from monitor.core.model import Verb
from monitor.store import chains
from monitor.store.sql import of
from monitor.store.tables import DecisionRow, IncidentItemRow, MatterRow, ResponseRow

DECISION = of(DecisionRow)
LINK = of(IncidentItemRow)
MATTER = of(MatterRow)
RESPONSE = of(ResponseRow)
MINDED = [verb.value for verb in (*UNDOABLE, Verb.UNDO)]
STANDING = ("state", "state_reason", "merged_into")


def last_decision(connection: Connection, matter_id: int) -> LastDecision | None:
    """Return the last decision on a matter of those that can be undone, or that undid one."""
    row = connection.execute(
        select(DECISION)
        .where(DECISION.c.matter_id == matter_id, DECISION.c.verb.in_(MINDED))
        .order_by(DECISION.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastDecision(row.id, Verb(row.verb), row.at, row.by, row.detail)


def standing(connection: Connection, matter_id: int) -> dict[str, Any]:
    """Return where a matter stands, as plain values."""
    columns = [MATTER.c[name] for name in (*STANDING, "confirmed_at")]
    row = connection.execute(select(*columns).where(MATTER.c.id == matter_id)).one()
    confirmed_at = None if row.confirmed_at is None else row.confirmed_at.isoformat()
    return {**{name: getattr(row, name) for name in STANDING}, "confirmed_at": confirmed_at}


def stand_as(connection: Connection, matter_id: int, was: dict[str, Any]) -> None:
    """Let a matter stand as it did."""
    at = was["confirmed_at"]
    values = {name: was[name] for name in STANDING} | {
        "confirmed_at": None if at is None else datetime.fromisoformat(at)
    }
    connection.execute(update(MATTER).where(MATTER.c.id == matter_id).values(**values))


def placings(connection: Connection, matter_id: int) -> list[list[Any]]:
    """Return how the items of a matter came there: number, why, detail, by whom."""
    query = select(LINK.c.item_id, LINK.c.why, LINK.c.detail, LINK.c.placed_by).where(LINK.c.matter_id == matter_id)
    return [list(row) for row in connection.execute(query.order_by(LINK.c.item_id))]


def place_again(connection: Connection, rows: Iterable[Sequence[Any]], away: int, home: int) -> None:
    """Put items back where they were, those that nobody has moved elsewhere since."""
    for item_id, why, detail, by in rows:
        connection.execute(
            update(LINK)
            .where(LINK.c.item_id == item_id, LINK.c.matter_id == away)
            .values(matter_id=home, why=why, detail=detail, placed_by=by)
        )


def responses_of(connection: Connection, matter_id: int) -> list[int]:
    """Return the numbers of a matter's responses."""
    return list(connection.scalars(select(RESPONSE.c.id).where(RESPONSE.c.matter_id == matter_id)))


def give_back(connection: Connection, ids: Sequence[int], home: int) -> None:
    """Let responses belong to the matter that they belonged to."""
    connection.execute(update(RESPONSE).where(RESPONSE.c.id.in_(ids)).values(matter_id=home))


def links(connection: Connection, matter_id: int) -> list[list[Any]]:
    """Return what a matter is linked with, as plain values."""
    found = chains.links_of(connection, [matter_id]).get(matter_id, ())
    return [[one.other_id, one.tie.value, one.at.isoformat(), one.by] for one in found]


def link_again(connection: Connection, matter_id: int, rows: Iterable[Sequence[Any]]) -> None:
    """Link a matter with what it was linked with, and with nothing else."""
    for one in chains.links_of(connection, [matter_id]).get(matter_id, ()):
        chains.unlink(connection, matter_id, one.other_id)
    for other, tie, at, by in rows:
        chains.link(connection, matter_id, other, Tie(tie).turned, by=by, now=datetime.fromisoformat(at))

"""Links between matters: what persons decided, as it stands now. Each decision itself stays in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select

from monitor.core.incidents.chains import Linked, Tie
from monitor.core.text import storable
from monitor.store.sql import insert, of
from monitor.store.tables_talk import ChainRow

CHAIN = of(ChainRow)


def links_of(connection: Connection, matter_ids: Collection[int]) -> dict[int, list[Linked]]:
    """Return what each matter is linked with, in the order in which it was decided."""
    wanted = set(matter_ids)
    rows = connection.execute(
        select(CHAIN)
        .where(or_(CHAIN.c.matter_id.in_(wanted), CHAIN.c.other_id.in_(wanted)))
        .order_by(CHAIN.c.at, CHAIN.c.id)
    )
    found: dict[int, list[Linked]] = defaultdict(list)
    for row in rows:
        for mine, other in ((row.matter_id, row.other_id), (row.other_id, row.matter_id)):
            if mine in wanted:
                found[mine].append(Linked(other, _tie(row.cause_id, other), row.at, row.by))
    return found


def _tie(cause_id: int | None, other: int) -> Tie:
    if cause_id is None:
        return Tie.RELATED
    return Tie.CAUSE if cause_id == other else Tie.EFFECT


def link(connection: Connection, matter_id: int, other_id: int, tie: Tie, *, by: str, now: datetime) -> None:
    """Keep what `matter_id` is to `other_id`, in place of what it was before."""
    cause_id = {Tie.CAUSE: matter_id, Tie.EFFECT: other_id}.get(tie)
    lower, higher = sorted((matter_id, other_id))
    by = storable(by)
    statement = insert(connection, ChainRow).values(matter_id=lower, other_id=higher, cause_id=cause_id, at=now, by=by)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["matter_id", "other_id"], set_={"cause_id": cause_id, "at": now, "by": by}
        )
    )


def unlink(connection: Connection, matter_id: int, other_id: int) -> bool:
    """Remove a link; False where there is none."""
    lower, higher = sorted((matter_id, other_id))
    pair = and_(CHAIN.c.matter_id == lower, CHAIN.c.other_id == higher)
    return connection.execute(delete(CHAIN).where(pair)).rowcount > 0


def leads_to(connection: Connection, cause: int, effect: int) -> bool:
    """Tell whether one matter led to another, directly or over others."""
    reached, next_ones = {cause}, {cause}
    while next_ones:
        links = links_of(connection, next_ones)
        next_ones = {one.other_id for found in links.values() for one in found if one.tie is Tie.EFFECT} - reached
        if effect in next_ones:
            return True
        reached |= next_ones
    return False


def move_all(connection: Connection, source: int, target: int) -> None:
    """Let the links of one matter belong to another, except that between the two; what the other has already stays."""
    unlink(connection, source, target)
    links = links_of(connection, (source, target))
    known = {one.other_id for one in links.get(target, ())}
    for one in links.get(source, ()):
        unlink(connection, source, one.other_id)
        if one.other_id not in known and not _circles(connection, target, one):
            link(connection, target, one.other_id, one.tie.turned, by=one.by, now=one.at)


def _circles(connection: Connection, matter_id: int, linked: Linked) -> bool:
    if linked.tie is Tie.RELATED:
        return False
    cause, effect = (linked.other_id, matter_id) if linked.tie is Tie.CAUSE else (matter_id, linked.other_id)
    return leads_to(connection, effect, cause)

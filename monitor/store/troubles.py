"""Rows that a leg cannot deal with: kept with the reason, left alone for a while, told to people."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, cast, delete, select
from sqlalchemy.types import Integer

from monitor.core.engine import Troubled
from monitor.core.troubles import FAULTS, rest, troubled
from monitor.store import duties
from monitor.store.sql import insert, of
from monitor.store.tables_faults import TroubledRow

TROUBLED = of(TroubledRow)


def resting(leg: str) -> Select[str]:
    """Return the query for the rows that a leg leaves alone at the bound moment `now`."""
    return select(TROUBLED.c.row).where(
        TROUBLED.c.leg == leg, TROUBLED.c.rests_until > bindparam("now", type_=TROUBLED.c.rests_until.type)
    )


def numbers(leg: str) -> Select[int]:
    """Return the query for the numbers of the rows at which a leg fails."""
    return select(cast(TROUBLED.c.row, Integer)).where(TROUBLED.c.leg == leg)


def resting_numbers(leg: str) -> Select[int]:
    """Return the query for the numbers of the rows that a leg leaves alone at the bound moment `now`."""
    return numbers(leg).where(TROUBLED.c.rests_until > bindparam("now", type_=TROUBLED.c.rests_until.type))


def of_leg(connection: Connection, leg: str) -> dict[str, str]:
    """Return the rows at which a leg fails, each with what was said last."""
    rows = connection.execute(
        select(TROUBLED.c.row, TROUBLED.c.said).where(TROUBLED.c.leg == leg).order_by(TROUBLED.c.row)
    )
    return {row.row: row.said for row in rows}


def summary(connection: Connection) -> tuple[Troubled, ...]:
    """Return what each leg has set aside, summed up; what failed a few times only is still tried at every turn."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    aside = select(TROUBLED).where(TROUBLED.c.rests_until.is_not(None))
    for row in connection.execute(aside.order_by(TROUBLED.c.leg, TROUBLED.c.last_at)):
        rows[row.leg].append(row)
    return tuple(
        Troubled(leg=leg, rows=len(found), since=min(row.first_at for row in found), said=found[-1].said)
        for leg, found in rows.items()
    )


def note(
    connection: Connection, leg: str, row: str | int, error: Exception, now: datetime, *, tell: bool = True
) -> int:
    """Keep that a leg failed at a row, and tell people where it is set aside now; return how often it has failed."""
    said = f"{type(error).__name__}: {error}"[:500]
    name = {"leg": leg, "row": str(row)}
    same = (TROUBLED.c.leg == leg, TROUBLED.c.row == str(row))
    known = connection.execute(select(TROUBLED).where(*same).with_for_update()).one_or_none()
    faults, since = (known.faults + 1, known.first_at) if known else (1, now)
    pause = rest(faults)
    found = {"faults": faults, "said": said, "last_at": now, "rests_until": None if pause is None else now + pause}
    statement = insert(connection, TroubledRow).values(**name, **found, first_at=since)
    connection.execute(statement.on_conflict_do_update(index_elements=["leg", "row"], set_=found))
    if tell and faults == FAULTS:
        duties.save_alerts(connection, [troubled(leg, str(row), said, since, now)], now)
    return faults


def clear(connection: Connection, leg: str, row: str | int) -> None:
    """Forget that a leg failed at a row: it went through."""
    connection.execute(delete(TROUBLED).where(TROUBLED.c.leg == leg, TROUBLED.c.row == str(row)))

"""What people stated of incidents, as it stands now; and incidents made anew with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from monitor.core.incidents.grader import Grader
from monitor.core.incidents.history import Incident
from monitor.core.incidents.stated import Stated, StatedToll, fold_with
from monitor.core.model import Place
from monitor.store import incidents
from monitor.store.sql import insert, of
from monitor.store.tables_corrections import CorrectionRow

CORRECTION = of(CorrectionRow)
KIND, PLACE, TOLL = "kind", "place", "toll"
# Built once: it is asked anew for every item that is placed.
_STATED = select(CORRECTION).where(CORRECTION.c.matter_id == bindparam("matter_id"))


def refold(connection: Connection, matter_id: int, grader: Grader) -> Incident:
    """Make an incident anew from its items and from what people stated, and keep it."""
    reports = incidents.reports_of(connection, [matter_id])[matter_id]
    folded = fold_with(reports, grader, stated_of(connection, matter_id))
    incidents.save_incident(connection, matter_id, folded)
    return folded


def stated_of(connection: Connection, matter_id: int) -> Stated:
    """Return what people stated of a matter."""
    rows = {row.about: row for row in connection.execute(_STATED, {"matter_id": matter_id})}
    kind, place, toll = rows.get(KIND), rows.get(PLACE), rows.get(TOLL)
    return Stated(
        kind=None if kind is None else kind.stated["kind"],
        kind_at=None if kind is None else kind.at,
        place=None if place is None else Place(**place.stated),
        toll=None if toll is None else StatedToll(toll.stated, toll.struck, toll.at, toll.reason),
    )


def kept(connection: Connection, matter_id: int, about: str) -> dict[str, Any] | None:
    """Return what stands of one thing as plain values, so that a decision can keep it; None where nothing does."""
    query = select(CORRECTION).where(CORRECTION.c.matter_id == matter_id, CORRECTION.c.about == about)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    values = {name: value for name, value in row._asdict().items() if name not in ("matter_id", "about")}
    return values | {"at": row.at.isoformat()}


def state(connection: Connection, matter_id: int, about: str, values: dict[str, Any]) -> None:
    """Keep what a person stated, in place of what stood before; `values` as `kept` returns them."""
    at = values["at"]
    row = {**values, "at": datetime.fromisoformat(at) if isinstance(at, str) else at}
    statement = insert(connection, CorrectionRow).values(matter_id=matter_id, about=about, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=["matter_id", "about"], set_=row))


def carry_over(connection: Connection, source: int, target: int) -> list[str]:
    """Let what people stated of the one hold of the other where they stated nothing; return what that is."""
    query = select(CORRECTION).where(CORRECTION.c.matter_id == source).order_by(CORRECTION.c.about)
    known = set(connection.scalars(select(CORRECTION.c.about).where(CORRECTION.c.matter_id == target)))
    rows = [row._asdict() | {"matter_id": target} for row in connection.execute(query) if row.about not in known]
    if rows:
        connection.execute(insert(connection, CorrectionRow), rows)
    return [row["about"] for row in rows]


def forget(connection: Connection, matter_id: int, about: str) -> None:
    """Let the reading count again."""
    connection.execute(delete(CORRECTION).where(CORRECTION.c.matter_id == matter_id, CORRECTION.c.about == about))

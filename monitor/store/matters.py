"""Matters that no report opens: a person opens them, and states the moments from which their deadlines count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, insert, select

from monitor.core.model import Anchor, MatterState, Verb
from monitor.core.views import MatterView
from monitor.store.sql import of
from monitor.store.tables import DecisionRow, MatterRow

DECISION = of(DecisionRow)
MATTER = of(MatterRow)
ASKED: BindParameter[int] = bindparam("matter_id")
# Built once: it is asked anew for every matter that is looked at.
_STATED = (
    select(DECISION.c.detail)
    .where(DECISION.c.matter_id == ASKED, DECISION.c.verb.in_((Verb.OPEN.value, Verb.STATE.value)))
    .order_by(DECISION.c.id)
)
INCIDENT = "incident"


def opened_now(kind: str, title: str, now: datetime) -> dict[str, Any]:
    """Return the columns of a matter that opens now, of which nobody has decided anything."""
    return {
        "kind": kind,
        "office": "",
        "title": title,
        "state": MatterState.OPEN.value,
        "state_reason": "",
        "opened_at": now,
        "updated_at": now,
    }


def open_matter(connection: Connection, kind: str, title: str, now: datetime) -> int:
    """Keep a new matter of a kind, confirmed because a person vouches for it; return its number."""
    values = {**opened_now(kind, title, now), "confirmed_at": now}
    return int(connection.execute(insert(MATTER).values(values).returning(MATTER.c.id)).scalar_one())


def stated_anchors(connection: Connection, matter_id: int) -> dict[Anchor, datetime]:
    """Return the moments that people stated for a matter; the last word on each counts."""
    stated: dict[Anchor, datetime] = {}
    for detail in connection.scalars(_STATED, {"matter_id": matter_id}):
        moments: Mapping[str, str] = detail.get("anchors", {})
        stated |= {Anchor(name): datetime.fromisoformat(at) for name, at in moments.items()}
    return stated


def matter(connection: Connection, matter_id: int) -> MatterView | None:
    """Return a matter of any kind, or None where there is none of that number."""
    row = connection.execute(select(MATTER).where(MATTER.c.id == matter_id)).one_or_none()
    return None if row is None else _view(row)


def matters(connection: Connection, *, kind: str | None = None, limit: int = 200) -> list[MatterView]:
    """Return the matters that people opened, the latest first."""
    query = select(MATTER).where(MATTER.c.kind != INCIDENT).order_by(MATTER.c.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(MATTER.c.kind == kind)
    return [_view(row) for row in connection.execute(query)]


def _view(row: Row[Any]) -> MatterView:
    return MatterView(
        id=row.id,
        kind=row.kind,
        title=row.title,
        state=MatterState(row.state),
        state_reason=row.state_reason,
        opened_at=row.opened_at,
        acted_at=row.acted_at,
    )

"""What was left out, summed up by source and reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.store.sql import of
from monitor.store.tables import DropRow

DROP = of(DropRow)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The entries of a source that were left out for one reason: how many, how often met, one of the last of them."""

    source_id: str
    reason: str
    entries: int
    times: int
    last_at: datetime
    title: str
    detail: str


def dropped(connection: Connection, since: datetime, source_id: str | None = None) -> Iterable[Dropped]:
    """Yield what was last met since a moment, most entries first."""
    which = DROP.c.last_at >= since
    if source_id is not None:
        which = which & (DROP.c.source_id == source_id)
    entries = func.count()
    rows = connection.execute(
        select(
            DROP.c.source_id,
            DROP.c.reason,
            entries.label("entries"),
            func.sum(DROP.c.times).label("times"),
            func.max(DROP.c.last_at).label("last_at"),
            func.max(DROP.c.id).label("latest"),
        )
        .where(which)
        .group_by(DROP.c.source_id, DROP.c.reason)
        .order_by(entries.desc(), DROP.c.source_id, DROP.c.reason)
    ).all()
    for row in rows:
        title, detail = connection.execute(select(DROP.c.title, DROP.c.detail).where(DROP.c.id == row.latest)).one()
        yield Dropped(row.source_id, row.reason, row.entries, int(row.times), row.last_at, title, detail)

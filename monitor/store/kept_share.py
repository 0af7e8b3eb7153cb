"""How many duties that fell due in a period were kept, as the statistics count them; drills are never among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.model import DeadlineState
from monitor.store import views
from monitor.store.views import DEADLINE, INCIDENT, MATTER


@dataclass(frozen=True, slots=True)
class KeptShare:
    """How many were kept in time, of how many that were judged: kept in time, kept late, missed."""

    kept: int
    judged: int

    @property
    def share(self) -> float | None:
        """The share that was kept, None where nothing was judged."""
        return self.kept / self.judged if self.judged else None


def kept_share(connection: Connection, since: datetime, until: datetime, within: str = WHOLE_COUNTRY) -> KeptShare:
    """Count the duties that fell due from `since` and before `until`, in a region."""
    judged = [state.value for state in (DeadlineState.MET, DeadlineState.MET_LATE, DeadlineState.MISSED)]
    query = (
        select(DEADLINE.c.state, func.count())
        .join(MATTER, MATTER.c.id == DEADLINE.c.matter_id)
        .join(INCIDENT, INCIDENT.c.matter_id == DEADLINE.c.matter_id)
        .where(MATTER.c.drill.is_(False), DEADLINE.c.state.in_(judged))
        .where(DEADLINE.c.due_at >= since, DEADLINE.c.due_at < until)
        .group_by(DEADLINE.c.state)
    )
    if within != WHOLE_COUNTRY:
        query = query.where(views.lies_within(within))
    found = {state: int(number) for state, number in connection.execute(query)}
    return KeptShare(found.get(DeadlineState.MET.value, 0), sum(found.values()))

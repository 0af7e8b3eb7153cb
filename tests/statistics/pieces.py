"""Pieces that tests put together."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.core.model import MatterState, Place, Scope
from monitor.core.views import IncidentView

AT = datetime(2026, 7, 9, 12, tzinfo=UTC)


def opened(number: int, *, place: Place) -> IncidentView:
    """Return an incident of which nothing is known but its place."""
    return IncidentView(
        id=number,
        title="示例",
        state=MatterState.OPEN,
        kind="fire",
        scope=Scope.DOMESTIC,
        place=place,
        figures={},
        severity=None,
        likely=None,
        confirmed=False,
        sources=1,
        items=1,
        opened_at=AT,
        last_seen_at=AT,
        first_reported_at=AT,
        occurred_at=None,
        acted_at=None,
    )

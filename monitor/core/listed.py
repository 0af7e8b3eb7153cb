"""What there are lists of, and the rows of those lists that nothing else shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.incidents.placing import Placing
from monitor.core.views import AlertView, DeadlineView, IncidentView, ResponseView


class Listed(StrEnum):
    """What there are lists of."""

    INCIDENTS = "incidents"
    DEADLINES = "deadlines"
    RESPONSES = "responses"
    ALERTS = "alerts"
    ITEMS = "items"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """An item and the incident that it belongs to."""

    id: int
    matter_id: int
    title: str
    url: str
    source: str
    published_at: datetime | None
    first_seen_at: datetime
    why: Placing


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLog:
    """A person's decision (`decided`), or a change of a deadline with its cause as `reason`."""

    at: datetime
    matter_id: int
    decided: bool
    what: str
    by: str
    obligation_id: str
    reason: str


Row = IncidentView | DeadlineView | ResponseView | AlertView | ListedItem | ListedLog

"""What statistics are reckoned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.conferences.tally import Held
from monitor.core.model import AlertReason, AlertState, aware, lies_in
from monitor.core.views import DeadlineView, IncidentView, ResponseView


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A period (from `since`, before `until`), a region and an office; no office asks for all of them.

    `home` is the bureau's own region: what belongs to no incident belongs there.
    """

    since: datetime
    until: datetime
    region: str
    office: str = ""
    home: str = WHOLE_COUNTRY

    def __post_init__(self) -> None:
        aware(self.since)
        aware(self.until)

    @property
    def whole_bureau(self) -> bool:
        """Whether all that the bureau does is asked for, with what belongs to no incident."""
        return not self.office and lies_in(self.home, self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFact:
    """An alert as far as it is counted."""

    id: int
    matter_id: int | None
    reason: AlertReason
    page: bool
    created_at: datetime
    state: AlertState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFact:
    """What a source did: retrievals, items, in how many incidents it has a part, and where it was the first."""

    id: str
    fetches: int
    failed: int
    items: int
    incidents: tuple[int, ...]
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A period's facts without drills: what was opened, fell due, was published, was told, was held in it.

    `matters` are the incidents that deadlines and responses belong to, also those opened before. `acknowledged` says
    when somebody first took an incident on, `paged` when the first page that went out was made. `answered` are the
    incidents of the period to which there is a public response, also a later one.
    """

    incidents: tuple[IncidentView, ...]
    deadlines: tuple[DeadlineView, ...]
    responses: tuple[ResponseView, ...]
    alerts: tuple[AlertFact, ...]
    conferences: tuple[Held, ...]
    sources: tuple[SourceFact, ...]
    matters: Mapping[int, IncidentView] = field(default_factory=dict)
    acknowledged: Mapping[int, datetime] = field(default_factory=dict)
    paged: Mapping[int, datetime] = field(default_factory=dict)
    answered: frozenset[int] = frozenset()

"""What an incident is looked back upon from: everything that was stored of it, nothing reckoned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.checks.kept import KeptCheck
from monitor.core.conferences.plan import Plan
from monitor.core.drafts.draft import Draft
from monitor.core.evidence.views import EvidenceView
from monitor.core.item_views import ItemView
from monitor.core.views import AlertView, DeadlineView, FindingView, IncidentView, LogView, ResponseView, StepView


@dataclass(frozen=True, slots=True)
class BegunDraft:
    """A draft, and when its first version was saved."""

    draft: Draft
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Polled:
    """How the source that told first was asked between its report and our seeing it there: well, and in vain.

    `before` tells whether it was asked at all before the report; without that nothing follows from the two numbers.
    `seen_at` is when we saw that report of that source, whatever another one had told us before.
    """

    good: int
    failed: int
    before: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One incident with all that belongs to it. `nobody_at` is when a page was found to be for nobody on duty.

    `plans` are those of press conferences, whatever became of them.
    """

    incident: IncidentView
    items: tuple[ItemView, ...] = ()
    steps: tuple[StepView, ...] = ()
    deadlines: tuple[DeadlineView, ...] = ()
    log: tuple[LogView, ...] = ()
    alerts: tuple[AlertView, ...] = ()
    drafts: tuple[BegunDraft, ...] = ()
    plans: tuple[Plan, ...] = ()
    responses: tuple[ResponseView, ...] = ()
    findings: tuple[FindingView, ...] = ()
    checks: Mapping[int, KeptCheck] = field(default_factory=dict)
    evidence: Mapping[int, EvidenceView] = field(default_factory=dict)
    polled: Polled | None = None
    nobody_at: tuple[datetime, ...] = ()

    @property
    def standing(self) -> tuple[ResponseView, ...]:
        """The responses that were not withdrawn, earliest first."""
        kept = (one for one in self.responses if one.retracted_at is None)
        return tuple(sorted(kept, key=lambda one: (one.published_at, one.id)))

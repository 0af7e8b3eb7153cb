"""What people are shown, as plain values: one shape for messages, console, lists and the briefing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.duties.adjusting import Adjustment
from monitor.core.duties.obligations import Obligation
from monitor.core.incidents.rumours import RumourWhy
from monitor.core.model import (
    LIVE,
    AlertReason,
    AlertState,
    Anchor,
    DeadlineState,
    DeliveryState,
    Fault,
    Level,
    MatterState,
    Place,
    ResponseKind,
    RumourState,
    Scope,
    Severity,
    Standing,
    Wave,
)
from monitor.core.particulars import Particulars
from monitor.core.people.assignments import Assignment
from monitor.core.people.duty import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """One incident as it stands; its `assignment` is only told where it was asked for."""

    id: int
    title: str
    state: MatterState
    kind: str
    scope: Scope
    place: Place
    figures: Mapping[str, int]
    severity: Severity | None
    likely: Severity | None
    confirmed: bool
    sources: int
    items: int
    opened_at: datetime
    last_seen_at: datetime
    first_reported_at: datetime | None
    occurred_at: datetime | None
    acted_at: datetime | None
    merged_into: int | None = None
    state_reason: str = ""
    wave: Wave | None = None
    standing: Standing | None = None
    rumour: RumourState | None = None
    drill: bool = False
    assignment: Assignment | None = None

    @property
    def presumed(self) -> Severity | None:
        """The grade that duties are counted by: the likely one where it stands above the firm one."""
        return max((s for s in (self.severity, self.likely) if s is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RumourView:
    """Where an incident stands as a rumour; `item_id` shows it, None where a person decided."""

    matter_id: int
    state: RumourState
    since: datetime
    why: RumourWhy
    item_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperView:
    """A denied rumour of which no incident is known: the first denial, and how often it was denied."""

    id: int
    title: str
    kind: str
    source: str
    url: str
    items: int
    sources: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineView:
    """One deadline as it stands, with the rule that it kept when it opened."""

    id: int
    matter_id: int
    obligation_id: str
    ordinal: int
    state: DeadlineState
    provisional: bool
    anchor: Anchor
    anchors: Mapping[Anchor, datetime]
    started_at: datetime
    due_at: datetime
    opened_at: datetime
    settled_at: datetime | None
    pack: str
    calendar: str = ""
    calendar_version: int | None = None
    estimated: bool = False
    unrolled_at: datetime | None = None
    level: Level | None = None
    plain_due_at: datetime | None = None
    paused_since: datetime | None = None
    version: int = 1
    response_id: int | None = None
    rule: Obligation | None = field(default=None, repr=False)

    @property
    def live(self) -> bool:
        """Tell whether a response would still settle it; a missed turn that is over is settled for good."""
        return self.state in LIVE and self.settled_at is None

    @property
    def plain_end(self) -> datetime:
        """The end without pauses and extensions."""
        return self.plain_due_at or self.due_at

    @property
    def rests(self) -> bool:
        """Whether its time stands still."""
        return self.paused_since is not None and self.live

    def overdue(self, now: datetime) -> bool:
        """Tell whether its end has come; none does while its time stands still."""
        return not self.rests and self.due_at <= now

    @property
    def fault(self) -> Fault | None:
        """What follows from the times alone: it was fulfilled late, or not at all by its end."""
        return {DeadlineState.MET_LATE: Fault.LATE, DeadlineState.MISSED: Fault.MISSED}.get(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterView:
    """One matter of any kind as it stands."""

    id: int
    kind: str
    title: str
    state: MatterState
    state_reason: str
    opened_at: datetime
    acted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision led to: the incident and its deadlines as they stand now."""

    incident: IncidentView
    deadlines: tuple[DeadlineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of the severity over time."""

    at: datetime
    severity: Severity | None
    likely: Severity | None
    figures: Mapping[str, int]
    item_id: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseView:
    """One logged response; `promised_at` is when it told the public that the next release would come."""

    id: int
    matter_id: int
    kind: ResponseKind
    title: str
    url: str
    published_at: datetime
    by: str
    logged_at: datetime
    level: Level | None = None
    retracted_at: datetime | None = None
    retracted_by: str = ""
    retracted_reason: str = ""
    promised_at: datetime | None = None
    particulars: Particulars | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentView:
    """What a person did to one deadline."""

    matter_id: int
    obligation_id: str
    ordinal: int
    made: Adjustment

    @property
    def about(self) -> tuple[str, int]:
        """The obligation and the ordinal of the deadline."""
        return self.obligation_id, self.ordinal


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """What a person found wrong with how a duty was fulfilled; about the whole matter where no obligation is named."""

    id: int
    matter_id: int
    obligation_id: str | None
    ordinal: int | None
    fault: Fault
    at: datetime
    by: str
    reason: str
    evidence: str

    @property
    def about(self) -> tuple[str | None, int | None]:
        """The obligation and the ordinal of the deadline; none where it is about the whole matter."""
        return self.obligation_id, self.ordinal


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert with what came of it; `audience` are the contacts whom it is for beside the team channels."""

    id: int
    key: str
    reason: AlertReason
    matter_id: int | None
    obligation_id: str | None
    ordinal: int
    point: str
    page: bool
    at: datetime
    created_at: datetime
    not_before: datetime
    useful_until: datetime
    state: AlertState
    silence: str | None
    detail: Mapping[str, str] = field(default_factory=dict)
    deliveries: tuple[DeliveryView, ...] = ()
    audience: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """One attempt to send one alert over one channel; `remedy` is the template of what a person can do about it.

    `contact` is whom it was sent to, empty for all who read the channel. `digest_id` is the same for all alerts that
    one message told of.
    """

    channel: str
    state: DeliveryState
    started_at: datetime
    ended_at: datetime | None
    retry_at: datetime | None
    may_have_arrived: bool = False
    provider_id: str = ""
    said: str = ""
    remedy: str = ""
    digest_id: int | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """One line of a matter's log: a person's decision or a deadline's change."""

    at: datetime
    what: str
    by: str = ""
    subject: str = ""
    reason: str = ""

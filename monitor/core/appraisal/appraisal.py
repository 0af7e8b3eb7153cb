"""An appraisal and each office's part in it, as they stand. State follows from what was done and from the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.core.appraisal.figures import Figure
from monitor.core.beijing import day_of


class Coverage(StrEnum):
    """Whether all offices are appraised or chosen ones (全面考核, 重点考核)."""

    FULL = "full"
    FOCUSED = "focused"


class AppraisalState(StrEnum):
    """How far an appraisal has come."""

    PLANNED = "planned"
    APPROVED = "approved"
    NOTICED = "noticed"
    UNDER_WAY = "under_way"
    FINISHED = "finished"
    DROPPED = "dropped"


class OfficeState(StrEnum):
    """How far an appraisal has come for one office."""

    WAITING = "waiting"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    SETTLED = "settled"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did something and when; `account` where he has one."""

    by: str
    at: datetime
    account: int | None = None

    def same_person(self, other: Deed) -> bool:
        """Tell whether one person did both: by account where both have one, by name otherwise."""
        if self.account is not None and other.account is not None:
            return self.account == other.account
        return self.by.strip().casefold() == other.by.strip().casefold()


@dataclass(frozen=True, slots=True)
class ByHand:
    """A figure that somebody wrote, and where he has it from."""

    value: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraised:
    """An office in an appraisal: what it says of itself, the first grade, the grade that holds, what it signed for.

    `texts` are the self-check by content, `by_hand` the figures that the log cannot know. `figures` are those on which
    the first grade was given, `digest` proves them; `damaged` where it does not.
    """

    office: str
    name: str
    noticed: Deed | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    by_hand: Mapping[str, ByHand] = field(default_factory=dict)
    checked: Deed | None = None
    proposed: str = ""
    proposed_why: str = ""
    reviewed: Deed | None = None
    figures: tuple[Figure, ...] = ()
    digest: str = ""
    grade: str = ""
    grade_why: str = ""
    settled: Deed | None = None
    told: Deed | None = None
    damaged: bool = False

    @property
    def version(self) -> str:
        """Tell the self-check that stands from those that it replaced; "" where nothing was handed in."""
        return "" if self.checked is None else self.checked.at.isoformat()

    @property
    def state(self) -> OfficeState:
        """How far it has come."""
        if self.settled is not None:
            return OfficeState.SETTLED if self.told is None else OfficeState.TOLD
        if self.reviewed is not None:
            return OfficeState.REVIEWED
        return OfficeState.WAITING if self.checked is None else OfficeState.CHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """An appraisal of offices for a period of Beijing days, both included.

    It was to begin on `begins_on`; `starts_on` is when it does, known once the notice has gone out.
    """

    id: int
    title: str
    coverage: Coverage
    first: date
    last: date
    begins_on: date
    plan: str
    planned: Deed
    approved: Deed | None = None
    announced: Deed | None = None
    starts_on: date | None = None
    dropped: Deed | None = None
    dropped_why: str = ""
    offices: tuple[Appraised, ...] = ()

    def state(self, now: datetime) -> AppraisalState:
        """How far it has come."""
        if self.dropped is not None:
            return AppraisalState.DROPPED
        if self.offices and all(one.settled is not None for one in self.offices):
            return AppraisalState.FINISHED
        if self.starts_on is not None:
            return AppraisalState.UNDER_WAY if self.starts_on <= day_of(now) else AppraisalState.NOTICED
        return AppraisalState.PLANNED if self.approved is None else AppraisalState.APPROVED

    def office(self, name: str) -> Appraised | None:
        """Return an office's part."""
        return next((one for one in self.offices if one.office == name), None)

    def notice_by(self, days: int) -> date:
        """Return the last day on which a notice is in time for the day that was planned."""
        return self.begins_on - timedelta(days=days)

    def start_if_told(self, now: datetime, days: int) -> date:
        """Return when it begins if the notice goes out now: as planned, or later where that would be too soon."""
        return max(self.begins_on, day_of(now) + timedelta(days=days))

    @property
    def postponed(self) -> bool:
        """Whether the notice went out too late for the day that was planned."""
        return self.starts_on is not None and self.starts_on > self.begins_on

    def late_check(self, office: Appraised) -> bool:
        """Tell whether a self-check came after the appraisal had begun."""
        return office.checked is not None and self.starts_on is not None and day_of(office.checked.at) >= self.starts_on

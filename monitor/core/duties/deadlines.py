"""A Deadline as a value, the changes it goes through, and the moment from which it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.duties.obligations import Applies, MatterFacts, Obligation
from monitor.core.model import LIVE, Anchor, DeadlineState, Response, ResponseKind, RumourState
from monitor.core.people.policies import Policy

RELEASES = {ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.PRESS_CONFERENCE, ResponseKind.FOLLOW_UP_RELEASE}

# What was done this far in the future was done by a clock that had jumped; less is the difference between two clocks.
CLOCK_SLACK = timedelta(minutes=10)


class Cause(StrEnum):
    """Why a deadline changed; each has a label in the catalogues."""

    APPLIES = "applies"
    TOO_OLD = "too_old"
    EARLIER_START = "earlier_start"
    MADE_FIRM = "made_firm"
    TIME_PASSED = "time_passed"
    RESPONDED = "responded"
    DISMISSED = "dismissed"
    MERGED = "merged"
    REGRADED = "regraded"
    REOPENED = "reopened"
    FRESH_NEWS = "fresh_news"
    WAIVED = "waived"
    CLOCK_MENDED = "clock_mended"
    RUMOUR_CONFIRMED = "rumour_confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One Obligation applied to one Matter. `watched_until` is the instant up to which reminders were dealt with.

    `policy` says who is paged until people act; it was chosen when the deadline opened and is never exchanged.
    """

    matter_id: int
    obligation_id: str
    ordinal: int = 1
    id: int | None = None
    anchor: Anchor
    anchors: Mapping[Anchor, datetime] = field(default_factory=dict)
    started_at: datetime
    due_at: datetime
    opened_at: datetime
    state: DeadlineState = DeadlineState.OPEN
    provisional: bool = False
    settled_at: datetime | None = None
    response_id: int | None = None
    watched_until: datetime
    check_at: datetime | None = None
    policy: Policy | None = None

    @property
    def live(self) -> bool:
        """Tell whether a response would still settle it."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class Transition:
    """A deadline changed; `at` is when that became true, which may lie before the moment it was noticed."""

    obligation_id: str
    ordinal: int
    before: DeadlineState | None
    after: DeadlineState
    cause: Cause
    at: datetime


def anchors_for(obligation: Obligation, facts: MatterFacts) -> dict[Anchor, datetime]:
    """Return all moments known side by side; the level is that from which the obligation holds."""
    known = dict(facts.anchors)
    reached = list(_level_reached(obligation.applies, facts))
    if reached:
        known[Anchor.LEVEL_REACHED] = min(reached)
    released = [response.published_at for response in facts.responses if response.kind in RELEASES]
    if released:
        known[Anchor.LAST_RELEASE] = max(released)
    rule = obligation.applies.rumour
    rumour = None if rule is None else facts.rumour(rule.growth)
    if rule is not None and rumour is not None and rumour.state in rule.states:
        grown_at = rumour.grown_at if RumourState.GROWING in rule.states else None
        known[Anchor.RUMOUR_SPREAD] = min(at for at in (rumour.since, grown_at) if at is not None)
    return known


def _level_reached(applies: Applies, facts: MatterFacts) -> Iterator[datetime]:
    """Yield when each grade was reached, of the severity or of the public talk, with which the obligation holds."""
    needed, wave = applies.at_least or applies.concern_severity, applies.concern_wave
    if needed is not None or wave is None:
        yield from (at for severity, at in facts.reached.items() if needed is None or severity >= needed)
    if wave is not None:
        yield from (at for reached, at in facts.waves.items() if reached >= wave)


def start(obligation: Obligation, facts: MatterFacts) -> tuple[Anchor, datetime]:
    """Return the anchor that counts and its moment: the earliest known of those that the obligation names.

    `if_past` replaces one whose deadline had ended before it came.
    """
    known = anchors_for(obligation, facts)
    named = [a for a in obligation.anchors if a in known]
    anchor = min(named, key=lambda a: known[a], default=None) or next(
        a for a in (Anchor.CONFIRMED, *known) if a in known
    )
    later = obligation.if_past
    if later is not None and later in known and known[later] >= known[anchor] + obligation.due:
        return later, known[later]
    return anchor, known[anchor]


def too_old(
    obligation: Obligation, facts: MatterFacts, stale_after: timedelta, started_at: datetime, now: datetime
) -> bool:
    """Tell whether a matter is too old for a deadline that would have started at `started_at`.

    What a person confirms is not, nor, for the duties of a grade, what is reported anew: they open, overdue if need be.
    """
    lives = [started_at, facts.vouched_at, facts.news_at if obligation.applies.at_least is not None else None]
    return now - max(at for at in lives if at is not None) > max(stale_after, obligation.due)


def first_response(deadline: Deadline, obligation: Obligation, responses: Iterable[Response]) -> Response | None:
    """Return the earliest response of a kind that satisfies; a repeated duty needs one after its own start."""
    fitting = [r for r in responses if r.kind in obligation.satisfied_by]
    if obligation.repeats:
        fitting = [r for r in fitting if r.published_at > deadline.started_at]
    return min(fitting, key=lambda r: r.published_at, default=None)

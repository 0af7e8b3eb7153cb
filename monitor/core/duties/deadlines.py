"""A Deadline as a value, the changes it goes through, and the moment from which it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from monitor.core.duties.law import LegalSource
from monitor.core.duties.obligations import Applies, MatterFacts, Obligation
from monitor.core.duties.terms import Term, Unit
from monitor.core.model import (
    LIVE,
    Anchor,
    DeadlineState,
    Level,
    MatterState,
    Response,
    ResponseKind,
    RumourState,
    Severity,
)
from monitor.core.people.policies import Policy

# A moment at which one of these was logged for the first time is an anchor of its own.
LOGGED = {
    Anchor.REPORTED: ResponseKind.UPWARD_REPORT,
    Anchor.FORMED: ResponseKind.INVESTIGATION_REPORT,
    Anchor.APPROVED: ResponseKind.APPROVAL,
    Anchor.PUBLISHED: ResponseKind.HANDLING_PUBLICATION,
    Anchor.NOTIFIED: ResponseKind.NOTIFICATION,
}
# What is known of the happening itself: one of these stands in for an anchor that is not known.
HAPPENING = (
    Anchor.CONFIRMED,
    Anchor.OCCURRED,
    Anchor.FIRST_REPORTED,
    Anchor.LEVEL_REACHED,
    Anchor.LAST_RELEASE,
    Anchor.RUMOUR_SPREAD,
)
OUR_KNOWLEDGE = (Anchor.FIRST_SEEN, Anchor.LEARNED)
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
    UNDONE = "undone"
    REGRADED = "regraded"
    REOPENED = "reopened"
    FRESH_NEWS = "fresh_news"
    WAIVED = "waived"
    CLOCK_MENDED = "clock_mended"
    RUMOUR_CONFIRMED = "rumour_confirmed"
    RULE_ADOPTED = "rule_adopted"
    CALENDAR = "calendar"
    NEXT_TURN = "next_turn"
    TURN_OVER = "turn_over"
    DUTY_ENDED = "duty_ended"
    RETRACTED = "retracted"
    VANISHED = "vanished"
    EXTENDED = "extended"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESET = "reset"
    ANCHOR_SET = "anchor_set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One Obligation applied to one Matter. `watched_until` is the instant up to which reminders were dealt with.

    `calendar_version` is set where the end depends on which days are worked, `estimated` where some of those are not
    announced yet, `unrolled_at` where the end moved on from a free day. `level` is whom a hop of a chain must reach.
    `rule` is the obligation as it stood when this opened, None where that was not kept.
    Where people changed it, `plain_due_at` is the end without pauses and extensions, `paused` what pauses that are
    over added to it; one that rests since `paused_since` is neither reminded of nor missed. `version` grows with each
    transition. `policy` says who is paged until people act; it was chosen at the opening and is never exchanged.
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
    rule: Obligation | None = None
    calendar: str = ""
    calendar_version: int | None = None
    estimated: bool = False
    unrolled_at: datetime | None = None
    level: Level | None = None
    plain_due_at: datetime | None = None
    paused: timedelta = timedelta(0)
    paused_since: datetime | None = None
    version: int = 1
    policy: Policy | None = None

    @property
    def plain_end(self) -> datetime:
        """The end as it is without pauses and extensions."""
        return self.plain_due_at or self.due_at

    @property
    def live(self) -> bool:
        """Tell whether a response would still settle it; a missed turn that is over is settled for good."""
        return self.state in LIVE and self.settled_at is None


class Due(NamedTuple):
    """A deadline that is to be looked at, as far as time asks for it, and of its matter the same.

    `rule` names the rule that was kept for it. `grade` is the presumed one, `acted_at` when a person acted last; a
    `drill` is counted at a pace of its own, and at a `troubled` matter the last look failed.
    """

    id: int
    matter_id: int
    obligation_id: str
    ordinal: int
    started_at: datetime
    due_at: datetime
    opened_at: datetime
    state: DeadlineState
    settled_at: datetime | None
    watched_until: datetime
    check_at: datetime
    rule: str | None
    calendar_version: int | None
    paused: timedelta
    paused_since: datetime | None
    version: int
    policy: Policy | None
    matter_state: MatterState
    acted_at: datetime | None
    grade: Severity | None
    drill: bool
    troubled: bool

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands in the order of what is due."""
        return self.check_at, self.id


# What time asks of a deadline that runs is known of both.
Running = Deadline | Due


@dataclass(frozen=True, slots=True)
class Transition:
    """A deadline changed; `at` is when that became true, which may lie before the moment it was noticed."""

    obligation_id: str
    ordinal: int
    before: DeadlineState | None
    after: DeadlineState
    cause: Cause
    at: datetime


class Lasting(Protocol):
    """Of a deadline what tells how long it runs, and the rule that it kept."""

    @property
    def obligation_id(self) -> str:
        """The rule's name."""

    @property
    def started_at(self) -> datetime:
        """From when it counts."""

    @property
    def plain_end(self) -> datetime:
        """Its end without what people granted."""

    @property
    def rule(self) -> Obligation | None:
        """The rule as it was when the deadline opened."""


def rule_that_left(deadline: Lasting) -> Obligation:
    """Return a rule in the place of one that has left the pack: how long it runs.

    Where it was kept, also its name and source, what meets it and when people are told; nothing more can be granted.
    """
    name, length = deadline.obligation_id, deadline.plain_end - deadline.started_at
    due = Term(max(1, length // timedelta(minutes=1)), Unit.MINUTE)
    kept = deadline.rule or Obligation(name, name, name, Applies(), (), due, frozenset(), LegalSource("", "", ""))
    return Obligation(
        name,
        kept.name_zh,
        kept.name_en,
        Applies(),
        (),
        due,
        kept.satisfied_by,
        kept.source,
        reminders=kept.reminders,
        verified=kept.verified,
        note=kept.note,
        origin=kept.origin,
    )


def anchors_for(obligation: Obligation, facts: MatterFacts) -> dict[Anchor, datetime]:
    """Return all moments known side by side; the level is that from which the obligation holds."""
    known = dict(facts.anchors)
    reached = list(_level_reached(obligation.applies, facts))
    if reached:
        known[Anchor.LEVEL_REACHED] = min(reached)
    released = [response.published_at for response in facts.responses if response.kind in RELEASES]
    if released:
        known[Anchor.LAST_RELEASE] = max(released)
    promising = [response.published_at for response in facts.responses if response.promised_at is not None]
    if promising:
        known[Anchor.PROMISED] = min(promising)
    known |= dict(_logged(facts, known))
    rule = obligation.applies.rumour
    rumour = None if rule is None else facts.rumour(rule.growth)
    if rule is not None and rumour is not None and rumour.state in rule.states:
        grown_at = rumour.grown_at if RumourState.GROWING in rule.states else None
        known[Anchor.RUMOUR_SPREAD] = min(at for at in (rumour.since, grown_at) if at is not None)
    return known


def _logged(facts: MatterFacts, known: Mapping[Anchor, datetime]) -> Iterator[tuple[Anchor, datetime]]:
    """Yield the moments that a logged response gives; where a person stated one as well, the earlier counts."""
    for anchor, kind in LOGGED.items():
        moments = [response.published_at for response in facts.responses if response.kind is kind]
        if moments:
            yield anchor, min([*moments, *([known[anchor]] if anchor in known else [])])


def countable(obligation: Obligation, known: Mapping[Anchor, datetime]) -> list[Anchor]:
    """Return the known anchors from which the obligation can be counted, those that it names or what stands in.

    One that counts from a step of the work alone, such as an approval, waits for that step.
    """
    named = [anchor for anchor in obligation.anchors if anchor in known]
    return named if named or waits_for_step(obligation) else [anchor for anchor in HAPPENING if anchor in known]


def has_time(obligation: Obligation, facts: MatterFacts, known: Mapping[Anchor, datetime]) -> bool:
    """Tell whether there is a moment that can be trusted; when we saw something old means nothing."""
    trusted = (a for a in obligation.anchors if a in known and (a is not Anchor.FIRST_SEEN or facts.maybe_recent))
    return facts.dated or facts.confirmed or any(True for _ in trusted)


def waits_for_step(obligation: Obligation) -> bool:
    """Tell whether the obligation counts from steps of the work alone, so that nothing else can stand in."""
    return bool(obligation.anchors) and not {*HAPPENING, *OUR_KNOWLEDGE}.intersection(obligation.anchors)


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
    able = countable(obligation, known)
    anchor = min(able, key=lambda a: known[a]) if any(a in obligation.anchors for a in able) else able[0]
    later = obligation.if_past
    if later is not None and later in known and known[later] >= obligation.ends(known[anchor]).at:
        return later, known[later]
    return anchor, known[anchor]


def too_old(
    obligation: Obligation, facts: MatterFacts, stale_after: timedelta, started_at: datetime, now: datetime
) -> bool:
    """Tell whether a matter is too old for a deadline that would have started at `started_at`.

    What a person confirms is not, nor, for the duties of a grade, what is reported anew: they open, overdue if need be.
    """
    lives = [started_at, facts.vouched_at, facts.news_at if obligation.applies.at_least is not None else None]
    return now - max(at for at in lives if at is not None) > max(stale_after, obligation.due.at_least)


def lost_by(deadline: Deadline, facts: MatterFacts) -> Cause:
    """Return why the response that met a deadline no longer counts: a person withdrew it, or its page is gone."""
    return Cause.VANISHED if deadline.response_id in facts.vanished else Cause.RETRACTED


def first_response(deadline: Deadline, obligation: Obligation, responses: Iterable[Response]) -> Response | None:
    """Return the earliest response of a kind that satisfies; a repeated duty needs one after its own start."""
    fitting = [r for r in responses if r.kind in obligation.satisfied_by]
    if obligation.repeats:
        fitting = [r for r in fitting if r.published_at > deadline.started_at]
    return min(fitting, key=lambda r: r.published_at, default=None)

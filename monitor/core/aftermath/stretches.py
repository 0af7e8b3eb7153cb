"""The moments that an incident passes on its way to the public, and the stretches of time between them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from monitor.core.aftermath.facts import BegunDraft, Facts
from monitor.core.drafts.draft import DraftState, Gate, Verdict
from monitor.core.incidents.placing import SPEAKS_ONLY
from monitor.core.model import AlertState, DeliveryState, ResponseKind, Severity, Verb
from monitor.core.views import AlertView

# By these somebody has taken an incident up: whoever does any of them knows of it and acts on it.
TAKES_UP = frozenset(
    {
        Verb.ACKNOWLEDGE,
        Verb.CONFIRM,
        Verb.CORRECT,
        Verb.RESPOND,
        Verb.ASSIGN,
        Verb.SIGN,
        Verb.MERGE,
        Verb.EXTEND,
        Verb.PAUSE,
        Verb.PLAN,
        Verb.PUBLISH_URGENTLY,
    }
)
# The log of the service itself: always there, and nobody need be reading it. The settings keep its name from others.
UNREAD = "console"
_REVIEW = frozenset({Gate.SELF_REVIEW, Gate.SECRECY, Gate.APPROVAL})


class Milestone(StrEnum):
    """A moment on the way, in the order in which they usually come; each has a label in the catalogues."""

    START = "start"
    REPORTED = "reported"
    SEEN = "seen"
    OPENED = "opened"
    GRAVE = "grave"
    ALERTED = "alerted"
    TOLD = "told"
    TAKEN_UP = "taken_up"
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    CONFERENCE = "conference"
    FULFILLED = "fulfilled"
    END = "end"
    NOW = "now"


ORDER = {milestone: n for n, milestone in enumerate(Milestone)}
Moments = Mapping[Milestone, datetime]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time between two moments that follow one another."""

    begins: Milestone
    since: datetime
    ends: Milestone
    until: datetime

    @property
    def span(self) -> timedelta:
        """How long it took; never negative."""
        return self.until - self.since


def stretches(moments: Moments) -> tuple[Stretch, ...]:
    """Return the stretches from the first moment to the last, in the order in which things really happened.

    Their spans make up the whole.
    """
    ordered = sorted(moments.items(), key=lambda one: (one[1], ORDER[one[0]]))
    return tuple(Stretch(a, since, b, until) for (a, since), (b, until) in pairwise(ordered))


def longest(found: Iterable[Stretch]) -> Stretch | None:
    """Return the stretch in which most of the time went, the first of several; None where none took any."""
    taken = [one for one in found if one.span > timedelta(0)]
    return max(taken, key=lambda one: one.span, default=None)


def moments(facts: Facts) -> dict[Milestone, datetime]:
    """Return the moments of an incident that are known; the first release and the first conference close the way."""
    found = dict(_until_taken_up(facts))
    first = next((one for one in facts.standing if one.kind is ResponseKind.AUTHORITATIVE_RELEASE), None)
    if first is None:
        found |= _of_drafts(facts, {ResponseKind.AUTHORITATIVE_RELEASE}, None)
    else:
        found |= _of_drafts(facts, {ResponseKind.AUTHORITATIVE_RELEASE}, first.id, until=first.published_at)
        found[Milestone.PUBLISHED] = first.published_at
    held = next((one for one in facts.standing if one.kind is ResponseKind.PRESS_CONFERENCE), None)
    if held is not None:
        found[Milestone.CONFERENCE] = held.published_at
    return found


def moments_to(
    facts: Facts, kinds: Collection[ResponseKind], response_id: int | None, since: datetime, until: datetime
) -> dict[Milestone, datetime]:
    """Return the moments on the way to a response of some kinds; `response_id` is the one that was reached, if any.

    The duty's time lies between `since` and `until`: a draft that led to nothing counts only where it was open then.
    Where a release is not what is owed, the first release is a moment on the way.
    """
    found = dict(_until_taken_up(facts)) | _of_drafts(facts, kinds, response_id, since=since, until=until)
    release = ResponseKind.AUTHORITATIVE_RELEASE
    first = next((one for one in facts.standing if one.kind is release), None)
    if first is not None and release not in kinds:
        found[Milestone.PUBLISHED] = first.published_at
    return found


def _until_taken_up(facts: Facts) -> Iterator[tuple[Milestone, datetime]]:
    incident = facts.incident
    reports = [item for item in facts.items if item.why not in SPEAKS_ONLY]
    if incident.first_reported_at is not None:
        yield Milestone.REPORTED, incident.first_reported_at
    if reports:
        yield Milestone.SEEN, min(item.first_seen_at for item in reports)
    yield Milestone.OPENED, incident.opened_at
    grave = (
        step.at
        for step in facts.steps
        if max((g for g in (step.severity, step.likely) if g is not None), default=Severity.GENERAL) >= Severity.MAJOR
    )
    if (at := min(grave, default=None)) is not None:
        yield Milestone.GRAVE, at
    if (at := min((page.created_at for page in pages(facts)), default=None)) is not None:
        yield Milestone.ALERTED, at
    if (at := first_told(facts)) is not None:
        yield Milestone.TOLD, at
    taken = (line.at for line in facts.log if line.by and line.what in TAKES_UP)
    if (at := min(taken, default=None)) is not None:
        yield Milestone.TAKEN_UP, at


def pages(facts: Facts) -> list[AlertView]:
    """Return the alerts that were to page people, without those that were skipped when they were made."""
    return [alert for alert in facts.alerts if alert.page and alert.state is not AlertState.SKIPPED]


def first_told(facts: Facts) -> datetime | None:
    """Return when the first page was accepted by a channel that people read, None where none was."""
    accepted = (
        one.ended_at or one.started_at
        for page in pages(facts)
        for one in page.deliveries
        if one.state is DeliveryState.ACCEPTED and one.channel != UNREAD
    )
    return min(accepted, default=None)


def _of_drafts(
    facts: Facts,
    kinds: Collection[ResponseKind],
    response_id: int | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[Milestone, datetime]:
    """Return the moments of the draft that became the response, else of the first unused one of its kinds."""
    became = [one for one in facts.drafts if response_id is not None and one.draft.response_id == response_id]
    begun = became or [
        one
        for one in facts.drafts
        if one.draft.response_id is None
        and one.draft.wording.kind in kinds
        and (until is None or one.begun_at < until)
        and (since is None or not _given_up_by(one, since))
    ]
    if not begun:
        return {}
    one = min(begun, key=lambda one: (one.draft.state is DraftState.WITHDRAWN, one.begun_at, one.draft.id))
    found = {Milestone.DRAFTED: one.begun_at}
    if (handed_in := _last(one, {Verdict.SUBMITTED}, {Gate.DRAFT})) is not None:
        found[Milestone.SUBMITTED] = handed_in
        passed = _last(one, {Verdict.PASSED}, _REVIEW)
        if passed is not None and passed >= handed_in:
            found[Milestone.REVIEWED] = passed
    return found


def _given_up_by(one: BegunDraft, moment: datetime) -> bool:
    """Tell whether a draft was withdrawn by some moment."""
    return one.draft.state is DraftState.WITHDRAWN and any(
        step.verdict is Verdict.WITHDRAWN and step.at <= moment for step in one.draft.steps
    )


def _last(one: BegunDraft, verdicts: Collection[Verdict], gates: Collection[Gate]) -> datetime | None:
    published = one.draft.published_at
    made = (
        step.at
        for step in one.draft.steps
        if step.verdict in verdicts and step.gate in gates and (published is None or step.at <= published)
    )
    return max(made, default=None)

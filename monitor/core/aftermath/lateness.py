"""Why a duty was late, as far as the facts show it; what they do not show is called not known. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.aftermath.facts import Facts
from monitor.core.aftermath.stretches import UNREAD, Milestone, Moments, pages
from monitor.core.conferences.plan import PlanState
from monitor.core.duties.alerting import Silence
from monitor.core.duties.deadlines import Cause
from monitor.core.model import DeliveryState, ResponseKind
from monitor.core.views import AlertView, DeadlineView

# A stretch explains something from this share of the whole time on, and not below these minutes.
SHARE, LEAST = 0.15, timedelta(minutes=5)
A_DAY = timedelta(days=1)
_FAILED = frozenset({DeliveryState.REFUSED, DeliveryState.UNREACHABLE})
_CONFERENCE = frozenset({ResponseKind.PRESS_CONFERENCE})


class Delay(StrEnum):
    """What a duty's time went into, or what never came; each has a sentence in the documents."""

    OPENED_AFTER_END = "opened_after_end"
    SOURCE_FAILED = "source_failed"
    NOT_POLLED = "not_polled"
    LISTED_LATE = "listed_late"
    SEEN_LATE = "seen_late"
    GRADED_LATE = "graded_late"
    NOT_ALERTED = "not_alerted"
    CHANNEL_FAILED = "channel_failed"
    NO_CHANNEL = "no_channel"
    NOT_DELIVERED = "not_delivered"
    ROTA_EMPTY = "rota_empty"
    NOT_TAKEN_UP = "not_taken_up"
    TAKEN_UP_LATE = "taken_up_late"
    NO_DRAFT = "no_draft"
    DRAFTED_LATE = "drafted_late"
    WRITTEN_LONG = "written_long"
    NOT_HANDED_IN = "not_handed_in"
    REVIEWED_LONG = "reviewed_long"
    NOT_REVIEWED = "not_reviewed"
    NOT_PUBLISHED = "not_published"
    NOT_PLANNED = "not_planned"
    PLANNED_FOR = "planned_for"
    GIVEN_UP = "given_up"
    LOGGED_LATE = "logged_late"
    WITHDRAWN = "withdrawn"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground: the facts that show it lie between `since` and `until`; `subject` names channels where they count."""

    why: Delay
    since: datetime | None = None
    until: datetime | None = None
    subject: str = ""

    @property
    def span(self) -> timedelta | None:
        """How long it took; None where that is not what it is about."""
        return None if self.since is None or self.until is None else self.until - self.since


def reasons(
    facts: Facts, deadline: DeadlineView, kinds: Collection[ResponseKind], moments: Moments, end: datetime
) -> tuple[Reason, ...]:
    """Return why a deadline was late. `moments` are those on its way, `end` is when it was fulfilled or its time over.

    `kinds` are what fulfils it: a press conference is planned, anything else is drafted. Each reason is claimed only
    where the facts show it; where none is, the reason is not known.
    """
    if deadline.opened_at >= deadline.due_at:
        return (Reason(Delay.OPENED_AFTER_END, deadline.due_at, deadline.opened_at), *_before_opening(facts, moments))
    window = _Window(facts, deadline, frozenset(kinds), moments, end)
    prepared = window.planned() if window.kinds == _CONFERENCE else window.drafted()
    found = (*window.known(), *window.told(), *window.taken_up(), *prepared, *_withdrawn(facts, deadline))
    return found or (Reason(Delay.NOT_KNOWN),)


def _before_opening(facts: Facts, moments: Moments) -> Iterator[Reason]:
    """Yield why it was known too late to be kept."""
    reported, seen = moments.get(Milestone.REPORTED), moments.get(Milestone.SEEN)
    if reported is not None and seen is not None and seen - reported >= LEAST:
        yield _seen_late(facts, reported, seen)
    grave, opened = moments.get(Milestone.GRAVE), facts.incident.opened_at
    if grave is not None and grave - opened >= LEAST:
        yield Reason(Delay.GRADED_LATE, opened, grave)


def _seen_late(facts: Facts, reported: datetime, seen: datetime) -> Reason:
    polled = facts.polled
    if polled is None or not polled.before:
        return Reason(Delay.SEEN_LATE, reported, seen)
    if polled.good:
        return Reason(Delay.LISTED_LATE, reported, polled.seen_at)
    return Reason(Delay.SOURCE_FAILED if polled.failed else Delay.NOT_POLLED, reported, polled.seen_at)


@dataclass(frozen=True, slots=True)
class _Window:
    """One deadline's time up to its end; stretches outside of it explain nothing."""

    facts: Facts
    deadline: DeadlineView
    kinds: frozenset[ResponseKind]
    moments: Moments
    end: datetime

    def at(self, milestone: Milestone) -> datetime | None:
        """Return a moment that lies before the end."""
        at = self.moments.get(milestone)
        return at if at is not None and at < self.end else None

    def weighs(self, since: datetime, until: datetime) -> bool:
        """Tell whether a stretch, as far as it lies in the time, is long enough to explain something."""
        start = self.deadline.started_at
        span = min(until, self.end) - max(since, start)
        return span >= max(LEAST, (self.deadline.due_at - start) * SHARE)

    def undone(self, why: Delay, since: datetime) -> Reason:
        """Return that something was not done from a moment to the end, as far as that lies in the duty's own time."""
        return Reason(why, min(max(since, self.deadline.started_at), self.end), self.end)

    def known(self) -> Iterator[Reason]:
        """Yield what was known late."""
        reported, seen = self.at(Milestone.REPORTED), self.at(Milestone.SEEN)
        if reported is not None and seen is not None and self.weighs(reported, seen):
            yield _seen_late(self.facts, reported, seen)
        opened, grave = self.at(Milestone.OPENED), self.at(Milestone.GRAVE)
        if opened is not None and grave is not None and self.weighs(opened, grave):
            yield Reason(Delay.GRADED_LATE, opened, grave)

    def told(self) -> Iterator[Reason]:
        """Yield what kept people from being told."""
        alerted = self.at(Milestone.ALERTED)
        if alerted is None:
            if not any(alert.created_at < self.end for alert in self.facts.alerts):
                yield Reason(Delay.NOT_ALERTED)
            return
        told = self.at(Milestone.TOLD)
        if told is None or self.weighs(alerted, told):
            yield self._undelivered(alerted, told or self.end)
        if (empty := self._rota_empty()) is not None:
            yield Reason(Delay.ROTA_EMPTY, empty, empty)

    def _pages(self) -> list[AlertView]:
        return [page for page in pages(self.facts) if page.created_at < self.end]

    def _undelivered(self, alerted: datetime, until: datetime) -> Reason:
        made = self._pages()
        tried = [one for page in made for one in page.deliveries if one.channel != UNREAD and one.started_at < until]
        failed = sorted({one.channel for one in tried if one.state in _FAILED})
        if failed:
            return Reason(Delay.CHANNEL_FAILED, alerted, until, ", ".join(failed))
        only_logged = not tried and any(page.deliveries for page in made)
        if only_logged or all(page.silence == Silence.NO_CHANNEL for page in made):
            return Reason(Delay.NO_CHANNEL, alerted, until)
        return Reason(Delay.NOT_DELIVERED, alerted, until)

    def _rota_empty(self) -> datetime | None:
        """Return when a page was made that was for nobody, as was told at most a day before."""
        for alert in sorted(self._pages(), key=lambda alert: alert.created_at):
            at = alert.created_at
            if not alert.audience and any(at - A_DAY <= one <= at for one in self.facts.nobody_at):
                return at
        return None

    def taken_up(self) -> Iterator[Reason]:
        """Yield that people took it up late, or did not."""
        told, taken_up = self.at(Milestone.TOLD), self.at(Milestone.TAKEN_UP)
        if taken_up is None:
            if told is not None and self.at(Milestone.DRAFTED) is None:
                yield self.undone(Delay.NOT_TAKEN_UP, told)
        elif told is not None and self.weighs(told, taken_up):
            yield Reason(Delay.TAKEN_UP_LATE, told, taken_up)

    def drafted(self) -> Iterator[Reason]:
        """Yield what of the drafting took people long, or what they did not do."""
        taken_up = self.at(Milestone.TAKEN_UP)
        drafted, handed_in = self.at(Milestone.DRAFTED), self.at(Milestone.SUBMITTED)
        if taken_up is not None and drafted is None:
            if self.weighs(taken_up, self.end) and not self._begun():
                yield self.undone(Delay.NO_DRAFT, taken_up)
        elif taken_up is not None and drafted is not None and self.weighs(taken_up, drafted):
            yield Reason(Delay.DRAFTED_LATE, taken_up, drafted)
        if drafted is None:
            return
        if self.weighs(drafted, handed_in or self.end):
            written = Reason(Delay.WRITTEN_LONG, drafted, handed_in)
            yield written if handed_in else self.undone(Delay.NOT_HANDED_IN, drafted)
        reviewed = self.at(Milestone.REVIEWED)
        if handed_in is not None and self.weighs(handed_in, reviewed or self.end):
            long = Reason(Delay.REVIEWED_LONG, handed_in, reviewed)
            yield long if reviewed else self.undone(Delay.NOT_REVIEWED, handed_in)
        if reviewed is not None and self.weighs(reviewed, self.end):
            yield self.undone(Delay.NOT_PUBLISHED, reviewed)

    def _begun(self) -> bool:
        """Tell whether any draft of its kinds was begun in its time, whatever it became."""
        start = self.deadline.started_at
        return any(
            one.draft.wording.kind in self.kinds and start <= one.begun_at < self.end for one in self.facts.drafts
        )

    def planned(self) -> Iterator[Reason]:
        """Yield when the press conference was to be, as it was planned before the end, or that none was planned."""
        made = [one for one in self.facts.plans if one.made_at < min(self.end, self.deadline.due_at)]
        made = [one for one in made if one.arranged.at >= self.deadline.started_at]
        if not made:
            taken_up = self.at(Milestone.TAKEN_UP)
            if taken_up is not None and self.weighs(taken_up, self.end):
                yield self.undone(Delay.NOT_PLANNED, taken_up)
            return
        one = max(made, key=lambda one: (one.state is not PlanState.DROPPED, one.made_at, one.id))
        yield Reason(Delay.GIVEN_UP if one.state is PlanState.DROPPED else Delay.PLANNED_FOR, one.arranged.at)


def _withdrawn(facts: Facts, deadline: DeadlineView) -> Iterator[Reason]:
    about = f"{deadline.obligation_id}/{deadline.ordinal}"
    for line in facts.log:
        if not line.by and line.subject == about and line.reason in (Cause.RETRACTED, Cause.VANISHED):
            yield Reason(Delay.WITHDRAWN, line.at, line.at)
            return

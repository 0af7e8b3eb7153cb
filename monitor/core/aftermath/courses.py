"""Each duty of an incident as it went: its stretches, what was kept and by how much, what was late and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.aftermath.entries import Entry, entries
from monitor.core.aftermath.facts import Facts
from monitor.core.aftermath.lateness import Delay, Reason, reasons
from monitor.core.aftermath.stretches import Milestone, Stretch, longest, moments, moments_to, stretches
from monitor.core.checks.kept import KeptCheck
from monitor.core.drafts.draft import FOR_THE_PUBLIC
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.model import DeadlineState, MatterState, ResponseKind, Severity
from monitor.core.views import DeadlineView, ResponseView

# From then on an incident can be looked back upon, whatever still runs.
SETTLES_AFTER = timedelta(days=7)
_JUDGED = frozenset({DeadlineState.MET, DeadlineState.MET_LATE, DeadlineState.MISSED, DeadlineState.OPEN})


class Completeness(StrEnum):
    """Whether everything that can be looked back upon is over; each has a label in the catalogues."""

    PRELIMINARY = "preliminary"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One duty: its time in stretches up to `until`, which is when it was fulfilled, else its end, else now.

    `margin` is what was left of the time when it was fulfilled, negative where it was late or is overdue, None while it
    runs. `limiting` is the stretch in which most of the time went, `reasons` why it was late, `response` what fulfilled
    it.
    """

    deadline: DeadlineView
    until: datetime
    stretches: tuple[Stretch, ...]
    limiting: Stretch | None
    margin: timedelta | None
    reasons: tuple[Reason, ...] = ()
    response: ResponseView | None = None

    @property
    def kept(self) -> bool:
        """Tell whether it was fulfilled in time."""
        return self.deadline.state is DeadlineState.MET

    @property
    def late(self) -> bool:
        """Tell whether it was fulfilled late, or its end has come without."""
        return self.margin is not None and not self.kept

    def share(self, stretch: Stretch) -> float:
        """Return which share of the duty's time a stretch took; more than 1 is possible where it was late."""
        whole = self.deadline.due_at - self.deadline.started_at
        return stretch.span / whole if whole > timedelta(0) else 0.0


@dataclass(frozen=True, slots=True)
class Checked:
    """A response to the public and what the checks found in its text; None where no text of it was kept."""

    response: ResponseView
    check: KeptCheck | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """An incident looked back upon. `stretches` is the way from the first report to the conference.

    `others` are the duties that were neither kept nor late: superseded, waived, withdrawn, never in force.
    """

    facts: Facts
    now: datetime
    completeness: Completeness
    entries: tuple[Entry, ...]
    stretches: tuple[Stretch, ...]
    courses: tuple[Course, ...]
    others: tuple[DeadlineView, ...]
    checked: tuple[Checked, ...]

    @property
    def kept(self) -> tuple[Course, ...]:
        """The duties that were kept, the one with the most time left first."""
        found = [one for one in self.courses if one.kept]
        return tuple(sorted(found, key=lambda one: one.margin or timedelta(0), reverse=True))

    @property
    def late(self) -> tuple[Course, ...]:
        """The duties that were late, the latest first."""
        return tuple(sorted((one for one in self.courses if one.late), key=lambda one: one.margin or timedelta(0)))

    @property
    def running(self) -> tuple[Course, ...]:
        """The duties whose time still runs."""
        return tuple(one for one in self.courses if one.margin is None)

    @property
    def main(self) -> Course | None:
        """The duty by which the incident is measured first: that of the first release, else the first of all."""
        releases = (one for one in self.courses if _asks(one, ResponseKind.AUTHORITATIVE_RELEASE))
        return next(releases, self.courses[0] if self.courses else None)


def _asks(course: Course, kind: ResponseKind) -> bool:
    rule = course.deadline.rule
    return rule is not None and kind in rule.satisfied_by


def reckon(facts: Facts, pack: RulePack, now: datetime) -> Aftermath:
    """Look back upon an incident as it stands at `now`."""
    judged = [one for one in facts.deadlines if one.state in _JUDGED]
    return Aftermath(
        facts=facts,
        now=now,
        completeness=completeness(facts, now),
        entries=entries(facts),
        stretches=stretches(moments(facts)),
        courses=tuple(_course(facts, one, pack, now) for one in judged),
        others=tuple(one for one in facts.deadlines if one.state not in _JUDGED),
        checked=tuple(Checked(one, facts.checks.get(one.id)) for one in facts.standing if one.kind in FOR_THE_PUBLIC),
    )


def completeness(facts: Facts, now: datetime) -> Completeness:
    """Tell whether all duties have ended, or the incident is a week old."""
    over = facts.incident.state is not MatterState.OPEN or bool(facts.deadlines)
    ended = over and not any(one.live for one in facts.deadlines)
    return Completeness.FINAL if ended or now >= facts.incident.opened_at + SETTLES_AFTER else Completeness.PRELIMINARY


def grave(severity: Severity | None) -> bool:
    """Tell whether an incident of a grade is looked back upon without being asked."""
    return severity is not None and severity >= Severity.MAJOR


def _course(facts: Facts, deadline: DeadlineView, pack: RulePack, now: datetime) -> Course:
    kinds = rule_of(pack, deadline).satisfied_by
    response = next((one for one in facts.standing if one.id == deadline.response_id), None)
    until, last = _until(deadline, now)
    way = moments_to(facts, kinds, deadline.response_id, deadline.started_at, until)
    inside = {name: at for name, at in way.items() if deadline.started_at < at < until}
    start = min(deadline.started_at, until)
    found = stretches({Milestone.START: start, **inside, last: until})
    margin = _margin(deadline, now)
    late = margin is not None and deadline.state is not DeadlineState.MET
    why = reasons(facts, deadline, kinds, way, until) if late else tuple(_logged_late(deadline, response))
    return Course(
        deadline=deadline,
        until=until,
        stretches=found,
        limiting=longest(found),
        margin=margin,
        reasons=why,
        response=response,
    )


def _until(deadline: DeadlineView, now: datetime) -> tuple[datetime, Milestone]:
    """Return up to when a duty's time is measured, and what that moment is."""
    if deadline.state in (DeadlineState.MET, DeadlineState.MET_LATE) and deadline.settled_at is not None:
        return deadline.settled_at, Milestone.FULFILLED
    if deadline.overdue(now):
        return deadline.due_at, Milestone.END
    return max(now, deadline.started_at), Milestone.NOW


def _margin(deadline: DeadlineView, now: datetime) -> timedelta | None:
    if deadline.state in (DeadlineState.MET, DeadlineState.MET_LATE) and deadline.settled_at is not None:
        return deadline.due_at - deadline.settled_at
    if deadline.state is DeadlineState.MISSED and not deadline.live:
        # A turn that is over was never fulfilled: it is late by no length of time.
        return timedelta(0)
    return deadline.due_at - now if deadline.overdue(now) else None


def _logged_late(deadline: DeadlineView, response: ResponseView | None) -> Iterator[Reason]:
    """Yield that a duty was kept, but logged only after its end: until then it stood here as missed."""
    if response is not None and response.published_at <= deadline.due_at < response.logged_at:
        yield Reason(Delay.LOGGED_LATE, response.published_at, response.logged_at)

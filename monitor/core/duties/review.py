"""Obligations x facts x now -> what becomes of a matter's deadlines. Pure: the caller reads, writes and tells.

One function, `review`, does everything that time, news or a person can cause. It recomputes from facts, so it may run
at any moment and any number of times: any split of moments gives the same transitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.duties import alerting
from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.deadlines import Cause, Deadline, Transition, anchors_for, first_response, start
from monitor.core.duties.obligations import (
    Applicability,
    Applies,
    LegalSource,
    MatterFacts,
    Obligation,
    RulePack,
    applicability,
)
from monitor.core.model import LIVE, AlertReason, DeadlineState, MatterState


@dataclass(frozen=True, slots=True)
class Step:
    """What one review decided for one deadline: its new value, what changed, who must be told."""

    deadline: Deadline
    transitions: tuple[Transition, ...] = ()
    alerts: tuple[AlertDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The outcome for one matter.

    Two questions ask for a person: `undated`, a major report that no trusted time supports, and `grown`, a dismissed
    incident that news have made graver.
    """

    steps: tuple[Step, ...] = ()
    undated: AlertDraft | None = None
    grown: AlertDraft | None = None


def review(facts: MatterFacts, pack: RulePack, deadlines: Iterable[Deadline], now: datetime) -> Review:
    """Decide what the facts make of a matter's deadlines at `now`; only changed deadlines are returned."""
    latest: dict[str, Deadline] = {}
    for deadline in sorted(deadlines, key=lambda d: d.ordinal):
        latest[deadline.obligation_id] = deadline
    steps: list[Step] = []
    waiting: Applicability = Applicability.NO
    grown = False
    for obligation in pack.obligations:
        holds = applicability(obligation.applies, facts) if obligation.enabled else Applicability.NO
        standing = latest.get(obligation.id)
        if standing is None and holds is not Applicability.NO and not facts.dated and not facts.confirmed:
            waiting = holds if facts.state is MatterState.OPEN and facts.maybe_recent else waiting
            continue
        grown = grown or (facts.state is MatterState.DISMISSED and _is_new(holds, standing))
        steps.extend(_review_one(facts, pack, obligation, holds, standing, now))
    for name in latest.keys() - {obligation.id for obligation in pack.obligations}:
        steps.extend(_review_orphan(facts, latest[name], now))
    undated = None if waiting is Applicability.NO else alerting.undated(facts, now)
    return Review(tuple(steps), undated, alerting.grown(facts, now) if grown else None)


def _is_new(holds: Applicability, standing: Deadline | None) -> bool:
    """Tell whether a duty is certain that was unknown or only presumed when a person dismissed the matter."""
    return holds is Applicability.FIRM and (
        standing is None or (standing.state is DeadlineState.WITHDRAWN and standing.provisional)
    )


def _review_orphan(facts: MatterFacts, standing: Deadline, now: datetime) -> Iterator[Step]:
    """Let a deadline whose rule has left the pack run to its end: only a person may end it sooner."""
    due = standing.due_at - standing.started_at
    name = standing.obligation_id
    obligation = Obligation(name, name, name, Applies(), (), due, frozenset(), LegalSource("", "", ""))
    log = _Log(facts, obligation, standing, now)
    if facts.state is not MatterState.OPEN:
        log.end(facts.state)
    elif standing.live:
        log.alerts.append(alerting.orphaned(standing, now))
        log.pass_time()
    yield from log.steps()


def _review_one(
    facts: MatterFacts,
    pack: RulePack,
    obligation: Obligation,
    holds: Applicability,
    standing: Deadline | None,
    now: datetime,
) -> Iterator[Step]:
    log = _Log(facts, obligation, standing, now)
    if standing is None:
        if facts.state is MatterState.OPEN and holds is not Applicability.NO:
            log.open(holds, pack.stale_after, ordinal=1)
        yield from log.steps()
        return
    if facts.state is not MatterState.OPEN:
        log.end(facts.state)
        yield from log.steps()
        return
    if standing.state is DeadlineState.WITHDRAWN and holds is not Applicability.NO:
        log.reopen(holds)
    if log.ended_by_response and not obligation.repeats:
        log.settle_better()
    if log.deadline_is_live:
        log.reckon(holds)
        log.settle()
    if log.deadline_is_live:
        log.pass_time()
    yield from log.steps()
    if obligation.repeats and holds is not Applicability.NO and log.ended_by_response:
        following = _Log(facts, obligation, None, now)
        following.open(holds, pack.stale_after, ordinal=standing.ordinal + 1)
        yield from following.steps()


class _Log:
    """Gathers what happens to one deadline during one review."""

    def __init__(self, facts: MatterFacts, obligation: Obligation, standing: Deadline | None, now: datetime) -> None:
        self.facts = facts
        self.obligation = obligation
        self.before = standing
        self.deadline = standing
        self.now = now
        self.transitions: list[Transition] = []
        self.alerts: list[AlertDraft] = []

    @property
    def deadline_is_live(self) -> bool:
        return self.deadline is not None and self.deadline.live

    @property
    def ended_by_response(self) -> bool:
        return self.deadline is not None and self.deadline.state in (DeadlineState.MET, DeadlineState.MET_LATE)

    def steps(self) -> tuple[Step, ...]:
        """Return the step, or nothing where nothing changed."""
        if self.deadline is None or (self.deadline == self.before and not self.alerts):
            return ()
        return (Step(self.deadline, tuple(self.transitions), tuple(self.alerts)),)

    def open(self, holds: Applicability, stale_after: timedelta, *, ordinal: int) -> None:
        """Open the deadline; too old news is kept as not applicable, with its reason."""
        anchor, started_at = start(self.obligation, self.facts)
        due_at = started_at + self.obligation.due
        stale = self.now - started_at > max(stale_after, self.obligation.due)
        self.deadline = Deadline(
            matter_id=self.facts.id,
            obligation_id=self.obligation.id,
            ordinal=ordinal,
            anchor=anchor,
            anchors=anchors_for(self.obligation, self.facts),
            started_at=started_at,
            due_at=due_at,
            opened_at=self.now,
            provisional=holds is Applicability.PROVISIONAL,
            watched_until=self.now,
        )
        if stale:
            self._enter(DeadlineState.NOT_APPLICABLE, Cause.TOO_OLD, self.now)
            return
        self.transitions.append(
            Transition(self.obligation.id, ordinal, None, DeadlineState.OPEN, Cause.APPLIES, self.now)
        )
        self.settle()
        if not self.deadline.live:
            return
        self.alerts.append(alerting.opened(self.deadline, self.obligation, self.now))
        self.alerts += alerting.skipped_at_opening(self.deadline, self.obligation)
        self.pass_time()

    def reckon(self, holds: Applicability) -> None:
        """Let an earlier start move the deadline earlier, and better knowledge make it firm; nothing else moves it."""
        assert self.deadline is not None
        if holds is Applicability.NO:
            self._doubt_or_supersede()
            return
        known = anchors_for(self.obligation, self.facts)
        changed = replace(self.deadline, anchors=known)
        # A split may leave a matter whose reports have no time at all; its deadline then keeps the start it had.
        anchor, started_at = start(self.obligation, self.facts) if known else (changed.anchor, changed.started_at)
        due_at = started_at + self.obligation.due
        if known and self.deadline.ordinal == 1 and due_at < self.deadline.due_at:
            changed = replace(changed, anchor=anchor, started_at=started_at, due_at=due_at)
            self._note(Cause.EARLIER_START)
            self.alerts.append(alerting.told(changed, AlertReason.MOVED, self.now))
        if self.deadline.provisional and holds is Applicability.FIRM:
            changed = replace(changed, provisional=False)
            self._note(Cause.MADE_FIRM)
            self.alerts.append(alerting.told(changed, AlertReason.CONFIRMED, self.now))
        self.deadline = changed

    def settle(self) -> None:
        """Let the first response of a fitting kind meet the deadline, in time or late."""
        assert self.deadline is not None
        response = first_response(self.deadline, self.obligation, self.facts.responses)
        if response is None:
            return
        late = response.published_at > self.deadline.due_at
        state = DeadlineState.MET_LATE if late else DeadlineState.MET
        self.deadline = replace(self.deadline, settled_at=response.published_at, response_id=response.id)
        if late and self.deadline.state is DeadlineState.OPEN:
            self._enter(DeadlineState.MISSED, Cause.TIME_PASSED, self.deadline.due_at)
        self._enter(state, Cause.RESPONDED, response.published_at)
        self.alerts.append(alerting.told(self.deadline, AlertReason.SETTLED, self.now))

    def settle_better(self) -> None:
        """Let a response that was logged afterwards, but published earlier, settle the deadline in place of another."""
        assert self.deadline is not None
        before = self.deadline
        response = first_response(before, self.obligation, self.facts.responses)
        if response is None or before.settled_at is None or response.published_at >= before.settled_at:
            return
        self.deadline = replace(before, settled_at=response.published_at, response_id=response.id)
        if before.state is DeadlineState.MET_LATE and response.published_at <= before.due_at:
            self._enter(DeadlineState.MET, Cause.RESPONDED, response.published_at)
            self.alerts.append(alerting.told(self.deadline, AlertReason.SETTLED, self.now))

    def pass_time(self) -> None:
        """Notice the due moment and the reminders that have come since the last look."""
        assert self.deadline is not None
        deadline = self.deadline
        if deadline.state is DeadlineState.OPEN and deadline.due_at <= self.now:
            self._enter(DeadlineState.MISSED, Cause.TIME_PASSED, deadline.due_at)
        self.alerts += alerting.passed(deadline, self.obligation, self.facts.acted_at, self.now)
        self.deadline = replace(
            self.deadline,
            watched_until=max(self.now, deadline.watched_until),
            check_at=alerting.next_look(deadline, self.obligation, self.facts.acted_at, self.now),
        )

    def end(self, state: MatterState) -> None:
        """End a live deadline because its matter was dismissed or merged into another."""
        if not self.deadline_is_live:
            return
        if state is MatterState.MERGED:
            self._enter(DeadlineState.SUPERSEDED, Cause.MERGED, self.now)
            return
        self._enter(DeadlineState.WITHDRAWN, Cause.DISMISSED, self.now)
        assert self.deadline is not None
        self.alerts.append(alerting.told(self.deadline, AlertReason.WITHDRAWN, self.now))

    def reopen(self, holds: Applicability) -> None:
        """Set a withdrawn deadline running again, unmoved, because its matter was taken up again."""
        assert self.deadline is not None
        self.deadline = replace(self.deadline, watched_until=self.now, provisional=holds is Applicability.PROVISIONAL)
        self._enter(DeadlineState.OPEN, Cause.REOPENED, self.now)
        self.alerts.append(alerting.opened(self.deadline, self.obligation, self.now))
        self.pass_time()

    def _doubt_or_supersede(self) -> None:
        """A higher grade supersedes; a correction downwards only raises a question for a person."""
        below = self.obligation.applies.below
        firm = self.facts.firm
        assert self.deadline is not None
        if below is not None and firm is not None and firm >= below:
            self._enter(DeadlineState.SUPERSEDED, Cause.REGRADED, self.now)
        else:
            self.alerts.append(alerting.doubted(self.deadline, self.facts, self.now))

    def _enter(self, state: DeadlineState, cause: Cause, at: datetime) -> None:
        assert self.deadline is not None
        before = self.deadline.state if self.transitions or self.before is not None else None
        self.transitions.append(Transition(self.obligation.id, self.deadline.ordinal, before, state, cause, at))
        check_at = self.deadline.check_at if state in LIVE else None
        self.deadline = replace(self.deadline, state=state, check_at=check_at)

    def _note(self, cause: Cause) -> None:
        assert self.deadline is not None
        state = self.deadline.state
        self.transitions.append(Transition(self.obligation.id, self.deadline.ordinal, state, state, cause, self.now))


def waive(deadline: Deadline, now: datetime) -> Step:
    """End a live deadline because a person with the authority to do so decided it."""
    state = DeadlineState.WAIVED
    ended = replace(deadline, state=state, check_at=None, settled_at=now)
    change = Transition(deadline.obligation_id, deadline.ordinal, deadline.state, state, Cause.WAIVED, now)
    return Step(ended, (change,), (alerting.told(ended, AlertReason.WITHDRAWN, now),))

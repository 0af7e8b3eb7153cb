"""What happens to one deadline during one review: it opens, moves, is met, missed, ended or taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.duties import alerting
from monitor.core.duties.adjusting import Adjustment
from monitor.core.duties.alerting import AlertDraft, Silence
from monitor.core.duties.applying import CAUSES, applied, earlier_than_stated, is_late, made_to
from monitor.core.duties.dating import aligned, dated, is_ahead, is_behind
from monitor.core.duties.deadlines import (
    CLOCK_SLACK,
    Cause,
    Deadline,
    Transition,
    anchors_for,
    countable,
    first_response,
    lost_by,
    start,
    too_old,
)
from monitor.core.duties.elapsing import elapse
from monitor.core.duties.obligations import Applicability, MatterFacts, Obligation
from monitor.core.duties.series import Planned
from monitor.core.duties.terms import End
from monitor.core.model import LIVE, AlertReason, AlertState, Anchor, DeadlineState, MatterState, Response, RumourState


@dataclass(frozen=True, slots=True)
class Step:
    """What one review decided for one deadline: its new value, what changed, who must be told."""

    deadline: Deadline
    transitions: tuple[Transition, ...] = ()
    alerts: tuple[AlertDraft, ...] = ()


class Course:
    """Gathers what happens to one deadline during one review.

    `planned` is set where the deadline is one turn or hop of several: it says when it runs and which response is its.
    """

    def __init__(
        self,
        facts: MatterFacts,
        obligation: Obligation,
        standing: Deadline | None,
        now: datetime,
        planned: Planned | None = None,
    ) -> None:
        self.facts = facts
        self.planned = planned
        self.obligation = obligation
        self.before = standing
        self.deadline = standing
        self.now = now
        self.transitions: list[Transition] = []
        self.alerts: list[AlertDraft] = []

    @property
    def deadline_is_live(self) -> bool:
        """Tell whether there is a deadline that a response would still settle."""
        return self.deadline is not None and self.deadline.live

    @property
    def ended_by_response(self) -> bool:
        """Tell whether the deadline was met, in time or late."""
        return self.deadline is not None and self.deadline.state in (DeadlineState.MET, DeadlineState.MET_LATE)

    @property
    def made(self) -> Sequence[Adjustment]:
        """What people did to the deadline, in the order in which they did it."""
        return () if self.deadline is None else made_to(self.deadline, self.facts)

    def steps(self) -> tuple[Step, ...]:
        """Return the step, or nothing where nothing changed."""
        if self.deadline is None or (self.deadline == self.before and not self.alerts):
            return ()
        return (Step(self.deadline, tuple(self.transitions), tuple(self.alerts)),)

    def open(self, holds: Applicability, stale_after: timedelta, *, ordinal: int) -> None:
        """Open the deadline; what is too old is kept as not applicable until something speaks of it."""
        again = self.before is not None
        if again and not countable(self.obligation, anchors_for(self.obligation, self.facts)):
            return
        anchor, started_at = self._start()
        end = self._end(started_at)
        begun = self.planned is not None and ordinal > 1 and not self.obligation.promised
        stale = not begun and too_old(self.obligation, self.facts, stale_after, started_at, self.now)
        if stale and again:
            return
        opened = Deadline(
            id=self.before.id if self.before is not None else None,
            matter_id=self.facts.id,
            obligation_id=self.obligation.id,
            ordinal=ordinal,
            anchor=anchor,
            anchors=anchors_for(self.obligation, self.facts),
            started_at=started_at,
            due_at=end.at,
            opened_at=self.now,
            state=self.before.state if self.before is not None else DeadlineState.OPEN,
            provisional=self._is_provisional(holds),
            watched_until=self.now,
            level=self.planned.level if self.planned is not None else None,
        )
        self.deadline = dated(opened, self.obligation, end)
        if stale:
            self._enter(DeadlineState.NOT_APPLICABLE, Cause.TOO_OLD, self.now)
            return
        if self.planned is not None and self.planned.follows:
            self._take_turn(started_at)
            return
        self._enter(DeadlineState.OPEN, Cause.FRESH_NEWS if again else Cause.APPLIES, self.now)
        self.settle()
        if not self.deadline.live:
            return
        self.alerts.append(alerting.opened(self.deadline, self.obligation, self.now))
        self.alerts += alerting.skipped_at_opening(self.deadline, self.obligation)
        self.pass_time()

    def _take_turn(self, began_at: datetime) -> None:
        """Let the next turn of a duty that people know of begin with the last one's end: its beginning is not told."""
        assert self.deadline is not None
        self.deadline = replace(self.deadline, watched_until=min(began_at, self.now))
        self._enter(DeadlineState.OPEN, Cause.NEXT_TURN, began_at)
        unsaid = alerting.opened(self.deadline, self.obligation, began_at)
        self.alerts.append(replace(unsaid, state=AlertState.SKIPPED, silence=Silence.NEXT_TURN))
        self.settle()
        if self.deadline.live:
            self.pass_time()

    def _start(self) -> tuple[Anchor, datetime]:
        if self.planned is not None:
            return self.planned.anchor, self.planned.started_at
        return start(self.obligation, self.facts)

    def _end(self, started_at: datetime) -> End:
        if self.planned is not None and self.planned.started_at == started_at:
            return self.planned.end
        return self.obligation.ends(started_at)

    def _is_provisional(self, holds: Applicability) -> bool:
        return holds is Applicability.PROVISIONAL or (self.planned is not None and not self.planned.firm)

    def reckon(self, holds: Applicability) -> None:
        """Let an earlier start move the deadline earlier, and better knowledge make it firm; nothing else moves it."""
        assert self.deadline is not None
        self._follow_calendar()
        if holds is Applicability.NO:
            self._doubt_or_supersede()
            return
        known = anchors_for(self.obligation, self.facts)
        changed = replace(self.deadline, anchors=known)
        # A split may leave a matter whose reports have no time at all; its deadline then keeps the start it had.
        able = bool(countable(self.obligation, known))
        anchor, started_at = self._start() if able else (changed.anchor, changed.started_at)
        end = self._end(started_at)
        own = self.deadline.ordinal == 1 or self.planned is not None
        if is_ahead(self.deadline, self.obligation):
            # By older days an end is earlier although nothing began earlier.
            own = own and started_at < self.deadline.started_at
        if Anchor.STATED in self.deadline.anchors:
            changed = replace(changed, anchors={**known, Anchor.STATED: self.deadline.started_at})
            earlier = earlier_than_stated(self.deadline, self.obligation, known)
            if earlier is not None:
                self.alerts.append(alerting.contradicted(self.deadline, earlier, self.now))
        elif able and own and end.at < self.deadline.plain_end:
            changed = replace(changed, anchor=anchor, started_at=started_at, plain_due_at=None)
            changed = applied(dated(changed, self.obligation, end), self.obligation, self.made)
            self._note(Cause.EARLIER_START)
            self.alerts.append(alerting.told(changed, AlertReason.MOVED, self.now))
        if self.deadline.provisional and not self._is_provisional(holds):
            changed = replace(changed, provisional=False)
            self._note(Cause.MADE_FIRM)
            self.alerts.append(alerting.told(changed, AlertReason.CONFIRMED, self.now))
        self.deadline = changed

    def _follow_calendar(self) -> None:
        """Reckon the end anew, earlier or later, where the calendar that it rests on has a newer version."""
        assert self.deadline is not None
        if not is_behind(self.deadline, self.obligation):
            return
        end = self._end(self.deadline.started_at)
        before = self.deadline
        moved = (end.at, end.estimated) != (before.plain_end, before.estimated)
        renewed = dated(replace(before, plain_due_at=None), self.obligation, end)
        self.deadline = applied(renewed, self.obligation, self.made)
        if not moved:
            return
        later = self.deadline.due_at > before.due_at
        if later and self.deadline.state is DeadlineState.MISSED and self.deadline.due_at > self.now:
            self._enter(DeadlineState.OPEN, Cause.CALENDAR, self.now)
        else:
            self._note(Cause.CALENDAR)
        self.alerts.append(alerting.redated(self.deadline, self.now))

    def settle(self) -> None:
        """Let the first response of a fitting kind meet the deadline, in time or late."""
        assert self.deadline is not None
        response = self._response(self.deadline)
        if response is None:
            return
        over_at = self.planned.over_at if self.planned is not None else None
        self.alerts += alerting.overtaken(self.deadline, self.obligation, self.facts, self.now, until=over_at)
        late = is_late(response, self.deadline)
        state = DeadlineState.MET_LATE if late else DeadlineState.MET
        self.deadline = replace(self.deadline, settled_at=response.published_at, response_id=response.id)
        if late and self.deadline.state is DeadlineState.OPEN:
            self._enter(DeadlineState.MISSED, Cause.TIME_PASSED, self.deadline.due_at)
        self._enter(state, Cause.RESPONDED, response.published_at)
        self.alerts.append(alerting.told(self.deadline, AlertReason.SETTLED, self.now))

    def _response(self, deadline: Deadline) -> Response | None:
        if self.planned is not None:
            return self.planned.response
        return first_response(deadline, self.obligation, self.facts.responses)

    @property
    def lost_its_response(self) -> bool:
        """Tell whether the response that met the deadline was withdrawn."""
        return self.deadline is not None and self.deadline.response_id in self.facts.retracted

    def resettle(self) -> None:
        """Let the first response that counts now settle the deadline; where none is left, it runs again."""
        assert self.deadline is not None
        before, lost = self._aligned(self.deadline), self.lost_its_response
        response = self._response(before)
        if response is None:
            if lost:
                self._run_again()
            return
        self.deadline = replace(before, settled_at=response.published_at, response_id=response.id)
        state = DeadlineState.MET_LATE if is_late(response, before) else DeadlineState.MET
        if state is not before.state:
            self._enter(state, lost_by(before, self.facts) if lost else Cause.RESPONDED, response.published_at)
            self.alerts.append(alerting.told(self.deadline, AlertReason.SETTLED, self.now))

    def _aligned(self, met: Deadline) -> Deadline:
        """Return a hop with the start that is known now, unless a person stated one."""
        found = met if Anchor.STATED in met.anchors else aligned(met, self.obligation, self.planned)
        return met if found is met else applied(replace(found, plain_due_at=None), self.obligation, self.made)

    def _run_again(self) -> None:
        """Set a deadline running again from which the response that met it was withdrawn."""
        assert self.deadline is not None
        withdrawn_at = self.facts.retracted[self.deadline.response_id or 0]
        cause = lost_by(self.deadline, self.facts)
        self.deadline = replace(self.deadline, settled_at=None, response_id=None, watched_until=self.now)
        self._enter(DeadlineState.OPEN, cause, withdrawn_at)
        self.alerts.append(alerting.runs_again(self.deadline, cause.value, self.now))

    def adjust(self) -> None:
        """Let the deadline start, end and rest as people decided."""
        before = self.deadline
        if before is None or not self.made:
            return
        changed = applied(before, self.obligation, self.made)
        if changed == before:
            return
        if is_ahead(before, self.obligation):
            if self.made[-1].decided_at < self.now:
                return
            # What is decided now holds at once; who knows the newer days reckons it anew.
            changed = replace(changed, calendar_version=self.obligation.calendar.version)
        self.deadline = changed
        cause = CAUSES[self.made[-1].kind]
        rests = changed.paused_since is not None
        if before.state is DeadlineState.MISSED and (rests or changed.due_at > self.now):
            self._enter(DeadlineState.OPEN, cause, self.now)
        else:
            self._note(cause)
        self.alerts.append(alerting.adjusted(changed, cause, self.now))

    def pass_time(self) -> None:
        """Notice the due moment and the reminders that have come since the last look; none come while it rests."""
        self._mend()
        assert self.deadline is not None
        over_at = self.planned.over_at if self.planned is not None else None
        passed = elapse(self.deadline, self.obligation, self.facts.acted_at, self.now, over_at=over_at)
        self.transitions += passed.transitions
        self.alerts += passed.alerts
        self.deadline = replace(
            self.deadline, state=passed.state, watched_until=passed.watched_until, check_at=passed.check_at
        )
        if over_at is not None and over_at <= self.now and self.deadline.paused_since is None:
            self.deadline = replace(self.deadline, settled_at=over_at, check_at=None)
            self._note(Cause.TURN_OVER, over_at)

    def take_up(self, one: Planned) -> None:
        """Take back that a turn is over: its report came to light, or a clock had run ahead that closed it."""
        assert self.deadline is not None
        closed = self.deadline.state is DeadlineState.MISSED and self.deadline.settled_at is not None
        early = one.over_at is not None and one.over_at > self.now + CLOCK_SLACK
        if closed and (early or one.response is not None):
            self.deadline = replace(self.deadline, settled_at=None)

    def end_duty(self, at: datetime) -> None:
        """End a turn that is owed no more, because what ends the whole duty was done before the turn was over."""
        self._enter(DeadlineState.WITHDRAWN, Cause.DUTY_ENDED, at)
        assert self.deadline is not None
        self.deadline = replace(self.deadline, settled_at=at)

    def mute(self) -> None:
        """Keep as skipped what a later turn tells in place of this one."""
        self.alerts = [
            replace(draft, state=AlertState.SKIPPED, silence=draft.silence or Silence.LATER_ALERT_TELLS)
            for draft in self.alerts
        ]

    def _mend(self) -> None:
        """Take back what a clock that had run ahead made of the deadline: its end and reminders are still to come."""
        assert self.deadline is not None
        soon = self.now + CLOCK_SLACK
        if self.deadline.watched_until > soon:
            self.deadline = replace(self.deadline, watched_until=self.now)
        if self.deadline.state is DeadlineState.MISSED and self.deadline.due_at > soon:
            self._enter(DeadlineState.OPEN, Cause.CLOCK_MENDED, self.now)
            self.alerts.append(alerting.opened(self.deadline, self.obligation, self.now))

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
        """A higher grade supersedes, a confirmed rumour is none; all else only raises a question for a person."""
        below = self.obligation.applies.below
        firm = self.facts.firm
        assert self.deadline is not None
        rule = self.obligation.applies.rumour
        rumour = None if rule is None else self.facts.rumour(rule.growth)
        if below is not None and firm is not None and firm >= below:
            self._enter(DeadlineState.SUPERSEDED, Cause.REGRADED, self.now)
        elif rumour is not None and rumour.state is RumourState.CONFIRMED:
            self._enter(DeadlineState.WITHDRAWN, Cause.RUMOUR_CONFIRMED, self.now)
            self.alerts.append(alerting.confirmed_rumour(self.deadline, self.now))
        elif rule is not None:
            self.alerts.append(alerting.doubted_rumour(self.deadline, self.now))
        else:
            self.alerts.append(alerting.doubted(self.deadline, self.facts, self.now))

    def _enter(self, state: DeadlineState, cause: Cause, at: datetime) -> None:
        assert self.deadline is not None
        before = self.deadline.state if self.transitions or self.before is not None else None
        self.transitions.append(Transition(self.obligation.id, self.deadline.ordinal, before, state, cause, at))
        check_at = self.deadline.check_at if state in LIVE else None
        self.deadline = replace(self.deadline, state=state, check_at=check_at)

    def _note(self, cause: Cause, at: datetime | None = None) -> None:
        assert self.deadline is not None
        state = self.deadline.state
        change = Transition(self.obligation.id, self.deadline.ordinal, state, state, cause, at or self.now)
        self.transitions.append(change)

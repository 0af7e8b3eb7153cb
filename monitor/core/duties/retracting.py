"""What a withdrawn response undoes in a duty that repeats: the turn that it ended, and the one that it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.duties import alerting
from monitor.core.duties.course import Course, Step
from monitor.core.duties.deadlines import Cause, Deadline, Transition, first_response, lost_by
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.model import DeadlineState


def unwound(
    facts: MatterFacts, obligation: Obligation, turns: Sequence[Deadline], now: datetime
) -> tuple[Deadline | None, tuple[Step, ...]]:
    """Return the turn that stands after responses were withdrawn, and what changed; `turns` are in order.

    A turn that runs since a withdrawn response takes over the time of the one before: what was owed then is owed still.
    An earlier turn that a later response ends as well is ended by that one.
    """
    left, steps = list(turns), []
    while len(left) > 1 and left[-1].live and _lost(left[-2], facts):
        before, running = left[-2], left[-1]
        cause = lost_by(before, facts)
        steps.append(_superseded(before, cause, now))
        taken_over = replace(
            running,
            anchor=before.anchor,
            started_at=before.started_at,
            # What was granted for the turn before goes with its time.
            due_at=before.due_at,
            paused=before.paused,
            plain_due_at=None,
            watched_until=now,
        )
        del left[-2]
        left[-1] = _runs_again(steps, taken_over, cause, now)
    for turn in left[:-1]:
        if _lost(turn, facts) and first_response(turn, obligation, facts.responses) is not None:
            course = Course(facts, obligation, turn, now)
            course.resettle()
            steps.extend(course.steps())
    return (left[-1] if left else None), tuple(steps)


def _lost(turn: Deadline, facts: MatterFacts) -> bool:
    return turn.state in (DeadlineState.MET, DeadlineState.MET_LATE) and turn.response_id in facts.retracted


def _superseded(turn: Deadline, cause: Cause, now: datetime) -> Step:
    change = Transition(turn.obligation_id, turn.ordinal, turn.state, DeadlineState.SUPERSEDED, cause, now)
    return Step(replace(turn, state=DeadlineState.SUPERSEDED, check_at=None), (change,))


def _runs_again(steps: list[Step], turn: Deadline, cause: Cause, now: datetime) -> Deadline:
    """Add the step by which a turn takes over an earlier time; return the turn as it then is."""
    opened = replace(turn, state=DeadlineState.OPEN)
    change = Transition(turn.obligation_id, turn.ordinal, turn.state, DeadlineState.OPEN, cause, now)
    steps.append(Step(opened, (change,), (alerting.runs_again(opened, cause.value, now),)))
    return replace(opened, version=opened.version + 1)

"""What the mere passing of time makes of one deadline: its end is noticed, and the reminders that have come."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.core.duties import alerting
from monitor.core.duties.alerting import AlertDraft
from monitor.core.duties.deadlines import Cause, Running, Transition
from monitor.core.duties.obligations import Obligation
from monitor.core.model import DeadlineState


class Elapsed(NamedTuple):
    """Up to when a deadline has been watched now and when it is to be looked at again; what came of that."""

    state: DeadlineState
    watched_until: datetime
    check_at: datetime | None
    transitions: tuple[Transition, ...]
    alerts: list[AlertDraft]


def elapse(
    deadline: Running,
    obligation: Obligation,
    acted_at: datetime | None,
    now: datetime,
    *,
    over_at: datetime | None = None,
) -> Elapsed:
    """Return what time makes of a live deadline at `now`; nothing comes while it rests.

    A turn that is over at `over_at` is reminded of no more from then on.
    """
    state, watched = deadline.state, max(now, deadline.watched_until)
    if deadline.paused_since is not None:
        kept = alerting.silent(deadline, obligation, deadline.paused_since, now)
        return Elapsed(state, watched, None, (), kept)
    changes: tuple[Transition, ...] = ()
    if state is DeadlineState.OPEN and deadline.due_at <= now:
        state = DeadlineState.MISSED
        ended = deadline.due_at
        change = Transition(deadline.obligation_id, deadline.ordinal, deadline.state, state, Cause.TIME_PASSED, ended)
        changes = (change,)
    alerts = alerting.passed(deadline, obligation, acted_at, now, until=over_at)
    looks = (alerting.next_look(deadline, obligation, acted_at, now), over_at)
    check_at = min((at for at in looks if at is not None and at > now), default=None)
    return Elapsed(state, watched, check_at, changes, alerts)

"""By which version of its rule a deadline runs: the one it opened with, until a person puts it under the one in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.core.duties import alerting
from monitor.core.duties.course import Step
from monitor.core.duties.deadlines import Cause, Deadline, Transition
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.duties.overlays import in_force
from monitor.core.model import DeadlineState


def version_for(rule: Obligation, standing: Deadline | None) -> Obligation:
    """Return the rule by which a deadline goes on: its own version while it runs, else the one in use."""
    if standing is None or standing.rule is None:
        return rule
    runs = standing.live or standing.state is DeadlineState.WITHDRAWN
    return same_days(standing.rule, rule) if runs else rule


def same_days(kept: Obligation, rule: Obligation) -> Obligation:
    """Return a kept rule with the days that are known now; only their calendar's name was kept."""
    return replace(kept, calendar=rule.calendar) if kept.calendar.name == rule.calendar.name else kept


def bound(step: Step, rule: Obligation, now: datetime) -> Step:
    """Let a deadline that opens now keep the rule by which it opens."""
    opened = step.deadline.opened_at == now or step.deadline.id is None
    return replace(step, deadline=replace(step.deadline, rule=rule)) if opened else step


def outdated(deadline: Deadline, rule: Obligation) -> bool:
    """Tell whether a running deadline goes by another version than the one in use."""
    return deadline.live and deadline.rule is not None and same_days(deadline.rule, rule) != rule


def adopt(deadline: Deadline, rule: Obligation, facts: MatterFacts, now: datetime) -> Step:
    """Put a running deadline under the version in use, as a person decided: it counts from where it did.

    An end that moves back lets a missed deadline run again; one that moves forward may have passed, which the next
    look tells.
    """
    due_at = in_force(rule, facts).ends(deadline.started_at).at
    again = deadline.state is DeadlineState.MISSED and due_at > now
    state = DeadlineState.OPEN if again else deadline.state
    moved = replace(deadline, rule=rule, due_at=due_at, state=state, check_at=now)
    change = Transition(deadline.obligation_id, deadline.ordinal, deadline.state, state, Cause.RULE_ADOPTED, now)
    return Step(moved, (change,), (alerting.adopted(moved, now),))

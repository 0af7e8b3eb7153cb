"""By which version of its rule a deadline goes: the one it opened with, until a person puts it under the one in use.

`rule_of` is the one answer for whoever reckons, changes, shows or explains a deadline.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from monitor.core.duties import alerting
from monitor.core.duties.applying import applied, made_to
from monitor.core.duties.course import Step
from monitor.core.duties.dating import dated
from monitor.core.duties.deadlines import Cause, Deadline, Lasting, Transition, rule_that_left
from monitor.core.duties.obligations import MatterFacts, Obligation, RulePack
from monitor.core.duties.overlays import in_force
from monitor.core.duties.series import first_end
from monitor.core.model import DeadlineState


class Ruled(Lasting, Protocol):
    """A deadline that may have kept its rule: as the desk holds it, or as people are shown it."""

    @property
    def state(self) -> DeadlineState:
        """How it stands."""


def rule_of(pack: RulePack, deadline: Ruled) -> Obligation:
    """Return the rule that a deadline goes by, or went by; of one that left the pack what is left."""
    known = pack.obligation(deadline.obligation_id)
    return rule_that_left(deadline) if known is None else version_for(known, deadline)


def version_for(rule: Obligation, standing: Ruled | None) -> Obligation:
    """Return the version of a rule by which a deadline goes: the one it kept, which what ended is judged by as well.

    What was never opened goes by the one in use, and so does what opened before versions were kept.
    """
    if standing is None or standing.rule is None or standing.state is DeadlineState.NOT_APPLICABLE:
        return rule
    return same_days(standing.rule, rule)


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


def under(deadline: Deadline, rule: Obligation, facts: MatterFacts) -> Deadline:
    """Return a deadline as it is by this version of its rule; what people did to it holds on."""
    now_in_force = in_force(rule, facts)
    end = first_end(now_in_force, deadline.started_at, follows=deadline.ordinal > 1)
    moved = dated(replace(deadline, rule=rule, plain_due_at=None), now_in_force, end)
    return applied(moved, now_in_force, made_to(deadline, facts))


def adopt(deadline: Deadline, rule: Obligation, facts: MatterFacts, now: datetime) -> Step:
    """Put a running deadline under the version in use, as a person decided: it counts from where it did.

    An end that moves back lets a missed deadline run again; one that moves forward may have passed, which the next
    look tells.
    """
    moved = under(deadline, rule, facts)
    again = deadline.state is DeadlineState.MISSED and (moved.due_at > now or moved.paused_since is not None)
    state = DeadlineState.OPEN if again else deadline.state
    moved = replace(moved, state=state, check_at=now)
    change = Transition(deadline.obligation_id, deadline.ordinal, deadline.state, state, Cause.RULE_ADOPTED, now)
    return Step(moved, (change,), (alerting.adopted(moved, now),))

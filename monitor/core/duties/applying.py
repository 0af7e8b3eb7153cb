"""What people did to a deadline, applied to its value: it starts, ends and rests as they decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.duties.adjusting import Adjustment, AdjustmentKind, Reckoning, adjusted, in_order
from monitor.core.duties.deadlines import Cause, Deadline
from monitor.core.duties.obligations import MatterFacts, Obligation
from monitor.core.duties.series import first_end
from monitor.core.model import Anchor, Response

CAUSES = {
    AdjustmentKind.EXTEND: Cause.EXTENDED,
    AdjustmentKind.PAUSE: Cause.PAUSED,
    AdjustmentKind.RESUME: Cause.RESUMED,
    AdjustmentKind.RESET: Cause.RESET,
    AdjustmentKind.SET_ANCHOR: Cause.ANCHOR_SET,
}


def made_to(deadline: Deadline, facts: MatterFacts) -> Sequence[Adjustment]:
    """Return what people did to a deadline, in the order in which they did it."""
    return in_order(facts.adjustments.get((deadline.obligation_id, deadline.ordinal), ()))


def applied(deadline: Deadline, obligation: Obligation, made: Sequence[Adjustment]) -> Deadline:
    """Return a deadline as it is after what people did to it."""
    if not made:
        return deadline
    found = adjusted(deadline.started_at, deadline.plain_end, _reckoning(deadline, obligation), made)
    watched_until = deadline.watched_until
    if deadline.paused_since is not None and found.paused_since is None:
        # What came while the time stood still is over; what comes after it is still to be told.
        resumed = max((one.at for one in made if one.kind is AdjustmentKind.RESUME), default=watched_until)
        watched_until = max(watched_until, resumed)
    stated = {Anchor.STATED: found.started_at} if found.restarted else {}
    return replace(
        deadline,
        anchor=Anchor.STATED if stated else deadline.anchor,
        anchors={**deadline.anchors, **stated},
        started_at=found.started_at,
        due_at=found.due_at,
        plain_due_at=found.plain_due_at,
        paused=found.paused,
        paused_since=found.paused_since,
        watched_until=watched_until,
    )


def _reckoning(deadline: Deadline, obligation: Obligation) -> Reckoning:
    """Return how the rule counts; a turn that a person lets begin elsewhere ends when the rule has turns end."""
    if obligation.every is None:
        return obligation.reckoning
    follows = deadline.ordinal > 1
    return replace(obligation.reckoning, turn_ends=lambda at: first_end(obligation, at, follows=follows).at)


def is_late(response: Response, deadline: Deadline) -> bool:
    """Tell whether a response came after the end; none does while the time stands still."""
    since = deadline.paused_since
    return response.published_at > deadline.due_at and (since is None or response.published_at < since)


def earlier_than_stated(
    deadline: Deadline, obligation: Obligation, known: Mapping[Anchor, datetime]
) -> datetime | None:
    """Return the earliest moment known where it lies before any that was known and before the start a person stated."""
    named = [anchor for anchor in obligation.anchors if anchor in known]
    before = [deadline.anchors[anchor] for anchor in named if anchor in deadline.anchors]
    earliest = min((known[anchor] for anchor in named), default=deadline.started_at)
    return earliest if earliest < min([*before, deadline.started_at]) else None

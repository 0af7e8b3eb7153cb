"""What an alert is about, as it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.alerting import Silence
from monitor.core.duties.delivering import Circumstances
from monitor.core.model import AlertReason
from monitor.core.people.receipts import RELIEVED
from monitor.core.views import AlertView, DeadlineView
from monitor.store import assignments, duties, heat, matters, views
from responders.documents.messages import Scene


def circumstances(connection: Connection, alert: AlertView, now: datetime) -> Circumstances:
    """Read what an alert is about as it stands now."""
    if alert.matter_id is None:
        return Circumstances()
    incident = views.incident(connection, alert.matter_id)
    deadline = deadline_of(alert, views.deadlines(connection, matter_id=alert.matter_id))
    state = None if deadline is None else deadline.state
    if incident is None:
        other = matters.matter(connection, alert.matter_id)
        return Circumstances(deadline=state) if other is None else Circumstances(other.state, other.acted_at, state)
    answered_at = duties.answered_at(connection, deadline.id, now) if alert.page and deadline is not None else None
    if deadline is None:
        return Circumstances(incident.state, incident.acted_at, overtaken=_overtaken(connection, alert))
    paused = deadline.paused_since is not None
    return Circumstances(incident.state, incident.acted_at, state, deadline.due_at, paused, answered_at)


def _overtaken(connection: Connection, alert: AlertView) -> Silence | None:
    """Return why the receipt that an alert asks for is no longer owed."""
    if alert.reason is not AlertReason.ASSIGNMENT or alert.point == RELIEVED:
        return None
    return assignments.overtaken(connection, int(alert.detail["receipt"]))


def deadline_of(alert: AlertView, deadlines: Iterable[DeadlineView]) -> DeadlineView | None:
    """Return the deadline that an alert is about."""
    named = (alert.obligation_id, alert.ordinal)
    return next((d for d in deadlines if (d.obligation_id, d.ordinal) == named), None)


def scene_of(connection: Connection, alert: AlertView, now: datetime) -> Scene:
    """Read everything that a message about an alert tells."""
    if alert.matter_id is None:
        return Scene(alert, None, None, (), (), now)
    deadlines = tuple(views.deadlines(connection, matter_id=alert.matter_id))
    return Scene(
        alert=alert,
        incident=views.incident(connection, alert.matter_id),
        deadline=deadline_of(alert, deadlines),
        deadlines=deadlines,
        responses=tuple(views.responses(connection, matter_id=alert.matter_id)),
        now=now,
        waves=tuple(heat.steps_of(connection, alert.matter_id)),
        matter=matters.matter(connection, alert.matter_id),
    )

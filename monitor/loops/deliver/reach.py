"""Whom an alert is to reach, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.delivering import Route, judge, ways
from monitor.core.model import AlertReason, AlertState
from monitor.core.people.contacts import Contact
from monitor.core.views import AlertView
from monitor.loops.deliver.outlet import Outlet
from monitor.loops.deliver.scene import circumstances
from monitor.store import outbox


@dataclass(frozen=True, slots=True)
class Reach:
    """The outlets that an alert must have gone through to be done, and the people whom it may be for, by their ids."""

    outlets: Collection[Outlet]
    contacts: Mapping[str, Contact] = field(default_factory=dict)

    @property
    def reasons(self) -> set[AlertReason]:
        """Return the reasons whose alerts some outlet carries."""
        return {reason for outlet in self.outlets for reason in outlet.reasons}

    def carriers(self, connection: Connection, alert: AlertView) -> list[Outlet]:
        """Return the outlets that carry an alert."""
        carrying = (outlet for outlet in self.outlets if alert.reason in outlet.reasons)
        outlets = [outlet for outlet in carrying if outlet.closed is None or not outlet.closed(connection)]
        if not all(outlet.drills for outlet in outlets) and outbox.is_of_drill(connection, alert):
            return [outlet for outlet in outlets if outlet.drills]
        return outlets

    def ways(self, alert: AlertView, outlets: Iterable[Outlet]) -> list[tuple[Route, ...]]:
        """Return the routes over some outlets to each contact whom an alert is for."""
        return list(ways(alert.audience, self.contacts, {outlet.name for outlet in outlets}))

    def places_of(self, channel: str) -> dict[str, int]:
        """Return the contacts who have a way over a channel, each with the place of the last such way among theirs."""
        return {
            contact.id: n
            for contact in self.contacts.values()
            for n, way in enumerate(contact.ways)
            if way.channel == channel
        }

    def settle(self, connection: Connection, alert_id: int, now: datetime) -> AlertView | None:
        """Write what became of an alert where that is now clear; return the alert as it stands."""
        alert = outbox.hold(connection, alert_id)
        if alert is None or alert.state is not AlertState.PENDING:
            return alert
        outlets = self.carriers(connection, alert)
        names = [outlet.name for outlet in outlets if outlet.broadcast]
        unread = [outlet.name for outlet in outlets if outlet.unread]
        around = circumstances(connection, alert, now)
        verdict = judge(alert, around, names, now, unread=unread, contacts=self.ways(alert, outlets))
        if verdict.state is AlertState.PENDING:
            return alert
        outbox.finish(connection, alert_id, verdict.state, verdict.silence)
        return outbox.hold(connection, alert_id)

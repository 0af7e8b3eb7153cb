"""What waits for an outlet, as far as the provider's rate has room for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.pacing import Pace, opens_at, room
from monitor.core.views import AlertView
from monitor.loops.deliver.outlet import Outlet
from monitor.store import deliveries, outbox

BATCH = 20


def for_all(
    connection: Connection, outlet: Outlet, now: datetime, *, one_by_one: bool = False
) -> tuple[list[int], list[int]]:
    """Return the alerts for all who read the channel: those to tell as one message, those to tell one by one.

    Pages have a share of the rate to themselves, so no backlog of notices keeps one waiting.
    """
    name, reasons, pace = outlet.name, outlet.reasons, outlet.pace
    if not outlet.broadcast or (outlet.closed is not None and outlet.closed(connection)):
        return [], []
    if pace is None:
        return [], outbox.waiting(connection, name, reasons, now, BATCH, drills=outlet.drills)
    begun = _begun(connection, outlet, pace, now)
    pages = outbox.waiting(connection, name, reasons, now, BATCH, drills=outlet.drills, page=True)
    if opens_at(pace, begun, now, page=False) > now:
        return [], pages
    notices = outbox.waiting(connection, name, reasons, now, BATCH, drills=outlet.drills, page=False)
    if outlet.digest is None or one_by_one:
        return [], [*pages, *notices]
    free = room(pace, begun, now)
    together = notices if free is not None and len(notices) > free else []
    # What was told in one message that perhaps arrived is repeated in one message.
    together = together or deliveries.told_together(connection, name, notices)
    return together, [*pages, *(number for number in notices if number not in together)]


def for_contacts(
    connection: Connection, outlet: Outlet, places: dict[str, int], now: datetime
) -> list[tuple[int, str]]:
    """Return the alerts for single contacts, each with the contact; `places` says how many ways come before."""
    return outbox.waiting_for_contacts(
        connection, outlet.name, places, outlet.reasons, now, BATCH, drills=outlet.drills
    )


def rate_is_reached(connection: Connection, outlet: Outlet, alert: AlertView, now: datetime) -> bool:
    """Tell whether the provider's rate would be exceeded by this alert now."""
    pace = outlet.pace
    return pace is not None and opens_at(pace, _begun(connection, outlet, pace, now), now, page=alert.page) > now


def _begun(connection: Connection, outlet: Outlet, pace: Pace, now: datetime) -> list[datetime]:
    return deliveries.begun_since(connection, outlet.name, now - pace.window, 2 * pace.most)

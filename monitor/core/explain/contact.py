"""Why one person was told, or was not: who was on duty, and for whom each page of the last day was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.people.contacts import Contact
from monitor.core.people.duty import Duty, Recipient
from monitor.core.people.rota import Change, Stretch, shift_at
from monitor.core.views import AlertView, DeliveryView

# Alerts so long before the moment that is asked about are looked at.
BACK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ShiftExplained:
    """Who is on duty in a rota at a moment, in which stretch, and whether it is the one who asks."""

    rota: str
    stretch: Stretch
    name: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ToldExplained:
    """An alert and whether it was for him: `meant` is why it was, `others` whom it was for instead or as well."""

    alert: AlertView
    meant: Recipient | None
    others: tuple[Recipient, ...]
    attempts: tuple[DeliveryView, ...]


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """Everything that decides whether a person was told by `at`; `since` is from when on alerts were looked at."""

    contact: Contact
    since: datetime
    at: datetime
    shifts: tuple[ShiftExplained, ...]
    told: tuple[ToldExplained, ...]


def explain_contact(
    contact: Contact, duty: Duty, changes: Sequence[Change], alerts: Iterable[AlertView], at: datetime
) -> ContactAnswer:
    """Return for whom the alerts were, oldest first, and who is on duty at a moment in every rota."""
    shifts = []
    for rota in duty.rotas.values():
        stretch = shift_at(rota, changes, at)
        name = duty.name(stretch.contact) if stretch.contact else ""
        shifts.append(ShiftExplained(rota.name, stretch, name, stretch.contact == contact.id))
    told = [_told(contact.id, alert) for alert in sorted(alerts, key=lambda alert: (alert.created_at, alert.id))]
    return ContactAnswer(contact, at - BACK, at, tuple(shifts), tuple(told))


def _told(contact: str, alert: AlertView) -> ToldExplained:
    return ToldExplained(
        alert=alert,
        meant=next((one for one in alert.audience if one.contact == contact), None),
        others=tuple(one for one in alert.audience if one.contact != contact),
        attempts=tuple(attempt for attempt in alert.deliveries if attempt.contact == contact),
    )

"""Who somebody in Slack is here, and what he may do. Slack says only which member of which workspace he is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monitor.core.people.duty import Duty


class Deed(StrEnum):
    """What can be done from Slack; the names stand in the duty file and in the buttons."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    ACKNOWLEDGE = "acknowledge"
    TAKE_OVER = "take_over"
    RESPOND = "respond"
    SNOOZE = "snooze"


ALL = frozenset(Deed)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact at Slack's door: who he is and what he may do there. Every person may look."""

    id: str
    name: str
    may: frozenset[Deed] = ALL


PersonOf = Callable[[str, str], Person | None]


def people_of(duty: Duty) -> PersonOf:
    """Return what tells who a member (team, user) is by the duty file; None for whoever is not linked there."""
    known = {member: contact for contact in duty.contacts.values() for member in contact.slack}

    def person_of(team: str, user: str) -> Person | None:
        contact = known.get((team, user))
        if contact is None:
            return None
        may = ALL if contact.acts is None else frozenset(deed for deed in Deed if deed.value in contact.acts)
        return Person(contact.id, contact.name, may)

    return person_of

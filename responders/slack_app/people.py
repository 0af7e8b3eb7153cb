"""Who somebody in Slack is here, and what he may do. Slack says only which member of which workspace he is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from monitor.core.access.accounts import WHOLE_COUNTRY, Account, reach
from monitor.core.access.roles import Permission
from monitor.core.people.contacts import Contact
from monitor.core.people.duty import Duty
from monitor.store import accounts
from monitor.store.database import Database


class Deed(StrEnum):
    """What can be done from Slack; the names stand in the duty file and in the buttons."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    ACKNOWLEDGE = "acknowledge"
    TAKE_OVER = "take_over"
    RESPOND = "respond"
    SNOOZE = "snooze"
    TAKE_OFFER = "take_offer"
    REFUSE_OFFER = "refuse_offer"


ALL = frozenset(Deed)
NEEDS: Mapping[Deed, Permission] = MappingProxyType(
    {
        Deed.CONFIRM: Permission.JUDGE,
        Deed.DISMISS: Permission.JUDGE,
        Deed.ACKNOWLEDGE: Permission.ACKNOWLEDGE,
        Deed.TAKE_OVER: Permission.ACKNOWLEDGE,
        Deed.SNOOZE: Permission.ACKNOWLEDGE,
        Deed.RESPOND: Permission.RESPOND,
        Deed.TAKE_OFFER: Permission.RESPOND,
        Deed.REFUSE_OFFER: Permission.RESPOND,
    }
)
# Whoever may log responses by the duty file may decide about offers, which have no names of their own there.
AS = {Deed.TAKE_OFFER: Deed.RESPOND, Deed.REFUSE_OFFER: Deed.RESPOND}


@dataclass(frozen=True, slots=True)
class Person:
    """A contact at Slack's door: who he is and what he may do there. Every person may look."""

    id: str
    name: str
    may: frozenset[Deed] = ALL


PersonOf = Callable[[str, str], Person | None]


def people_of(duty: Duty, database: Database) -> PersonOf:
    """Return what tells who a member (team, user) is by the duty file; None for whoever is not linked there.

    Where the contact has an account, its roles decide as they do in the console, and the file can only narrow them.
    Slack shows the whole board: an account that is switched off, or sees no more than a county, gets nothing there.
    """
    known = {member: contact for contact in duty.contacts.values() for member in contact.slack}

    def person_of(team: str, user: str) -> Person | None:
        contact = known.get((team, user))
        if contact is None:
            return None
        with database.read() as connection:
            own = accounts.of_contact(connection, contact.id)
        return _by_account(contact, own) if own else Person(contact.id, contact.name, _by_file(contact))

    return person_of


def _by_file(contact: Contact) -> frozenset[Deed]:
    return ALL if contact.acts is None else frozenset(deed for deed in Deed if AS.get(deed, deed).value in contact.acts)


def _by_account(contact: Contact, own: Sequence[Account]) -> Person | None:
    account = next((one for one in own if reach(one, Permission.SEE) == WHOLE_COUNTRY), None)
    if account is None:
        return None
    may = {deed for deed, needed in NEEDS.items() if reach(account, needed) == WHOLE_COUNTRY}
    return Person(contact.id, account.by, _by_file(contact) & may)

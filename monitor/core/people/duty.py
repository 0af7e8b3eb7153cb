"""The people of a bureau as one value: whom a step means at a moment, who somebody is, when the night is quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.core.model import BEIJING, Severity
from monitor.core.people.contacts import Contact, Office
from monitor.core.people.policies import Policy, Whom, WhomKind
from monitor.core.people.rota import Change, ChangeKind, Rota, on_duty
from monitor.core.people.wall import instant, wall


class Because(StrEnum):
    """Why a contact is among those who are told; each has a label in the catalogues."""

    LAYER = "layer"
    OVERRIDE = "override"
    SWAP = "swap"
    TAKE = "take"
    NAMED = "named"
    OFFICE = "office"
    ACTS = "acts"
    OFF_DUTY = "off_duty"
    ROLE = "role"


OF_CHANGE = {
    ChangeKind.OVERRIDE: Because.OVERRIDE,
    ChangeKind.SWAP: Because.SWAP,
    ChangeKind.TAKE: Because.TAKE,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A contact whom an alert is for, and why: `through` is the rota or office, `detail` its layer or change.

    `name` is what he is called, `silence` why he was not told, or not told any further.
    """

    contact: str
    because: Because
    through: str = ""
    detail: str = ""
    name: str = ""
    silence: str = ""


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of the night in which only pages are sent."""

    begin: time
    end: time
    zone: str = BEIJING

    def ends_at(self, at: datetime) -> datetime | None:
        """Return when the quiet that holds at a moment ends, or None where none holds."""
        zone = ZoneInfo(self.zone)
        day = wall(at, zone).date()
        for first in (day - timedelta(days=1), day):
            last = first if self.end > self.begin else first + timedelta(days=1)
            begin = instant(datetime.combine(first, self.begin), zone)
            end = instant(datetime.combine(last, self.end), zone)
            if begin <= at < end:
                return end
        return None


@dataclass(frozen=True, slots=True)
class ReceiptTimes:
    """How long an office has to sign for an incident that was assigned to it, by its grade."""

    usual: timedelta = timedelta(minutes=30)
    major: timedelta = timedelta(minutes=15)
    extraordinary: timedelta = timedelta(minutes=10)

    def within(self, grade: Severity | None) -> timedelta:
        """Return the time for an incident of a grade."""
        if grade is Severity.EXTRAORDINARY:
            return self.extraordinary
        return self.major if grade is Severity.MAJOR else self.usual


@dataclass(frozen=True, slots=True)
class Duty:
    """Everybody who can be told, and the rules by which they are; empty where the bureau has no duty file."""

    contacts: Mapping[str, Contact] = field(default_factory=dict)
    offices: Mapping[str, Office] = field(default_factory=dict)
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    quiet: Quiet | None = None
    receipts: ReceiptTimes = ReceiptTimes()

    @property
    def routed(self) -> tuple[Office, ...]:
        """The offices that incidents are assigned to by rule, in the order of the file."""
        return tuple(office for office in self.offices.values() if office.region)

    @property
    def at_hand(self) -> tuple[Whom, ...]:
        """Whom a page is for that belongs to no deadline: those whom the policy for everything tells first."""
        usual = next((policy for policy in self.policies if policy.for_everything), None)
        return usual.rungs[0].whom if usual else ()

    def person(self, said: str) -> Contact | None:
        """Return the contact who is called so, by id or name."""
        wanted = " ".join(said.split()).casefold()
        found = (c for c in self.contacts.values() if wanted in (c.id.casefold(), c.name.casefold()))
        return next(found, None)

    def name(self, contact: str) -> str:
        """Return a contact's name; one who has left the file keeps his id."""
        known = self.contacts.get(contact)
        return known.name if known else contact


def recipients(whom: Iterable[Whom], duty: Duty, changes: Iterable[Change], at: datetime) -> tuple[Recipient, ...]:
    """Return the contacts who are meant at a moment, each once; whoever the duty file does not know is left out."""
    made, found = list(changes), dict[str, Recipient]()
    for one in whom:
        for recipient in _meant(one, duty, made, at):
            if recipient.contact in duty.contacts:
                named = replace(recipient, name=duty.name(recipient.contact))
                found.setdefault(recipient.contact, named)
    return tuple(found.values())


def _meant(whom: Whom, duty: Duty, changes: list[Change], at: datetime) -> Iterator[Recipient]:
    if whom.kind in (WhomKind.CONTACT, WhomKind.ACTOR):
        yield Recipient(whom.id, Because.ACTS if whom.kind is WhomKind.ACTOR else Because.NAMED)
    elif whom.kind is WhomKind.OFFICE and whom.id in duty.offices:
        office = duty.offices[whom.id]
        yield from (Recipient(contact, Because.OFFICE, office.id) for contact in office.members)
    elif whom.kind is WhomKind.ROTA and whom.id in duty.rotas:
        found = on_duty(duty.rotas[whom.id], changes, at)
        if found.contact is not None and found.change is not None:
            yield Recipient(found.contact, OF_CHANGE[found.change.kind], whom.id, str(found.change.id))
        elif found.contact is not None:
            yield Recipient(found.contact, Because.LAYER, whom.id, found.layer)

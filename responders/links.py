"""Acknowledge by a link, for people who read an alert where there are no buttons. Looking at a link changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from monitor.core.duties.ack_links import Claim, Flaw, claim_for, claim_of, token_of
from monitor.core.errors import N_, Mistake
from monitor.core.model import AlertReason, MatterState
from monitor.core.people.duty import Duty
from monitor.core.views import AlertView, Done, IncidentView
from monitor.store import duties, keys, outbox, used_links, views
from monitor.store.database import Database
from responders.channels.base import Link
from responders.language import Words

KEY = "acknowledge links"
PATH = "/a/"
LABEL = N_("I have seen this and act on it")
SIGN_LABEL = N_("Sign: our office takes it over")
# There is nothing left to act on.
OVER = frozenset({AlertReason.SETTLED, AlertReason.WITHDRAWN, AlertReason.BRIEFING})


NOBODY = Duty()


class UnknownName(Mistake):
    """Several named people must acknowledge, and whoever pressed a link of a group is none of them by what he typed."""

    message = N_("{name} is not in the duty file. Write your name or id as it stands there.")


class LinkState(StrEnum):
    """What became of a link that was looked at or pressed."""

    OPEN = "open"
    DONE = "done"
    USED = "used"
    UNDER_WAY = "under_way"
    EXPIRED = "expired"
    FORGED = "forged"


class Signs(Protocol):
    """What signs for an office."""

    def sign(self, incident_id: int, office: str, *, by: str, now: datetime) -> Done:
        """Sign for one's own office."""
        ...


class Acknowledges(Protocol):
    """The desk as a link needs it."""

    @property
    def assignments(self) -> Signs:
        """What signs for an office."""
        ...

    def acknowledge(self, incident_id: int, *, by: str, now: datetime) -> Done:
        """Take note that somebody acts."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as it stands: its state, the alert and the incident that it is about, and when it was used.

    `needed` is how many different people must acknowledge where not enough have; `asks` who presses it, where the link
    does not say so by itself.
    """

    state: LinkState
    claim: Claim | None = None
    alert: AlertView | None = None
    incident: IncidentView | None = None
    used_at: datetime | None = None
    needed: int = 0

    @property
    def signs(self) -> bool:
        """Tell whether pressing it signs for an office."""
        return self.alert is not None and self.alert.reason is AlertReason.ASSIGNMENT

    @property
    def asks(self) -> bool:
        """Tell whether whoever presses it has to say who he is."""
        return self.state is LinkState.OPEN and self.needed > 0 and self.claim is not None and not self.claim.contact


class AckLinks:
    """Makes the links and carries out what is asked by them; `public_url` is where people reach this service."""

    def __init__(
        self, database: Database, desk: Acknowledges, public_url: str, words: Words, duty: Duty = NOBODY
    ) -> None:
        self._database = database
        self._desk = desk
        self._public_url = public_url
        self._words = words
        self._duty = duty

    def prepare(self, now: datetime) -> None:
        """Make the key unless there is one."""
        with self._database.write() as connection:
            keys.ensure(connection, KEY, now)

    def renew(self, now: datetime) -> None:
        """Make the key anew: all links that are out are worth nothing from now on."""
        with self._database.write() as connection:
            keys.renew(connection, KEY, now)

    def link(self, connection: Connection, alert: AlertView, channel: str, contact: str = "") -> Link | None:
        """Return the link for a page about a matter, None for any other alert or while there is no key.

        `contact` is who alone reads it: whoever presses it is taken for him. What asks an office to sign has a link for
        its own people only.
        """
        if not self._public_url or not alert.page or alert.matter_id is None or alert.reason in OVER:
            return None
        signs = alert.reason is AlertReason.ASSIGNMENT
        if signs and contact not in self._members(alert):
            return None
        key = keys.key(connection, KEY)
        if key is None:
            return None
        claim = claim_for(alert.id, channel, alert.created_at, contact)
        label = self._words(SIGN_LABEL if signs else LABEL)
        return Link(label, f"{self._public_url}{PATH}{token_of(key, claim)}")

    def look(self, token: str, now: datetime) -> Opened:
        """Say what a link is good for; nothing is written, for mail scanners open every link they see."""
        with self._database.read() as connection:
            key = keys.key(connection, KEY)
            claim = Flaw.FORGED if key is None else claim_of(key, token, now)
            if isinstance(claim, Flaw):
                return Opened(LinkState(claim.value))
            alert = outbox.alert_of(connection, claim.alert_id)
            if alert is None or alert.matter_id is None:
                return Opened(LinkState.FORGED)
            incident = _standing(connection, alert.matter_id)
            used_at = used_links.used_at(connection, claim)
            signs = alert.reason is AlertReason.ASSIGNMENT
            needed = 0 if incident is None or signs else duties.people_needed(connection, incident.id, now)
        # One link of a group serves each of those who are still needed, once.
        free = used_at is None or (needed > 0 and not claim.contact)
        return Opened(LinkState.OPEN if free else LinkState.USED, claim, alert, incident, used_at, needed)

    def acknowledge(self, token: str, now: datetime, name: str = "") -> Opened:
        """Acknowledge by a link, each person once: the nagging stops, the deadlines run on.

        `name` is what was typed where the link does not say who presses it. Raise UnknownName, and the desk's Mistakes.
        """
        opened = self.look(token, now)
        if opened.state is not LinkState.OPEN or opened.claim is None or opened.incident is None:
            return opened
        claim = replace(opened.claim, contact=self._person(name)) if opened.asks else opened.claim
        with self._database.write() as connection:
            held = used_links.hold(connection, claim, now)
        if not held:
            return self._refused(claim, opened)
        by = self._duty.name(claim.contact) if claim.contact else f"link:{claim.channel}"
        try:
            done = self._carried_out(opened, opened.incident.id, by, now)
        except BaseException:
            with self._database.write() as connection:
                used_links.release(connection, claim)
            raise
        with self._database.write() as connection:
            used_links.finish(connection, claim, now)
            needed = 0 if opened.signs else duties.people_needed(connection, done.incident.id, now)
        return Opened(LinkState.DONE, claim, opened.alert, done.incident, now, needed)

    def _carried_out(self, opened: Opened, incident_id: int, by: str, now: datetime) -> Done:
        """Sign for the office that was asked to, or acknowledge."""
        if opened.alert is not None and opened.signs:
            return self._desk.assignments.sign(incident_id, opened.alert.detail["office"], by=by, now=now)
        return self._desk.acknowledge(incident_id, by=by, now=now)

    def _members(self, alert: AlertView) -> tuple[str, ...]:
        """Return who may sign for the office that an alert is about."""
        office = self._duty.offices.get(alert.detail.get("office", ""))
        return () if office is None else office.members

    def _refused(self, claim: Claim, opened: Opened) -> Opened:
        """Return how a link stands that somebody used a moment ago, or is pressing just now."""
        with self._database.read() as connection:
            used_at = used_links.used_at(connection, claim)
        if used_at is None:
            return Opened(LinkState.UNDER_WAY, claim)
        return replace(opened, state=LinkState.USED, claim=claim, used_at=used_at)

    def _person(self, name: str) -> str:
        person = self._duty.person(name)
        if person is None:
            raise UnknownName(name=name.strip() or "—")
        return person.id


def _standing(connection: Connection, matter_id: int) -> IncidentView | None:
    """Return the incident, or the one that it has become part of."""
    incident, seen = views.incident(connection, matter_id), {matter_id}
    while incident is not None and incident.state is MatterState.MERGED and incident.merged_into not in (None, *seen):
        seen.add(incident.merged_into or 0)
        incident = views.incident(connection, incident.merged_into or 0)
    return incident

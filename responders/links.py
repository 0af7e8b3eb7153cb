"""Acknowledge by a link, for people who read an alert where there are no buttons. Looking at a link changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy import Connection

from monitor.core.duties.ack_links import Claim, Flaw, claim_for, claim_of, token_of
from monitor.core.errors import N_
from monitor.core.model import AlertReason, MatterState
from monitor.core.views import AlertView, Done, IncidentView
from monitor.store import keys, outbox, used_links, views
from monitor.store.database import Database
from responders.channels.base import Link
from responders.language import Words

KEY = "acknowledge links"
PATH = "/a/"
LABEL = N_("I have seen this and act on it")
# There is nothing left to act on.
OVER = frozenset({AlertReason.SETTLED, AlertReason.WITHDRAWN, AlertReason.BRIEFING})


class LinkState(StrEnum):
    """What became of a link that was looked at or pressed."""

    OPEN = "open"
    DONE = "done"
    USED = "used"
    UNDER_WAY = "under_way"
    EXPIRED = "expired"
    FORGED = "forged"


class Acknowledges(Protocol):
    """The desk as a link needs it."""

    def acknowledge(self, incident_id: int, *, by: str, now: datetime) -> Done:
        """Take note that somebody acts."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as it stands: its state, the alert and the incident that it is about, and when it was used."""

    state: LinkState
    claim: Claim | None = None
    alert: AlertView | None = None
    incident: IncidentView | None = None
    used_at: datetime | None = None


class AckLinks:
    """Makes the links and carries out what is asked by them; `public_url` is where people reach this service."""

    def __init__(self, database: Database, desk: Acknowledges, public_url: str, words: Words) -> None:
        self._database = database
        self._desk = desk
        self._public_url = public_url
        self._label = words(LABEL)

    def prepare(self, now: datetime) -> None:
        """Make the key unless there is one."""
        with self._database.write() as connection:
            keys.ensure(connection, KEY, now)

    def renew(self, now: datetime) -> None:
        """Make the key anew: all links that are out are worth nothing from now on."""
        with self._database.write() as connection:
            keys.renew(connection, KEY, now)

    def link(self, connection: Connection, alert: AlertView, channel: str) -> Link | None:
        """Return the link for a page about a matter, None for any other alert or while there is no key."""
        if not self._public_url or not alert.page or alert.matter_id is None or alert.reason in OVER:
            return None
        key = keys.key(connection, KEY)
        if key is None:
            return None
        claim = claim_for(alert.id, channel, alert.created_at)
        return Link(self._label, f"{self._public_url}{PATH}{token_of(key, claim)}")

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
        state = LinkState.OPEN if used_at is None else LinkState.USED
        return Opened(state, claim, alert, incident, used_at)

    def acknowledge(self, token: str, now: datetime) -> Opened:
        """Acknowledge by a link, once: the nagging stops, the deadlines run on. Raise the desk's Mistakes."""
        opened = self.look(token, now)
        if opened.state is not LinkState.OPEN or opened.claim is None or opened.incident is None:
            return opened
        claim = opened.claim
        with self._database.write() as connection:
            held = used_links.hold(connection, claim, now)
        if not held:
            again = self.look(token, now)
            return again if again.state is LinkState.USED else Opened(LinkState.UNDER_WAY, claim)
        try:
            done = self._desk.acknowledge(opened.incident.id, by=f"link:{claim.channel}", now=now)
        except BaseException:
            with self._database.write() as connection:
                used_links.release(connection, claim)
            raise
        with self._database.write() as connection:
            used_links.finish(connection, claim, now)
        return Opened(LinkState.DONE, claim, opened.alert, done.incident, now)


def _standing(connection: Connection, matter_id: int) -> IncidentView | None:
    """Return the incident, or the one that it has become part of."""
    incident, seen = views.incident(connection, matter_id), {matter_id}
    while incident is not None and incident.state is MatterState.MERGED and incident.merged_into not in (None, *seen):
        seen.add(incident.merged_into or 0)
        incident = views.incident(connection, incident.merged_into or 0)
    return incident

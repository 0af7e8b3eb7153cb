"""Leg 3: take alerts out of the outbox and to the people, over each channel by itself.

At least once: an attempt is written down before it is made and again when it ends; one whose end is unknown is asked
about where the provider can be asked, else repeated and marked. A slow channel delays no other. To a contact there are
several ways, over several channels: each is opened by what became of the one before, as the database has it. What a
provider refuses until somebody mends a setting is tried again slowly, and at once after a restart or when the channel
gets through.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.alerting import Silence
from monitor.core.duties.delivering import (
    SLOW_RETRIES,
    Circumstances,
    Route,
    hindered,
    judge,
    pause,
    refusals_in_a_row,
    slow_pause,
    targets,
    unsure_since,
    ways,
)
from monitor.core.duties.pacing import Pace, opens_at, room
from monitor.core.errors import Mistake
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.people.contacts import Contact
from monitor.core.views import AlertView, DeadlineView
from monitor.store import duties, heat, matters, outbox, people, troubles, views
from monitor.store.database import Database
from monitor.store.outbox import LEG
from monitor.store.sql import exclusive
from responders.channels.base import Channel, DeliveryFailure, Link, Message, Receipt, Try
from responders.documents.messages import Scene

BATCH = 20
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A channel and the reasons whose alerts it carries; `unread` where nobody may be looking at it.

    `pace` bounds how fast it is used. `digest` says several notices at once where the pace has no room for each, and
    `link` returns a way to acknowledge where the channel itself has none, for the contact who alone reads the message,
    where one does. One without `broadcast` carries only what is for a contact. Without `drills` it carries none of
    theirs: what listens there may be a machine, which cannot tell.
    """

    channel: Channel
    reasons: frozenset[AlertReason]
    unread: bool = False
    pace: Pace | None = None
    digest: Callable[[Sequence[Message], str, datetime], Message] | None = None
    link: Callable[[Connection, AlertView, str, str], Link | None] | None = None
    broadcast: bool = True
    drills: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """An attempt that was written down and is now to be made."""

    delivery_id: int
    alert: AlertView
    route: Route
    since: datetime | None
    failures: int
    refusals: int


@dataclass(slots=True)
class Deliver:
    """Delivers over one outlet; `all_outlets` are what an alert must have gone through to be done.

    `contacts` are the people whom an alert may be for, by their ids.
    """

    database: Database
    outlet: Outlet
    all_outlets: Collection[Outlet]
    compose: Callable[[Connection, Scene], Message]
    clock: Callable[[], datetime]
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    _resting_until: datetime | None = None
    # Settings are read at the start: what they hindered before may get through now.
    _to_wake: bool = True
    _refused: bool = False
    _one_by_one_until: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Make the attempts that are due; return how many were taken."""
        name, taken = self.outlet.channel.name, 0
        if self._resting_until is not None and now < self._resting_until:
            return 0
        if self._to_wake:
            with self.database.write() as connection:
                outbox.wake(connection, name, now)
            self._to_wake = False
        with self.database.read() as connection:
            together, one_by_one = self._waiting(connection, now)
            troubled = troubles.of_leg(connection, LEG) if one_by_one else {}
        for alert_id, contact in one_by_one:
            # The others of a slow batch begin later than the tick: their leases count from then.
            turn = self._begun_well(alert_id, contact, troubled)
            if turn is None:
                continue
            accepted, alive = self._make(alert_id, turn)
            taken += accepted
            if not alive:
                return taken
        return taken + (self._tell_together(together) if together else 0)

    def sweep(self, now: datetime) -> int:
        """End the alerts that have outlived their use or that no channel carries; return how many were looked at."""
        carried = {reason for outlet in self.all_outlets for reason in outlet.reasons}
        with self.database.write() as connection:
            ids = outbox.stale(connection, carried, now)
            for alert_id in ids:
                self._swept(connection, alert_id, now)
        return len(ids)

    def _swept(self, connection: Connection, alert_id: int, now: datetime) -> None:
        """End one alert; one that cannot be read keeps no other from ending."""
        try:
            with connection.begin_nested():
                self._settle(connection, alert_id, now)
        except OperationalError:
            raise
        except Exception as error:
            log.exception("alert %s", alert_id)
            troubles.note(connection, LEG, alert_id, error, now)

    def _begun_well(self, alert_id: int, contact: str, troubled: Collection[str]) -> Turn | None:
        """Begin an attempt; an alert that cannot be dealt with is kept, told and left alone, and delays no other."""
        try:
            turn = self._begin(alert_id, self.clock(), contact)
            if str(alert_id) in troubled:
                with self.database.write() as connection:
                    troubles.clear(connection, LEG, alert_id)
        except Mistake:
            # The database itself fails, not this alert.
            raise
        except Exception as error:
            log.exception("alert %s", alert_id)
            with self.database.write() as connection:
                troubles.note(connection, LEG, alert_id, error, self.clock())
            return None
        return turn

    def _begun(self, connection: Connection, pace: Pace, now: datetime) -> list[datetime]:
        return outbox.begun_since(connection, self.outlet.channel.name, now - pace.window, 2 * pace.most)

    def _rate_is_reached(self, connection: Connection, alert: AlertView, now: datetime) -> bool:
        """Tell whether the provider's rate would be exceeded by this alert now."""
        pace = self.outlet.pace
        return pace is not None and opens_at(pace, self._begun(connection, pace, now), now, page=alert.page) > now

    def _waiting(self, connection: Connection, now: datetime) -> tuple[list[int], list[tuple[int, str]]]:
        """Return the notices to tell as one message, and what to tell one by one: to a contact first, then to all.

        Pages have a share of the rate to themselves, so no backlog of notices keeps one waiting.
        """
        name, reasons = self.outlet.channel.name, self.outlet.reasons
        before = {
            contact.id: n
            for contact in self.contacts.values()
            for n, way in enumerate(contact.ways)
            if way.channel == name
        }
        personal = outbox.waiting_for_contacts(connection, name, before, reasons, now, BATCH, drills=self.outlet.drills)
        together, ids = self._broadcast(connection, now) if self.outlet.broadcast else ([], [])
        return together, [*personal, *((alert_id, "") for alert_id in ids)]

    def _broadcast(self, connection: Connection, now: datetime) -> tuple[list[int], list[int]]:
        """Return the alerts for all who read the channel: those to tell as one message, those to tell one by one."""
        name, reasons, pace = self.outlet.channel.name, self.outlet.reasons, self.outlet.pace
        if pace is None:
            return [], outbox.waiting(connection, name, reasons, now, BATCH, drills=self.outlet.drills)
        begun = self._begun(connection, pace, now)
        pages = outbox.waiting(connection, name, reasons, now, BATCH, drills=self.outlet.drills, page=True)
        if opens_at(pace, begun, now, page=False) > now:
            return [], pages
        notices = outbox.waiting(connection, name, reasons, now, BATCH, drills=self.outlet.drills, page=False)
        one_by_one = self._one_by_one_until is not None and now < self._one_by_one_until
        if self.outlet.digest is None or one_by_one:
            return [], [*pages, *notices]
        free = room(pace, begun, now)
        together = notices if free is not None and len(notices) > free else []
        # What was told in one message that perhaps arrived is repeated in one message.
        together = together or outbox.told_together(connection, name, notices)
        return together, [*pages, *(number for number in notices if number not in together)]

    def _tell_together(self, ids: Sequence[int]) -> int:
        """Tell several notices in one message; each keeps an attempt of its own that names the first of them."""
        now = self.clock()
        turns = self._begin_together(ids, now)
        if len(turns) <= 1 or self.outlet.digest is None:
            return sum(self._make(turn.alert.id, turn)[0] for turn in turns)
        said = [(turn, message) for turn in turns if (message := self._for_digest(turn)) is not None]
        if not said:
            return 0
        since = min((turn.since for turn, _ in said if turn.since is not None), default=None)
        digest = self.outlet.digest([message for _, message in said], f"digest:{turns[0].delivery_id}", now)
        try:
            receipt = self.outlet.channel.send(digest, Try(since=since, may_repeat=since is not None))
        except DeliveryFailure as failure:
            self._failed_together([turn for turn, _ in said], failure)
            return 0
        except Exception as fault:
            log.exception("channel %s failed on %s alerts in one message", self.outlet.channel.name, len(said))
            self._one_by_one_until = now + SLOW_RETRIES[0]
            unclear = DeliveryFailure(f"{type(fault).__name__}: {fault}", may_have_arrived=True)
            self._failed_together([turn for turn, _ in said], unclear)
            return 0
        self._taken_together([turn for turn, _ in said], receipt)
        return len(said)

    def _for_digest(self, turn: Turn) -> Message | None:
        """Write a notice; one that cannot be written is kept with the fault and does not take the others with it."""
        try:
            return self._composed(turn)[0]
        except Exception as fault:
            log.exception("channel %s failed on alert %s", self.outlet.channel.name, turn.alert.id)
            self._failed(turn, None, DeliveryFailure(f"{type(fault).__name__}: {fault}"))
            return None

    def _failed_together(self, turns: Sequence[Turn], failure: DeliveryFailure) -> None:
        if failure.final:
            # It is this message that is refused, not one of those that it tells of.
            self._one_by_one_until = self.clock() + SLOW_RETRIES[0]
            failure = DeliveryFailure(failure.said, remedy=failure.remedy)
        for turn in turns:
            self._failed(turn, None, failure)

    def _begin_together(self, ids: Sequence[int], now: datetime) -> list[Turn]:
        """Write down an attempt for each notice that is still to be told; all of them count as one."""
        turns: list[Turn] = []
        with self.database.write() as connection:
            self._take_turns(connection)
            for alert_id in sorted(ids):
                turn = self._joined(connection, alert_id, now, counts=not turns)
                if turn is not None:
                    turns.append(turn)
            if len(turns) > 1:
                outbox.join(connection, [turn.delivery_id for turn in turns])
        return turns

    def _joined(self, connection: Connection, alert_id: int, now: datetime, *, counts: bool) -> Turn | None:
        """Begin an attempt for one of several; what cannot be dealt with is kept and keeps no other from being told."""
        try:
            with connection.begin_nested():
                return self._begun_turn(connection, alert_id, now, counts=counts)
        except OperationalError:
            raise
        except Exception as error:
            log.exception("alert %s", alert_id)
            troubles.note(connection, LEG, alert_id, error, now)
            return None

    def _taken_together(self, turns: Sequence[Turn], receipt: Receipt) -> None:
        now = self.clock()
        state = DeliveryState.ACCEPTED if receipt.confirmed else DeliveryState.UNCONFIRMED
        with self.database.write() as connection:
            for turn in turns:
                outbox.end_delivery(connection, turn.delivery_id, state, now, provider_id=receipt.provider_id)
                self._settle(connection, turn.alert.id, now)
        self._to_wake, self._refused = self._to_wake or self._refused, False

    def _begin(self, alert_id: int, now: datetime, contact: str = "") -> Turn | None:
        """Read the state again and write the attempt down; None where it is not to be made now."""
        with self.database.write() as connection:
            self._take_turns(connection)
            return self._begun_turn(connection, alert_id, now, contact)

    def _take_turns(self, connection: Connection) -> None:
        """Let one process at a time begin over a channel whose rate is bounded: two would both take the last place.

        It comes before any alert is held: whoever waits here holds nothing.
        """
        if self.outlet.pace is not None:
            exclusive(connection, f"pace {self.outlet.channel.name}")

    def _begun_turn(
        self, connection: Connection, alert_id: int, now: datetime, contact: str = "", *, counts: bool = True
    ) -> Turn | None:
        """Do so within a transaction; what does not count joins a message that has begun, and opens no card.

        The matter is held before it is read, so that nothing is begun after an acknowledgement.
        """
        name = self.outlet.channel.name
        held = outbox.hold(connection, alert_id)
        if held is not None and held.matter_id is not None:
            duties.lock_matter(connection, held.matter_id)
        alert = self._settle(connection, alert_id, now)
        if alert is None or alert.state is not AlertState.PENDING:
            return None
        route = self._route(connection, alert, contact, now)
        if route is None:
            return None
        if counts and outbox.another_under_way(connection, alert, name, now, contact=contact):
            return None
        if counts and self._rate_is_reached(connection, alert, now):
            return None
        delivery_id = outbox.begin_delivery(connection, alert, name, now, contact=contact)
        if delivery_id is None:
            return None
        tries = [d for d in alert.deliveries if (d.channel, d.contact) == (name, contact)]
        return Turn(delivery_id, alert, route, unsure_since(tries), len(tries) + 1, refusals_in_a_row(tries) + 1)

    def _route(self, connection: Connection, alert: AlertView, contact: str, now: datetime) -> Route | None:
        """Return the route over this channel to all or to one contact, None where it is not to be tried now."""
        name = self.outlet.channel.name
        if not contact:
            tries = [d for d in alert.deliveries if d.channel == name and not d.contact]
            return None if hindered(tries, now) else Route(name)
        around = circumstances(connection, alert, now)
        if around.answered_at is not None and around.answered_at >= alert.at:
            people.silence(connection, alert.id, contact, Silence.ACKNOWLEDGED)
            return None
        for target in targets(alert, (), self._ways(alert, self._carriers(connection, alert))):
            for route in target.open(alert.not_before, now):
                if (route.channel, route.contact) == (name, contact):
                    return route
        return None

    def _carriers(self, connection: Connection, alert: AlertView) -> list[Outlet]:
        """Return the outlets that carry an alert."""
        outlets = [outlet for outlet in self.all_outlets if alert.reason in outlet.reasons]
        if not all(outlet.drills for outlet in outlets) and outbox.is_of_drill(connection, alert):
            return [outlet for outlet in outlets if outlet.drills]
        return outlets

    def _ways(self, alert: AlertView, outlets: Iterable[Outlet]) -> list[tuple[Route, ...]]:
        """Return the routes over some outlets to each contact whom an alert is for."""
        channels = {outlet.channel.name for outlet in outlets}
        return list(ways(alert.audience, self.contacts, channels))

    def _make(self, alert_id: int, turn: Turn) -> tuple[bool, bool]:
        """Make one attempt and write down its end; return whether it was taken and whether the channel answers."""
        composed: Message | None = None
        try:
            composed, attempt = self._composed(turn)
            receipt = self._send(composed, attempt)
        except DeliveryFailure as failure:
            self._failed(turn, composed, failure)
            return False, failure.final
        except Exception as fault:
            # A fault of ours must not take the other alerts with it; it is kept, told and tried again.
            log.exception("channel %s failed on alert %s", self.outlet.channel.name, alert_id)
            said = f"{type(fault).__name__}: {fault}"
            self._failed(turn, composed, DeliveryFailure(said, may_have_arrived=composed is not None))
            return False, True
        now = self.clock()
        state = DeliveryState.ACCEPTED if receipt.confirmed else DeliveryState.UNCONFIRMED
        with self.database.write() as connection:
            outbox.end_delivery(connection, turn.delivery_id, state, now, provider_id=receipt.provider_id)
            self._keep_card(connection, composed, receipt.card_ref)
            self._settle(connection, alert_id, now)
        self._to_wake, self._refused = self._to_wake or self._refused, False
        return True, True

    def _composed(self, turn: Turn) -> tuple[Message, Try]:
        """Write the message as things stand now; how it is to be sent."""
        with self.database.read() as connection:
            message = self.compose(connection, scene_of(connection, turn.alert, self.clock()))
            name = self.outlet.channel.name
            reader = "" if self.outlet.broadcast else turn.route.contact
            link = self.outlet.link(connection, turn.alert, name, reader) if self.outlet.link else None
            message = replace(message, links=(link, *message.links)) if link else message
            card = outbox.card_ref(connection, name, message.card.key) if message.card else None
        if turn.route.contact:
            message = replace(message, key=f"{message.key}>{turn.route.contact}", to=turn.route.to)
        return message, Try(card_ref=card, since=turn.since, may_repeat=turn.since is not None)

    def _send(self, message: Message, attempt: Try) -> Receipt:
        """Ask whether an earlier attempt arrived where that can be asked; send otherwise."""
        channel = self.outlet.channel
        if attempt.since is not None and channel.can_reconcile:
            try:
                found = channel.find(message, attempt)
            except DeliveryFailure as failure:
                if not failure.permanent:
                    raise
            else:
                return found or channel.send(message, replace(attempt, may_repeat=False))
        return channel.send(message, attempt)

    def _failed(self, turn: Turn, message: Message | None, failure: DeliveryFailure) -> None:
        now = self.clock()
        wait = pause_after(failure, turn)
        if failure.retry_after is not None:
            self._resting_until = now + wait
        elif failure.permanent and not failure.final:
            # One alert asks for all of them whether the channel is mended.
            self._resting_until, self._refused = now + SLOW_RETRIES[0], True
        state = DeliveryState.REFUSED if failure.permanent else DeliveryState.UNREACHABLE
        with self.database.write() as connection:
            outbox.end_delivery(
                connection,
                turn.delivery_id,
                state,
                now,
                said=failure.said,
                remedy=failure.remedy,
                retry_at=None if failure.final else now + wait,
                may_have_arrived=failure.may_have_arrived,
            )
            self._keep_card(connection, message, failure.card_ref)
            self._settle(connection, turn.alert.id, now)

    def _keep_card(self, connection: Connection, message: Message | None, ref: str | None) -> None:
        if ref is not None and message is not None and message.card is not None:
            outbox.keep_card(connection, self.outlet.channel.name, message.card.key, ref)

    def _settle(self, connection: Connection, alert_id: int, now: datetime) -> AlertView | None:
        """Write what became of an alert where that is now clear; return the alert as it stands."""
        alert = outbox.hold(connection, alert_id)
        if alert is None or alert.state is not AlertState.PENDING:
            return alert
        outlets = self._carriers(connection, alert)
        names = [outlet.channel.name for outlet in outlets if outlet.broadcast]
        unread = [outlet.channel.name for outlet in outlets if outlet.unread]
        around = circumstances(connection, alert, now)
        verdict = judge(alert, around, names, now, unread=unread, contacts=self._ways(alert, outlets))
        if verdict.state is AlertState.PENDING:
            return alert
        outbox.finish(connection, alert_id, verdict.state, verdict.silence)
        return outbox.hold(connection, alert_id)


def pause_after(failure: DeliveryFailure, turn: Turn) -> timedelta:
    """Return how long an alert waits before its next attempt after a failure."""
    if failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return slow_pause(turn.refusals) if failure.permanent else pause(turn.failures)


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
        return Circumstances(incident.state, incident.acted_at)
    paused = deadline.paused_since is not None
    return Circumstances(incident.state, incident.acted_at, state, deadline.due_at, paused, answered_at)


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

"""Leg 3: take alerts out of the outbox and to the people, over each channel by itself.

At least once: an attempt is written down before it is made and again when it ends; one whose end is unknown is asked
about where the provider can be asked, else repeated and marked. A slow channel delays no other. What a provider refuses
until somebody mends a setting is tried again slowly, and at once after a restart or when the channel gets through.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.delivering import (
    SLOW_RETRIES,
    Circumstances,
    hindered,
    judge,
    pause,
    refusals_in_a_row,
    slow_pause,
    unsure_since,
)
from monitor.core.errors import Mistake
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.views import AlertView, DeadlineView
from monitor.store import heat, outbox, troubles, views
from monitor.store.database import Database
from monitor.store.outbox import LEG
from responders.channels.base import Channel, DeliveryFailure, Message, Receipt, Try
from responders.documents.messages import Scene

BATCH = 20
MINUTE = timedelta(minutes=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A channel and the reasons whose alerts it carries; `unread` where nobody may be looking at it.

    Without `drills` it carries none of theirs: what listens there may be a machine, which cannot tell.
    """

    channel: Channel
    reasons: frozenset[AlertReason]
    unread: bool = False
    drills: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """An attempt that was written down and is now to be made."""

    delivery_id: int
    alert: AlertView
    since: datetime | None
    failures: int
    refusals: int


@dataclass(slots=True)
class Deliver:
    """Delivers over one outlet; `all_outlets` are what an alert must have gone through to be done."""

    database: Database
    outlet: Outlet
    all_outlets: Collection[Outlet]
    compose: Callable[[Connection, Scene], Message]
    clock: Callable[[], datetime]
    _resting_until: datetime | None = None
    # Settings are read at the start: what they hindered before may get through now.
    _to_wake: bool = True
    _refused: bool = False

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
            ids = outbox.waiting(connection, name, self.outlet.reasons, now, BATCH, drills=self.outlet.drills)
            troubled = troubles.of_leg(connection, LEG) if ids else {}
        for alert_id in ids:
            # The others of a slow batch begin later than the tick: their leases count from then.
            turn = self._begun(alert_id, troubled)
            if turn is None:
                continue
            accepted, alive = self._make(alert_id, turn)
            taken += accepted
            if not alive:
                break
        return taken

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

    def _begun(self, alert_id: int, troubled: Collection[str]) -> Turn | None:
        """Begin an attempt; an alert that cannot be dealt with is kept, told and left alone, and delays no other."""
        try:
            turn = self._begin(alert_id, self.clock())
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

    def _rate_is_reached(self, connection: Connection, now: datetime) -> bool:
        """Tell whether the provider's rate would be exceeded by another message now."""
        limit: int | None = getattr(self.outlet.channel, "per_minute", None)
        name = self.outlet.channel.name
        return limit is not None and outbox.begun_since(connection, name, now - MINUTE, limit) >= limit

    def _begin(self, alert_id: int, now: datetime) -> Turn | None:
        """Read the state again and write the attempt down; None where it is not to be made now."""
        name = self.outlet.channel.name
        with self.database.write() as connection:
            alert = self._settle(connection, alert_id, now)
            if alert is None or alert.state is not AlertState.PENDING:
                return None
            tries = [d for d in alert.deliveries if d.channel == name]
            if hindered(tries, now) or outbox.another_under_way(connection, alert, name, now):
                return None
            if self._rate_is_reached(connection, now):
                return None
            delivery_id = outbox.begin_delivery(connection, alert, name, now)
            if delivery_id is None:
                return None
            return Turn(delivery_id, alert, unsure_since(tries), len(tries) + 1, refusals_in_a_row(tries) + 1)

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
            card = outbox.card_ref(connection, name, message.card.key) if message.card else None
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
        outlets = [outlet for outlet in self.all_outlets if alert.reason in outlet.reasons]
        if not all(outlet.drills for outlet in outlets) and outbox.is_of_drill(connection, alert):
            outlets = [outlet for outlet in outlets if outlet.drills]
        names = [outlet.channel.name for outlet in outlets]
        unread = [outlet.channel.name for outlet in outlets if outlet.unread]
        verdict = judge(alert, circumstances(connection, alert), names, now, unread=unread)
        if verdict.state is AlertState.PENDING:
            return alert
        outbox.finish(connection, alert_id, verdict.state, verdict.silence)
        return outbox.hold(connection, alert_id)


def pause_after(failure: DeliveryFailure, turn: Turn) -> timedelta:
    """Return how long an alert waits before its next attempt after a failure."""
    if failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return slow_pause(turn.refusals) if failure.permanent else pause(turn.failures)


def circumstances(connection: Connection, alert: AlertView) -> Circumstances:
    """Read what an alert is about as it stands now."""
    if alert.matter_id is None:
        return Circumstances()
    incident = views.incident(connection, alert.matter_id)
    deadline = deadline_of(alert, views.deadlines(connection, matter_id=alert.matter_id))
    state = None if deadline is None else deadline.state
    if incident is None:
        return Circumstances(deadline=state)
    return Circumstances(incident.state, incident.acted_at, state)


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
    )

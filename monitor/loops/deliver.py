"""Leg 3: take alerts out of the outbox and to the people, over each channel by itself.

At least once: an attempt is written down before it is made and again when it ends; one whose end is unknown is asked
about where the provider can be asked, else repeated and marked. A slow channel delays no other.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.duties.delivering import Circumstances, judge, pause, unsure_since
from monitor.core.model import AlertReason, AlertState, DeliveryState
from monitor.core.views import AlertView, DeadlineView
from monitor.store import outbox, views
from monitor.store.database import Database
from responders.channels.base import Channel, DeliveryFailure, Message, Receipt, Try
from responders.documents.messages import Scene

LEASE = timedelta(minutes=3)
BATCH = 20
MINUTE = timedelta(minutes=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outlet:
    """A channel and the reasons whose alerts it carries."""

    channel: Channel
    reasons: frozenset[AlertReason]


@dataclass(frozen=True, slots=True)
class Turn:
    """An attempt that was written down and is now to be made."""

    delivery_id: int
    message: Message
    attempt: Try
    failures: int


@dataclass(slots=True)
class Deliver:
    """Delivers over one outlet; `all_outlets` are what an alert must have gone through to be done."""

    database: Database
    outlet: Outlet
    all_outlets: Collection[Outlet]
    compose: Callable[[Connection, Scene], Message]
    clock: Callable[[], datetime]
    _sent: deque[datetime] = field(default_factory=deque)

    def tick(self, now: datetime) -> int:
        """Make the attempts that are due; return how many were taken."""
        name, taken = self.outlet.channel.name, 0
        with self.database.read() as connection:
            ids = outbox.waiting(connection, name, self.outlet.reasons, now, LEASE, BATCH)
        for alert_id in ids:
            if self._resting(now):
                break
            turn = self._begin(alert_id, now)
            if turn is None:
                continue
            accepted, alive = self._make(alert_id, turn)
            taken += accepted
            if not alive:
                break
        return taken

    def sweep(self, now: datetime) -> int:
        """End the alerts that have outlived their use; return how many."""
        with self.database.write() as connection:
            ids = outbox.stale(connection, now)
            for alert_id in ids:
                self._settle(connection, alert_id, now)
        return len(ids)

    def _resting(self, now: datetime) -> bool:
        """Tell whether the provider's rate would be exceeded by another message now."""
        limit: int | None = getattr(self.outlet.channel, "per_minute", None)
        while self._sent and self._sent[0] <= now - MINUTE:
            self._sent.popleft()
        return limit is not None and len(self._sent) >= limit

    def _begin(self, alert_id: int, now: datetime) -> Turn | None:
        """Read the state again and write the attempt down; None where it is not to be made."""
        name = self.outlet.channel.name
        with self.database.write() as connection:
            alert = self._settle(connection, alert_id, now)
            if alert is None or alert.state is not AlertState.PENDING:
                return None
            tries = [d for d in alert.deliveries if d.channel == name]
            delivery_id = outbox.begin_delivery(connection, alert, name, now)
            if delivery_id is None:
                return None
            message = self.compose(connection, scene_of(connection, alert, now))
            card = outbox.card_ref(connection, name, message.card.key) if message.card else None
            since = unsure_since(tries)
            attempt = Try(card_ref=card, since=since, may_repeat=since is not None)
            return Turn(delivery_id, message, attempt, len(tries) + 1)

    def _make(self, alert_id: int, turn: Turn) -> tuple[bool, bool]:
        """Make one attempt and write down its end; return whether it was taken and whether the channel answers."""
        try:
            receipt = self._send(turn)
        except DeliveryFailure as failure:
            self._failed(alert_id, turn, failure)
            return False, failure.permanent
        except Exception as fault:
            # A fault of ours must not take the other alerts with it; it is kept, told and tried again.
            log.exception("channel %s failed on alert %s", self.outlet.channel.name, alert_id)
            self._failed(alert_id, turn, DeliveryFailure(f"{type(fault).__name__}: {fault}", may_have_arrived=True))
            return False, True
        now = self.clock()
        self._sent.append(now)
        state = DeliveryState.ACCEPTED if receipt.confirmed else DeliveryState.UNCONFIRMED
        with self.database.write() as connection:
            outbox.end_delivery(connection, turn.delivery_id, state, now, provider_id=receipt.provider_id)
            self._keep_card(connection, turn, receipt.card_ref)
            self._settle(connection, alert_id, now)
        return True, True

    def _send(self, turn: Turn) -> Receipt:
        """Ask whether an earlier attempt arrived where that can be asked; send otherwise."""
        channel = self.outlet.channel
        if turn.attempt.since is not None and channel.can_reconcile:
            try:
                found = channel.find(turn.message, turn.attempt)
            except DeliveryFailure as failure:
                if not failure.permanent:
                    raise
                found = None
            else:
                if found is not None:
                    return found
                sure = Try(card_ref=turn.attempt.card_ref, since=turn.attempt.since, may_repeat=False)
                return channel.send(turn.message, sure)
        return channel.send(turn.message, turn.attempt)

    def _failed(self, alert_id: int, turn: Turn, failure: DeliveryFailure) -> None:
        now = self.clock()
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after is not None else pause(turn.failures)
        state = DeliveryState.REFUSED if failure.permanent else DeliveryState.UNREACHABLE
        with self.database.write() as connection:
            outbox.end_delivery(
                connection,
                turn.delivery_id,
                state,
                now,
                said=failure.said,
                retry_at=None if failure.permanent else now + wait,
                may_have_arrived=failure.may_have_arrived,
            )
            self._keep_card(connection, turn, failure.card_ref)
            self._settle(connection, alert_id, now)

    def _keep_card(self, connection: Connection, turn: Turn, ref: str | None) -> None:
        if ref is not None and turn.message.card is not None:
            outbox.keep_card(connection, self.outlet.channel.name, turn.message.card.key, ref)

    def _settle(self, connection: Connection, alert_id: int, now: datetime) -> AlertView | None:
        """Write what became of an alert where that is now clear; return the alert as it stands."""
        alert = outbox.hold(connection, alert_id)
        if alert is None or alert.state is not AlertState.PENDING:
            return alert
        names = [o.channel.name for o in self.all_outlets if alert.reason in o.reasons]
        verdict = judge(alert, circumstances(connection, alert), names, now)
        if verdict.state is AlertState.PENDING:
            return alert
        outbox.finish(connection, alert_id, verdict.state, verdict.silence)
        return outbox.hold(connection, alert_id)


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
    deadline = next(
        (d for d in deadlines if (d.obligation_id, d.ordinal) == (alert.obligation_id, alert.ordinal)), None
    )
    return Scene(
        alert=alert,
        incident=views.incident(connection, alert.matter_id),
        deadline=deadline,
        deadlines=deadlines,
        responses=tuple(views.responses(connection, matter_id=alert.matter_id)),
        now=now,
    )

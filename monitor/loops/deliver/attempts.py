"""An attempt over one outlet: written as things stand, sent or asked about, and its end written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.duties.delivering import pause, slow_pause
from monitor.core.model import DeliveryState
from monitor.loops.deliver.outlet import Outlet
from monitor.loops.deliver.reach import Reach
from monitor.loops.deliver.rest import Rest
from monitor.loops.deliver.scene import scene_of
from monitor.loops.deliver.turns import Turn
from monitor.store import deliveries
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Message, Receipt, Try
from responders.documents.messages import Scene

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Makes the attempts of one outlet and writes down how they end."""

    database: Database
    outlet: Outlet
    reach: Reach
    rest: Rest
    compose: Callable[[Connection, Scene], Message]
    clock: Callable[[], datetime]

    def make(self, turn: Turn) -> tuple[bool, bool]:
        """Make one attempt; return whether it was taken and whether the channel answers."""
        message: Message | None = None
        try:
            message, attempt = self.composed(turn)
            receipt = self._send(message, attempt)
        except DeliveryFailure as failure:
            self.failed([turn], failure, message)
            return False, failure.final
        except Exception as fault:
            # A fault of ours must not take the other alerts with it; it is kept, told and tried again.
            log.exception("channel %s failed on alert %s", self.outlet.name, turn.alert.id)
            self.failed([turn], unclear(fault, may_have_arrived=message is not None), message)
            return False, True
        self.taken([turn], receipt, message)
        return True, True

    def composed(self, turn: Turn) -> tuple[Message, Try]:
        """Write the message as things stand now; how it is to be sent."""
        with self.database.read() as connection:
            message = self.compose(connection, scene_of(connection, turn.alert, self.clock()))
            reader = "" if self.outlet.broadcast else turn.route.contact
            link = self.outlet.link(connection, turn.alert, self.outlet.name, reader) if self.outlet.link else None
            message = replace(message, links=(link, *message.links)) if link else message
            card = deliveries.card_ref(connection, self.outlet.name, message.card.key) if message.card else None
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

    def taken(self, turns: Sequence[Turn], receipt: Receipt, message: Message | None = None) -> None:
        """Write down that the channel took what one message told."""
        now = self.clock()
        state = DeliveryState.ACCEPTED if receipt.confirmed else DeliveryState.UNCONFIRMED
        with self.database.write() as connection:
            self._keep_card(connection, message, receipt.card_ref)
            for turn in turns:
                deliveries.end(connection, turn.delivery_id, state, now, provider_id=receipt.provider_id)
                self.reach.settle(connection, turn.alert.id, now)
        self.rest.taken()

    def failed(self, turns: Sequence[Turn], failure: DeliveryFailure, message: Message | None = None) -> None:
        """Write down that the channel did not take what one message told, and when each alert is tried again."""
        for turn in turns:
            now = self.clock()
            wait = pause_after(failure, turn)
            self.rest.failed(failure, wait, now)
            state = DeliveryState.REFUSED if failure.permanent else DeliveryState.UNREACHABLE
            with self.database.write() as connection:
                deliveries.end(
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
                self.reach.settle(connection, turn.alert.id, now)

    def _keep_card(self, connection: Connection, message: Message | None, ref: str | None) -> None:
        if ref is not None and message is not None and message.card is not None:
            deliveries.keep_card(connection, self.outlet.name, message.card.key, ref)


def unclear(fault: Exception, *, may_have_arrived: bool) -> DeliveryFailure:
    """Return a fault of ours as the failure of an attempt."""
    return DeliveryFailure(f"{type(fault).__name__}: {fault}", may_have_arrived=may_have_arrived)


def pause_after(failure: DeliveryFailure, turn: Turn) -> timedelta:
    """Return how long an alert waits before its next attempt after a failure."""
    if failure.retry_after is not None:
        return timedelta(seconds=failure.retry_after)
    return slow_pause(turn.refusals) if failure.permanent else pause(turn.failures)

"""Tell a receiver of events what happened: each at least once, in order of time, under an id that never changes.

One that fails is tried again later and later, and what comes after it waits; one that is refused for good is kept with
what the receiver said; a receiver that answers 410 Gone wants no more, and is told no more until a person says so.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from monitor.core.hook_events import EventKind, HookEvent, next_try
from monitor.core.naming import Names
from monitor.store import hook_events, views
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure
from responders.channels.webhook import GONE
from responders.documents.hook_payload import hook_payload

AT_ONCE = 5
LEASE = timedelta(seconds=120)
PACE = timedelta(seconds=2)
log = logging.getLogger(__name__)


class Receiver(Protocol):
    """The webhook as this leg needs it."""

    def deliver(self, identifier: str, body: bytes) -> None:
        """Post a signed body; raise DeliveryFailure."""
        ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """Tells one receiver."""

    name: str
    receiver: Receiver
    kinds: Collection[EventKind]
    database: Database
    names: Names

    def tick(self, now: datetime) -> None:
        """Tell the next events, where the receiver is due and nobody else is at it."""
        with self.database.write() as connection:
            failures = hook_events.claim(connection, self.name, now, now + LEASE)
        if failures is None:
            return
        with self.database.read() as connection:
            waiting = hook_events.untold(connection, self.name, self.kinds, AT_ONCE)
        for event in waiting:
            if not self._tell(event, failures, now):
                return
            failures = 0
        with self.database.write() as connection:
            hook_events.put_off(connection, self.name, now if len(waiting) == AT_ONCE else now + PACE, 0, "")
            if not waiting:
                hook_events.raise_floors(connection, self.name, self.kinds, now)

    def _tell(self, event: HookEvent, failures: int, now: datetime) -> bool:
        """Tell one event; return whether the next may follow."""
        body = self._body(event)
        try:
            self.receiver.deliver(event.id, body)
        except DeliveryFailure as failure:
            return self._failed(event, failure, failures + 1, now)
        with self.database.write() as connection:
            hook_events.note(connection, self.name, event, now)
        return True

    def _failed(self, event: HookEvent, failure: DeliveryFailure, failures: int, now: datetime) -> bool:
        said = failure.said or "—"
        with self.database.write() as connection:
            if failure.remedy == GONE:
                log.warning("webhook %s wants no more events", self.name)
                hook_events.end(connection, self.name, now, said)
            elif failure.final:
                log.warning("webhook %s refused %s", self.name, event.id)
                hook_events.note(connection, self.name, event, now, refused=said)
                return True
            else:
                due_at = next_try(now, failures, failure.retry_after)
                hook_events.put_off(connection, self.name, due_at, failures, said)
        return False

    def _body(self, event: HookEvent) -> bytes:
        with self.database.read() as connection:
            incident = views.incident(connection, event.matter_id)
            response = views.response(connection, event.number) if event.kind is EventKind.RESPONSE_LOGGED else None
            own = views.deadlines(connection, matter_id=event.matter_id) if event.deadline is not None else []
        deadline = next((one for one in own if (one.obligation_id, one.ordinal) == event.deadline), None)
        return hook_payload(event, self.names, incident=incident, deadline=deadline, response=response)

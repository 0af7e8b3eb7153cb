"""One outlet's leg: what waits for it is told, page by page; what nobody can be told any more is ended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.people.contacts import Contact
from monitor.loops.deliver import waiting
from monitor.loops.deliver.attempts import Attempts
from monitor.loops.deliver.faults import kept_apart
from monitor.loops.deliver.outlet import Outlet
from monitor.loops.deliver.reach import Reach
from monitor.loops.deliver.rest import Rest
from monitor.loops.deliver.together import Together
from monitor.loops.deliver.turns import Turns
from monitor.store import deliveries, outbox, troubles
from monitor.store.database import Database
from responders.channels.base import Message
from responders.documents.messages import Scene


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
    reach: Reach = field(init=False)
    turns: Turns = field(init=False)
    attempts: Attempts = field(init=False)
    rest: Rest = field(init=False, default_factory=Rest)

    def __post_init__(self) -> None:
        self.reach = Reach(self.all_outlets, self.contacts)
        self.turns = Turns(self.database, self.outlet, self.reach)
        self.attempts = Attempts(self.database, self.outlet, self.reach, self.rest, self.compose, self.clock)

    def tick(self, now: datetime) -> int:
        """Make the attempts that are due; return how many were taken."""
        if self.rest.holds(now):
            return 0
        if self.rest.to_wake:
            with self.database.write() as connection:
                deliveries.wake(connection, self.outlet.name, now)
            self.rest.to_wake = False
        with self.database.read() as connection:
            together, one_by_one = self._waiting(connection, now)
            troubled = troubles.of_leg(connection, outbox.LEG) if one_by_one else {}
        taken = 0
        for alert_id, contact in one_by_one:
            # The others of a slow batch begin later than the tick: their leases count from then.
            turn = self.turns.begin_apart(alert_id, self.clock(), contact, troubled)
            if turn is None:
                continue
            accepted, alive = self.attempts.make(turn)
            taken += accepted
            if not alive:
                return taken
        return taken + (Together(self.turns, self.attempts).tell(together) if together else 0)

    def _waiting(self, connection: Connection, now: datetime) -> tuple[list[int], list[tuple[int, str]]]:
        """Return the notices to tell as one message, and what to tell one by one: to a contact first, then to all."""
        personal = waiting.for_contacts(connection, self.outlet, self.reach.places_of(self.outlet.name), now)
        together, single = waiting.for_all(connection, self.outlet, now, one_by_one=self.rest.one_by_one(now))
        return together, [*personal, *((alert_id, "") for alert_id in single)]

    def sweep(self, now: datetime) -> int:
        """End the alerts that have outlived their use or that no channel carries; return how many were looked at."""
        with self.database.write() as connection:
            ids = outbox.stale(connection, self.reach.reasons, now)
            for alert_id in ids:
                with kept_apart(connection, alert_id, now):
                    self.reach.settle(connection, alert_id, now)
        return len(ids)

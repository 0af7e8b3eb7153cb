"""The turn of an alert over one outlet: an attempt that was written down and is now to be made."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.alerting import Silence
from monitor.core.duties.delivering import Route, hindered, refusals_in_a_row, targets, unsure_since
from monitor.core.errors import Mistake
from monitor.core.model import AlertState
from monitor.core.views import AlertView
from monitor.loops.deliver import waiting
from monitor.loops.deliver.faults import kept_apart
from monitor.loops.deliver.outlet import Outlet
from monitor.loops.deliver.reach import Reach
from monitor.loops.deliver.scene import circumstances
from monitor.store import deliveries, duties, outbox, people, troubles
from monitor.store.database import Database
from monitor.store.sql import exclusive

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """An attempt that is now to be made: `since` when the alert has perhaps arrived, and after how much trouble."""

    delivery_id: int
    alert: AlertView
    route: Route
    since: datetime | None
    failures: int
    refusals: int


@dataclass(frozen=True, slots=True)
class Turns:
    """Begins the attempts of one outlet."""

    database: Database
    outlet: Outlet
    reach: Reach

    def begin(self, alert_id: int, now: datetime, contact: str = "") -> Turn | None:
        """Read the state again and write the attempt down; None where it is not to be made now."""
        with self.database.write() as connection:
            self._wait_for_others(connection)
            return self._begun(connection, alert_id, now, contact)

    def begin_apart(
        self, alert_id: int, now: datetime, contact: str = "", troubled: Collection[str] = ()
    ) -> Turn | None:
        """Begin one; an alert that cannot be dealt with is kept, told and left alone, and delays no other.

        `troubled` are the alerts at which this leg has failed before: one of them that now goes through is well.
        """
        try:
            turn = self.begin(alert_id, now, contact)
            if str(alert_id) in troubled:
                with self.database.write() as connection:
                    troubles.clear(connection, outbox.LEG, alert_id)
        except Mistake:
            # The database itself fails, not this alert.
            raise
        except Exception as error:
            log.exception("alert %s", alert_id)
            with self.database.write() as connection:
                troubles.note(connection, outbox.LEG, alert_id, error, now)
            return None
        return turn

    def begin_together(self, ids: Sequence[int], now: datetime) -> list[Turn]:
        """Write down an attempt for each notice that is still to be told; all of them count as one."""
        turns: list[Turn] = []
        with self.database.write() as connection:
            self._wait_for_others(connection)
            for alert_id in sorted(ids):
                with kept_apart(connection, alert_id, now):
                    turn = self._begun(connection, alert_id, now, counts=not turns)
                    if turn is not None:
                        turns.append(turn)
            if len(turns) > 1:
                deliveries.join(connection, [turn.delivery_id for turn in turns])
        return turns

    def _wait_for_others(self, connection: Connection) -> None:
        """Let one process at a time begin over a channel whose rate is bounded: two would both take the last place.

        It comes before any alert is held: whoever waits here holds nothing.
        """
        if self.outlet.pace is not None:
            exclusive(connection, f"pace {self.outlet.name}")

    def _begun(
        self, connection: Connection, alert_id: int, now: datetime, contact: str = "", *, counts: bool = True
    ) -> Turn | None:
        """Begin within a transaction; what does not count joins a message that has begun, and opens no card.

        The matter is held before it is read, so that nothing is begun after an acknowledgement.
        """
        name = self.outlet.name
        held = outbox.hold(connection, alert_id)
        if held is not None and held.matter_id is not None:
            duties.lock_matter(connection, held.matter_id)
        alert = self.reach.settle(connection, alert_id, now)
        if alert is None or alert.state is not AlertState.PENDING:
            return None
        route = self._route(connection, alert, contact, now)
        if route is None or (counts and self._has_to_wait(connection, alert, contact, now)):
            return None
        delivery_id = deliveries.begin(connection, alert, name, now, contact=contact)
        if delivery_id is None:
            return None
        tries = [d for d in alert.deliveries if (d.channel, d.contact) == (name, contact)]
        return Turn(delivery_id, alert, route, unsure_since(tries), len(tries) + 1, refusals_in_a_row(tries) + 1)

    def _has_to_wait(self, connection: Connection, alert: AlertView, contact: str, now: datetime) -> bool:
        """Tell whether another message comes first: one about the same matter, or all that the rate has room for."""
        if deliveries.another_under_way(connection, alert, self.outlet.name, now, contact=contact):
            return True
        return waiting.rate_is_reached(connection, self.outlet, alert, now)

    def _route(self, connection: Connection, alert: AlertView, contact: str, now: datetime) -> Route | None:
        """Return the route over this channel to all or to one contact, None where it is not to be tried now."""
        name = self.outlet.name
        if not contact:
            tries = [d for d in alert.deliveries if d.channel == name and not d.contact]
            return None if hindered(tries, now) else Route(name)
        around = circumstances(connection, alert, now)
        if around.answered_at is not None and around.answered_at >= alert.at:
            people.silence(connection, alert.id, contact, Silence.ACKNOWLEDGED)
            return None
        ways = self.reach.ways(alert, self.reach.carriers(connection, alert))
        routes = (route for target in targets(alert, (), ways) for route in target.open(alert.not_before, now))
        return next((route for route in routes if (route.channel, route.contact) == (name, contact)), None)

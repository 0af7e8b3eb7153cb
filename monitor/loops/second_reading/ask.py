"""Which item is asked about now, and what follows from how the request ended.

A request is written down before it is made, so that a restart neither loses an item nor asks about it at once again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from monitor.core.beijing import day_of, instant
from monitor.core.errors import Mistake
from monitor.core.model import AlertReason
from monitor.core.second.circuit import Point, Told, alert_of
from monitor.core.second.doubt import WAITS_FOR
from monitor.core.second.opinion import ReadingState, Reply, RequestOutcome
from monitor.loops.second_reading.find import Findings
from monitor.second.endpoint import Endpoint
from monitor.store import duties, outbox, second, troubles
from monitor.store.database import Database
from monitor.store.second import LEG, Turn
from monitor.store.sql import exclusive

LOCK = "second reader"
log = logging.getLogger(__name__)
AT_ONCE = 10
# A leg that is silent for two minutes counts as standing still; a last answer may take a minute and a half.
AT_WORK_FOR = timedelta(seconds=20)
TRIES = 3
PAUSES = (timedelta(minutes=1), timedelta(minutes=5))
LEASE = timedelta(minutes=2)


class Hindrance(StrEnum):
    """Why nothing is asked now; what has waited for too long ends with it."""

    ENDPOINT = "endpoint"
    BUDGET = "budget"
    SLOW = "slow"


@dataclass(slots=True)
class SecondReading:
    """Asks about waiting items, one after another; any number of processes may do so at once."""

    database: Database
    endpoint: Endpoint
    findings: Findings
    per_day: int
    clock: Callable[[], datetime]

    def tick(self, now: datetime) -> int:
        """Ask about the items that are due; return how many requests were made."""
        asked = 0
        while asked < AT_ONCE and self.clock() - now < AT_WORK_FOR:
            turn = self._begun(self.clock())
            if turn is None:
                break
            self._ended(turn, self.endpoint.ask(turn.shown, self.clock()), self.clock())
            asked += 1
        self._tell(self.clock(), asked=asked)
        return asked

    def _begun(self, now: datetime) -> Turn | None:
        """Begin a request; an item that cannot be dealt with is kept and told, and keeps no other waiting."""
        try:
            return self._begin(now)
        except Mistake:
            # The database itself fails, not this item.
            raise
        except Exception as error:
            with self.database.read() as connection:
                item_id = second.first_waiting(connection, now)
            if item_id is None:
                raise
            log.exception("item %s", item_id)
            self._note(item_id, error, now)
        return None

    def _ended(self, turn: Turn, reply: Reply, now: datetime) -> None:
        """Finish a request; what cannot be settled is kept and told, and given up after as many tries as others."""
        try:
            self._finish(turn, reply, now)
        except Mistake:
            raise
        except Exception as error:
            log.exception("item %s", turn.item_id)
            self._note(turn.item_id, error, now)

    def _note(self, item_id: int, error: Exception, now: datetime) -> None:
        with self.database.write() as connection:
            troubles.note(connection, LEG, item_id, error, now)

    def _begin(self, now: datetime) -> Turn | None:
        """Write a request down; None where none is to be made now."""
        with self.database.read() as connection:
            if not second.is_due(connection, now):
                return None
        with self.database.write() as connection:
            exclusive(connection, LOCK)
            hindrance = self._hindrance(connection, now)
            second.end_old(connection, now - WAITS_FOR, hindrance or Hindrance.SLOW, now)
            if hindrance is not None:
                return None
            lease_until = now + timedelta(seconds=self.endpoint.seconds) + LEASE
            turn = second.claim(
                connection, now, lease_until=lease_until, host=self.endpoint.host, model=self.endpoint.model
            )
            if turn is None or turn.tries <= TRIES:
                return turn
            broken = Reply(outcome=RequestOutcome.BROKEN_OFF)
            second.end_request(connection, turn.request_id, broken, now)
            second.finish(connection, turn.item_id, ReadingState.GIVEN_UP, now, prompt=self.endpoint.prompt.version)
            return None

    def _hindrance(self, connection: Connection, now: datetime) -> Hindrance | None:
        """Return why nothing is to be asked now. While the circuit is open, one request at a time tries it."""
        circuit = second.circuit(connection)
        probing = circuit.is_open and second.under_way(connection, now - LEASE) > 0
        if circuit.rests(now) or probing:
            return Hindrance.ENDPOINT
        if second.requests_since(connection, instant(day_of(now), time())) >= self.per_day:
            return Hindrance.BUDGET
        return None

    def _finish(self, turn: Turn, reply: Reply, now: datetime) -> None:
        """Write down how a request ended and what follows from it, together."""
        if reply.opinion is not None and reply.opinion.reports:
            with self.database.read() as connection:
                self.findings.hear(connection, now)
        with self.database.write() as connection:
            exclusive(connection, LOCK)
            second.end_request(connection, turn.request_id, reply, now)
            if reply.opinion is not None:
                self.findings.settle(connection, turn, reply.opinion, now)
                return
            pause = _pause(turn, reply)
            if pause is not None:
                second.put_off(connection, turn, reply, now + pause)
                return
            ended = {
                RequestOutcome.UNREADABLE: ReadingState.UNREADABLE,
                RequestOutcome.DECLINED: ReadingState.DECLINED,
            }
            state = ended.get(reply.outcome, ReadingState.GIVEN_UP)
            prompt = self.endpoint.prompt.version
            second.finish(connection, turn.item_id, state, now, prompt=prompt, said=reply.said)

    def _tell(self, now: datetime, *, asked: int) -> None:
        """Tell people once that the endpoint fails, and when that is over; only a request can end it."""
        with self.database.read() as connection:
            circuit = second.circuit(connection)
            if not circuit.is_open and not asked:
                return
            draft = alert_of(circuit, _last_told(connection), self.endpoint.host, now)
        if draft is not None:
            with self.database.write() as connection:
                duties.save_alerts(connection, [draft], now)


def _pause(turn: Turn, reply: Reply) -> timedelta | None:
    """Return how long an item waits before it is asked about again, or None where it is not."""
    if reply.outcome is RequestOutcome.DECLINED:
        return None
    if reply.outcome is RequestOutcome.FORM_UNKNOWN:
        return timedelta(0)
    if reply.unheard:
        return PAUSES[0]
    return PAUSES[turn.tries - 1] if turn.tries < TRIES else None


def _last_told(connection: Connection) -> Told | None:
    alert = outbox.latest(connection, AlertReason.TROUBLE, [point.value for point in Point])
    return None if alert is None else Told(alert.id, Point(alert.point), alert.created_at)

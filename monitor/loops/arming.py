"""Keep the last warnings of the running deadlines in a provider's hands, and take back those that are not needed.

An attempt is written down before it is made and again when it ends. Of one without an end the provider is asked first,
so that no warning stands there twice, and none is forgotten there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.duties.arming import SOONEST, Armed, ArmedState, ArmedWhy, Warned, code_of, plan, settled
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake, Said
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import armed, views
from monitor.store.database import Database
from responders.channels.base import DeliveryFailure, Schedules

MOST_DEADLINES = 200
# Slack's methods for this take about fifty calls a minute; the tick comes every five seconds.
MOST_CALLS = 4
REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=5)
TRY_AGAIN = timedelta(minutes=5)
CODE = re.compile(r"HY-[0-9a-f]{10}")

Write = Callable[[IncidentView, DeadlineView, Warned, datetime], str]


class NotArmed(Mistake):
    """The provider does not hold the last warnings as it should."""

    message = N_("{channel} does not take or give back the last warnings that it should hold ({said}). {remedy}")


@dataclass(slots=True)
class Arming:
    """Arms one channel; any number of processes may do so at once. `unread` are channels that nobody may look at."""

    database: Database
    schedule: Schedules
    pack: RulePack
    write: Write
    clock: Callable[[], datetime]
    unread: Collection[str] = ()
    _resting_until: datetime | None = None
    _fault: NotArmed | None = None

    def tick(self, now: datetime) -> int:
        """Bring the provider's stock nearer to what is needed; return how many calls were made.

        Raise NotArmed while the provider cannot be reached or refuses; it is asked again once a minute.
        """
        if self._resting_until is not None and now < self._resting_until <= now + LONGEST_REST:
            if self._fault is not None:
                raise self._fault
            return 0
        self._fault = None
        try:
            return self._tick(now)
        except DeliveryFailure as failure:
            pause = REST if failure.retry_after is None else timedelta(seconds=failure.retry_after)
            self._resting_until = self.clock() + min(pause, LONGEST_REST)
            if failure.retry_after is not None:
                return 0
            self._fault = NotArmed(channel=self.schedule.name, said=failure.said, remedy=Said(failure.remedy))
            raise self._fault from None

    def _tick(self, now: datetime) -> int:
        name = self.schedule.name
        with self.database.read() as connection:
            known = armed.known(connection, name, now)
        if self._settle_unsure(known, now):
            with self.database.read() as connection:
                known = armed.known(connection, name, now)
        with self.database.read() as connection:
            running = armed.running(connection, self.pack, now, MOST_DEADLINES, self.unread)
            wanted = plan(running, known, name, now)
            place = [(one, text) for one in wanted.place[:MOST_CALLS] if (text := self._text(connection, one, now))]
        self._note(wanted.posted, wanted.no_room, now)
        calls = 0
        # What is no longer true must not be said; that goes before what is to be said later.
        for standing in wanted.remove[:MOST_CALLS]:
            calls += self._remove(standing)
        for warned, text in place[: MOST_CALLS - calls]:
            calls += self._place(warned, text)
        return calls

    def _settle_unsure(self, known: Collection[Armed], now: datetime) -> bool:
        """Ask the provider about attempts without an end; tell whether there were any."""
        under_way = (ArmedState.PLACING, ArmedState.REMOVING)
        unsure = [one for one in known if one.state in under_way and (one.free_at is None or one.free_at <= now)]
        if not unsure:
            return False
        found = {code[0]: one.id for one in self.schedule.standing() if (code := CODE.search(one.text))}
        with self.database.write() as connection:
            for one in unsure:
                held = found.get(code_of(one.key))
                state = settled(one, held, now)
                why = None if state is ArmedState.ARMED else ArmedWhy.NOT_TAKEN
                armed.end(connection, one.id, state, now, provider_id=held or "", why=why)
        return True

    def _text(self, connection: Connection, one: Warned, now: datetime) -> str:
        deadline = views.deadline(connection, one.deadline_id)
        incident = None if deadline is None else views.incident(connection, deadline.matter_id)
        return "" if deadline is None or incident is None else self.write(incident, deadline, one, now)

    def _note(self, posted: Collection[Armed], no_room: Collection[Warned], now: datetime) -> None:
        """Write down what the provider has said by now, and what it has no room for."""
        if not posted and not no_room:
            return
        with self.database.write() as connection:
            for one in posted:
                armed.end(connection, one.id, ArmedState.POSTED, now, why=ArmedWhy.ITS_TIME_CAME)
            for warned in no_room:
                number = armed.begin(connection, self.schedule.name, warned, "", now)
                if number is not None:
                    again = now + TRY_AGAIN
                    armed.end(connection, number, ArmedState.REFUSED, now, why=ArmedWhy.NO_ROOM, retry_at=again)

    def _place(self, one: Warned, text: str) -> int:
        now = self.clock()
        with self.database.write() as connection:
            number = armed.begin(connection, self.schedule.name, one, text, now)
        if number is None:
            return 0
        try:
            identifier = self.schedule.place(text, one.post_at)
        except DeliveryFailure as failure:
            if failure.may_have_arrived:
                # The row stays as it is: once its lease is over, the provider is asked.
                raise
            with self.database.write() as connection:
                again = self.clock() + TRY_AGAIN
                armed.end(
                    connection,
                    number,
                    ArmedState.REFUSED,
                    self.clock(),
                    why=ArmedWhy.NOT_TAKEN,
                    said=failure.said,
                    retry_at=again if failure.retry_after is None else self.clock(),
                )
            if failure.permanent or failure.retry_after is not None:
                raise
            return 1
        with self.database.write() as connection:
            armed.end(connection, number, ArmedState.ARMED, self.clock(), provider_id=identifier)
        return 1

    def _remove(self, one: Armed) -> int:
        with self.database.write() as connection:
            if not armed.hold(connection, one, self.clock()):
                return 0
        try:
            gone = self.schedule.remove(one.provider_id)
        except DeliveryFailure as failure:
            if not failure.may_have_arrived:
                with self.database.write() as connection:
                    armed.end(connection, one.id, ArmedState.ARMED, self.clock(), said=failure.said)
            raise
        now = self.clock()
        # Slack does not know it any more: taken back before, or, close to its time, as good as posted.
        state = ArmedState.REMOVED if gone or one.post_at > now + SOONEST else ArmedState.POSTED
        with self.database.write() as connection:
            armed.end(connection, one.id, state, now, why=ArmedWhy.NO_LONGER_NEEDED)
        return 1

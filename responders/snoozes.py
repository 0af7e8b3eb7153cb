"""Acknowledge for a while: the paging rests until a moment, then it goes on unless somebody went on with the matter.

The row is written before the acknowledgement: a crash between the two leaves a bound without an acknowledgement, never
an acknowledgement without its bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from monitor.core.beijing import shown
from monitor.core.errors import N_, AlreadyMerged, Mistake
from monitor.core.model import MatterState, Verb
from monitor.core.seen import MovedMeanwhile, NoLongerOpen, Seen
from monitor.core.views import Done
from monitor.store import snoozes, views
from monitor.store.database import Database
from monitor.store.seen import decisions_since, last_decision
from monitor.store.snoozes import Snooze
from responders.language import Words

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=4)
UNTIL = N_("holds until {at} only")
OVER = N_("put off until {at}, which is over")


class BadSnooze(Mistake):
    """A person wanted an acknowledgement to hold for no time, or for half a day."""

    message = N_("Put it off by 1 to 240 minutes.")


class End(StrEnum):
    """How a snooze ended; stored."""

    HANDED_BACK = "handed_back"
    WENT_ON = "went_on"
    SETTLED = "settled"
    REFUSED = "refused"


class Acknowledges(Protocol):
    """The desk as a snooze needs it."""

    def acknowledge(self, incident_id: int, *, by: str, now: datetime, reason: str, seen: Seen | None) -> Done:
        """Take note that somebody acts."""
        ...

    def hand_back(self, incident_id: int, *, by: str, now: datetime, reason: str, seen: Seen | None) -> Done:
        """Take that back."""
        ...


@dataclass(frozen=True, slots=True)
class Snoozes:
    """Begins snoozes and ends them when their moment has come; any number of processes may tick."""

    database: Database
    desk: Acknowledges
    words: Words

    def begin(self, incident_id: int, *, by: str, span: timedelta, now: datetime, seen: Seen | None = None) -> datetime:
        """Acknowledge until `span` from now; return that moment. Raise the desk's Mistakes."""
        if not SHORTEST <= span <= LONGEST:
            raise BadSnooze
        until = now + span
        with self.database.write() as connection:
            upto = last_decision(connection, incident_id)
            number = snoozes.add(connection, incident_id, by=by, upto=upto, until=until, now=now)
        try:
            reason = self.words(UNTIL, at=shown(until))
            self.desk.acknowledge(incident_id, by=by, now=now, reason=reason, seen=seen)
        except Mistake:
            with self.database.write() as connection:
                snoozes.end(connection, number, End.REFUSED, now)
            raise
        return until

    def tick(self, now: datetime) -> int:
        """End the snoozes whose moment has come; return how many matters were handed back."""
        with self.database.read() as connection:
            due = snoozes.due(connection, now)
        return sum(self._over(one, now) for one in due)

    def _over(self, one: Snooze, now: datetime) -> bool:
        own = self._own(one)
        end = End.SETTLED if own is None else End.HANDED_BACK
        if own is not None:
            seen = Seen(own, frozenset(Verb) - {Verb.LINK, Verb.UNLINK, Verb.ASSIGN, Verb.SIGN})
            try:
                reason = self.words(OVER, at=shown(one.until))
                self.desk.hand_back(one.matter_id, by=one.by, now=now, reason=reason, seen=seen)
            except (MovedMeanwhile, NoLongerOpen, AlreadyMerged):
                end = End.WENT_ON
        with self.database.write() as connection:
            snoozes.end(connection, one.id, end, now)
        return end is End.HANDED_BACK

    def _own(self, one: Snooze) -> int | None:
        """Return the number of the acknowledgement that is bounded; None where there is none or nothing runs."""
        with self.database.read() as connection:
            incident = views.incident(connection, one.matter_id)
            running = views.deadlines(connection, matter_id=one.matter_id, live=True)
            made = decisions_since(connection, one.matter_id, one.upto)
        if incident is None or incident.state is not MatterState.OPEN or incident.acted_at is None or not running:
            return None
        mine = [d.id for d in made if d.verb is Verb.ACKNOWLEDGE and d.by == one.by and d.at == one.begun_at]
        return mine[0] if mine else None

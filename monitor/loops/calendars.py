"""Leg 2b: when a calendar says something new, reckon the deadlines anew that rest on its former version."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.calendar import Calendar
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.errors import N_, Mistake
from monitor.store import calendars, duties
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of

BATCH = 200
log = logging.getLogger(__name__)


class NotRedated(Mistake):
    """Some matters could not be reckoned by the new calendar; all others were."""

    message = N_("The deadlines of incident(s) {ids} cannot be reckoned by the new calendar. All others are.")


@dataclass(frozen=True, slots=True)
class CalendarWatch:
    """Notices new versions of calendars; `load` returns what the program and the bureau's own file say now."""

    database: Database
    pack: RulePack
    region: str
    load: Callable[[], Mapping[str, Calendar]]

    def tick(self, now: datetime) -> int:
        """Keep what is new and review the matters that rest on a former version; return how many."""
        with self.database.write() as connection:
            known = {name: calendars.install(connection, one, now) for name, one in self.load().items()}
        pack = self.pack.with_calendars(known)
        reviewed = 0
        failed: list[int] = []
        for calendar in known.values():
            rules = [o.id for o in pack.obligations if o.calendar.name == calendar.name and o.due.needs_days]
            reviewed += self._redate(pack, calendar, rules, now, failed) if rules else 0
        if failed:
            raise NotRedated(ids=", ".join(map(str, failed)))
        return reviewed

    def _redate(self, pack: RulePack, calendar: Calendar, rules: list[str], now: datetime, failed: list[int]) -> int:
        reviewed, last = 0, 0
        while True:
            with self.database.write() as connection:
                matters = calendars.behind(connection, calendar, rules, after=last, limit=BATCH)
                failed += [number for number in matters if not self._look_at(connection, pack, number, now)]
            reviewed += len(matters)
            if len(matters) < BATCH:
                return reviewed
            last = matters[-1]

    def _look_at(self, connection: Connection, pack: RulePack, matter_id: int, now: datetime) -> bool:
        """Review one matter; return whether that went well."""
        try:
            with connection.begin_nested():
                facts = facts_of(connection, matter_id, self.region)
                standing = duties.deadlines_of(connection, matter_id)
                duties.save_review(connection, review(facts, pack, standing, now), pack, now)
        except OperationalError:
            # The database itself fails, not this matter.
            raise
        except Exception as error:
            if duties.save_fault(connection, matter_id, error, now):
                log.exception("matter %s", matter_id)
            return False
        return True

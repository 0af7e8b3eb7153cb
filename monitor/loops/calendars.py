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
from monitor.store import calendars, duties, troubles
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of

LEG = "calendar"
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
        """Keep what is new and review the matters that rest on a former version; return how many.

        One that cannot be reckoned stops no other: it is told to people, tried again at each tick, after some faults
        in a row less and less often, and makes the tick end with NotRedated.
        """
        with self.database.write() as connection:
            known = {name: calendars.install(connection, one, now) for name, one in self.load().items()}
        pack = self.pack.with_calendars(known)
        reviewed = 0
        behind: set[int] = set()
        for calendar in known.values():
            rules = [o.id for o in pack.obligations if o.calendar.name == calendar.name and o.due.needs_days]
            reviewed += self._redate(pack, calendar, rules, now, behind) if rules else 0
        faults = self._faults(behind)
        if faults:
            raise NotRedated(ids=", ".join(sorted(faults, key=int)))
        return reviewed

    def _redate(self, pack: RulePack, calendar: Calendar, rules: list[str], now: datetime, behind: set[int]) -> int:
        """Review the matters that rest on a former version of one calendar, and add them to `behind`."""
        reviewed, last = 0, 0
        while True:
            with self.database.write() as connection:
                matters = calendars.behind(connection, calendar, rules, after=last, limit=BATCH)
                resting = set(connection.scalars(troubles.resting(LEG), {"now": now})) if matters else set()
                for matter_id in matters:
                    if str(matter_id) not in resting:
                        reviewed += self._look_at(connection, pack, matter_id, now)
            behind |= set(matters)
            if len(matters) < BATCH:
                return reviewed
            last = matters[-1]

    def _faults(self, behind: set[int]) -> dict[str, str]:
        """Return the matters that cannot be reckoned; one that is behind no more was mended or has ended."""
        with self.database.read() as connection:
            faults = troubles.of_leg(connection, LEG)
        over = [row for row in faults if int(row) not in behind]
        if over:
            with self.database.write() as connection:
                for row in over:
                    troubles.clear(connection, LEG, row)
        return {row: said for row, said in faults.items() if row not in over}

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
            troubles.note(connection, LEG, matter_id, error, now, tell=False)
            if duties.save_fault(connection, matter_id, error, now, pack.duty):
                log.exception("matter %s", matter_id)
            return False
        troubles.clear(connection, LEG, matter_id)
        return True

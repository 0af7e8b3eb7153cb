"""Leg 2: let time pass over the deadlines that are due to be looked at."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.errors import N_, Mistake
from monitor.store import duties
from monitor.store.database import Database
from monitor.store.matter_facts import facts_of

BATCH = 200
log = logging.getLogger(__name__)


class NotReckoned(Mistake):
    """Some matters could not be looked at; all others were."""

    message = N_("The deadlines of incident(s) {ids} cannot be reckoned: {why}. All others are being watched.")


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at deadlines whose moment has come; any number of processes may do so at once."""

    database: Database
    pack: RulePack
    region: str

    def tick(self, now: datetime) -> int:
        """Review the matters that have a deadline to be looked at by `now`; return how many.

        A matter that cannot be reckoned stops no other: it is told to people, tried again at each tick, and makes the
        tick end with NotReckoned.
        """
        looked_at, last = 0, 0
        faults: dict[int, str] = {}
        while True:
            with self.database.write() as connection:
                matters = duties.due_matters(connection, now, after=last, limit=BATCH)
                for matter_id in matters:
                    fault = self._look_at(connection, matter_id, now)
                    if fault:
                        faults[matter_id] = fault
            looked_at += len(matters)
            if len(matters) < BATCH:
                break
            last = matters[-1]
        if faults:
            raise NotReckoned(ids=", ".join(map(str, faults)), why=next(iter(faults.values())))
        return looked_at

    def _look_at(self, connection: Connection, matter_id: int, now: datetime) -> str:
        """Review one matter; return what is wrong with it, or nothing."""
        try:
            with connection.begin_nested():
                facts = facts_of(connection, matter_id, self.region)
                standing = duties.deadlines_of(connection, matter_id)
                duties.save_review(connection, review(facts, self.pack, standing, now), self.pack, now)
        except OperationalError:
            # The database itself fails, not this matter.
            raise
        except Exception as error:
            if duties.save_fault(connection, matter_id, error, now, self.pack.duty):
                log.exception("matter %s", matter_id)
            return f"{type(error).__name__}: {error}"
        return ""

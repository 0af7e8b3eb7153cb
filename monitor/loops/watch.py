"""Leg 2: let time pass over the deadlines that are due to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.store import duties
from monitor.store.database import Database

BATCH = 200


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at deadlines whose moment has come; any number of processes may do so at once."""

    database: Database
    pack: RulePack
    region: str

    def tick(self, now: datetime) -> int:
        """Review the matters that have a deadline to be looked at by `now`; return how many."""
        looked_at = 0
        while True:
            with self.database.write() as connection:
                matters = duties.due_matters(connection, now, BATCH)
                for matter_id in matters:
                    facts = duties.facts_of(connection, matter_id, self.region)
                    standing = duties.deadlines_of(connection, matter_id)
                    duties.save_review(connection, review(facts, self.pack, standing, now), self.pack, now)
            looked_at += len(matters)
            if len(matters) < BATCH:
                return looked_at

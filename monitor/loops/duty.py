"""Watch the rotas: tell who comes on duty and who goes off, and in time where nobody is on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.people.duty import Duty
from monitor.core.people.handover import BACK, gap_alarms, handovers
from monitor.store import duties, outbox, people
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class DutyWatch:
    """Looks at all rotas; any number of processes may do so at once, for what is told has a key of its own."""

    database: Database
    duty: Duty

    def tick(self, now: datetime) -> int:
        """Make the notices that are due; return how many there were."""
        with self.database.read() as connection:
            changes = people.changes(connection, since=now - BACK)
            drafts = [*handovers(self.duty, changes, now), *gap_alarms(self.duty, changes, now)]
            known = outbox.known_keys(connection, [draft.key for draft in drafts])
        fresh = [draft for draft in drafts if draft.key not in known]
        if fresh:
            with self.database.write() as connection:
                duties.save_alerts(connection, fresh, now, self.duty)
        return len(fresh)

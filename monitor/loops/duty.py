"""Watch the rotas: who comes on duty and who goes off, where nobody is on duty, and who is named but gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.people.duty import Duty
from monitor.core.people.gone import gone_alarms
from monitor.core.people.handover import BACK, gap_alarms, handovers
from monitor.store import duties, outbox, people
from monitor.store.database import Database

# Who is in the duty file changes with a start only; what names people changes at any time.
NAMES_EVERY = timedelta(minutes=10)


@dataclass(slots=True)
class DutyWatch:
    """Looks at all rotas; any number of processes may do so at once, for what is told has a key of its own."""

    database: Database
    duty: Duty
    _named_at: datetime | None = None

    def tick(self, now: datetime) -> int:
        """Make the notices that are due; return how many there were."""
        with self.database.read() as connection:
            changes = people.changes(connection, since=now - BACK)
            drafts = [*handovers(self.duty, changes, now), *gap_alarms(self.duty, changes, now)]
            asks = self._named_at is None or not timedelta(0) <= now - self._named_at < NAMES_EVERY
            drafts += gone_alarms(people.named(connection, now), self.duty, now) if asks else ()
            known = outbox.known_keys(connection, [draft.key for draft in drafts])
        fresh = [draft for draft in drafts if draft.key not in known]
        if fresh:
            with self.database.write() as connection:
                duties.save_alerts(connection, fresh, now, self.duty)
        self._named_at = now if asks else self._named_at
        return len(fresh)

"""Number and chain what was added to the audit log, a second after it was added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.store import audit
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals the audit log; of any number of processes one does so at a time."""

    database: Database

    def tick(self, now: datetime) -> int:
        """Seal all that waits; return how many rows. `now` plays no part: a row keeps the time at which it came."""
        sealed = 0
        while True:
            with self.database.read() as connection:
                if not audit.any_waiting(connection):
                    return sealed
            with self.database.write() as connection:
                sealed += audit.seal(connection)

"""Watch the receipts that offices owe: tell of each step once its moment has come, and of none that was overtaken."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.errors import Mistake
from monitor.core.people.duty import Duty
from monitor.core.people.receipts import alerts, come
from monitor.store import assignments, duties, troubles
from monitor.store.database import Database

LEG = "receipts"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptWatch:
    """Looks at the receipts whose time has come; any number of processes may do so at once."""

    database: Database
    duty: Duty

    def tick(self, now: datetime) -> int:
        """Make the alerts that are due; return of how many receipts."""
        with self.database.read() as connection:
            resting = set(connection.scalars(troubles.resting(LEG), {"now": now}))
            found = [one for one in assignments.due(connection, now) if str(one[0]) not in resting]
        return sum(self._tried(number, matter_id, now) for number, matter_id in found)

    def _tried(self, number: int, matter_id: int, now: datetime) -> bool:
        """Look at one receipt; one that cannot be dealt with keeps nobody from the others."""
        try:
            return self._look(number, matter_id, now)
        except Mistake:
            # The database itself fails, not this receipt.
            raise
        except Exception as error:
            log.exception("Receipt %s cannot be dealt with", number)
            with self.database.write() as connection:
                troubles.note(connection, LEG, number, error, now)
            return False

    def _look(self, number: int, matter_id: int, now: datetime) -> bool:
        with self.database.write() as connection:
            duties.lock_matter(connection, matter_id)
            # Signed, assigned anew or told by another process a moment ago: then it is not among them any more.
            if (number, matter_id) not in assignments.due(connection, now, only=number):
                return False
            held = assignments.standing(connection, matter_id)
            receipt = next((one for one in held.receipts if one.id == number), None) if held else None
            if held is None or receipt is None:
                return False
            duties.save_alerts(connection, list(alerts(held, receipt, now)), now, self.duty)
            assignments.told(connection, replace(receipt, told=come(receipt, now)))
            troubles.clear(connection, LEG, number)
            return True

"""Forget in time what was promised to be forgotten: the keys and marks by which votes of the public are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.beijing import day_of
from monitor.store import ratings
from monitor.store.database import Database


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Throws them away whether anybody votes or not; any number of processes may do so at once."""

    database: Database

    def tick(self, now: datetime) -> bool:
        """Throw away what has served its time; tell whether there was something. Without it nothing is written."""
        with self.database.read() as connection:
            if not ratings.outlived(connection, day_of(now), now):
                return False
        with self.database.write() as connection:
            ratings.forget(connection, day_of(now), now)
        return True

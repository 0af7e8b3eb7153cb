"""The titles of late that belong to no incident, by their terms: what may have spoken of one before it was reported.

Each report of a young incident looks through them. Read anew from the database each time, they would cost more than
all else once thousands of sources publish; here each is read once and found by what it has in common with a report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row

from monitor.core.incidents.talk import Sought, Talk, Title
from monitor.store import incidents, items

# Where several processes store at once, a lower number may become visible after a higher one: so many are looked at
# again. By number, because a transaction may wait and clocks differ.
OVERLAP = 10_000
# Those who store together came at moments of their own: none so much before another.
APART = timedelta(minutes=10)


@dataclass(slots=True)
class Lately:
    """Remembers what was read; the database tells what of it is still unplaced."""

    _talk: Talk = field(default_factory=Talk)
    _upto: int = 0
    _seen: frozenset[int] = frozenset()
    _looked_at: datetime | None = None

    def like(self, connection: Connection, sought: Iterable[Sought], since: datetime, now: datetime) -> list[Title]:
        """Return the unplaced titles of [since, now] that are like something of what is sought, oldest first."""
        self.read(connection, since, now)
        near = {title.number: title for one in sought for title in self._talk.like(one)}
        unplaced = {row.id for row in incidents.unplaced_of(connection, near.keys(), since, now)}
        return sorted((near[number] for number in unplaced), key=attrgetter("at", "number"))

    def read(self, connection: Connection, since: datetime, now: datetime) -> None:
        """Remember what has been stored until now."""
        if self._looked_at is not None and now < self._looked_at - APART:
            self._talk, self._upto, self._seen, self._looked_at = Talk(), 0, frozenset(), now
        self._looked_at = max(now, self._looked_at or now)
        since -= APART
        late = self._late(connection, since, now)
        for row in (*late, *incidents.unplaced_after(connection, self._upto, since)):
            if row.id not in self._talk:
                self._talk.add(row.id, row.title, row.first_seen_at)
            self._upto = max(self._upto, row.id)
        self._talk.forget(since)

    def _late(self, connection: Connection, since: datetime, now: datetime) -> list[Row[Any]]:
        """Return what has become visible behind the highest number that was read."""
        if connection.dialect.name == "sqlite":
            return []
        visible = items.numbers_after(connection, (self._upto or items.last_number(connection)) - OVERLAP)
        behind = {number for number in visible - self._seen if number <= self._upto}
        self._seen = visible
        return incidents.unplaced_of(connection, behind, since, now + APART) if behind else []

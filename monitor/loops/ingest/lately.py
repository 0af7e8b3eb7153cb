"""The titles of late that belong to no incident, by their terms: what may have spoken of one before it was reported.

Each report of a young incident looks through them. Read anew from the database each time, they would cost more than
all else once thousands of sources publish; here each is read once and found by what it has in common with a report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.incidents.topics import terms_of
from monitor.store import incidents

# Where several processes store at once, a lower number may become visible after a higher one, a moment later.
OVERLAP = timedelta(seconds=10)


@dataclass(slots=True)
class Lately:
    """Remembers what was read; the database tells what of it is still unplaced."""

    _titles: dict[int, tuple[datetime, frozenset[str]]] = field(default_factory=dict)
    _by_term: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _upto: int = 0
    _looked_at: datetime | None = None

    def sharing(
        self, connection: Connection, terms: Iterable[str], since: datetime, now: datetime
    ) -> list[tuple[int, str]]:
        """Return number and title of the unplaced items of [since, now] that share a term with these; oldest first."""
        self._read(connection, since, now)
        near = {number for term in terms for number in self._by_term.get(term, ())}
        return [(row.id, row.title) for row in incidents.unplaced_of(connection, near, since, now)]

    def _read(self, connection: Connection, since: datetime, now: datetime) -> None:
        if self._looked_at is not None and now < self._looked_at:
            self._titles, self._by_term, self._upto = {}, defaultdict(set), 0
        self._looked_at = now
        late = None if connection.dialect.name == "sqlite" else now - OVERLAP
        for row in incidents.unplaced_after(connection, self._upto, since, late):
            if row.id not in self._titles:
                terms = terms_of(row.title)
                self._titles[row.id] = (row.first_seen_at, terms)
                for term in terms:
                    self._by_term[term].add(row.id)
            self._upto = max(self._upto, row.id)
        self._forget(since)

    def _forget(self, before: datetime) -> None:
        """Leave out the oldest; they stand first, but for those that came while others were being stored."""
        for number in list(self._titles):
            at, terms = self._titles[number]
            if at >= before:
                return
            del self._titles[number]
            for term in terms:
                self._by_term[term].discard(number)
                if not self._by_term[term]:
                    del self._by_term[term]

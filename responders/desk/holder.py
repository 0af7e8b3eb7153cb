"""One transaction of a desk: hold a matter, keep what a person decided, review what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.duties.obligations import RulePack
from monitor.core.duties.review import review
from monitor.core.errors import AlreadyMerged, ReasonMissing, UnknownIncident
from monitor.core.model import MatterState
from monitor.core.seen import Seen, mark_of, refuse_moved
from monitor.core.text import storable
from monitor.core.views import Done, IncidentView
from monitor.store import duties, views
from monitor.store.database import Database
from monitor.store.editions import PLACING, hold
from monitor.store.matter_facts import facts_of
from monitor.store.seen import decisions_since


class Holder:
    """Holds one matter at a time, and reviews its deadlines before it lets go."""

    def __init__(self, database: Database, pack: RulePack, region: str) -> None:
        self._database = database
        self._pack = pack
        self._region = region

    @contextmanager
    def _matter(
        self, incident_id: int, *, placing: bool = False, seen: Seen | None = None
    ) -> Iterator[tuple[Connection, IncidentView]]:
        """Hold one incident for the length of a transaction; `placing` lets no items be placed meanwhile.

        `seen` is what the person saw who decides; raise a Mistake where that no longer holds.
        """
        with self._database.write() as connection:
            if placing:
                hold(connection, PLACING, anew=True)
            duties.lock_matter(connection, incident_id)
            incident = self._incident(connection, incident_id)
            if seen is not None:
                self._refuse_merged(incident)
                made = decisions_since(connection, incident_id, seen.upto)
                refuse_moved(
                    seen, incident, made, mark_of(incident, views.deadlines(connection, matter_id=incident_id))
                )
            yield connection, incident

    def _incident(self, connection: Connection, incident_id: int) -> IncidentView:
        found = views.incident(connection, incident_id)
        if found is None:
            raise UnknownIncident(id=incident_id)
        return found

    def _refuse_merged(self, incident: IncidentView) -> None:
        if incident.state is MatterState.MERGED:
            raise AlreadyMerged(id=incident.id, into=incident.merged_into)

    def _review(self, connection: Connection, incident_id: int, now: datetime) -> Done:
        facts = facts_of(connection, incident_id, self._region)
        standing = duties.deadlines_of(connection, incident_id)
        duties.save_review(connection, review(facts, self._pack, standing, now), self._pack, now)
        return Done(self._incident(connection, incident_id), tuple(views.deadlines(connection, matter_id=incident_id)))


def needed(reason: str) -> str:
    """Return a reason; raise ReasonMissing where there is none."""
    why = storable(reason).strip()
    if not why:
        raise ReasonMissing
    return why

"""Read an incident out of the database and write it as a CAP message."""

from __future__ import annotations

from datetime import datetime

from monitor.core.errors import UnknownIncident
from monitor.store import views
from monitor.store.database import Database
from responders.documents.cap import CapFacts, cap_message
from responders.documents.messages import Composer


def cap_of(database: Database, composer: Composer, incident_id: int, now: datetime) -> bytes:
    """Return the message of an incident; raise UnknownIncident."""
    with database.read() as connection:
        incident = views.incident(connection, incident_id)
        if incident is None:
            raise UnknownIncident(id=incident_id)
        deadlines = views.deadlines(connection, matter_id=incident_id)
        steps = views.steps(connection, incident_id)
        log = views.log(connection, incident_id)
    facts = CapFacts(incident=incident, deadlines=deadlines, steps=steps, log=log, now=now)
    return cap_message(facts, composer)

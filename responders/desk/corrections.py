"""What a person states of an incident in place of what was read: its kind, its place, its toll."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake
from monitor.core.incidents.grader import Grader
from monitor.core.incidents.stated import TOLL, struck_by
from monitor.core.model import Place, Verb
from monitor.core.seen import Seen
from monitor.core.text import storable
from monitor.core.views import Done, IncidentView
from monitor.store import corrections, heat
from monitor.store.corrections import refold
from monitor.store.database import Database
from responders.desk.deadlines import DeadlineDesk
from responders.desk.holder import needed


class NothingCorrected(Mistake):
    """A correction says what stands there already."""

    message = N_("Nothing was corrected: incident {id} says so already. Change the kind, the place or a figure.")


class UnknownKind(Mistake):
    """A correction names a kind that the lists do not have."""

    message = N_("There is no kind of incident called {kind}. Choose one of the list.")


class CorrectionDesk(DeadlineDesk):
    """Keeps what people state; no reading overwrites it."""

    def __init__(self, database: Database, pack: RulePack, grader: Grader, region: str) -> None:
        super().__init__(database, pack, region)
        self._grader = grader

    def correct(
        self,
        incident_id: int,
        *,
        kind: str | None = None,
        place: Place | None = None,
        figures: Mapping[str, int] | None = None,
        by: str,
        now: datetime,
        reason: str,
        seen: Seen | None = None,
    ) -> Done:
        """State the kind, the place or the whole toll of an incident; None leaves what is known.

        `figures` are all those of the dead, missing, trapped, injured and seriously injured: one that is left out is
        not known. Raise NothingCorrected, UnknownKind, ReasonMissing.
        """
        why = needed(reason)
        if kind is not None and kind not in self._grader.kinds:
            raise UnknownKind(kind=kind)
        with self._matter(incident_id, placing=True, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            changes = dict(_changes(incident, kind, place, figures))
            if not changes:
                raise NothingCorrected(id=incident_id)
            was = {about: corrections.kept(connection, incident_id, about) for about in changes}
            for about, change in changes.items():
                values = {**change, "at": now, "by": storable(by), "reason": why}
                corrections.state(connection, incident_id, about, values)
            detail = {"corrected": {about: change["stated"] for about, change in changes.items()}, "was": was}
            self._keep(connection, incident_id, Verb.CORRECT, by=by, now=now, reason=why, detail=detail)
            self._fold(connection, incident_id)
            return self._review(connection, incident_id, now)

    def _fold(self, connection: Connection, incident_id: int) -> None:
        """Make an incident anew from the items that now belong to it."""
        refold(connection, incident_id, self._grader)
        heat.regrade(connection, incident_id, self._pack.wave)


def _changes(
    incident: IncidentView, kind: str | None, place: Place | None, figures: Mapping[str, int] | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what differs from what is known, each with what it replaces."""
    if kind is not None and kind != incident.kind:
        yield corrections.KIND, {"stated": {"kind": kind}, "struck": {"kind": incident.kind}}
    if place is not None and place.code != incident.place.code:
        stated = {"province": place.province, "city": place.city, "county": place.county, "name": place.name}
        yield corrections.PLACE, {"stated": stated, "struck": {"code": incident.place.code}}
    if figures is not None:
        told = {name: figures[name] for name in TOLL if name in figures}
        known = {name: value for name, value in incident.figures.items() if name in TOLL}
        if told != known:
            yield corrections.TOLL, {"stated": told, "struck": struck_by(known, told)}

"""Check the text of a release against what is stored of its incident. Advice: nothing is ever held back for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.checks.checker import Checker
from monitor.core.checks.circumstances import Circumstances
from monitor.core.checks.kept import unchecked
from monitor.core.checks.scorecard import Scorecard
from monitor.core.incidents.tolls import side_by_side
from monitor.core.model import ResponseKind
from monitor.core.views import IncidentView
from monitor.store import hearings, release_checks

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proofreader:
    """Reads releases for the bureau called `bureau` with the telephone `phone`; `checker` is built when first asked."""

    checker: Callable[[], Checker]
    bureau: str = ""
    phone: str = ""

    def bare(self, text: str, kind: ResponseKind, now: datetime, *, policy: bool = False) -> Scorecard:
        """Return what the checks find in a text of which no incident is known."""
        known = Circumstances(now=now, response=kind, bureau=self.bureau, phone=self.phone, policy=policy)
        return self.checker().checked(text, known)

    def checked(self, text: str, known: Circumstances) -> Scorecard:
        """Return what the checks find. A fault of the checks is kept as such: the response that waits is due by law."""
        try:
            return self.checker().checked(text, known)
        except Exception as fault:
            LOG.exception("The text of a release could not be checked")
            return unchecked(type(fault).__name__)

    def circumstances(
        self,
        connection: Connection,
        incident: IncidentView,
        kind: ResponseKind,
        at: datetime,
        *,
        without: Collection[int] = (),
    ) -> Circumstances:
        """Read what a release of `at` is compared with; the responses `without` are not."""
        tellings = hearings.tellings_of(connection, [incident.id]).get(incident.id, [])
        return Circumstances(
            now=at,
            response=kind,
            kind=incident.kind,
            place=incident.place,
            severity=incident.presumed,
            tolls=side_by_side(t for t in tellings if t.at <= at),
            earlier=release_checks.earlier_of(connection, incident.id, at, without=without),
            talk=release_checks.talk_of(connection, incident.id, at),
            rumour=incident.rumour,
            bureau=self.bureau,
            phone=self.phone,
        )

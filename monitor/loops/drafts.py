"""Watch the drafts: tell whom one waits for, again until he acts, and nobody more than once an hour."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.access.accounts import About, may
from monitor.core.beijing import shown
from monitor.core.drafts.draft import Draft, DraftState, Gate, Person
from monitor.core.drafts.gates import in_the_way
from monitor.core.drafts.settings import ReleasePath
from monitor.core.drafts.telling import AT_MOST, CALM, NEEDED, Turn, alert_of, turn_of
from monitor.core.duties.obligations import RulePack
from monitor.core.duties.versions import rule_of
from monitor.core.errors import Mistake
from monitor.core.model import MatterState
from monitor.core.people.duty import Because, Recipient
from monitor.core.views import IncidentView
from monitor.store import accounts, drafts, duties, troubles, views
from monitor.store.database import Database

# Whoever is on duty does these; an office does not have a role of its own for them.
OF_THE_DUTY = frozenset({Gate.SELF_REVIEW, Gate.PUBLICATION})


LEG = "drafts"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class DraftWatch:
    """Looks at the drafts whose time has come; any number of processes may do so at once."""

    database: Database
    pack: RulePack
    path: ReleasePath

    def tick(self, now: datetime) -> int:
        """Make the alerts that are due; return how many there were."""
        with self.database.read() as connection:
            resting = set(connection.scalars(troubles.resting(LEG), {"now": now}))
            numbers = [number for number in drafts.due(connection, now) if str(number) not in resting]
        return sum(self._tried(number, now) for number in numbers)

    def _tried(self, number: int, now: datetime) -> bool:
        """Look at one draft; one that cannot be dealt with keeps nobody from the others."""
        try:
            told = self._look(number, now)
        except Mistake:
            # The database itself fails, not this draft.
            raise
        except Exception as error:
            log.exception("Draft %s cannot be dealt with", number)
            with self.database.write() as connection:
                troubles.note(connection, LEG, number, error, now)
            return False
        return told

    def _look(self, number: int, now: datetime) -> bool:
        with self.database.write() as connection:
            draft = drafts.draft(connection, number)
            if draft is None:
                return False
            duties.lock_matter(connection, draft.matter_id)
            draft = drafts.draft(connection, number) or draft
            look_at, told = drafts.told(connection, number)
            incident = views.incident(connection, draft.matter_id)
            if look_at is None or look_at > now:
                return False
            if incident is None or incident.state is not MatterState.OPEN:
                drafts.look(connection, number, now + AT_MOST)
                return False
            pressing = self._pressing(connection, draft, now)
            path = self.path.asked(draft.wording.kind, incident.presumed)
            turn = turn_of(draft, path, told, now, pressing=pressing)
            if turn.point:
                self._tell(connection, turn, draft, incident, now, pressing=pressing)
                told[turn.point] = now
            troubles.clear(connection, LEG, number)
            drafts.look(connection, number, turn.look_at, {point: at.isoformat() for point, at in told.items()})
            return bool(turn.point)

    def _pressing(self, connection: Connection, draft: Draft, now: datetime) -> bool:
        """Tell whether a live deadline waits for the draft that did not end long ago."""
        return any(
            one.live and one.due_at > now - CALM and draft.wording.kind in rule_of(self.pack, one).satisfied_by
            for one in duties.deadlines_of(connection, draft.matter_id)
        )

    def _tell(
        self,
        connection: Connection,
        turn: Turn,
        draft: Draft,
        incident: IncidentView,
        now: datetime,
        *,
        pressing: bool,
    ) -> None:
        last = draft.steps[-1] if draft.steps else None
        detail = {
            "by": last.by.name if last else draft.version.by.name,
            "comment": last.comment[:300] if last else "",
            "until": shown(draft.later_due_at) if draft.later_due_at else "",
        }
        audience = tuple(self._audience(connection, turn, draft, incident))
        alert = alert_of(turn, draft, audience, now, pressing=pressing, detail=detail)
        duties.save_alerts(connection, [alert], now, self.pack.duty)

    def _audience(self, connection: Connection, turn: Turn, draft: Draft, incident: IncidentView) -> list[Recipient]:
        """Return the contacts for whom the draft waits: who wrote it, or who has the role and may still use it."""
        wrote = {author.contact for author in draft.authors if author.contact}
        if turn.gate is Gate.DRAFT or (turn.gate in OF_THE_DUTY and draft.state is not DraftState.PUBLISHED):
            # A page for nobody by name is for whoever is on duty.
            meant = wrote if turn.gate is not Gate.SELF_REVIEW else set()
        else:
            meant = {
                account.contact
                for account in accounts.listed(connection)
                if account.contact
                and may(account, NEEDED[turn.gate], About(incident.place))
                and in_the_way(draft, Person(account.name, account.id, account.contact), turn.gate) is None
            }
        known = self.pack.duty.contacts
        return [Recipient(one, Because.ROLE, name=known[one].name) for one in sorted(meant) if one in known]

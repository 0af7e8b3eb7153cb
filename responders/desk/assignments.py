"""What people do about who is responsible: assign an incident to offices, sign for one's own. Each is one transaction.

Neither says that anybody acts on the incident: paging goes on until somebody acknowledges.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.access.accounts import By
from monitor.core.duties.obligations import RulePack
from monitor.core.errors import N_, Mistake
from monitor.core.model import MatterState, Verb
from monitor.core.people.assignments import Assignment, EndedBy
from monitor.core.people.contacts import Office
from monitor.core.people.receipts import alerts, come, relieved
from monitor.core.people.routing import Route, route
from monitor.core.seen import NoLongerOpen, Seen
from monitor.core.views import Done, IncidentView
from monitor.store import assignments, decisions, duties
from monitor.store.database import Database
from responders.desk.holder import Holder

LONGEST_NOTE = 500
# Of whose use since the page was made whoever assigns has to know.
MINDED = frozenset({Verb.ASSIGN, Verb.UNDO, Verb.MERGE, Verb.DISMISS})


class NoOffices(Mistake):
    """An incident is to be assigned, but no office is known."""

    message = N_("The duty file names no offices. Add them under offices: in duty.yaml, then restart the service.")


class UnknownOffice(Mistake):
    """A person named an office that the duty file does not know."""

    message = N_("There is no office {id} in the duty file. Known are: {known}")


class NotAssigned(Mistake):
    """A person signs for an office to which the incident is not assigned, or not any more."""

    message = N_("Incident {id} is not assigned to {office}, or not any more. Nothing was changed.")


class NotOfThisOffice(Mistake):
    """A person signs for an office that is not his own."""

    message = N_("{name} does not belong to {office} in the duty file. Only its own people sign for it: {members}.")


class AssignmentDesk(Holder):
    """Carries out what people decide about who is responsible."""

    def __init__(self, database: Database, pack: RulePack, region: str) -> None:
        super().__init__(database, pack, region)
        self._duty = pack.duty

    def proposed(self, incident: IncidentView) -> Route | None:
        """Return which offices the rules name for an incident, None where they name none."""
        return route(self._duty.offices.values(), incident.place, incident.scope, incident.kind, incident.presumed)

    @property
    def offices(self) -> tuple[Office, ...]:
        """The offices to choose from."""
        return tuple(self._duty.offices.values())

    def assign(
        self,
        incident_id: int,
        lead: str,
        helps: Iterable[str] = (),
        *,
        by: str,
        now: datetime,
        note: str = "",
        seen: Seen | None = None,
    ) -> Done:
        """Assign an incident to an office and those that assist it; an earlier assignment ends and stays in the log.

        The offices are asked to sign. A second tap assigns nothing new. Raise NoOffices, UnknownOffice, NoLongerOpen.
        """
        offices = [self._office(one) for one in dict.fromkeys((lead, *helps))]
        with self._matter(incident_id, seen=seen) as (connection, incident):
            self._refuse_merged(incident)
            if incident.state is not MatterState.OPEN:
                raise NoLongerOpen(id=incident_id, state=incident.state)
            before = assignments.standing(connection, incident_id)
            if before is None or not _same(before, offices):
                made = self._made(connection, incident, offices, before, by=by, now=now, note=note.strip())
                self._ask(connection, made, now)
            return self._review(connection, incident_id, now)

    def sign(self, incident_id: int, office: str, *, by: str, now: datetime) -> Done:
        """Sign for one's own office that it has taken an incident over; a second tap signs nothing new.

        Raise UnknownOffice, NotOfThisOffice, NotAssigned.
        """
        known = self._office(office)
        contact = self._contact(by)
        if contact not in known.members:
            members = ", ".join(self._duty.name(one) for one in known.members)
            raise NotOfThisOffice(name=str(by), office=known.name, members=members)
        with self._matter(incident_id) as (connection, incident):
            self._refuse_merged(incident)
            held = assignments.standing(connection, incident_id)
            receipt = None if held is None else held.of(office)
            if held is None or receipt is None:
                raise NotAssigned(id=incident_id, office=known.name)
            if receipt.signed_at is None:
                assignments.sign(connection, receipt, by=by, contact=contact, now=now)
                detail = {"assignment": held.id, "office": office, "offices": known.name}
                self._keep(connection, incident_id, Verb.SIGN, by=by, now=now, detail=detail)
            return self._review(connection, incident_id, now)

    def may_sign(self, by: str, office: str) -> bool:
        """Tell whether somebody belongs to an office."""
        known = self._duty.offices.get(office)
        return known is not None and self._contact(by) in known.members

    def _made(
        self,
        connection: Connection,
        incident: IncidentView,
        offices: list[Office],
        before: Assignment | None,
        *,
        by: str,
        now: datetime,
        note: str,
    ) -> Assignment:
        if before is not None:
            assignments.end(connection, before, EndedBy.REASSIGNED, now)
            over = relieved(before, [office.id for office in offices], self._duty, by, now)
            duties.save_alerts(connection, list(over), now, self._duty)
        found = self.proposed(incident)
        made = assignments.add(
            connection,
            incident.id,
            [(office.id, office.name) for office in offices],
            self._duty.receipts.within(incident.presumed),
            by=by,
            contact=self._contact(by),
            note=note[:LONGEST_NOTE],
            proposed=found is not None and _names(offices, found.offices),
            now=now,
            before=before,
        )
        detail = {
            "assignment": made.id,
            "offices": " + ".join(office.name for office in offices),
            "was": {"assignment": None if before is None else before.id},
        }
        self._keep(connection, incident.id, Verb.ASSIGN, by=by, now=now, reason=made.note, detail=detail)
        return made

    def _ask(self, connection: Connection, made: Assignment, now: datetime) -> None:
        """Ask each office to sign."""
        for receipt in made.receipts:
            duties.save_alerts(connection, list(alerts(made, receipt, now)), now, self._duty)
            assignments.told(connection, replace(receipt, told=come(receipt, now)))

    def _keep(
        self,
        connection: Connection,
        incident_id: int,
        verb: Verb,
        *,
        by: str,
        now: datetime,
        detail: dict[str, object],
        reason: str = "",
    ) -> None:
        decisions.decide(
            connection,
            incident_id,
            verb,
            by=by,
            duty=self._duty,
            now=now,
            reason=reason,
            detail=detail,
            acts=False,
        )

    def _office(self, office: str) -> Office:
        if not self._duty.offices:
            raise NoOffices
        if office not in self._duty.offices:
            known = ", ".join(f"{one.id} ({one.name})" for one in self._duty.offices.values())
            raise UnknownOffice(id=office or "—", known=known)
        return self._duty.offices[office]

    def _contact(self, by: str) -> str:
        """Return which contact acts: an account says so, a typed name is looked up; empty where he is none."""
        if isinstance(by, By):
            return by.contact
        person = self._duty.person(by)
        return "" if person is None else person.id


def _same(before: Assignment, offices: list[Office]) -> bool:
    return _names(offices, before.offices)


def _names(offices: list[Office], named: Iterable[str]) -> bool:
    """Tell whether these are the offices that are named, with the same lead; the order of the others says nothing."""
    first, *others = named
    return offices[0].id == first and {office.id for office in offices[1:]} == set(others)

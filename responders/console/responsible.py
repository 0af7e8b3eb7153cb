"""Who is responsible for an incident, as its page and the board show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.errors import N_
from monitor.core.people.assignments import Assignment, Receipt
from monitor.core.people.contacts import Office
from monitor.core.people.routing import Route
from monitor.core.views import IncidentView
from monitor.store import assignments
from responders.console.console import Console
from responders.console.typed import Failed
from responders.console.visitor import Visitor
from responders.desk.assignments import AssignmentDesk
from responders.documents.assignments import said_receipt, said_why


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """An office's receipt, its text finished; `mine` where whoever looks may sign it, `late` where it is overdue."""

    receipt: Receipt
    state: str
    mine: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsible:
    """What an incident's page shows of who is responsible: the assignment, those before, what the rules propose."""

    held: Assignment | None
    rows: tuple[ReceiptRow, ...]
    past: tuple[Assignment, ...]
    route: Route | None
    reasons: tuple[tuple[str, str], ...]
    offices: tuple[Office, ...]

    @property
    def differs(self) -> bool:
        """Tell whether the rules propose something else than what holds."""
        if self.route is None or self.held is None:
            return self.route is not None
        lead, *helps = self.route.offices
        return self.held.lead.office != lead or set(self.held.offices[1:]) != set(helps)

    def chosen(self, failed: Failed | None) -> tuple[str, tuple[str, ...]]:
        """Return what the form begins with: what was typed, else what the rules propose, else what holds."""
        if failed is not None and failed.act == "assign":
            return failed.typed.office, tuple(failed.typed.offices)
        named = self.route.offices if self.route else self.held.offices if self.held else ()
        return (named[0], named[1:]) if named else ("", ())


def read_responsible(console: Console, visitor: Visitor, incident: IncidentView, now: datetime) -> Responsible | None:
    """Return what is shown of who is responsible, None where no office answers for a division and none ever did."""
    desk, words, names = console.desk.assignments, console.composer.words, console.composer.names
    with console.database.read() as connection:
        every = assignments.history(connection, incident.id)
    if not every and not console.duty.routed:
        return None
    held = next((one for one in every if one.ended is None), None)
    found = desk.proposed(incident)
    return Responsible(
        held=held,
        rows=tuple(
            ReceiptRow(
                receipt,
                said_receipt(receipt, now, words),
                receipt.signed_at is None and _may_sign(desk, visitor, receipt),
                receipt.signed_at is None and receipt.due_at <= now,
            )
            for receipt in (held.receipts if held else ())
        ),
        past=tuple(one for one in every if one.ended is not None),
        route=found,
        reasons=tuple((one.name, said_why(one, names, words)) for one in (found.every if found else ())),
        offices=desk.offices,
    )


def _may_sign(desk: AssignmentDesk, visitor: Visitor, receipt: Receipt) -> bool:
    """Tell whether somebody is shown the button; who has not said his name yet says it with the receipt."""
    if visitor.account is not None:
        return desk.may_sign(visitor.account.by, receipt.office)
    return visitor.free and (not visitor.name or desk.may_sign(visitor.name, receipt.office))


def offices_of(console: Console, incident: IncidentView) -> tuple[str, ...]:
    """Return the offices of an incident: those it is assigned to, else those that the rules propose."""
    if incident.assignment is not None:
        return incident.assignment.offices
    found = console.desk.assignments.proposed(incident)
    return () if found is None else found.offices


@dataclass(frozen=True, slots=True)
class Lead:
    """The responsible office as a card names it; `state` is empty where it is only proposed."""

    name: str
    state: str = ""
    signed: bool = False
    late: bool = False


def lead_of(console: Console, incident: IncidentView, now: datetime) -> Lead | None:
    """Return who is responsible for an incident, None where nobody is named."""
    held = incident.assignment
    if held is not None:
        late = any(receipt.due_at <= now for receipt in held.unsigned)
        words, waiting = console.composer.words, sum(receipt.signed_at is None for receipt in held.helps)
        others = [words(N_("{n} assisting office(s) not signed"), n=waiting)] if waiting else []
        state = " · ".join([said_receipt(held.lead, now, words), *others])
        return Lead(held.lead.name, state, signed=held.lead.signed_at is not None, late=late)
    found = console.desk.assignments.proposed(incident)
    return None if found is None else Lead(found.lead.name)

"""Everything that the page of one draft shows, and what of it waits for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from monitor.core.access.accounts import About
from monitor.core.access.roles import Permission
from monitor.core.drafts import gates
from monitor.core.drafts.draft import (
    FOR_THE_PUBLIC,
    OPEN_STATES,
    Draft,
    DraftState,
    Gate,
    GateStep,
    Person,
    Version,
    digest,
)
from monitor.core.drafts.telling import NEEDED
from monitor.core.errors import UnknownIncident
from monitor.core.model import ResponseKind
from monitor.core.views import IncidentView, ResponseView
from monitor.store import drafts, views
from responders.console.console import Console
from responders.console.differences import Piece, pieces
from responders.console.visitor import NOWHERE, Visitor
from responders.desk.drafts import UnknownDraft

MOST_VERSIONS = 30


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate of the path: what happened there last, whether that holds, whether the draft waits there."""

    gate: Gate
    last: GateStep | None
    holds: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A version, and what it changed of the one before; `renamed` are the fields beside the text that changed."""

    version: Version
    pieces: tuple[Piece, ...]
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSheet:
    """One draft as a visitor sees it. `left_out` are gates that the bureau does not ask of it.

    `gate` is where it waits, `mine` whether for him, `barred` whether only what he did before keeps him from it.
    """

    draft: Draft
    incident: IncidentView
    rows: tuple[GateRow, ...]
    left_out: tuple[Gate, ...]
    edits: tuple[Edit, ...]
    older: int
    gate: Gate | None
    mine: bool
    barred: bool
    writes: bool
    publishes: bool
    hash: str
    response: ResponseView | None

    @property
    def open(self) -> bool:
        """Tell whether it is neither published nor given up."""
        return self.draft.state in OPEN_STATES

    @property
    def later(self) -> bool:
        """Tell whether it is published and its review is owed."""
        return self.draft.later_due_at is not None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A draft on the board: where it waits, whether for this visitor, and whether it is overdue."""

    draft: Draft
    incident: IncidentView
    gate: Gate
    mine: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a response was reviewed before it was published: by a draft, or not at all."""

    draft: Draft | None
    asked: bool


def read_draft(console: Console, visitor: Visitor, number: int, draft_id: int) -> DraftSheet:
    """Read one draft of an incident; raise UnknownDraft where it is none of it, whoever may see both."""
    with console.database.read() as connection:
        incident = views.incident(connection, number)
        if incident is None:
            raise UnknownIncident(id=number)
        draft = drafts.draft(connection, draft_id)
        if draft is None or draft.matter_id != number:
            raise UnknownDraft(id=draft_id)
        versions = drafts.versions(connection, draft_id)
        response = views.response(connection, draft.response_id) if draft.response_id else None
    return _sheet(console, visitor, draft, incident, versions, response)


def _sheet(
    console: Console,
    visitor: Visitor,
    draft: Draft,
    incident: IncidentView,
    versions: Sequence[Version],
    response: ResponseView | None,
) -> DraftSheet:
    path = console.desk.drafts.asked(draft, incident)
    gate, person, about = gates.waits_at(draft, path), person_of(visitor), About(incident.place)
    has_role = gate is not None and visitor.may(NEEDED[gate], about)
    free = gate is not None and (person is None or gates.in_the_way(draft, person, gate) is None)
    writer = person is None or gates.in_the_way(draft, person, Gate.DRAFT) is None
    publisher = person is None or gates.in_the_way(draft, person, Gate.PUBLICATION) is None
    shown = versions[-MOST_VERSIONS - 1 :]
    return DraftSheet(
        draft=draft,
        incident=incident,
        rows=tuple(
            GateRow(one, gates.last_at(draft, one), gates.holds(draft, one), one is gate)
            for one in (*path, Gate.PUBLICATION)
        ),
        left_out=tuple(one for one in console.desk.drafts.path.gates if one not in path),
        edits=tuple(_edit(a, b) for a, b in pairwise(shown))[::-1],
        older=max(0, len(versions) - len(shown)),
        gate=gate,
        mine=has_role and free,
        barred=has_role and not free,
        writes=draft.state in OPEN_STATES and visitor.may(Permission.DRAFT, about) and writer,
        publishes=draft.state in OPEN_STATES and visitor.may(Permission.RESPOND, about) and publisher,
        hash=digest(draft.wording),
        response=response,
    )


def _edit(before: Version, after: Version) -> Edit:
    old, new = before.wording, after.wording
    fields = ((old.title, new.title), (old.place, new.place), (old.kind.value, new.kind.value))
    return Edit(after, pieces(old.text, new.text), tuple((a, b) for a, b in fields if a != b))


def person_of(visitor: Visitor) -> Person | None:
    """Return who a visitor is, None where he has not said."""
    if visitor.account is not None:
        return Person(visitor.account.name, visitor.account.id, visitor.account.contact)
    return Person(visitor.name) if visitor.name else None


def read_waiting(console: Console, visitor: Visitor, now: datetime) -> tuple[WaitingRow, ...]:
    """Return the drafts that wait for a visitor, and every review that is owed after publication."""
    within = visitor.reach(Permission.SEE) or NOWHERE
    with console.database.read() as connection:
        found = drafts.waiting(connection)
        ids = {draft.matter_id for draft in found}
        incidents = {i.id: i for i in views.incidents(connection, ids=ids, within=within, limit=len(ids) or 1)}
    rows = (
        _waiting(console, visitor, one, incidents[one.matter_id], now) for one in found if one.matter_id in incidents
    )
    kept = [row for row in rows if row is not None and (row.mine or row.draft.later_due_at is not None)]
    return tuple(sorted(kept, key=lambda row: (not row.mine, row.draft.id)))


def _waiting(
    console: Console, visitor: Visitor, draft: Draft, incident: IncidentView, now: datetime
) -> WaitingRow | None:
    gate = gates.waits_at(draft, console.desk.drafts.asked(draft, incident))
    if gate is None:
        return None
    person = person_of(visitor)
    own = gate is not Gate.DRAFT or (person is not None and gates.took_part(draft, person, Gate.DRAFT))
    free = person is None or gates.in_the_way(draft, person, gate) is None
    mine = own and free and visitor.may(NEEDED[gate], About(incident.place))
    return WaitingRow(draft, incident, gate, mine, draft.later_due_at is not None and draft.later_due_at <= now)


def read_drafts(console: Console, number: int) -> tuple[Draft, ...]:
    """Return the drafts of an incident, newest first, without those that were given up."""
    with console.database.read() as connection:
        return tuple(one for one in drafts.of_matter(connection, number) if one.state is not DraftState.WITHDRAWN)


def reviewed(found: Sequence[Draft], responses: Sequence[ResponseView]) -> Mapping[int, Reviewed]:
    """Return how each response was reviewed, by its number; what is not for the public needs no review."""
    by_response = {one.response_id: one for one in found if one.response_id is not None}
    return {one.id: Reviewed(by_response.get(one.id), one.kind in FOR_THE_PUBLIC) for one in responses}


def usual_kind(kind: ResponseKind) -> ResponseKind:
    """Return the kind that a new draft begins with: the one that is waited for, where the public reads it."""
    return kind if kind in FOR_THE_PUBLIC else ResponseKind.AUTHORITATIVE_RELEASE

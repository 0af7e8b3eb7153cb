"""The leaders' page: what stands now and what needs them, on one screen of a phone. Every figure leads to its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from monitor.core.access.roles import Permission
from monitor.core.aftermath.followup import Case, Lesson, reviews_due
from monitor.core.beijing import day_of, instant
from monitor.core.conferences.plan import Plan
from monitor.core.drafts import gates
from monitor.core.drafts.draft import Draft, Gate
from monitor.core.model import MatterState, ResponseKind, Severity
from monitor.core.people.rota import Stretch, stretches
from monitor.core.views import IncidentView, ResponseView
from monitor.store import aftermath, conference_plans, drafts, heartbeats, people, views
from monitor.store.kept_share import KeptShare, kept_share
from responders.console.board import Board, Card, read_board
from responders.console.console import Console
from responders.console.draft_sheet import person_of
from responders.console.pages import LEADER
from responders.console.statistics import reached
from responders.console.visitor import NOWHERE, Visitor, visitor_of

A_DAY, A_MONTH = timedelta(days=1), 30
# A conference that began less than this ago is still to be attended.
LASTS = timedelta(hours=2)
AHEAD = timedelta(days=14)
# So far back is asked whether a review is owed.
REVIEWED_SINCE = timedelta(days=400)
SHOWN = 3
SIGNED_AT = frozenset({Gate.SECRECY, Gate.APPROVAL})


@dataclass(frozen=True, slots=True)
class Period:
    """A period of whole Beijing days, the last one today, and how much of it was kept; `address` is its statistics."""

    first: date
    last: date
    kept: KeptShare

    @property
    def address(self) -> str:
        """Where the page of statistics counts the same."""
        return f"/statistics?from={self.first.isoformat()}&to={self.last.isoformat()}#duties"


@dataclass(frozen=True, slots=True)
class Signature:
    """A draft that waits for a signature, at which gate, and whether for whoever looks."""

    draft: Draft
    incident: IncidentView
    gate: Gate
    mine: bool


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A stretch of somebody's duty in a rota, `phone` where the duty file has a number of his."""

    rota: str
    name: str
    stretch: Stretch
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderSheet:
    """Everything that the page shows. `majors` are the major incidents that stand, the most pressing first.

    `grave` are those of them without a clock: a person must decide. Beside each of the `lessons` stands the incident on
    whose page it is now.
    """

    board: Board
    majors: tuple[Card, ...]
    grave: tuple[IncidentView, ...]
    signatures: tuple[Signature, ...]
    conferences: tuple[tuple[Plan, IncidentView], ...]
    held: tuple[ResponseView, ...]
    published: tuple[ResponseView, ...]
    reviews: tuple[Case, ...]
    lessons: tuple[tuple[Lesson, int], ...]
    month: Period
    year: Period
    looked_at: datetime | None
    now_on: tuple[OnDuty, ...]
    next_on: tuple[OnDuty, ...]

    @property
    def overdue(self) -> int:
        """How many duties are overdue, drills apart."""
        return self.board.overdue

    @property
    def open(self) -> int:
        """How many major incidents stand."""
        return len(self.majors) + len(self.grave)


def read_leader(console: Console, visitor: Visitor, now: datetime) -> LeaderSheet:
    """Read what leaders are shown, as far as the visitor may see it."""
    within = visitor.reach(Permission.SEE) or NOWHERE
    own = reached(visitor, console.composer.region, Permission.OVERSEE)
    board = read_board(console, now, within)
    cards = (*board.firm, *board.provisional, *board.long_overdue)
    majors = sorted(
        (card for card in cards if _is_major(card.incident) and not card.incident.drill),
        key=lambda card: (card.first.deadline.rests, card.first.deadline.due_at),
    )
    today = day_of(now)
    begins, ends = _bounds(today, today)
    with console.database.read() as connection:
        coming = conference_plans.coming(connection)
        waiting = drafts.waiting(connection)
        asked = {one.matter_id for one in coming} | {one.matter_id for one in waiting}
        known = {i.id: i for i in views.incidents(connection, ids=asked, within=within, limit=len(asked) or 1)}
        published = _published(connection, begins, ends, within)
        beats = heartbeats.last(connection)
        now_on, next_on = _on_duty(console, connection, now)
        return LeaderSheet(
            board=board,
            majors=tuple(majors),
            grave=tuple(one for one in board.undated if _is_major(one) and not one.drill),
            signatures=tuple(_signatures(console, visitor, waiting, known)),
            conferences=tuple(
                (one, known[one.matter_id])
                for one in coming
                if one.matter_id in known
                and known[one.matter_id].state is MatterState.OPEN
                and one.arranged.at > now - LASTS
            ),
            held=tuple(one for one in published if one.kind is ResponseKind.PRESS_CONFERENCE),
            published=tuple(one for one in published if one.kind is not ResponseKind.PRESS_CONFERENCE),
            reviews=reviews_due(aftermath.cases(connection, now - REVIEWED_SINCE, within), now),
            lessons=tuple(
                (one, aftermath.whole(connection, one.matter_id))
                for one in aftermath.open_lessons(connection, today, within)
            ),
            month=_period(connection, today - timedelta(days=A_MONTH - 1), today, own),
            year=_period(connection, date(today.year, 1, 1), today, own),
            looked_at=beats["crawl"][0] if "crawl" in beats else None,
            now_on=now_on,
            next_on=next_on,
        )


def _is_major(incident: IncidentView) -> bool:
    return incident.presumed is not None and incident.presumed >= Severity.MAJOR


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    return instant(first, time()).astimezone(UTC), instant(last + A_DAY, time()).astimezone(UTC)


def _period(connection: Connection, first: date, last: date, within: str) -> Period:
    return Period(first, last, kept_share(connection, *_bounds(first, last), within))


def _published(connection: Connection, begins: datetime, ends: datetime, within: str) -> list[ResponseView]:
    """Return what the public was told today in real incidents, the latest first; what was withdrawn is not."""
    found = views.published(connection, begins, ends)
    ids = {one.matter_id for one in found}
    real = {i.id for i in views.incidents(connection, ids=ids, within=within, limit=len(ids) or 1) if not i.drill}
    return [one for one in found if one.matter_id in real]


def _signatures(
    console: Console, visitor: Visitor, waiting: Sequence[Draft], known: dict[int, IncidentView]
) -> Sequence[Signature]:
    person, found = person_of(visitor), []
    for draft in waiting:
        incident = known.get(draft.matter_id)
        if incident is None:
            continue
        gate = gates.waits_at(draft, console.desk.drafts.asked(draft, incident))
        if gate in SIGNED_AT and gate is not None:
            needed = Permission.REVIEW if gate is Gate.SECRECY else Permission.APPROVE
            free = person is None or gates.in_the_way(draft, person, gate) is None
            found.append(Signature(draft, incident, gate, free and visitor.reach(needed) is not None))
    return sorted(found, key=lambda one: (not one.mine, one.gate is not Gate.APPROVAL, one.draft.id))


def _on_duty(console: Console, connection: Connection, now: datetime) -> tuple[tuple[OnDuty, ...], tuple[OnDuty, ...]]:
    """Return who is on duty in each rota, and who comes next."""
    changes = people.changes(connection, since=now)
    present, following = [], []
    for rota in console.duty.rotas.values():
        found = stretches(rota, changes, now, now + AHEAD)
        present += [_named(console, rota.name, found[0])]
        after = (one for one in found[1:] if one.contact not in (None, found[0].contact))
        following += [_named(console, rota.name, one) for one in list(after)[:1]]
    return tuple(present), tuple(following)


def _named(console: Console, rota: str, stretch: Stretch) -> OnDuty:
    contact = console.duty.contacts.get(stretch.contact or "")
    name = "" if stretch.contact is None else console.duty.name(stretch.contact)
    return OnDuty(rota, name, stretch, "" if contact is None else contact.telephone)


def routes(console: Console) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter()

    @router.get(LEADER)
    def leader(request: Request) -> Response:
        now = console.clock()
        sheet = read_leader(console, visitor_of(request), now)
        return console.pages.page(request, "leader.html", now=now, sheet=sheet, shown=SHOWN, rank=_rank(console))

    return router


def _rank(console: Console) -> Callable[[str], str]:
    """Return how a speaker's rank is called; nothing where none was named."""
    return lambda rank: console.composer.names.rank(rank) if rank else ""

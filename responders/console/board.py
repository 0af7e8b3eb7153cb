"""The board: what runs now, the most pressing first; what was just settled; what is only watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from monitor.core.access.accounts import WHOLE_COUNTRY
from monitor.core.access.roles import Permission
from monitor.core.beijing import short
from monitor.core.errors import N_
from monitor.core.model import DeadlineState, MatterState
from monitor.core.offers.offer import Offer, OfferState
from monitor.core.people.contacts import Office
from monitor.core.views import AlertView, DeadlineView, IncidentView
from monitor.store import assignments, heartbeats, offers, second_views, views
from monitor.store.mark import mark
from monitor.store.seen import newest_decision
from responders.channels.base import Line
from responders.console.clocks import Clock, Urgency, urgency_of
from responders.console.console import Console
from responders.console.draft_sheet import read_waiting
from responders.console.filters import GRADES, Filter, filter_of, regions_of
from responders.console.responsible import Lead, lead_of, offices_of
from responders.console.visitor import NOWHERE, visitor_of
from responders.documents import second_reading
from responders.documents.due import LONG_OVERDUE
from responders.documents.offers import question_of

SETTLED_FOR = timedelta(hours=24)
WATCHED_FOR = timedelta(hours=72)
ASKED_FOR = timedelta(hours=24)
LOOPS = {"crawl": N_("news"), "watch": N_("deadlines"), "brief": N_("briefing")}
EVERYTHING = Filter()
MOST_LIVE, MOST_OLD, MOST_WATCHED, MOST_SETTLED = 20_000, 50, 30, 50


@dataclass(frozen=True, slots=True)
class Card:
    """One incident with the clocks that run for it, the most pressing first."""

    incident: IncidentView
    clocks: tuple[Clock, ...]

    @property
    def first(self) -> Clock:
        """The most pressing clock."""
        return self.clocks[0]

    @property
    def provisional(self) -> bool:
        """Tell whether no clock of it is firm."""
        return all(clock.deadline.provisional for clock in self.clocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything that the board shows.

    `undated` are grave incidents whose clock waits for a person; `asked` are the second reader's questions of a day.
    `long_overdue` holds the latest of those whose clocks all ended days ago; `old` counts them all. `tallies` counts
    the live clocks by how pressing they are, `overdue` those of real incidents whose end has come; `hidden` the
    incidents that the filter leaves out although one of their clocks runs or a person must decide. `regions` are the
    divisions, `offices` the offices to filter by; `mark` is what /live compares with, `upto` the last decision that was
    made before.
    """

    undated: tuple[IncidentView, ...]
    firm: tuple[Card, ...]
    provisional: tuple[Card, ...]
    long_overdue: tuple[Card, ...]
    old: int
    settled: tuple[Card, ...]
    watched: tuple[IncidentView, ...]
    asked: tuple[AlertView, ...]
    tallies: Mapping[Urgency, int]
    overdue: int
    beats: tuple[str, ...]
    hidden: int
    hidden_overdue: int
    regions: Sequence[tuple[str, str]]
    offices: Sequence[Office]
    mark: str
    upto: int
    offers: Mapping[int, Sequence[Offer]] = field(default_factory=dict)

    @property
    def calm(self) -> bool:
        """Tell whether nothing asks for anybody."""
        return not (self.undated or self.asked or self.firm or self.provisional or self.long_overdue)


def read_board(console: Console, now: datetime, within: str = WHOLE_COUNTRY, chosen: Filter = EVERYTHING) -> Board:
    """Read the board as it stands at `now`, of one region or of everything, as far as the filter asks for it."""
    with console.database.read() as connection:
        marked, upto = mark(connection), newest_decision(connection)
        live = by_matter(views.deadlines(connection, live=True, limit=MOST_LIVE))
        settled = by_matter(views.deadlines(connection, settled_since=now - SETTLED_FOR, limit=MOST_SETTLED))
        known = _incidents(connection, [*live, *settled], within)
        live, settled = ([g for g in groups if g[0].matter_id in known] for groups in (live, settled))
        quiet = _without_clock(connection, now, within)
        undated = [incident for incident in quiet if _waits_for_a_person(connection, incident)]
        regions = regions_of([*known.values(), *quiet], console.composer.names, chosen.region, within)
        taken = {one.id for one in (*known.values(), *quiet) if _takes(console, chosen, one)}
        left_out = [group for group in live if group[0].matter_id not in taken]
        live, settled = ([g for g in groups if g[0].matter_id in taken] for groups in (live, settled))
        shown, watched = ([i for i in incidents if i.id in taken] for incidents in (undated, quiet))
        old = [group for group in live if _long_overdue(group, now)]
        cards = _cards(console, known, [group for group in live if not _long_overdue(group, now)], now)
        return Board(
            undated=tuple(shown),
            firm=tuple(card for card in cards if not card.provisional),
            provisional=tuple(card for card in cards if card.provisional),
            long_overdue=tuple(_cards(console, known, old[: -MOST_OLD - 1 : -1], now)),
            old=len(old),
            settled=tuple(_cards(console, known, settled, now)),
            watched=tuple(incident for incident in watched if incident not in undated)[:MOST_WATCHED],
            asked=tuple(second_views.open_questions(connection, second_reading.POINT, now - ASKED_FOR))
            if within == WHOLE_COUNTRY
            else (),
            tallies=Counter(urgency_of(deadline, now) for group in live for deadline in group),
            overdue=sum(d.overdue(now) for g in live if not known[g[0].matter_id].drill for d in g),
            beats=_beats(console, connection),
            hidden=len(left_out) + len(undated) - len(shown),
            hidden_overdue=sum(any(deadline.overdue(now) for deadline in group) for group in left_out),
            regions=regions,
            offices=console.desk.assignments.offices if console.duty.routed else (),
            mark=marked,
            upto=upto,
            offers=offers.of_matters(connection, taken, states=(OfferState.OPEN,)),
        )


def by_matter(deadlines: Iterable[DeadlineView]) -> list[list[DeadlineView]]:
    """Gather deadlines by their matter; where they come sorted by their ends, so do the matters and each one's own."""
    groups: dict[int, list[DeadlineView]] = {}
    for deadline in deadlines:
        groups.setdefault(deadline.matter_id, []).append(deadline)
    return list(groups.values())


def _long_overdue(group: Sequence[DeadlineView], now: datetime) -> bool:
    """Tell whether all clocks of a matter ended long ago: they stay on the board, but not in the way."""
    return all(deadline.overdue(now - LONG_OVERDUE) for deadline in group)


def _cards(
    console: Console, known: Mapping[int, IncidentView], groups: Sequence[Sequence[DeadlineView]], now: datetime
) -> list[Card]:
    """Return a card for each group of deadlines, in their order; a drill's clocks are short, and stand after all."""
    found = [
        Card(known[group[0].matter_id], tuple(console.clock_of(deadline, now) for deadline in group))
        for group in groups
    ]
    return sorted(found, key=lambda card: card.incident.drill)


def _incidents(
    connection: Connection, groups: Sequence[Sequence[DeadlineView]], within: str
) -> dict[int, IncidentView]:
    """Return the incidents that deadlines belong to, as far as they lie in a region."""
    ids = {group[0].matter_id for group in groups}
    found = views.incidents(connection, ids=ids, within=within, limit=len(ids))
    return {one.id: one for one in assignments.attached(connection, found)}


def _takes(console: Console, chosen: Filter, incident: IncidentView) -> bool:
    return chosen.takes(incident, offices_of(console, incident) if chosen.office else ())


def _without_clock(connection: Connection, now: datetime, within: str) -> list[IncidentView]:
    """Return the newest open incidents for which no duty was ever opened."""
    since = now - WATCHED_FOR
    recent = views.incidents(connection, since=since, within=within, limit=MOST_LIVE)
    opened = views.deadlines(connection, opened_since=since, limit=MOST_LIVE)
    with_duty = {d.matter_id for d in opened if d.state is not DeadlineState.NOT_APPLICABLE}
    quiet = [i for i in recent if i.state is MatterState.OPEN and i.id not in with_duty]
    return assignments.attached(connection, quiet)


def _beats(console: Console, connection: Connection) -> tuple[str, ...]:
    """Say when the loops last went well."""
    known, words = heartbeats.last(connection), console.composer.words
    return tuple(f"{words(name)} {short(known[loop][0])}" for loop, name in LOOPS.items() if loop in known)


def _waits_for_a_person(connection: Connection, incident: IncidentView) -> bool:
    if incident.confirmed:
        return False
    asked = "undated" if incident.first_reported_at is None else "too_old"
    return any(alert.point == asked for alert in views.alerts(connection, matter_id=incident.id))


def _lead(console: Console, now: datetime, incident: IncidentView) -> Lead | None:
    """Return the responsible office as the board names it, where offices answer for divisions."""
    return lead_of(console, incident, now) if incident.assignment or console.duty.routed else None


def routes(console: Console) -> APIRouter:
    """Return the routes of the board."""
    router, composer = APIRouter(), console.composer

    def chosen_of(request: Request) -> Filter:
        """Return what is asked for; an office that the duty file does not know any more is not."""
        asked = filter_of(request.query_params)
        return asked if asked.office in console.duty.offices else replace(asked, office="")

    def readings(alert: AlertView) -> list[Line]:
        return list(second_reading.lines(alert.detail, composer.words, composer.names))

    @router.get("/")
    def board(request: Request) -> Response:
        now, chosen = console.clock(), chosen_of(request)
        shown = read_board(console, now, visitor_of(request).reach(Permission.SEE) or NOWHERE, chosen)
        return console.pages.page(
            request,
            "board.html",
            now=now,
            board=shown,
            waiting=read_waiting(console, visitor_of(request), now),
            upto=shown.upto,
            chosen=chosen,
            grades=GRADES,
            readings=readings,
            question=second_reading.asked,
            words=composer.words,
            offered=lambda offer: question_of(offer, composer.words, composer.names),
            lead_of=partial(_lead, console, now),
        )

    return router

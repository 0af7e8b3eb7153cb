"""The board: what runs now, the most pressing first; what was just settled; what is only watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from monitor.core.beijing import short
from monitor.core.errors import N_
from monitor.core.model import DeadlineState, MatterState
from monitor.core.views import DeadlineView, IncidentView
from monitor.store import heartbeats, views
from responders.console.clocks import Clock, by_time_left
from responders.console.console import Console

SETTLED_FOR = timedelta(hours=24)
WATCHED_FOR = timedelta(hours=72)
LONG_OVERDUE = timedelta(hours=72)
LOOPS = {"crawl": N_("news"), "watch": N_("deadlines"), "brief": N_("briefing")}
MOST_LIVE, MOST_WATCHED, MOST_SETTLED = 2000, 30, 50


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
    """Everything that the board shows. `undated` are grave incidents whose clock waits for a person."""

    undated: tuple[IncidentView, ...]
    firm: tuple[Card, ...]
    provisional: tuple[Card, ...]
    long_overdue: tuple[Card, ...]
    settled: tuple[Card, ...]
    watched: tuple[IncidentView, ...]
    beats: tuple[str, ...]

    @property
    def calm(self) -> bool:
        """Tell whether nothing asks for anybody."""
        return not (self.undated or self.firm or self.provisional or self.long_overdue)

    def count(self, *urgencies: str) -> int:
        """Count the clocks that run, by how pressing they are."""
        cards = (*self.firm, *self.provisional, *self.long_overdue)
        return sum(clock.urgency in urgencies for card in cards for clock in card.clocks)


def read_board(console: Console, now: datetime) -> Board:
    """Read the board as it stands at `now`."""
    with console.database.read() as connection:
        live = views.deadlines(connection, live=True, limit=MOST_LIVE)
        settled = views.deadlines(connection, settled_since=now - SETTLED_FOR, limit=MOST_SETTLED)
        cards = _cards(console, connection, live, now)
        quiet = _without_clock(connection, now)
        undated = tuple(incident for incident in quiet if _waits_for_a_person(connection, incident))
        return Board(
            undated=undated,
            firm=tuple(c for c in cards if not c.provisional and not _old(c, now)),
            provisional=tuple(c for c in cards if c.provisional and not _old(c, now)),
            long_overdue=tuple(c for c in cards if _old(c, now)),
            settled=tuple(_cards(console, connection, settled, now)),
            watched=tuple(incident for incident in quiet if incident not in undated)[:MOST_WATCHED],
            beats=_beats(console, connection),
        )


def _cards(console: Console, connection: Connection, deadlines: Sequence[DeadlineView], now: datetime) -> list[Card]:
    """Gather deadlines by incident, in the order of each incident's most pressing one."""
    clocks: dict[int, list[Clock]] = {}
    for clock in by_time_left(console.clock_of(deadline, now) for deadline in deadlines):
        clocks.setdefault(clock.deadline.matter_id, []).append(clock)
    incidents = {i.id: i for i in views.incidents(connection, ids=list(clocks), limit=len(clocks))}
    return [Card(incidents[number], tuple(found)) for number, found in clocks.items() if number in incidents]


def _old(card: Card, now: datetime) -> bool:
    """Tell whether all clocks of an incident ended long ago: they stay on the board, but not in the way."""
    return all(clock.deadline.due_at < now - LONG_OVERDUE for clock in card.clocks)


def _without_clock(connection: Connection, now: datetime) -> list[IncidentView]:
    """Return the newest open incidents for which no duty was ever opened."""
    since = now - WATCHED_FOR
    recent = views.incidents(connection, since=since, limit=MOST_LIVE)
    opened = views.deadlines(connection, opened_since=since, limit=10 * MOST_LIVE)
    with_duty = {d.matter_id for d in opened if d.state is not DeadlineState.NOT_APPLICABLE}
    return [i for i in recent if i.state is MatterState.OPEN and i.id not in with_duty]


def _beats(console: Console, connection: Connection) -> tuple[str, ...]:
    """Say when the loops last went well."""
    known, words = heartbeats.last(connection), console.composer.words
    return tuple(f"{words(name)} {short(known[loop][0])}" for loop, name in LOOPS.items() if loop in known)


def _waits_for_a_person(connection: Connection, incident: IncidentView) -> bool:
    if incident.first_reported_at is not None or incident.confirmed:
        return False
    return any(alert.point == "undated" for alert in views.alerts(connection, matter_id=incident.id))


def routes(console: Console) -> APIRouter:
    """Return the routes of the board."""
    router = APIRouter()

    @router.get("/")
    def board(request: Request) -> Response:
        now = console.clock()
        return console.pages.page(
            request, "board.html", now=now, board=read_board(console, now), unwell=tuple(console.health())
        )

    return router

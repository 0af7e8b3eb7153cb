"""The rumour watch: what is only claimed, how far it went, who denied or cleared it up; and what was denied unheard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from monitor.core.incidents.rumours import Spread, spread_of
from monitor.core.model import ResponseKind
from monitor.core.views import IncidentView, ResponseView, RumourView
from monitor.store import hearings, views, whispers
from responders.console.console import Console
from responders.console.lists import PER_PAGE, one_page

MOST_WHISPERS = 100
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class RumourRow:
    """One rumour: where it stands, its incident, how far it went, and the clarifications that were logged."""

    rumour: RumourView
    incident: IncidentView
    spread: Spread
    cleared: tuple[ResponseView, ...]


def rumour_rows(connection: Connection, rumours: list[RumourView]) -> list[RumourRow]:
    """Return rumours with what belongs to each, in their order."""
    known = {i.id: i for i in views.incidents(connection, ids=[rumour.matter_id for rumour in rumours])}
    return [
        RumourRow(
            rumour=rumour,
            incident=known[rumour.matter_id],
            spread=spread_of(hearings.voices_of(connection, rumour.matter_id)),
            cleared=tuple(
                response
                for response in views.responses(connection, matter_id=rumour.matter_id)
                if response.kind is ResponseKind.CLARIFICATION
            ),
        )
        for rumour in rumours
        if rumour.matter_id in known
    ]


def routes(console: Console) -> APIRouter:
    """Return the route of the rumour watch."""
    router = APIRouter()

    @router.get("/rumours")
    def rumours(request: Request, page: PageNumber = 1) -> Response:
        with console.database.read() as connection:
            found = hearings.rumours(connection, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
            shown, pager = one_page(found, page)
            rows = rumour_rows(connection, list(shown))
            denied = whispers.listed(connection, limit=MOST_WHISPERS) if page == 1 else []
        return console.pages.page(request, "rumours.html", now=console.clock(), rows=rows, denied=denied, pager=pager)

    return router

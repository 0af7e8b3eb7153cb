"""The rumour watch: what is only claimed, how far it went, who denied or cleared it up; and what was denied unheard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from monitor.core.incidents.claims import OPEN_STAGES, CheckResult, ClaimCheck, ClaimStage, stage_of
from monitor.core.incidents.rumours import Spread, spread_of
from monitor.core.model import MatterState, ResponseKind
from monitor.core.views import IncidentView, ResponseView, RumourView
from monitor.store import claim_checks, hearings, views, whispers
from responders.console.claims import keep_check, result_of
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.lists import PER_PAGE, one_page
from responders.console.typed import Typed, TypedForm

MOST_WHISPERS = 100
PageNumber = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class RumourRow:
    """One rumour: where it stands, its incident, how far it went, and the clarifications that were logged."""

    rumour: RumourView
    incident: IncidentView
    spread: Spread
    cleared: tuple[ResponseView, ...]
    checks: tuple[ClaimCheck, ...]

    @property
    def stage(self) -> ClaimStage:
        """How far it has come on its way to a clarification."""
        standing = [one.published_at for one in self.cleared if one.retracted_at is None]
        return stage_of(self.checks, max(standing, default=None), self.rumour.state)

    @property
    def open(self) -> bool:
        """Tell whether something is left to do."""
        return self.incident.state is MatterState.OPEN and self.stage in OPEN_STAGES


def rumour_rows(connection: Connection, rumours: list[RumourView]) -> list[RumourRow]:
    """Return rumours with what belongs to each, in their order."""
    known = {i.id: i for i in views.incidents(connection, ids=[rumour.matter_id for rumour in rumours])}
    checks = claim_checks.of_matters(connection, list(known))
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
            checks=tuple(checks.get(rumour.matter_id, ())),
        )
        for rumour in rumours
        if rumour.matter_id in known
    ]


def routes(console: Console) -> APIRouter:
    """Return the routes of the rumour watch."""
    router = APIRouter()

    @router.get("/rumours")
    def rumours(request: Request, page: PageNumber = 1) -> Response:
        return rumours_page(console, request, page)

    @router.post("/rumours/{number}/check")
    def check(request: Request, number: Number, typed: TypedForm) -> Response:
        def deed(by: str, now: datetime) -> object:
            return console.desk.claims.check_whisper(number, result_of(typed), basis=typed.reason, by=by, now=now)

        def refused(said: str, status: int) -> Response:
            return rumours_page(console, request, 1, said=said, typed=typed, status=status)

        return keep_check(console, request, typed, deed, "/rumours#denied-unheard", refused)

    return router


def rumours_page(
    console: Console, request: Request, page: int, *, said: str = "", typed: Typed | None = None, status: int = 200
) -> Response:
    """Render the page of rumours; `said` is what a refused act says."""
    with console.database.read() as connection:
        found = hearings.rumours(connection, open_first=True, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE)
        shown, pager = one_page(found, page)
        rows = rumour_rows(connection, list(shown))
        denied = whispers.listed(connection, limit=MOST_WHISPERS) if page == 1 else []
        checked = claim_checks.of_whispers(connection, [one.id for one in denied])
    return console.pages.page(
        request,
        "rumours.html",
        now=console.clock(),
        status=status,
        rows=rows,
        denied=denied,
        checked=checked,
        results=tuple(CheckResult),
        said=said,
        typed=typed or Typed(),
        pager=pager,
    )
